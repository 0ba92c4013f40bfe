/* E-mail addresses in their wide and exact forms. */
#include "runtime/store/address.h"
#include "tests/unit/address_cases.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The libraries run out of memory at this call from now; 0 never. */
static int fail_at;

uint8_t *__real_u8_normalize(uninorm_t, const uint8_t *, size_t, uint8_t *, size_t *);
uint8_t *__wrap_u8_normalize(uninorm_t, const uint8_t *, size_t, uint8_t *, size_t *);
uint8_t *__real_u8_casefold(const uint8_t *, size_t, const char *, uninorm_t, uint8_t *, size_t *);
uint8_t *__wrap_u8_casefold(const uint8_t *, size_t, const char *, uninorm_t, uint8_t *, size_t *);
int __real_idn2_to_ascii_8z(const char *, char **, int);
int __wrap_idn2_to_ascii_8z(const char *, char **, int);

static bool
fails(void)
{
    errno = ENOMEM;
    return fail_at > 0 && --fail_at == 0;
}

uint8_t *
__wrap_u8_normalize(uninorm_t form, const uint8_t *s, size_t n, uint8_t *out, size_t *length)
{
    return fails() ? NULL : __real_u8_normalize(form, s, n, out, length);
}

uint8_t *
__wrap_u8_casefold(const uint8_t *s, size_t n, const char *language, uninorm_t form, uint8_t *out,
                   size_t *length)
{
    return fails() ? NULL : __real_u8_casefold(s, n, language, form, out, length);
}

int
__wrap_idn2_to_ascii_8z(const char *input, char **output, int flags)
{
    return fails() ? -100 : __real_idn2_to_ascii_8z(input, output, flags);
}

static void
assert_form(const char *found, size_t length, const char *wanted, const char *given)
{
    if (length != strlen(wanted) || memcmp(found, wanted, length) != 0)
        fail_msg("%s: %.*s is not %s", given, (int)length, found, wanted);
}

static void
forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(right_addresses); i++) {
        const char *given = right_addresses[i].given;
        struct address address;
        struct avow_store_error error;
        if (address_read(given, strlen(given), &address, &error) != AVOW_STORE_OK)
            fail_msg("%s: %s", given, error.text);
        assert_form(address.wide, address.wide_length, right_addresses[i].wide, given);
        assert_int_equal(address.same, !right_addresses[i].exact);
        assert_form(address.exact, address.exact_length,
                    right_addresses[i].exact ? right_addresses[i].exact : "", given);
    }
}

static void
no_addresses(void **state)
{
    (void)state;
    struct address address;
    struct avow_store_error error;
    for (size_t i = 0; i < COUNT(wrong_addresses); i++) {
        const char *given = wrong_addresses[i].given;
        error.text[0] = '\0';
        if (address_read(given, strlen(given), &address, &error) != AVOW_STORE_INPUT)
            fail_msg("%s: code %d", given, error.code);
        if (strcmp(error.text, wrong_addresses[i].error) != 0)
            fail_msg("%s: %s", given, error.text);
    }
    assert_int_equal(address_read("", 0, &address, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, "There is no address. Give one, as in joe@shop.example.");
    assert_int_equal(address_read("jo\0e@x", 6, &address, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, "The address has a control character at character 3. Write the "
                                    "address anew, without copying it.");
    assert_int_equal(address_read("joe@x\0", 6, &address, &error), AVOW_STORE_INPUT);
}

/* A local part of so many times a text at x. */
static avow_store_code
read_repeated(const char *part, size_t times, size_t more, struct address *address,
              struct avow_store_error *error)
{
    char text[400];
    size_t length = 0, size = strlen(part);
    for (size_t i = 0; i < times; i++, length += size)
        memcpy(text + length, part, size);
    for (size_t i = 0; i < more; i++)
        text[length++] = 'a';
    memcpy(text + length, "@x", 2);
    return address_read(text, length + 2, address, error);
}

static void
lengths(void **state)
{
    (void)state;
    static const char too_long[] = "The address is longer than 254 bytes, which is the most that "
                                   "mail can be sent to. Give one address alone.";
    struct address address;
    struct avow_store_error error;
    assert_int_equal(read_repeated("a", 252, 0, &address, &error), 0);
    assert_int_equal(address.wide_length, 254);
    assert_int_equal(read_repeated("A", 252, 0, &address, &error), 0);
    assert_int_equal(address.exact_length, 254);
    assert_int_equal(read_repeated("a", 253, 0, &address, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, too_long);
    /* U+0390 folds to three times its bytes: no form may be longer than an address. */
    assert_int_equal(read_repeated("\u0149", 84, 0, &address, &error), 0);
    assert_int_equal(address.wide_length, 254);
    assert_int_equal(read_repeated("\u0149", 84, 1, &address, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, too_long);
    assert_int_equal(read_repeated("\u0390", 126, 0, &address, &error), 0);
    assert_int_equal(address.wide_length, 254);
    assert_int_equal(read_repeated("..", 125, 0, &address, &error), 0);
    assert_int_equal(read_repeated("..", 126, 0, &address, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, too_long);
    /* Labels of 63 bytes, written and encoded. */
    char text[300];
    int length = snprintf(text, sizeof text, "a@%s.%s.%s.%s", LABEL_63, LABEL_63, LABEL_63,
                          "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi");
    assert_int_equal(length, 253);
    assert_int_equal(address_read(text, (size_t)length, &address, &error), 0);
    assert_int_equal(address_read(strcat(text, "."), 254, &address, &error), 0);
    assert_int_equal(address.wide_length, 253);
}

/* Forms are addresses, and their wide form is that of what they were made of. */
static void
check_again(const char *form, size_t length, const struct address *first)
{
    struct address again;
    struct avow_store_error error;
    if (address_read(form, length, &again, &error) != AVOW_STORE_OK)
        fail_msg("%.*s: %s", (int)length, form, error.text);
    if (again.wide_length != first->wide_length ||
        memcmp(again.wide, first->wide, again.wide_length) != 0)
        fail_msg("%.*s has another wide form: %.*s", (int)length, form, again.wide_length,
                 again.wide);
}

static bool
check_text(const char *text, size_t length)
{
    struct address address;
    struct avow_store_error error = {AVOW_STORE_OK, ""};
    avow_store_code code = address_read(text, length, &address, &error);
    assert_int_equal(code, error.code);
    if (code) {
        assert_int_equal(code, AVOW_STORE_INPUT);
        assert_true(error.text[0] && strlen(error.text) < 300);
        return false;
    }
    check_again(address.wide, address.wide_length, &address);
    if (address.same)
        assert_int_equal(address.exact_length, 0);
    else
        check_again(address.exact, address.exact_length, &address);
    return true;
}

static uint32_t
next(uint32_t *chance)
{
    *chance = *chance * 1664525 + 1013904223;
    return *chance >> 8;
}

/* Pieces that have to do with each other, in any order. */
static void
random_addresses(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "a",      "B",      "0",      "-",      ".",      "..",         "\"",      "\\",
        " ",      "@",      "_",      "+",      "xn--",   "\u00FC",     "u\u0308", "\u00DF",
        "\u1E9E", "\u0130", "\u0131", "\u03A3", "\u03C2", "\u0345",     "\u0301",  "\u0323",
        "\u1FB3", "\u3002", "\uFF21", "\u200D", "\u05D0", "\U0001F600", "\u0378",  "\xff",
        "[",      "]",      "kva",    "\u0399", "\u2126", "\uFB03",     "\u0149",  "\uD55C",
    };
    uint32_t chance = 7;
    unsigned accepted = 0;
    for (int i = 0; i < 60000; i++) {
        char text[200] = "";
        for (uint32_t n = 1 + next(&chance) % 5; n > 0; n--)
            strcat(text, pieces[next(&chance) % COUNT(pieces)]);
        strcat(text, next(&chance) % 4 ? "@x" : "@");
        for (uint32_t n = next(&chance) % 4; n > 0; n--)
            strcat(text, pieces[next(&chance) % COUNT(pieces)]);
        accepted += check_text(text, strlen(text));
    }
    assert_true(accepted > 10000 && accepted < 50000);
}

/* Every character of Unicode, alone and before marks, on both sides. */
static void
every_character(void **state)
{
    (void)state;
    static const char *const behind[] = {"", "\u0345", "\u0301\u0345"};
    unsigned accepted = 0;
    for (uint32_t c = 0x80; c < 0x20000; c++) {
        char text[64];
        uint8_t bytes[6];
        int size = u8_uctomb(bytes, c, sizeof bytes);
        if (size < 0)
            continue;
        for (size_t i = 0; i < COUNT(behind); i++) {
            int length = snprintf(text, sizeof text, "%.*s%s@x", size, (char *)bytes, behind[i]);
            accepted += check_text(text, (size_t)length);
        }
        int length = snprintf(text, sizeof text, "a@b%.*s.x", size, (char *)bytes);
        accepted += check_text(text, (size_t)length);
    }
    assert_true(accepted > 200000);
}

static void
memory_runs_out(void **state)
{
    (void)state;
    static const char text[] = "Jos\u00E9@b\u00FCcher.example";
    struct address address;
    struct avow_store_error error;
    int calls = 0;
    avow_store_code code;
    do {
        fail_at = ++calls;
        code = address_read(text, sizeof text - 1, &address, &error);
        if (fail_at == 0) {
            assert_int_equal(code, AVOW_STORE_MEMORY);
            assert_string_equal(error.text, "There is not enough memory. Nothing was changed; free "
                                            "some and try again.");
        }
    } while (fail_at == 0);
    fail_at = 0;
    assert_int_equal(code, AVOW_STORE_OK);
    assert_int_equal(calls, 7); /* six calls, each of which failed once */
    assert_form(address.wide, address.wide_length, "jos\u00E9@xn--bcher-kva.example", text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),           cmocka_unit_test(no_addresses),
        cmocka_unit_test(lengths),         cmocka_unit_test(random_addresses),
        cmocka_unit_test(every_character), cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
