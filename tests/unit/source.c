/* Lines and columns, also in endless lines; what a message shows of a source. */
#include "compiler/base/utf8.h"
#include "compiler/diag/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct run {
    struct arena arena;
    struct sources sources;
    struct diagnostics diagnostics;
};

static int
begin(void **state)
{
    struct run *run = calloc(1, sizeof *run);
    arena_init(&run->arena);
    run->diagnostics.arena = &run->arena;
    *state = run;
    return 0;
}

static int
end(void **state)
{
    struct run *run = *state;
    arena_free(&run->arena);
    free(run);
    return 0;
}

/* Every character of the text against lines and columns counted one by one. */
static void
assert_places(struct run *run, struct text text)
{
    uint32_t number = sources_add(&run->arena, &run->sources, TEXT("test"), text);
    const struct source *source = &run->sources.list.at[number];
    uint32_t line = 1, column = 1;
    for (size_t at = 0; at < text.length;) {
        struct place place = source_place(source, (uint32_t)at);
        assert_int_equal(place.line, line);
        assert_int_equal(place.column, column);
        bool ends = text.data[at] == '\n';
        (void)utf8_next(text, &at);
        line += ends;
        column = ends ? 1 : column + 1;
    }
    struct place last = source_place(source, (uint32_t)text.length);
    assert_int_equal(last.line, line);
    assert_int_equal(last.column, column);
}

static void
places_are_right(void **state)
{
    assert_places(*state, TEXT(""));
    assert_places(*state, TEXT("\n"));
    assert_places(*state, TEXT("a\nbc\n\nd"));
    assert_places(*state, TEXT("ä€𝄞x\n€\r\nx"));
}

static void
places_in_endless_lines(void **state)
{
    struct run *run = *state;
    static const char *const parts[] = {"a", "ä", "€", "𝄞", "word ", "\n"};
    struct buffer text = buffer_in(&run->arena);
    uint32_t chance = 1;
    while (text.length < 5 * SOURCE_STRIDE) {
        chance = chance * 1664525 + 1013904223;
        unsigned part = chance >> 24;
        buffer_add(&text, text_of(parts[part == 0 ? 5 : part % 5]));
    }
    assert_places(run, buffer_text(&text));
    text.length = 0;
    while (text.length < 3 * SOURCE_STRIDE)
        buffer_string(&text, "€");
    assert_places(run, buffer_text(&text));
}

static void
lines_have_no_ends(void **state)
{
    struct run *run = *state;
    uint32_t number = sources_add(&run->arena, &run->sources, TEXT("t"), TEXT("a\r\n\nb\rc"));
    const struct source *source = &run->sources.list.at[number];
    assert_true(text_equal(source_line(source, 1), TEXT("a")));
    assert_true(text_equal(source_line(source, 2), TEXT("")));
    assert_true(text_equal(source_line(source, 3), TEXT("b\rc")));
}

static struct text
render(struct run *run, struct text text, uint32_t first, uint32_t last, const char *words)
{
    uint32_t source = sources_add(&run->arena, &run->sources, TEXT("f"), text);
    run->diagnostics.list.count = 0;
    run->diagnostics.errors = 0;
    diagnose(&run->diagnostics, E_FORM, (struct span){source, first, last}, "%s", words);
    struct buffer out = buffer_in(&run->arena);
    diagnostics_render(&run->diagnostics, &run->sources, false, &out);
    return buffer_text(&out);
}

static void
assert_rendered(struct text out, const char *wanted)
{
    assert_int_equal(out.length, strlen(wanted));
    assert_memory_equal(out.data, wanted, out.length);
}

static void
caret_stands_under_wide_characters(void **state)
{
    assert_rendered(render(*state, TEXT("日本 x\n"), 7, 8, "here"),
                    "f:1:4: error E106: here.\n    1 | 日本 x\n      |      ^\n");
    assert_rendered(render(*state, TEXT("\tab\n"), 1, 3, "here"),
                    "f:1:2: error E106: here.\n    1 |     ab\n      |     ^~\n");
}

static void
nothing_reaches_the_terminal(void **state)
{
    struct text out = render(*state,
                             TEXT("a\033[2J\xE2\x80\xAE"
                                  "b\n"),
                             0, 1, "“\033[2J”\x07");
    assert_null(memchr(out.data, '\033', out.length));
    assert_null(memchr(out.data, '\x07', out.length));
    assert_rendered(out, "f:1:1: error E106: “\xEF\xBF\xBD[2J”\xEF\xBF\xBD.\n"
                         "    1 | a\xEF\xBF\xBD[2J\xEF\xBF\xBD"
                         "b\n      | ^\n");
}

static void
endless_line_is_cut(void **state)
{
    struct run *run = *state;
    struct buffer text = buffer_in(&run->arena);
    while (text.length < 100000)
        buffer_string(&text, "ä");
    struct text out = render(run, buffer_text(&text), 50000, 50002, "here");
    assert_true(out.length < 1000);
    assert_int_equal(utf8_invalid_at(out), out.length);
    assert_true(text_starts(out, TEXT("f:1:25001: error E106: here.\n    1 | ...ä")));
}

static void
long_texts_are_shortened(void **state)
{
    struct run *run = *state;
    assert_true(text_equal(text_shown(&run->arena, TEXT("short")), TEXT("short")));
    struct buffer text = buffer_in(&run->arena);
    for (unsigned i = 0; i < 65; i++)
        buffer_string(&text, "€");
    struct text shown = text_shown(&run->arena, buffer_text(&text));
    assert_int_equal(shown.length, 64 * 3 + 3);
    assert_memory_equal(shown.data + 64 * 3, "...", 3);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places_are_right, begin, end),
        cmocka_unit_test_setup_teardown(places_in_endless_lines, begin, end),
        cmocka_unit_test_setup_teardown(lines_have_no_ends, begin, end),
        cmocka_unit_test_setup_teardown(caret_stands_under_wide_characters, begin, end),
        cmocka_unit_test_setup_teardown(nothing_reaches_the_terminal, begin, end),
        cmocka_unit_test_setup_teardown(endless_line_is_cut, begin, end),
        cmocka_unit_test_setup_teardown(long_texts_are_shortened, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
