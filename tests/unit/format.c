/* What stands between the formatter and a file: a text that says something else is not let through,
 * and a file that somebody else has saved is not replaced. */
#include "compiler/syntax/format.h"
#include "compiler/command/output.h"
#include "compiler/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define FRONT "---\npolicy: a\ntitle: A\nlanguage: en\neffective: 2026-03-01\n---\n"

static bool
is_faithful(const char *before, const char *after)
{
    struct compilation c;
    assert_true(compile_text(&c, TEXT("before"), text_of(before), STAGE_TREE));
    assert_int_equal(c.diagnostics.errors, 0);
    assert_int_equal(setjmp(c.arena.out_of_memory), 0);
    bool faithful = format_is_faithful(&c.arena, c.tree, text_of(after));
    compilation_free(&c);
    return faithful;
}

#define BODY                                                                                       \
    "section s \"S\"\n\nclause a:\n"                                                               \
    "  we MAY store order only in cloud, subject to b.  # one\n"                                   \
    "  we NEVER show order, photo to us if stopped.\n  # two\n"                                    \
    "  > Words  of mine. \n"

static void
other_layouts_are_let_through(void **state)
{
    (void)state;
    static const char *const same[] = {
        FRONT BODY,
        FRONT "Section s “S”. clause a: WE may only store order # one\n"
              "in cloud subject to b. we never show order, photo to us, if stopped # two\n.\n"
              "> Words  of mine. ",
    };
    for (size_t i = 0; i < 2; i++) {
        assert_true(is_faithful(FRONT BODY, same[i]));
        assert_true(is_faithful(same[i], FRONT BODY));
    }
}

static char *
replaced(const char *text, const char *what, const char *by)
{
    const char *at = strstr(text, what);
    assert_non_null(at);
    size_t length = strlen(text) + strlen(by) + 1;
    char *copy = malloc(length);
    assert_non_null(copy);
    snprintf(copy, length, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
    return copy;
}

static void
anything_else_is_not(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"title: A", "title: B"},
        {"---\npolicy", "---\n\npolicy"},
        {"\"S\"", "\"T\""},
        {"clause a", "clause c"},
        {"MAY", "NEVER"},
        {" only", ""},
        {"only in", "in"},
        {"order only", "photo only"},
        {"subject to b", "subject to c"},
        {"# one", "# One"},
        {"  # one", ""},
        {"# one", "# one\n  # one"},
        {"order, photo", "order or photo"},
        {"order, photo", "photo, order"},
        {"if stopped", "if not stopped"},
        {" if stopped", ""},
        {"Words  of", "Words of"},
        {"mine. \n", "mine.\n"},
        {"  > Words", "  >  Words"},
        {"to us", "to us or us"},
        {"photo to us", "photo except to us"},
        {"b.  # one", "b # one"},
        {"  we NEVER", "  narrative.\n  we NEVER"},
        {"  > Words", "  >\n  > Words"},
        {"# one\n", "# two\n"},
        {"if stopped.\n", "if stopped.\n?"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char *after = replaced(FRONT BODY, changes[i][0], changes[i][1]);
        if (is_faithful(FRONT BODY, after))
            fail_msg("“%s” for “%s” was let through", changes[i][1], changes[i][0]);
        free(after);
    }
}

/* "only" means the prepositions that follow it, wherever it stands; but not in a NEVER. */
static void
only_moves_within_its_sentence(void **state)
{
    (void)state;
    const char *before = FRONT "clause a:\n  we MAY store order only in cloud.\n"
                               "  we MAY store photo in cloud.\n";
    const char *after = FRONT "clause a:\n  we MAY store order in cloud.\n"
                              "  we MAY store photo only in cloud.\n";
    assert_false(is_faithful(before, after));
}

static void
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void
a_file_that_changed_is_not_replaced(void **state)
{
    (void)state;
    char folder[] = "/tmp/avow-format-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.policy", folder);
    struct stat before;
    write_file(path, "one");
    assert_int_equal(stat(path, &before), 0);
    struct arena arena;
    arena_init(&arena);
    assert_int_equal(setjmp(arena.out_of_memory), 0);
    struct output output = {
        .path = text_of(path), .contents = TEXT("formatted"), .replaced = &before};
    write_file(path, "somebody else's");
    assert_false(outputs_write(&arena, &output, 1));
    struct stat after;
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_size, strlen("somebody else's"));
    assert_true(outputs_write(
        &arena,
        &(struct output){.path = output.path, .contents = output.contents, .replaced = &after}, 1));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_size, strlen("formatted"));
    arena_free(&arena);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing else is in it */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_layouts_are_let_through),
        cmocka_unit_test(anything_else_is_not),
        cmocka_unit_test(only_moves_within_its_sentence),
        cmocka_unit_test(a_file_that_changed_is_not_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
