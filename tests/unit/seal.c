/* Links: what they carry comes back, and nothing else does. */
#include "runtime/agent/people/seal.h"
#include "runtime/agent/people/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct keys *keys;

static int
begin(void **state)
{
    (void)state;
    if (keys_begin(NULL) != AVOW_STORE_OK || !(keys = keys_allocate(3)))
        return 1;
    for (int i = 0; i < 3; i++)
        memset(keys->identity[i], 17 + i, SECRET_BYTES);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    keys_free(keys);
    return 0;
}

static struct seal
seal_of(const char *who)
{
    struct seal seal = {.kind = SEAL_WITHDRAW,
                        .person = "licensee",
                        .purpose = "notify.expiry",
                        .who_kind = AVOW_IDENTITY_EMAIL,
                        .who_length = strlen(who)};
    memcpy(seal.who, who, strlen(who));
    return seal;
}

static void
check_same(const struct seal *got, const struct seal *wanted)
{
    assert_int_equal(got->kind, wanted->kind);
    assert_true(got->expires == wanted->expires);
    assert_string_equal(got->person, wanted->person);
    assert_string_equal(got->purpose, wanted->purpose);
    assert_int_equal(got->who_kind, wanted->who_kind);
    assert_int_equal(got->who_length, wanted->who_length);
    assert_memory_equal(got->who, wanted->who, wanted->who_length);
}

static void
test_comes_back(void **state)
{
    (void)state;
    for (size_t length = 1; length <= SEAL_WHO; length++)
        for (uint32_t epoch = 1; epoch <= 3; epoch++) {
            struct seal seal = {.kind = length % 2 ? SEAL_FRESH : SEAL_WITHDRAW,
                                .who_kind = AVOW_IDENTITY_ID,
                                .who_length = length},
                        got;
            char token[SEAL_ROOM];
            uint32_t claimed;
            if (seal.kind == SEAL_FRESH)
                seal.expires = INT64_C(1) << (length % 62);
            memset(seal.who, (int)length, length);
            memset(seal.person, 'p', length % 65);
            memset(seal.purpose, 'q', length * 7 % 65);
            assert_true(seal_write(keys, epoch, &seal, token));
            assert_true(strlen(token) < SEAL_ROOM);
            assert_true(strspn(token,
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "-_") == strlen(token));
            assert_true(seal_read(keys, token, &got, &claimed));
            assert_int_equal(claimed, epoch);
            check_same(&got, &seal);
        }
}

/* Years from now this very text must still be read: it lies in people's mail. */
static void
test_of_old(void **state)
{
    (void)state;
    const char old[] =
        "AQJ1XUOiO_Eo9fhKdWhkgnUjQzrWKLjPFkw91gk-xWuexAKPRBto2E24YPGf8ycOmlIn1FvRIrgX6jdukv0mPWVw";
    struct seal seal = seal_of("joe@shop.example"), got;
    char token[SEAL_ROOM];
    uint32_t epoch;
    assert_true(seal_write(keys, 2, &seal, token));
    assert_string_equal(token, old);
    assert_true(seal_read(keys, old, &got, &epoch));
    check_same(&got, &seal);
}

static void
test_forged(void **state)
{
    (void)state;
    struct seal seal = seal_of("joe@shop.example"), got;
    char token[SEAL_ROOM], bent[SEAL_ROOM + 8];
    uint32_t epoch;
    assert_true(seal_write(keys, 2, &seal, token));
    size_t length = strlen(token);
    for (size_t at = 0; at < length; at++)
        for (int bit = 0; bit < 8; bit++) {
            strcpy(bent, token);
            bent[at] = (char)(bent[at] ^ 1 << bit);
            assert_false(seal_read(keys, bent, &got, &epoch));
            assert_int_equal(got.kind, 0);
            assert_int_equal(got.who_length, 0);
        }
    for (size_t cut = 0; cut < length; cut++) {
        memcpy(bent, token, cut);
        bent[cut] = '\0';
        assert_false(seal_read(keys, bent, &got, &epoch));
    }
    const char *const more[] = {"A", "AA", "AAAA", "=", "==", " ", "\n", "%", "/"};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        snprintf(bent, sizeof bent, "%s%s", token, more[i]);
        assert_false(seal_read(keys, bent, &got, &epoch));
        snprintf(bent, sizeof bent, "%s%s", more[i], token);
        assert_false(seal_read(keys, bent, &got, &epoch));
    }
}

/* Under another key, and of an epoch that is not there yet. */
static void
test_other_keys(void **state)
{
    (void)state;
    struct seal seal = seal_of("joe@shop.example"), got;
    char token[SEAL_ROOM];
    uint32_t epoch;
    assert_true(seal_write(keys, 3, &seal, token));
    assert_false(seal_write(keys, 4, &seal, token));
    assert_false(seal_write(keys, 0, &seal, token));
    struct keys *fewer = keys_allocate(2);
    memcpy(fewer->identity, keys->identity, sizeof keys->identity[0] * 2);
    assert_false(seal_read(fewer, token, &got, &epoch));
    assert_int_equal(epoch, 3);
    keys_free(fewer);
    struct keys *other = keys_allocate(3);
    memset(other->identity, 99, sizeof other->identity[0] * 3);
    assert_false(seal_read(other, token, &got, &epoch));
    keys_free(other);
}

/* The address cannot be seen in it, and hardly how long it is. */
static void
test_tells_nothing(void **state)
{
    (void)state;
    char one[SEAL_ROOM], other[SEAL_ROOM];
    struct seal a = seal_of("joe@shop.example"), b = seal_of("jane.d@shop.example");
    assert_true(seal_write(keys, 1, &a, one));
    assert_true(seal_write(keys, 1, &b, other));
    assert_int_equal(strlen(one), strlen(other));
    size_t same = 0;
    for (size_t i = 2; one[i]; i++)
        same += one[i] == other[i];
    assert_true(same < strlen(one) / 4);
}

/* Forms -------------------------------------------------------------------------------------- */

static const char *
value_of(const char *type, const char *body, const char *name)
{
    static struct form form;
    form_read(&form, type, body, strlen(body));
    return form_value(&form, name);
}

static void
test_urlencoded(void **state)
{
    (void)state;
    const char type[] = "application/x-www-form-urlencoded";
    const char name[] = "List-Unsubscribe";
    assert_string_equal(value_of(type, "List-Unsubscribe=One-Click", name), "One-Click");
    assert_string_equal(value_of("", "List-Unsubscribe=One-Click\r\n", name), "One-Click");
    assert_string_equal(value_of("text/plain", "a=b&List-Unsubscribe=One-Click&c", name),
                        "One-Click");
    assert_string_equal(value_of(type, "List%2dUnsubscribe=One%2DClick", name), "One-Click");
    assert_string_equal(value_of(type, "do=a+b%20c", "do"), "a b c");
    assert_string_equal(value_of(type, "do=&x=1", "do"), "");
    assert_string_equal(value_of(type, "do=a&do=a", "do"), "a");
    assert_null(value_of(type, "do=a&do=b", "do"));
    assert_null(value_of(type, "do=%zz", "do"));
    assert_null(value_of(type, "do=%4", "do"));
    assert_null(value_of(type, "do=a%00b", "do"));
    assert_null(value_of(type, "=a", ""));
    assert_null(value_of(type, "", "do"));
}

static void
test_multipart(void **state)
{
    (void)state;
    const char type[] = "multipart/form-data; boundary=\"x-Y_1\"";
    const char plain[] = "Multipart/Form-Data;charset=utf-8 ;Boundary=x-Y_1";
    const char body[] = "--x-Y_1\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n"
                        "\r\nOne-Click\r\n--x-Y_1--\r\n";
    const char two[] =
        "before\r\n--x-Y_1\r\ncontent-type: text/plain\r\n"
        "CONTENT-DISPOSITION: form-data; filename=f; name=do\r\n\r\nfirst\r\nline\r\n"
        "--x-Y_1\r\nContent-Disposition: form-data; name=\"policy\"\r\n\r\n\r\n"
        "--x-Y_1--\r\n--x-Y_1\r\nContent-Disposition: form-data; name=z\r\n\r\nz\r\n";
    assert_string_equal(value_of(type, body, "List-Unsubscribe"), "One-Click");
    assert_string_equal(value_of(plain, body, "List-Unsubscribe"), "One-Click");
    assert_string_equal(value_of(type, two, "do"), "first\r\nline");
    assert_string_equal(value_of(type, two, "policy"), "");
    assert_null(value_of(type, two, "z"));
    assert_string_equal(
        value_of(type, "--x-Y_1\nContent-Disposition: form-data; name=do\n\nleave\n--x-Y_1--",
                 "do"),
        "leave");
    assert_null(value_of("multipart/form-data", body, "List-Unsubscribe"));
    assert_null(value_of("multipart/form-data; boundary=", body, "List-Unsubscribe"));
    assert_null(value_of("multipart/form-data; boundary=other", body, "List-Unsubscribe"));
    assert_null(value_of(type, "--x-Y_1\r\n\r\nOne-Click\r\n--x-Y_1--", "List-Unsubscribe"));
}

/* What is too much is left out, not cut off. */
static void
test_bounds(void **state)
{
    (void)state;
    char body[4096] = "a=";
    memset(body + 2, 'x', FORM_VALUE - 1);
    assert_int_equal(strlen(value_of("", body, "a")), FORM_VALUE - 1);
    body[2 + FORM_VALUE - 1] = 'x';
    assert_null(value_of("", body, "a"));
    size_t length = 0;
    for (int i = 0; i < 100; i++)
        length += (size_t)snprintf(body + length, sizeof body - length, "n%d=%d&", i, i);
    assert_string_equal(value_of("", body, "n15"), "15");
    assert_null(value_of("", body, "n16"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),    cmocka_unit_test(test_of_old),
        cmocka_unit_test(test_forged),        cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_tells_nothing), cmocka_unit_test(test_urlencoded),
        cmocka_unit_test(test_multipart),     cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
