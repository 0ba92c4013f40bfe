/* Bodies of entries: written in one order, and read back as they were. */
#include "runtime/store/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char whole[] =
    "{\"kind\":\"event\",\"policy\":\"shop\",\"content\":"
    "\"0101010101010101010101010101010101010101010101010101010101010101\","
    "\"what\":\"unsubscribe\",\"identity\":\"email\",\"subject\":"
    "\"02020202020202020202020202020202\",\"exact\":\"0303030303030303\",\"received\":-7,"
    "\"clock\":true,\"source\":\"import\",\"evidence\":\"a \\\"form\\\"\\n\",\"reference\":\"T-1\","
    "\"clause\":\"opt-out\",\"words\":\"04040404040404040404040404040404\",\"language\":\"en\","
    "\"effects\":[[\"opted-out\",\"on\"],[\"member\",\"off\"],[\"x\",\"unknown\"]],\"done\":true,"
    "\"due\":{\"kind\":\"at\",\"at\":9,\"clause\":\"c\",\"tzdata\":\"2024a\"},"
    "\"of\":\"r1-2-0000000000000000\",\"other_identity\":\"id\",\"other\":"
    "\"05050505050505050505050505050505\",\"erased\":[1,9007199254740993],"
    "\"kept\":[[\"shop\",\"opted-out\",\"0000000000000000\",\"on\",2,12]],\"kinds\":6,"
    "\"now\":\"later\",\"record\":\"ns:1\",\"moments\":[[\"order\",5]]}";

static void
there_and_back(void **state)
{
    (void)state;
    struct body body;
    struct emit out = {0};
    avow_store_error error = {0};
    assert_int_equal(body_read(whole, strlen(whole), &body, &error), AVOW_STORE_OK);
    assert_int_equal(body.kind, BODY_EVENT);
    assert_int_equal(body.source, AVOW_BY_IMPORT);
    assert_int_equal(body.subject.kind, AVOW_IDENTITY_EMAIL);
    assert_int_equal(body.effect_count, 3);
    assert_int_equal(body.effects[2].value, VALUE_UNKNOWN);
    assert_int_equal(body.erased[1], 9007199254740993);
    assert_int_equal(body.kept[0].pending, 2);
    assert_string_equal(body.evidence, "a \"form\"\n");
    assert_int_equal(body_write(&out, &body, &error), AVOW_STORE_OK);
    assert_string_equal(out.text, whole);
    body_free(&body);
    emit_free(&out);
}

static void
every_kind(void **state)
{
    (void)state;
    for (int kind = 0; kind < BODY_KINDS; kind++) {
        struct body body = {.kind = (enum body_kind)kind}, read;
        struct emit out = {0};
        assert_int_equal(body_write(&out, &body, NULL), AVOW_STORE_OK);
        assert_int_equal(body_read(out.text, out.length, &read, NULL), AVOW_STORE_OK);
        assert_int_equal(read.kind, kind);
        body_free(&read);
        emit_free(&out);
    }
}

/* One change each that leaves JSON, but no body. */
static void
not_bodies(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"event\"", "\"events\""},
        {"\"shop\"", "5"},
        {"\"0101", "\"01"},
        {"\"0101", "\"0A01"},
        {"\"email\"", "\"mail\""},
        {"\"0202", "\"g202"},
        {"-7", "\"-7\""},
        {"\"import\"", "\"nobody\""},
        {"\"on\"]", "\"yes\"]"},
        {"[\"member\"", "[7"},
        {"\"at\":9", "\"at\":\"9\""},
        {"\"kind\":\"at\"", "\"kind\":\"on\""},
        {"[1,9007", "[\"1\",9007"},
        {"[1,9007", "[0,9007"},
        {"2,12", "\"2\",12"},
        {"\"kinds\":6", "\"kinds\":6.5"},
        {"\"now\":", "\"now\":1,\"now\":"},
        {"}", ""},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char text[2 * sizeof whole];
        const char *at = strstr(whole, changes[i][0]);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, changes[i][1],
                 at + strlen(changes[i][0]));
        struct body body;
        avow_store_error error = {0};
        if (body_read(text, strlen(text), &body, &error) != AVOW_STORE_CORRUPT)
            fail_msg("%s was read", text);
        assert_string_equal(error.text, "What an entry of the ledger says cannot be read: it was "
                                        "changed, or was written by a newer avow.");
        body_free(&body);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(not_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
