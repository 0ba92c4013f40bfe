/* Signatures behind an image: which files are taken, byte by byte. */
#include "runtime/agent/signature.h"
#include "runtime/core/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

enum { IMAGE = AT_CELLS * 4 + 24, ROOM = IMAGE + SIGNATURE_HEAD + 20 * SIGNATURE_RECORD };

/* A file that is put together; keys are numbered, and rise as their numbers do. */
struct made {
    uint8_t bytes[ROOM];
    size_t size;
};

struct pair {
    uint8_t key[SIGNATURE_KEY], secret[64];
};

static struct pair pairs[SIGNATURES_MOST + 2]; /* filled once, by main */

static int
by_key(const void *a, const void *b)
{
    return memcmp(((const struct pair *)a)->key, ((const struct pair *)b)->key, SIGNATURE_KEY);
}

static void
make_pairs(void)
{
    enum { COUNT = sizeof pairs / sizeof pairs[0] };
    for (uint8_t i = 0; i < COUNT; i++) {
        uint8_t seed[32] = {i, 1};
        crypto_sign_seed_keypair(pairs[i].key, pairs[i].secret, seed);
    }
    qsort(pairs, COUNT, sizeof pairs[0], by_key);
}

static void
put_4(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void
make_image(struct made *made)
{
    *made = (struct made){.size = IMAGE};
    for (unsigned i = 0; i < IMAGE; i++)
        made->bytes[i] = (uint8_t)(i * 7);
    memcpy(made->bytes, "avow\r\n\x1a\n", 8);
    put_4(made->bytes + AT_SIZE * 4, IMAGE);
}

static void
add(struct made *made, const struct pair *pair)
{
    uint8_t message[SIGNATURE_MESSAGE];
    if (made->size == IMAGE) {
        memcpy(made->bytes + IMAGE, "avowsig1", 8);
        made->size += SIGNATURE_HEAD;
    }
    signature_message(made->bytes, IMAGE, message);
    memcpy(made->bytes + made->size, pair->key, SIGNATURE_KEY);
    crypto_sign_detached(made->bytes + made->size + SIGNATURE_KEY, NULL, message, sizeof message,
                         pair->secret);
    made->size += SIGNATURE_RECORD;
    made->bytes[IMAGE + 8]++;
}

static struct made
signed_by(const struct pair *first, const struct pair *second)
{
    struct made made;
    make_image(&made);
    if (first)
        add(&made, first);
    if (second)
        add(&made, second);
    return made;
}

/* What is said of a file; "" if it is taken. */
static const char *
said(const struct made *made, const struct trust *trust, int64_t now, avow_store_error *error)
{
    size_t image = 0;
    uint8_t *exact = malloc(made->size ? made->size : 1);
    assert_non_null(exact);
    memcpy(exact, made->bytes, made->size);
    *error = (avow_store_error){0};
    avow_store_code code = signature_check(exact, made->size, trust, now, &image, error);
    free(exact);
    assert_int_equal(code, error->code);
    assert_true(code == AVOW_STORE_OK || code == AVOW_STORE_POLICY);
    if (code == AVOW_STORE_OK && trust)
        assert_int_equal(image, IMAGE);
    return error->text;
}

static struct trusted_key
trusting(const struct pair *pair, int64_t until)
{
    struct trusted_key key = {.until = until, .last = "2026-11-24"};
    memcpy(key.key, pair->key, SIGNATURE_KEY);
    return key;
}

#define EXPECT(made, trust, now, text)                                                             \
    do {                                                                                           \
        avow_store_error error_;                                                                   \
        assert_string_equal(said(made, trust, now, &error_), text);                                \
    } while (0)

static const char changed[] = "What stands behind the policy in it are no signatures, or damaged "
                              "ones. Build and sign it again.";
static const char missing[] = "It is not signed, and only signed policies are taken here. Sign it: "
                              "'avow sign --key=FILE ID.avow'.";

static const char *
with_key(const struct pair *pair, const char *before, const char *behind, char text[512])
{
    char key[SIGNATURE_KEY_TEXT];
    signature_key_text(pair->key, key);
    snprintf(text, 512, "%s%s%s", before, key, behind);
    return text;
}

static void
who_has_signed(void **state)
{
    struct trusted_key key = trusting(&pairs[1], INT64_MAX);
    struct trust trust = {&key, 1}, nobody = {NULL, 0};
    struct made none = signed_by(NULL, NULL), first = signed_by(&pairs[0], NULL);
    struct made second = signed_by(&pairs[1], NULL), both = signed_by(&pairs[0], &pairs[1]);
    char text[512];
    (void)state;
    EXPECT(&second, &trust, 0, "");
    EXPECT(&both, &trust, 0, "");
    EXPECT(&none, &trust, 0, missing);
    with_key(&pairs[0], "It is signed with key ",
             ", which is not trusted here. Sign it with a trusted key, or, if that key is to be "
             "trusted, add its line to the file of trusted keys.",
             text);
    EXPECT(&first, &trust, 0, text);
    EXPECT(&first, &nobody, 0, text);
    EXPECT(&none, NULL, 0, "");
    EXPECT(&first, NULL, 0, "");
    EXPECT(&both, NULL, 0, "");
}

static void
until_its_last_day(void **state)
{
    struct trusted_key keys[] = {trusting(&pairs[0], 1000), trusting(&pairs[1], 2000)};
    struct trusted_key twice[] = {trusting(&pairs[0], 3000), trusting(&pairs[0], 1000)};
    struct trust both = {keys, 2}, again = {twice, 2};
    struct made first = signed_by(&pairs[0], NULL), two = signed_by(&pairs[0], &pairs[1]);
    char text[512];
    (void)state;
    EXPECT(&first, &both, 999, "");
    with_key(&pairs[0], "It is signed with key ",
             ", whose last day was 2026-11-24. Sign it with a key that still counts: 'avow sign "
             "--key=FILE ID.avow'.",
             text);
    EXPECT(&first, &both, 1000, text);
    EXPECT(&two, &both, 1999, "");
    with_key(&pairs[1], "It is signed with key ",
             ", whose last day was 2026-11-24. Sign it with a key that still counts: 'avow sign "
             "--key=FILE ID.avow'.",
             text);
    EXPECT(&two, &both, 2000, text);
    EXPECT(&first, &again, 2999, "");
    EXPECT(&first, &both, INT64_MIN, "");
}

/* Each bit of each byte: nothing in the file can change unseen, under any trust. */
static void
every_bit_counts(void **state)
{
    struct trusted_key key = trusting(&pairs[0], INT64_MAX);
    struct trust trust = {&key, 1};
    struct made made = signed_by(&pairs[0], &pairs[1]);
    avow_store_error error;
    (void)state;
    assert_string_equal(said(&made, &trust, 0, &error), "");
    for (size_t i = 0; i < made.size; i++) {
        for (unsigned bit = 0; bit < 8; bit += i < IMAGE ? 5 : 1) {
            made.bytes[i] ^= (uint8_t)(1u << bit);
            assert_string_not_equal(said(&made, &trust, 0, &error), "");
            /* The core says what is wrong with what is no bundle. */
            bool core = i < 8 || (i >= AT_SIZE * 4 && i < AT_SIZE * 4 + 4);
            if (!core)
                assert_string_not_equal(said(&made, NULL, 0, &error), "");
            made.bytes[i] ^= (uint8_t)(1u << bit);
        }
    }
}

static void
every_length_counts(void **state)
{
    struct trusted_key key = trusting(&pairs[0], INT64_MAX);
    struct trust trust = {&key, 1};
    struct made whole = signed_by(&pairs[0], &pairs[1]), made = whole;
    avow_store_error error;
    (void)state;
    for (made.size = 0; made.size < ROOM; made.size++) {
        if (made.size == whole.size)
            continue;
        assert_string_not_equal(said(&made, &trust, 0, &error), "");
        if (made.size > IMAGE)
            assert_string_equal(said(&made, NULL, 0, &error), changed);
    }
}

/* A trailer twice, one of no signatures or too many, keys that do not rise. */
static void
other_trailers(void **state)
{
    struct trusted_key key = trusting(&pairs[0], INT64_MAX);
    struct trust trust = {&key, 1};
    struct made made = signed_by(&pairs[0], NULL);
    size_t trailer = made.size - IMAGE;
    (void)state;
    memcpy(made.bytes + made.size, made.bytes + IMAGE, trailer);
    made.size += trailer;
    EXPECT(&made, &trust, 0, changed);
    made = signed_by(&pairs[0], &pairs[0]);
    EXPECT(&made, &trust, 0, changed);
    made = signed_by(&pairs[1], &pairs[0]);
    EXPECT(&made, &trust, 0, changed);
    made = signed_by(&pairs[0], &pairs[1]);
    made.bytes[IMAGE + 8] = 1;
    EXPECT(&made, &trust, 0, changed);
    made.bytes[IMAGE + 8] = 3;
    EXPECT(&made, &trust, 0, changed);
    /* So many that their length, in 32 bits, would be that of two. */
    put_4(made.bytes + IMAGE + 8, 2 + (1u << 27));
    EXPECT(&made, &trust, 0, changed);
    made = signed_by(NULL, NULL);
    for (size_t i = 0; i < SIGNATURES_MOST; i++)
        add(&made, &pairs[i]);
    EXPECT(&made, &trust, 0, "");
    add(&made, &pairs[SIGNATURES_MOST]);
    EXPECT(&made, &trust, 0, changed);
    made = signed_by(NULL, NULL);
    memcpy(made.bytes + IMAGE, "avowsig1\0\0\0\0\0\0\0\0", 16);
    made.size += 16;
    EXPECT(&made, &trust, 0, changed);
}

/* An image that claims another size takes nothing in. */
static void
other_sizes(void **state)
{
    struct trusted_key key = trusting(&pairs[0], INT64_MAX);
    struct trust trust = {&key, 1};
    struct made made = signed_by(&pairs[0], NULL);
    (void)state;
    put_4(made.bytes + AT_SIZE * 4, (uint32_t)made.size);
    EXPECT(&made, &trust, 0, missing);
    put_4(made.bytes + AT_SIZE * 4, (uint32_t)made.size + 1);
    EXPECT(&made, &trust, 0, "It is cut off, or damaged. Copy it again from where it was signed.");
    put_4(made.bytes + AT_SIZE * 4, UINT32_MAX);
    EXPECT(&made, &trust, 0, "It is cut off, or damaged. Copy it again from where it was signed.");
    put_4(made.bytes + AT_SIZE * 4, 0);
    EXPECT(&made, &trust, 0, "It is cut off, or damaged. Copy it again from where it was signed.");
    put_4(made.bytes + AT_SIZE * 4, IMAGE - 8);
    EXPECT(&made, &trust, 0, changed);
    made = (struct made){.size = 0};
    EXPECT(&made, &trust, 0,
           "It is no compiled policy. A .policy file is compiled first: 'avow build --only=avow "
           "FILE.policy' makes ID.avow.");
}

/* A signature of something else by the same key, among it what other parts of avow sign. */
static void
other_messages(void **state)
{
    struct trusted_key key = trusting(&pairs[0], INT64_MAX);
    struct trust trust = {&key, 1};
    struct made made = signed_by(&pairs[0], NULL);
    uint8_t *signature = made.bytes + IMAGE + SIGNATURE_HEAD + SIGNATURE_KEY;
    avow_store_error error;
    (void)state;
    crypto_sign_detached(signature, NULL, made.bytes, IMAGE, pairs[0].secret);
    assert_string_not_equal(said(&made, &trust, 0, &error), "");
    crypto_sign_detached(signature, NULL, NULL, 0, pairs[0].secret);
    assert_string_not_equal(said(&made, &trust, 0, &error), "");
}

static int
read_line(const char *line, struct trusted_key *key, const char **why)
{
    return trust_line(line, strlen(line), key, why);
}

static void
lines_of_keys(void **state)
{
    static const char good[] = "avow-key 1N3sRKsf6PU8AcKciIhvzoNPkvaJctSajaaLduCS0vs=";
    static const struct {
        const char *behind;
        int found;
        const char *last, *comment, *why;
    } lines[] = {
        {"", 1, "", "", NULL},
        {" ", 1, "", "", NULL},
        {"\t# the board", 1, "", "the board", NULL},
        {" #", 1, "", "", NULL},
        {" until 2028-02-29", 1, "2028-02-29", "", NULL},
        {" until 2027-12-31 # the board, until then", 1, "2027-12-31", "the board, until then",
         NULL},
        {" until 2027-02-29", -1, "", "", "has no day, as in 2027-12-31, behind until"},
        {" until 27-12-31", -1, "", "", "has no day, as in 2027-12-31, behind until"},
        {" until", -1, "", "", "has no day, as in 2027-12-31, behind until"},
        {" untill 2027-12-31", -1, "", "",
         "goes on behind the key with something else than until DAY or # COMMENT"},
        {" until 2027-12-31 more", -1, "", "",
         "goes on behind the key with something else than until DAY or # COMMENT"},
        {"x", -1, "", "", "has no public key behind avow-key, or a damaged one"},
        {" # \x1b[2J", -1, "", "", "has characters that steer a terminal"},
    };
    struct trusted_key key;
    const char *why;
    char line[256];
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        snprintf(line, sizeof line, "%s%s", good, lines[i].behind);
        assert_int_equal(read_line(line, &key, &why), lines[i].found);
        if (lines[i].found < 0) {
            assert_string_equal(why, lines[i].why);
            continue;
        }
        assert_string_equal(key.last, lines[i].last);
        assert_string_equal(key.comment, lines[i].comment);
    }
    assert_int_equal(read_line("avow-key 1N3sRKsf6PU8AcKciIhvzoNPkvaJctSajaaLduCS0vs= until "
                               "1970-01-02",
                               &key, &why),
                     1);
    assert_int_equal(key.until, 2 * 86400);
    assert_int_equal(read_line("  # said", &key, &why), 0);
    assert_int_equal(read_line("", &key, &why), 0);
    assert_int_equal(read_line("ssh-ed25519 AAAA", &key, &why), -1);
    assert_string_equal(why, "does not begin with avow-key, or with # for a comment");
    /* Not on the curve's right part: anybody could sign for it. */
    assert_int_equal(read_line("avow-key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", &key, &why),
                     -1);
    /* The last digit has bits that no key has. */
    assert_int_equal(read_line("avow-key 1N3sRKsf6PU8AcKciIhvzoNPkvaJctSajaaLduCS0vt=", &key, &why),
                     -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_signed),   cmocka_unit_test(until_its_last_day),
        cmocka_unit_test(every_bit_counts), cmocka_unit_test(every_length_counts),
        cmocka_unit_test(other_trailers),   cmocka_unit_test(other_sizes),
        cmocka_unit_test(other_messages),   cmocka_unit_test(lines_of_keys),
    };
    if (sodium_init() < 0)
        return 1;
    make_pairs();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
