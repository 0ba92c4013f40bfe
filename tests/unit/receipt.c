/* Receipts: written, verified without a store, and no byte of them can be another. */
#include "runtime/store/receipt.h"
#include "runtime/store/body.h"
#include "runtime/store/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static const char sentence[] =
    "You can tell us at any time to stop writing to you \xe2\x80\x93 \"stop\".";

struct issued {
    struct emit body, receipt;
    struct keys *keys;
    struct entry entry;
    uint8_t salt[SALT_BYTES], previous[HASH_BYTES];
    struct receipt_source source;
};

static int
setup(void **state)
{
    static const uint8_t seed[32] = {7};
    struct issued *issued = calloc(1, sizeof *issued);
    struct body_effect effect = {"opted-out", VALUE_ON};
    struct body body = {.kind = BODY_EVENT,
                        .policy = "shop",
                        .has_content = true,
                        .content = {1, 2, 3},
                        .what = "unsubscribe",
                        .subject = {.kind = AVOW_IDENTITY_EMAIL, .key = {3, 1}},
                        .received = 1764003600000001,
                        .source = AVOW_BY_PERSON,
                        .evidence = "link\x01 clicked",
                        .reference = "T-1",
                        .clause = "stop",
                        .has_words = true,
                        .language = "en",
                        .effects = &effect,
                        .effect_count = 1,
                        .is_request = true,
                        .due_kind = AVOW_DUE_AT_ONCE};
    assert_non_null(issued);
    issued->keys = calloc(1, sizeof *issued->keys);
    assert_non_null(issued->keys);
    crypto_sign_seed_keypair(issued->keys->signing_public, issued->keys->signing_secret, seed);
    crypto_generichash(body.words, WORDS_BYTES, (const uint8_t *)sentence, strlen(sentence), NULL,
                       0);
    assert_int_equal(body_write(&issued->body, &body, NULL), AVOW_STORE_OK);
    struct entry *entry = &issued->entry;
    *entry = (struct entry){.part = 3,
                            .sequence = 17,
                            .recorded = 1764003600000002,
                            .salt = issued->salt,
                            .body = issued->body.text,
                            .length = issued->body.length};
    memset(issued->previous, 0x11, HASH_BYTES);
    ledger_commit(entry->salt, entry->body, entry->length, entry->commitment);
    ledger_hash(issued->previous, entry, entry->hash);
    issued->source = (struct receipt_source){entry, issued->previous, RECEIPT_REQUESTED, sentence,
                                             "Shop \"&\" Co"};
    *state = issued;
    return 0;
}

static int
teardown(void **state)
{
    struct issued *issued = *state;
    emit_free(&issued->body);
    emit_free(&issued->receipt);
    free(issued->keys);
    free(issued);
    return 0;
}

static void
issue(struct issued *issued)
{
    avow_store_error error = {0};
    if (receipt_write(&issued->source, issued->keys, &issued->receipt, &error) != AVOW_STORE_OK)
        fail_msg("%s", error.text);
}

static void
whole(void **state)
{
    struct issued *issued = *state;
    struct receipt_verified out;
    avow_store_error error = {0};
    issue(issued);
    const struct emit *receipt = &issued->receipt;
    static const char *const parts[] = {
        "{\"event\":{\"entity_id\":\"email:03010000000000000000000000000000\",\"event_state\":"
        "\"requested\",\"event_time\":\"2025-11-24T17:00:00.000001Z\",\"event_type\":"
        "\"unsubscribe\",\"evidence\":\"link\\u0001 clicked\",\"reference\":\"T-1\",\"source\":"
        "\"person\"},\"pii_controllers\":[{\"party_id\":\"",
        "\"party_name\":\"Shop \\\"&\\\" Co\"}],\"pii_principal_id\":\"email:",
        "\"pii_processing\":{\"purposes\":[{\"purpose\":\"opted-out\",\"value\":\"on\"}]}",
        "\"privacy_notice\":{\"clause\":\"stop\",\"content_hash\":\"010203",
        "\"statement\":\"You can tell us at any time to stop writing to you \xe2\x80\x93 ",
        "\"record_id\":\"r3-17-",
        "\"schema_version\":\"avow-receipt-1; ISO/IEC TS 27560:2023\"",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(receipt->text, parts[i]))
            fail_msg("%s\nis not in\n%s", parts[i], receipt->text);
    if (receipt_verify(receipt->text, receipt->length, issued->keys->signing_public, &out, &error))
        fail_msg("%s", error.text);
    assert_int_equal(out.part, 3);
    assert_int_equal(out.head.sequence, 17);
    assert_memory_equal(out.head.hash, issued->entry.hash, HASH_BYTES);
    assert_memory_equal(out.name, "r3-17-", 6);
    assert_int_equal(receipt_verify(receipt->text, receipt->length, NULL, &out, &error),
                     AVOW_STORE_OK);
}

/* Each byte as three others; each byte left out; each doubled; each place where it could end. */
static void
any_byte(void **state)
{
    struct issued *issued = *state;
    struct receipt_verified out;
    issue(issued);
    size_t length = issued->receipt.length;
    char *changed = malloc(length + 2);
    assert_non_null(changed);
    for (size_t at = 0; at < length; at++) {
        static const char flips[] = {1, 4, 0x20};
        memcpy(changed, issued->receipt.text, length);
        for (size_t i = 0; i < sizeof flips; i++) {
            changed[at] = (char)(issued->receipt.text[at] ^ flips[i]);
            if (receipt_verify(changed, length, NULL, &out, NULL) == AVOW_STORE_OK)
                fail_msg("byte %zu was changed, and not found", at);
        }
        memmove(changed + at, issued->receipt.text + at + 1, length - at - 1);
        assert_int_not_equal(receipt_verify(changed, length - 1, NULL, &out, NULL), AVOW_STORE_OK);
        memcpy(changed + at, issued->receipt.text + at, 1);
        memcpy(changed + at + 1, issued->receipt.text + at, length - at);
        assert_int_not_equal(receipt_verify(changed, length + 1, NULL, &out, NULL), AVOW_STORE_OK);
        assert_int_not_equal(receipt_verify(issued->receipt.text, at, NULL, &out, NULL),
                             AVOW_STORE_OK);
    }
    free(changed);
}

/* One word for another of the same kind: the text says what does not match. */
static void
says_what(void **state)
{
    static const char *const changes[][3] = {
        {"\"event_type\":\"unsubscribe\"", "\"event_type\":\"subscribe\"",
         "event is not what follows from the entry of the ledger."},
        {"\"event_state\":\"requested\"", "\"event_state\":\"given\"", NULL},
        {"\"statement\":\"You can", "\"statement\":\"You must", NULL},
        {"\"value\":\"on\"}", "\"value\":\"off\"}",
         "pii_processing is not what follows from the entry of the ledger."},
        {"\"sequence\":17", "\"sequence\":18",
         "the members of the proof do not give the entry's hash."},
        {"T-1\\\",", "T-2\\\",", "the entry's text and salt do not give its commitment."},
        {"\"record_id\":\"r3-17-", "\"record_id\":\"r3-18-",
         "record_id is not what follows from the entry of the ledger."},
        {"Shop ", "Ship ", "the signature does not match."},
        {"{\"event\":", "{ \"event\":", "it is not written as it was issued."},
        {"{\"event\":", "{\"also\":1,\"event\":",
         "a member too many is not what follows from the entry of the ledger."},
    };
    struct issued *issued = *state;
    struct receipt_verified out;
    issue(issued);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char text[8192], wanted[512];
        avow_store_error error = {0};
        const char *at = strstr(issued->receipt.text, changes[i][0]);
        if (!at)
            fail_msg("%s is not in the receipt", changes[i][0]);
        int length = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - issued->receipt.text),
                              issued->receipt.text, changes[i][1], at + strlen(changes[i][0]));
        assert_int_equal(receipt_verify(text, (size_t)length, NULL, &out, &error),
                         AVOW_STORE_CORRUPT);
        snprintf(wanted, sizeof wanted, "The receipt was changed, or is not genuine: %s",
                 changes[i][2] ? changes[i][2] : "");
        if (changes[i][2])
            assert_string_equal(error.text, wanted);
    }
}

static void
another_issuer(void **state)
{
    struct issued *issued = *state;
    struct receipt_verified out;
    avow_store_error error = {0};
    uint8_t key[32] = {1};
    issue(issued);
    assert_int_equal(
        receipt_verify(issued->receipt.text, issued->receipt.length, key, &out, &error),
        AVOW_STORE_CORRUPT);
    assert_string_equal(error.text, "The receipt was changed, or is not genuine: it was not signed "
                                    "with the key that was given.");
    assert_int_equal(receipt_verify("[]", 2, key, &out, &error), AVOW_STORE_INPUT);
    assert_string_equal(error.text, "This is no receipt, or not a whole one. Give the file as it "
                                    "was issued.");
}

/* What would make a receipt that lies is not written. */
static void
not_written(void **state)
{
    struct issued *issued = *state;
    struct emit *out = &issued->receipt;
    avow_store_error error = {0};
    issued->source.statement = "Something else.";
    assert_int_equal(receipt_write(&issued->source, issued->keys, out, &error), AVOW_STORE_CORRUPT);
    assert_string_equal(error.text,
                        "The sentence is not the one that was shown: its hash is another.");
    issued->source.statement = sentence;
    issued->source.state = RECEIPT_GIVEN;
    assert_int_equal(receipt_write(&issued->source, issued->keys, out, &error), AVOW_STORE_CORRUPT);
    issued->entry.body = NULL;
    assert_int_equal(receipt_write(&issued->source, issued->keys, out, &error),
                     AVOW_STORE_NOT_FOUND);
    assert_string_equal(error.text, "What this receipt said has been erased.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(whole), TEST(any_byte), TEST(says_what),
                                       TEST(another_issuer), TEST(not_written)};
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
