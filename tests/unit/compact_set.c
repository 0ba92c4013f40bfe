/* The compact set against a plain list of what was put in. */
#include "runtime/store/compact_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t usual[8] = {0};

/* A key that is as good as random: splitmix64 of a number. */
static uint64_t
mixed(uint64_t number)
{
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static void
key_of(uint64_t number, uint8_t key[16])
{
    uint64_t words[2] = {mixed(2 * number), mixed(2 * number + 1)};
    memcpy(key, words, sizeof words);
}

static struct compact_place
place_of(const struct compact_set *set, uint64_t number, uint8_t spelling)
{
    uint8_t key[16], exact[8] = {spelling};
    key_of(number, key);
    return compact_place_of(set, key, exact);
}

static void
holds_what_was_added(uint64_t count)
{
    struct compact_set set;
    assert_true(compact_make(&set, count));
    for (uint64_t i = 0; i < count; i++)
        assert_true(compact_add(&set, place_of(&set, i, 0), i % COMPACT_CLASSES));
    assert_int_equal(set.used, count);
    for (uint64_t i = 0; i < count; i++) {
        struct compact_found found = compact_find(&set, place_of(&set, i, 0));
        assert_true(found.exact);
        assert_int_equal(found.classes, UINT64_C(1) << i % COMPACT_CLASSES);
        assert_int_equal(compact_find(&set, place_of(&set, count + i, 0)).classes, 0);
    }
    compact_free(&set);
}

static void
every_size(void **state)
{
    (void)state;
    for (uint64_t count = 0; count < 700; count++)
        holds_what_was_added(count);
    holds_what_was_added(1000003);
}

static void
twelve_bytes_a_subject(void **state)
{
    (void)state;
    const uint64_t counts[] = {1000, 10007, 1000000, 10000000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct compact_set set;
        assert_true(compact_make(&set, counts[i]));
        assert_true(compact_bytes(&set) <= 12 * counts[i]);
        compact_free(&set);
    }
}

/* Full to the last slot, round the end and on: and then it says so. */
static void
a_full_set(void **state)
{
    (void)state;
    struct compact_set set;
    assert_true(compact_make(&set, 1000));
    uint64_t room = compact_bytes(&set) / COMPACT_BUCKET * COMPACT_SLOTS;
    for (uint64_t i = 0; i < room; i++)
        assert_true(compact_add(&set, place_of(&set, i, 0), 5));
    assert_false(compact_add(&set, place_of(&set, room, 0), 5));
    for (uint64_t i = 0; i < room; i++)
        assert_true(compact_find(&set, place_of(&set, i, 0)).exact);
    assert_int_equal(compact_find(&set, place_of(&set, room + 1, 0)).classes, 0);
    compact_free(&set);
}

static void
spellings(void **state)
{
    (void)state;
    struct compact_set set;
    assert_true(compact_make(&set, 10));
    assert_true(compact_add(&set, place_of(&set, 1, 0), 3));
    assert_true(compact_add(&set, place_of(&set, 1, 7), 4));
    struct compact_found found = compact_find(&set, place_of(&set, 1, 0));
    assert_true(found.exact);
    assert_int_equal(found.classes, 1 << 3);
    found = compact_find(&set, place_of(&set, 1, 7));
    assert_true(found.exact);
    assert_int_equal(found.classes, 1 << 4);
    found = compact_find(&set, place_of(&set, 1, 9));
    assert_false(found.exact); /* others are known: all of them are named */
    assert_int_equal(found.classes, 1 << 3 | 1 << 4);
    compact_free(&set);
}

/* A subject whose 34 bits and bucket are those of another is found, but not exactly: any one bit of
 * the rest of the key or of the spelling makes the difference. */
static void
a_false_match_is_never_exact(void **state)
{
    (void)state;
    struct compact_set set;
    assert_true(compact_make(&set, 1)); /* one bucket */
    uint8_t key[16];
    key_of(1, key);
    assert_true(compact_add(&set, compact_place_of(&set, key, usual), 1));
    unsigned same = 0;
    for (unsigned bit = 0; bit < 128; bit++) {
        uint8_t other[16];
        memcpy(other, key, sizeof other);
        other[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct compact_found found = compact_find(&set, compact_place_of(&set, other, usual));
        assert_false(found.exact);
        same += found.classes != 0;
    }
    assert_int_equal(same, 128 - 34);
    for (unsigned bit = 0; bit < 64; bit++) {
        uint8_t exact[8] = {0};
        exact[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct compact_found found = compact_find(&set, compact_place_of(&set, key, exact));
        assert_false(found.exact);
        assert_int_equal(found.classes, 1 << 1);
    }
    compact_free(&set);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size),
        cmocka_unit_test(twelve_bytes_a_subject),
        cmocka_unit_test(a_full_set),
        cmocka_unit_test(spellings),
        cmocka_unit_test(a_false_match_is_never_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
