/* Errors in words: whole characters, nothing that a terminal would obey. */
#include "runtime/store/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <unistr.h>

static void
says_and_gives_the_code(void **state)
{
    (void)state;
    struct avow_store_error error;
    assert_int_equal(fault(&error, AVOW_STORE_KEYS, "%s has %d.", "keys", 3), AVOW_STORE_KEYS);
    assert_int_equal(error.code, AVOW_STORE_KEYS);
    assert_string_equal(error.text, "keys has 3.");
    assert_int_equal(fault(NULL, AVOW_STORE_IO, "nobody listens"), AVOW_STORE_IO);
    assert_int_equal(fault_memory(&error), AVOW_STORE_MEMORY);
    assert_string_equal(
        error.text, "There is not enough memory. Nothing was changed; free some and try again.");
}

/* Every length around the room, with characters of every size at the cut. */
static void
is_cut_between_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "\u00DF", "\u3002", "\U0001F600"};
    struct avow_store_error error;
    char text[700];
    for (size_t which = 0; which < 4; which++)
        for (size_t before = 490; before < 520; before++) {
            memset(text, '.', before);
            text[before] = '\0';
            for (int i = 0; i < 30; i++)
                strcat(text, characters[which]);
            fault(&error, AVOW_STORE_IO, "%s", text);
            size_t length = strlen(error.text);
            assert_null(u8_check((const uint8_t *)error.text, length));
            if (strlen(text) < sizeof error.text) {
                assert_string_equal(error.text, text);
                continue;
            }
            assert_true(length > sizeof error.text - 1 - 4 && length < sizeof error.text);
            assert_memory_equal(error.text, text, length - 3);
            assert_string_equal(error.text + length - 3, "...");
        }
}

static void
shows_no_bytes_that_act(void **state)
{
    (void)state;
    struct avow_store_error error;
    fault(&error, AVOW_STORE_IO, "%s|%s|%s", "a\x1b[31m\n", "\xff\xc3", "\xC2\x85\uFEFFb\u00DF");
    assert_string_equal(error.text, "a?[31m?|??|?\uFEFFb\u00DF");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_and_gives_the_code),
        cmocka_unit_test(is_cut_between_characters),
        cmocka_unit_test(shows_no_bytes_that_act),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
