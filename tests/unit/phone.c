/* Telephone numbers, opaque ids and records' ids. */
#include "runtime/store/phone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void
numbers(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"+49301234567", "+49301234567"},
        {"+49 30 1234567", "+49301234567"},
        {"+49 (30) 123-45.67", "+49301234567"},
        {"+49/30/1234567", "+49301234567"},
        {"+49\u00A030\u202F1234\u2011567 ", "+49301234567"},
        {"+12345678", "+12345678"},
        {"+123456789012345", "+123456789012345"},
    };
    struct phone phone;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(phone_read(cases[i][0], strlen(cases[i][0]), &phone, NULL), 0);
        assert_int_equal(phone.length, strlen(cases[i][1]));
        assert_memory_equal(phone.text, cases[i][1], phone.length);
    }
}

static void
no_numbers(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "There is no telephone number. Give one, as in +49 30 1234567."},
        {"0049301234567", "The telephone number begins with 00, which means \"abroad\" only in "
                          "some countries. Write "
                          "\"+\" and the code of the country instead of 00, as in +49 30 1234567."},
        {"030 1234567", "The telephone number does not begin with \"+\" and the code of its "
                        "country. Write both in "
                        "front, as in +49 30 1234567."},
        {"+49 (0)30 1234567",
         "The telephone number has (0) in it, which is dialled only inside its country. Take it "
         "away."},
        {"+1 800 FLOWERS",
         "The telephone number has something other than a digit at character 8. Give \"+\", the "
         "code of the country and the number in digits, without an extension."},
        {"+49\u00A030 1234567;ext=1",
         "The telephone number has something other than a digit at character 15. Give \"+\", the "
         "code of the country and the number in digits, without an extension."},
        {"+\uFF14\uFF19301234567",
         "The telephone number has something other than a digit at character 2. Give \"+\", the "
         "code of the country and the number in digits, without an extension."},
        {"+1234567",
         "The telephone number has fewer than 8 digits, which no international number has. Check "
         "it."},
        {"+1234567890123456",
         "The telephone number has more than 15 digits, which no international number has. Check "
         "it."},
        {"+0301234567", "The telephone number has 0 after its \"+\", but no country's code begins "
                        "with 0. Write the code of the country there, as in +49 30 1234567."},
    };
    struct phone phone;
    struct avow_store_error error;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(phone_read(cases[i][0], strlen(cases[i][0]), &phone, &error),
                         AVOW_STORE_INPUT);
        assert_string_equal(error.text, cases[i][1]);
    }
    assert_int_equal(phone_read("+4930\0001234567", 13, &phone, &error), AVOW_STORE_INPUT);
}

static void
ids(void **state)
{
    (void)state;
    char text[300];
    struct avow_store_error error;
    memset(text, 'x', sizeof text);
    assert_int_equal(opaque_check("7", 1, &error), 0);
    assert_int_equal(opaque_check("Stra\u00DFe 7", 9, &error), 0);
    assert_int_equal(opaque_check(text, 255, &error), 0);
    assert_int_equal(opaque_check(text, 256, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, "The id is longer than 255 bytes. Give a shorter one, for "
                                    "instance a hash.");
    assert_int_equal(opaque_check(text, 0, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, "The id is empty. Give at least one character.");
    assert_int_equal(opaque_check("ab\xff", 3, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text,
                        "The id is not in UTF-8 (byte 3). Give it in UTF-8, or its hash "
                        "in hexadecimal digits.");
    static const char *const controls[] = {"a\tb", "a\x7f", "a\xC2\x85"};
    for (size_t i = 0; i < COUNT(controls); i++) {
        assert_int_equal(opaque_check(controls[i], strlen(controls[i]), &error), AVOW_STORE_INPUT);
        assert_string_equal(error.text,
                            "The id has a control character at byte 2. Give it without.");
    }
    assert_int_equal(opaque_check("a\0b", 3, &error), AVOW_STORE_INPUT);
}

static void
records(void **state)
{
    (void)state;
    static const char *const right[] = {"order:1", "a:b:c", "shop-1.eu:\u00DF", "o:O"};
    static const char *const wrong[] = {"",  "order", ":1",   "Order:1", "1a:1",
                                        "-", "a_b:1", "a :1", "\u00DF:1"};
    struct avow_store_error error;
    for (size_t i = 0; i < COUNT(right); i++)
        assert_int_equal(record_check(right[i], strlen(right[i]), &error), 0);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(record_check(wrong[i], strlen(wrong[i]), &error), AVOW_STORE_INPUT);
        assert_string_equal(error.text,
                            "The record's id does not begin with a namespace and a colon, as in "
                            "order:1234. A namespace is a lower-case letter, and then lower-case "
                            "letters, digits, \".\" and \"-\".");
    }
    assert_int_equal(record_check("order:", 6, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, "The id is empty. Give at least one character.");
    char text[256];
    memset(text, 'x', sizeof text);
    text[5] = ':';
    assert_int_equal(record_check(text, 255, &error), 0);
    assert_int_equal(record_check(text, 256, &error), AVOW_STORE_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(no_numbers),
        cmocka_unit_test(ids),
        cmocka_unit_test(records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
