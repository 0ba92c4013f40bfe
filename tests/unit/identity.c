/* Identities: the hashes are those that another implementation of BLAKE2b gives. */
#include "runtime/store/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct keys *keys;

/* Epoch 1 has the key 00 01 02 …, epoch 2 the key 01 02 03 …: never in a file. */
static int
set_up(void **state)
{
    (void)state;
    struct avow_store_error error;
    if (keys_begin(&error) != AVOW_STORE_OK)
        return -1;
    keys = keys_allocate(2);
    for (size_t i = 0; keys && i < SECRET_BYTES; i++) {
        keys->identity[0][i] = (uint8_t)i;
        keys->identity[1][i] = (uint8_t)(i + 1);
    }
    return keys ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    keys_free(keys);
    return 0;
}

static struct subject
identify(uint32_t epoch, avow_identity_kind kind, const char *text)
{
    struct subject identity;
    struct avow_store_error error;
    if (identity_of(keys, epoch, kind, text, strlen(text), &identity, &error) != AVOW_STORE_OK)
        fail_msg("%s: %s", text, error.text);
    assert_int_equal(identity.kind, kind);
    return identity;
}

static bool
same_key(struct subject a, struct subject b)
{
    return memcmp(a.key, b.key, sizeof a.key) == 0;
}

static bool
same_exact(struct subject a, struct subject b)
{
    return memcmp(a.exact, b.exact, sizeof a.exact) == 0;
}

/* Python: hashlib.blake2b(bytes([kind, form]) + text, digest_size=16, key=bytes(range(32))). */
static void
hashes_stay(void **state)
{
    (void)state;
    static const struct {
        avow_identity_kind kind;
        const char *text, *key, *exact;
    } cases[] = {
        {AVOW_IDENTITY_EMAIL, "joe@shop.example", "147de4892658f385a1446db102abdd37",
         "0000000000000000"},
        {AVOW_IDENTITY_EMAIL, "Joe@SHOP.example", "147de4892658f385a1446db102abdd37",
         "a1d65a98fa80c5d2"},
        {AVOW_IDENTITY_EMAIL, "Stra\u00DFe@b\u00FCcher.example", "dfed94d27fc9c9ed69bf01a5cb330f1d",
         "fe04516ff7ec602b"},
        {AVOW_IDENTITY_PHONE, "+49 30 1234567", "9bb9b31b6cfc95a0c4b71641d480fe82",
         "0000000000000000"},
        {AVOW_IDENTITY_ID, "Joe", "e80c0f82e1bd44953d68a7c30dda8630", "0000000000000000"},
        {AVOW_IDENTITY_RECORD, "order:7", "de9876d6311c5e5516a575e523b5740f", "0000000000000000"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct subject identity = identify(1, cases[i].kind, cases[i].text);
        char digits[33];
        for (size_t k = 0; k < 16; k++)
            snprintf(digits + 2 * k, 3, "%02x", identity.key[k]);
        assert_string_equal(digits, cases[i].key);
        for (size_t k = 0; k < 8; k++)
            snprintf(digits + 2 * k, 3, "%02x", identity.exact[k]);
        assert_string_equal(digits, cases[i].exact);
    }
}

static void
one_mailbox_has_one_key(void **state)
{
    (void)state;
    static const char *const spellings[] = {
        "Joe@shop.example",
        "JOE@SHOP.EXAMPLE",
        "\"joe\"@shop.example.",
        "joe@shop\u3002example",
    };
    struct subject joe = identify(1, AVOW_IDENTITY_EMAIL, "joe@shop.example");
    for (size_t i = 0; i < COUNT(spellings); i++)
        assert_true(same_key(joe, identify(1, AVOW_IDENTITY_EMAIL, spellings[i])));
    /* A yes is of the spelling of the local part. */
    assert_true(same_exact(joe, identify(1, AVOW_IDENTITY_EMAIL, "\"joe\"@SHOP.example")));
    struct subject upper = identify(1, AVOW_IDENTITY_EMAIL, "Joe@shop.example");
    assert_true(same_exact(upper, identify(1, AVOW_IDENTITY_EMAIL, "Joe@SHOP.example")));
    assert_false(same_exact(joe, upper));
    assert_false(same_exact(upper, identify(1, AVOW_IDENTITY_EMAIL, "JOE@shop.example")));
    assert_false(same_key(joe, identify(1, AVOW_IDENTITY_EMAIL, "j.oe@shop.example")));
    assert_false(same_key(joe, identify(1, AVOW_IDENTITY_EMAIL, "joe+x@shop.example")));
    assert_true(same_key(identify(1, AVOW_IDENTITY_PHONE, "+49 30 1234567"),
                         identify(1, AVOW_IDENTITY_PHONE, "+49301234567")));
    assert_false(same_key(identify(1, AVOW_IDENTITY_ID, "a"), identify(1, AVOW_IDENTITY_ID, "A")));
}

/* The same text is another identity as another kind, and under another key. */
static void
kinds_and_epochs_are_apart(void **state)
{
    (void)state;
    assert_false(same_key(identify(1, AVOW_IDENTITY_ID, "a:b@c"),
                          identify(1, AVOW_IDENTITY_RECORD, "a:b@c")));
    assert_false(
        same_key(identify(1, AVOW_IDENTITY_ID, "a@b"), identify(1, AVOW_IDENTITY_EMAIL, "a@b")));
    assert_false(same_key(identify(1, AVOW_IDENTITY_ID, "+12345678"),
                          identify(1, AVOW_IDENTITY_PHONE, "+12345678")));
    assert_false(same_key(identify(1, AVOW_IDENTITY_ID, "a"), identify(2, AVOW_IDENTITY_ID, "a")));
    assert_false(same_exact(identify(1, AVOW_IDENTITY_EMAIL, "A@b"),
                            identify(2, AVOW_IDENTITY_EMAIL, "A@b")));
}

static void
refusals(void **state)
{
    (void)state;
    struct subject identity;
    struct avow_store_error error;
    assert_int_equal(identity_of(keys, 0, AVOW_IDENTITY_ID, "a", 1, &identity, &error),
                     AVOW_STORE_KEYS);
    assert_int_equal(identity_of(keys, 3, AVOW_IDENTITY_ID, "a", 1, &identity, &error),
                     AVOW_STORE_KEYS);
    assert_string_equal(error.text, "There is no identity key of epoch 3. Restore it from the "
                                    "backup of the keys.");
    assert_int_equal(identity_of(keys, 1, 0, "a", 1, &identity, &error), AVOW_STORE_USAGE);
    assert_int_equal(identity_of(keys, 1, 5, "a", 1, &identity, &error), AVOW_STORE_USAGE);
    assert_string_equal(error.text, "5 is no kind of identity. Take one of the four.");
    for (avow_identity_kind kind = AVOW_IDENTITY_EMAIL; kind <= AVOW_IDENTITY_RECORD; kind++)
        assert_int_equal(identity_of(keys, 1, kind, "", 0, &identity, NULL), AVOW_STORE_INPUT);
}

static void
what_people_write(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        avow_identity_kind kind;
        const char *part;
    } cases[] = {
        {"joe@x.example", AVOW_IDENTITY_EMAIL, "joe@x.example"},
        {"+joe@x.example", AVOW_IDENTITY_EMAIL, "+joe@x.example"},
        {"+49 30 1234567", AVOW_IDENTITY_PHONE, "+49 30 1234567"},
        {"tel:+49301234567", AVOW_IDENTITY_PHONE, "+49301234567"},
        {"TEL:joe@x", AVOW_IDENTITY_PHONE, "joe@x"},
        {"0049301234567", AVOW_IDENTITY_PHONE, "0049301234567"},
        {"id:joe@x", AVOW_IDENTITY_ID, "joe@x"},
        {"id:", AVOW_IDENTITY_ID, ""},
        {"record:order:7", AVOW_IDENTITY_RECORD, "order:7"},
    };
    static const char *const wrong[] = {"", "joe", "order:7", "i", "-"};
    avow_identity_kind kind;
    const char *part;
    size_t length;
    struct avow_store_error error;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        assert_int_equal(identity_parse_kind(text, strlen(text), &kind, &part, &length, &error), 0);
        assert_int_equal(kind, cases[i].kind);
        assert_int_equal(length, strlen(cases[i].part));
        assert_memory_equal(part, cases[i].part, length);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(
            identity_parse_kind(wrong[i], strlen(wrong[i]), &kind, &part, &length, &error),
            AVOW_STORE_INPUT);
        assert_string_equal(
            error.text, "This names nobody. Write an e-mail address, a telephone number with its "
                        "country (+49 30 1234567), id: and an id, or record: and a record's id "
                        "(record:order:1234).");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_stay),
        cmocka_unit_test(one_mailbox_has_one_key),
        cmocka_unit_test(kinds_and_epochs_are_apart),
        cmocka_unit_test(refusals),
        cmocka_unit_test(what_people_write),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
