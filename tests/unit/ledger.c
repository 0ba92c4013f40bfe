/* Hashes of the ledger against another implementation, names of receipts, JSON as it is written. */
#include "runtime/store/ledger.h"
#include "runtime/store/emit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static void
check_hex(const uint8_t hash[HASH_BYTES], const char *wanted)
{
    char hex[2 * HASH_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, hash, HASH_BYTES);
    assert_string_equal(hex, wanted);
}

/* The same by Python's hashlib.blake2b(digest_size=32). */
static void
hashes(void **state)
{
    (void)state;
    uint8_t salt[SALT_BYTES];
    for (uint8_t i = 0; i < SALT_BYTES; i++)
        salt[i] = i;
    const char *body = "{\"kind\":\"event\"}";
    struct head head = {0};
    struct entry entry = {.part = 3, .recorded = 1764000000000000};
    ledger_commit(salt, body, strlen(body), entry.commitment);
    check_hex(entry.commitment, "f787db4bba1ee2f57a3e0b7ec2a9db56714d872325e94b63191e3c13747d4b93");
    ledger_extend(&head, &entry);
    check_hex(entry.hash, "f30fa2cd9d8873c567e9a249bef8b8d8b6368e3eb7d6d8d052f75541e13c4763");
    assert_int_equal(head.sequence, 1);
    entry.recorded = -5;
    ledger_extend(&head, &entry);
    check_hex(head.hash, "3de3ee6f7789278686c70b01369b0bb60872b76a3327cb25d5974f8d8ee7c178");
    assert_int_equal(entry.sequence, 2);
}

static void
names(void **state)
{
    (void)state;
    char name[AVOW_RECEIPT_MAX];
    struct receipt_name read;
    struct entry entry = {.part = 15, .sequence = UINT64_MAX};
    memset(entry.hash, 0xa5, HASH_BYTES);
    ledger_name(&entry, name);
    assert_string_equal(name, "r15-18446744073709551615-a5a5a5a5a5a5a5a5");
    assert_true(ledger_read_name(name, &read));
    assert_true(ledger_is_named(&read, &entry));
    entry.hash[7] ^= 1;
    assert_false(ledger_is_named(&read, &entry));
    static const char *const wrong[] = {
        "",
        "r",
        "r-1-a5a5a5a5a5a5a5a5",
        "r16-1-a5a5a5a5a5a5a5a5",
        "r1-0-a5a5a5a5a5a5a5a5",
        "r01-1-a5a5a5a5a5a5a5a5",
        "r1-01-a5a5a5a5a5a5a5a5",
        "r1-1-A5a5a5a5a5a5a5a5",
        "r1-1-a5a5a5a5a5a5a5a",
        "r1-1-a5a5a5a5a5a5a5a5a5",
        "r1-1-a5a5a5a5a5a5a5a5 ",
        "r1-18446744073709551616-a5a5a5a5a5a5a5a5",
        "x1-1-a5a5a5a5a5a5a5a5",
        "r1-1-g5a5a5a5a5a5a5a5",
        "r-1-1-a5a5a5a5a5a5a5a5",
        "r1 -1-a5a5a5a5a5a5a5a5",
        "r4294967297-1-a5a5a5a5a5a5a5a5",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(ledger_read_name(wrong[i], &read));
}

static void
emitted(void **state)
{
    (void)state;
    struct emit out = {0};
    avow_store_error error;
    emit_begin(&out);
    emit_text(&out, "all", "\"\\/\b\f\n\r\t\x01\x1f\x7f \xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80");
    emit_text(&out, "none", NULL);
    emit_bytes(&out, "nul", "a\0b", 3);
    emit_number(&out, "least", INT64_MIN);
    emit_hex(&out, "hex", (const uint8_t *)"\x00\xff", 2);
    emit_true(&out, "yes");
    emit_open(&out, "list", '[');
    emit_open(&out, NULL, '[');
    emit_close(&out, ']');
    emit_number(&out, NULL, 1);
    emit_open(&out, NULL, '{');
    emit_text(&out, "k", "");
    emit_close(&out, '}');
    emit_close(&out, ']');
    assert_int_equal(emit_end(&out, &error), AVOW_STORE_OK);
    assert_string_equal(out.text,
                        "{\"all\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f \xc3\xa9\xe2\x80\xa8"
                        "\xf0\x9f\x98\x80\",\"nul\":\"a\\u0000b\",\"least\":-9223372036854775808,"
                        "\"hex\":\"00ff\",\"yes\":true,\"list\":[[],1,{\"k\":\"\"}]}");
    assert_int_equal(strlen(out.text), out.length);
    emit_begin(&out);
    assert_int_equal(emit_end(&out, &error), AVOW_STORE_OK);
    assert_string_equal(out.text, "{}");
    emit_free(&out);
}

/* Texts that are not UTF-8 are refused, and the first is named. */
static void
not_utf8(void **state)
{
    (void)state;
    static const char *const wrong[] = {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80",
                                        "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct emit out = {0};
        avow_store_error error = {0};
        emit_begin(&out);
        emit_text(&out, "evidence", wrong[i]);
        emit_text(&out, "reference", wrong[i]);
        assert_int_equal(emit_end(&out, &error), AVOW_STORE_INPUT);
        assert_string_equal(error.text, "The evidence is not in UTF-8, so nobody could read it "
                                        "later. Nothing was recorded; give it in UTF-8.");
        emit_free(&out);
    }
}

/* A text that needs the array to grow, at every length around its first sizes. */
static void
grows(void **state)
{
    (void)state;
    struct emit out = {0};
    char text[1200];
    memset(text, '\x01', sizeof text);
    for (size_t i = 0; i < sizeof text; i++) {
        emit_begin(&out);
        emit_bytes(&out, "t", text, i);
        assert_int_equal(emit_end(&out, NULL), AVOW_STORE_OK);
        assert_int_equal(out.length, 8 + 6 * i);
        if (i % 100 == 0)
            emit_free(&out);
    }
    emit_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),   cmocka_unit_test(names), cmocka_unit_test(emitted),
        cmocka_unit_test(not_utf8), cmocka_unit_test(grows),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
