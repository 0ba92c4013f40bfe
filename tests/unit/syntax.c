/* Questions, texts in memory, and the words of the language, without a command around them. */
#include "compiler/base/names.h"
#include "compiler/syntax/load.h"
#include "compiler/syntax/tokens.h"

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

static void
assert_text(struct text text, const char *wanted)
{
    assert_int_equal(text.length, strlen(wanted));
    assert_memory_equal(text.data, wanted, text.length);
}

static uint32_t
take(struct run *run, const char *bytes, size_t length)
{
    return source_take(&run->arena, &run->sources, TEXT("text"), (struct text){bytes, length},
                       &run->diagnostics);
}

static void
text_is_checked(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        uint32_t line, column; /* 0: it is fine */
    } texts[] = {
        {"", 0, 0, 0},
        {"abc", 3, 0, 0},
        {"\xEF\xBB\xBF"
         "a",
         4, 0, 0},
        {"a\nb\0c", 5, 2, 2},
        {"\xC3\xA4\xC3\xA4\xFF", 5, 1, 3},
        {"a\n\xED\xA0\x80", 5, 2, 1},
        {"ab\xE2\x82", 4, 1, 3},
        {"\xEF\xB7\x8F", 3, 0, 0},
        {"x\xEF\xB7\x90", 4, 1, 2},
        {"x\xEF\xB7\xAF", 4, 1, 2},
        {"\xEF\xB7\xB0", 3, 0, 0},
        {"\0\xFF", 2, 1, 1},
    };
    struct run *run = *state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t before = run->diagnostics.errors;
        uint32_t source = take(run, texts[i].bytes, texts[i].length);
        assert_int_equal(source == NONE, texts[i].line != 0);
        assert_int_equal(run->diagnostics.errors, before + (texts[i].line != 0));
        if (source != NONE)
            continue;
        const struct diagnostic *said = &run->diagnostics.list.at[before];
        assert_int_equal(said->code, E_UTF8);
        struct place place =
            source_place(&run->sources.list.at[said->span.source], said->span.begin);
        assert_int_equal(place.line, texts[i].line);
        assert_int_equal(place.column, texts[i].column);
    }
}

static void
mark_of_byte_order_is_no_text(void **state)
{
    struct run *run = *state;
    uint32_t source = take(run,
                           "\xEF\xBB\xBF"
                           "abc",
                           6);
    assert_text(run->sources.list.at[source].text, "abc");
}

static struct tokens
read_tokens(struct run *run, const char *text)
{
    uint32_t source = take(run, text, strlen(text));
    return tokens_read(&run->arena, &run->sources, source, 0, &run->diagnostics);
}

static void
reserved_words_are_no_names(void **state)
{
    struct run *run = *state;
    for (size_t i = 0; reserved_words[i]; i++) {
        if (i > 0)
            assert_true(strcmp(reserved_words[i - 1], reserved_words[i]) < 0);
        struct tokens tokens = read_tokens(run, reserved_words[i]);
        assert_int_equal(tokens.count, 2);
        assert_int_not_equal(tokens.at[0].kind, TOKEN_NAME);
        assert_true(token_is_reserved(tokens.at[0].kind));
    }
}

static void
words_of_places_are_names_elsewhere(void **state)
{
    static const char *const words[] = {"subject", "one",  "once", "kept",  "received", "should",
                                        "can",     "will", "days", "email", "us",       "anyone"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct tokens tokens = read_tokens(*state, words[i]);
        assert_int_equal(tokens.at[0].kind, TOKEN_NAME);
        assert_false(token_is_reserved(tokens.at[0].kind));
    }
}

static void
marks_of_quotations_are_taken_off(void **state)
{
    (void)state;
    assert_text(token_quoted(TEXT("\"a b\"")), "a b");
    assert_text(token_quoted(TEXT("\"\"")), "");
    assert_text(token_quoted(TEXT("“a”")), "a");
    assert_text(token_quoted(TEXT("„a“")), "a");
    assert_text(token_quoted(TEXT("“a\"")), "a");
    assert_text(token_quoted(TEXT("\"a “b” c\"")), "a “b” c");
    assert_text(token_quoted(TEXT("\"")), "");
    assert_text(token_quoted(TEXT("\"a")), "a");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_is_checked, begin, end),
        cmocka_unit_test_setup_teardown(mark_of_byte_order_is_no_text, begin, end),
        cmocka_unit_test_setup_teardown(reserved_words_are_no_names, begin, end),
        cmocka_unit_test_setup_teardown(words_of_places_are_names_elsewhere, begin, end),
        cmocka_unit_test(marks_of_quotations_are_taken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
