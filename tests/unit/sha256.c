/* SHA-256 against published digests, and at every length around the block size. */
#include "runtime/core/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
check(const void *bytes, size_t size, const char *wanted)
{
    uint8_t digest[32];
    char hex[65];
    avow_sha256(bytes, size, digest);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(hex, wanted);
}

/* FIPS 180-4 and NIST's example values. */
static void
published(void **state)
{
    (void)state;
    check(NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
          "lmnopqrsmnopqrstnopqrstu",
          112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    char *million = malloc(1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    check(million, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

/* The digest of the digests of "", "a", "aa" ... to 300 letters, from another implementation. */
static void
every_length(void **state)
{
    (void)state;
    char letters[300];
    uint8_t digests[301 * 32];
    memset(letters, 'a', sizeof letters);
    for (size_t i = 0; i <= 300; i++)
        avow_sha256(letters, i, digests + 32 * i);
    check(digests, sizeof digests,
          "e8e4a8cfe049153f6f930f2156161a5b19bb9b3dc4b698c20e4d44a29d7f9526");
}

/* The way by the processor's instructions gives what the portable one gives: for every length up to
 * some blocks, from every place in a word, and for long ones around the length that chooses. */
static void
hardware_is_equal(void **state)
{
    (void)state;
#if SHA256_HARDWARE
    enum { MOST = 10000 };
    if (!avow_sha256_hardware())
        skip();
    uint8_t *bytes = malloc(MOST + 16), wanted[32], found[32];
    assert_non_null(bytes);
    uint32_t number = 1;
    for (size_t i = 0; i < MOST + 16; i++)
        bytes[i] = (uint8_t)((number = number * 1664525 + 1013904223) >> 24);
    for (size_t size = 0; size <= MOST; size += size < 700 ? 1 : 61) {
        const uint8_t *from = bytes + size % 16;
        avow_sha256_portable(from, size, wanted);
        avow_sha256_by_hardware(from, size, found);
        assert_memory_equal(found, wanted, sizeof wanted);
        avow_sha256(from, size, found);
        assert_memory_equal(found, wanted, sizeof wanted);
    }
    avow_sha256_by_hardware("abc", 3, found);
    check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    avow_sha256_portable("abc", 3, wanted);
    assert_memory_equal(found, wanted, sizeof wanted);
    free(bytes);
#else
    skip();
#endif
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published), cmocka_unit_test(every_length),
                                       cmocka_unit_test(hardware_is_equal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
