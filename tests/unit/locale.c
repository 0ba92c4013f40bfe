/* Languages that are built in: what was made of them when the compiler was built is what reading
 * them gives. */
#include "compiler/base/embedded.h"
#include "compiler/model/shipped.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_same(const struct yaml *built, const struct yaml *read);

static void
assert_same_text(const struct yaml *built, const struct yaml *read)
{
    assert_int_equal(built->text.length, read->text.length);
    assert_memory_equal(built->text.data, read->text.data, read->text.length);
}

static size_t
assert_same_members(const struct yaml *built, const struct yaml *read)
{
    size_t count = 0;
    const struct yaml *a = built->child, *b = read->child;
    for (; a && b; a = a->next, b = b->next, count++) {
        assert_int_equal(a->key != NULL, b->key != NULL);
        if (a->key)
            assert_same(a->key, b->key);
        assert_same(a, b);
    }
    assert_null(a);
    assert_null(b);
    return count;
}

static void
assert_same(const struct yaml *built, const struct yaml *read)
{
    assert_int_equal(built->kind, read->kind);
    assert_int_equal(built->count, read->count);
    if (read->kind == YAML_SCALAR)
        assert_same_text(built, read);
    else
        assert_int_equal(assert_same_members(built, read), read->count);
}

static void
test_trees(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    struct sources sources = {0};
    struct diagnostics diagnostics = {.arena = &arena};
    size_t count = 0;
    for (; locale_files[count].name; count++) {
        uint32_t source = sources_add(&arena, &sources, text_of(locale_files[count].name),
                                      embedded_text(&locale_files[count]));
        const struct yaml *read = yaml_read(&arena, &sources, source, E_LOCALE, &diagnostics);
        assert_non_null(read);
        assert_true(read->count > 10);
        assert_same(shipped_read(&arena, &locale_trees[count]), read);
    }
    assert_int_equal(count, 2);
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_trees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
