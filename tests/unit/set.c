/* Sets of leaves against the same sets as bits, for many small ones. */
#include "compiler/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LEAVES = 10, BITS = 1 << LEAVES };

static struct set
set_of(struct arena *arena, unsigned bits)
{
    struct interval *parts = ARENA_ARRAY(arena, LEAVES, struct interval);
    size_t count = 0;
    /* Backwards, and each leaf by itself: sorting and joining is left to set_from. */
    for (uint32_t i = LEAVES; i-- > 0;)
        if (bits & 1u << i)
            parts[count++] = (struct interval){i, i + 1};
    return set_from(parts, count);
}

static unsigned
bits_of(struct set set)
{
    unsigned bits = 0;
    for (size_t i = 0; i < set.count; i++)
        for (uint32_t l = set.at[i].low; l < set.at[i].high; l++)
            bits |= 1u << l;
    return bits;
}

/* Sorted, nothing empty, nothing touching. */
static void
assert_normal(struct set set)
{
    for (size_t i = 0; i < set.count; i++) {
        assert_true(set.at[i].low < set.at[i].high);
        if (i > 0)
            assert_true(set.at[i - 1].high < set.at[i].low);
    }
}

static void
assert_set(struct set set, unsigned bits)
{
    assert_normal(set);
    assert_int_equal(bits_of(set), bits);
}

static void
all_pairs_agree(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    for (unsigned a = 0; a < BITS; a += 3)
        for (unsigned b = 0; b < BITS; b += 7) {
            struct set x = set_of(&arena, a), y = set_of(&arena, b);
            assert_set(set_union(&arena, x, y), a | b);
            assert_set(set_minus(&arena, x, y), a & ~b);
            assert_set(set_both(&arena, x, y), a & b);
            assert_int_equal(set_meets(x, y), (a & b) != 0);
            assert_int_equal(set_within(x, y), (a & ~b) == 0);
        }
    arena_free(&arena);
}

static void
members_and_size(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    for (unsigned a = 0; a < BITS; a++) {
        struct set set = set_of(&arena, a);
        assert_set(set, a);
        uint32_t size = 0;
        for (uint32_t i = 0; i < LEAVES; i++) {
            assert_int_equal(set_has(set, i), (a >> i & 1));
            size += a >> i & 1;
        }
        assert_int_equal(set_size(set), size);
        assert_false(set_has(set, LEAVES));
    }
    arena_free(&arena);
}

static void
from_takes_anything(void **state)
{
    (void)state;
    struct interval parts[] = {{8, 9}, {3, 3}, {1, 4}, {2, 3}, {4, 6}, {9, 9}, {1, 2}};
    struct set set = set_from(parts, sizeof parts / sizeof parts[0]);
    assert_int_equal(set.count, 2);
    assert_int_equal(set.at[0].low, 1);
    assert_int_equal(set.at[0].high, 6);
    assert_int_equal(set.at[1].low, 8);
    assert_int_equal(set.at[1].high, 9);
    assert_int_equal(set_from(NULL, 0).count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_agree),
        cmocka_unit_test(members_and_size),
        cmocka_unit_test(from_takes_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
