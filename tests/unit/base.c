/* Memory, printing, UTF-8: what every room stands on. */
#include "compiler/base/buffer.h"
#include "compiler/base/format.h"
#include "compiler/base/utf8.h"
#include "compiler/base/vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Prints in both ways, into less room than is needed and into more. */
__attribute__((format(printf, 1, 2))) static void
assert_like_vsnprintf(const char *format, ...)
{
    for (size_t room = 1; room < 80; room++) {
        char mine[80], theirs[80];
        va_list arguments, again;
        memset(mine, '!', sizeof mine);
        memset(theirs, '!', sizeof theirs);
        va_start(arguments, format);
        va_copy(again, arguments);
        size_t length = format_print(mine, room, format, arguments);
        assert_int_equal(length, vsnprintf(theirs, room, format, again));
        va_end(again);
        va_end(arguments);
        assert_memory_equal(mine, theirs, sizeof mine);
    }
}

static void
test_format(void **state)
{
    (void)state;
    assert_like_vsnprintf("nothing to fill in");
    assert_like_vsnprintf("%s", "");
    assert_like_vsnprintf("“%.*s” is %s: %u%%", 3, "abcdef", "less", 50u);
    assert_like_vsnprintf("%.*s|%.*s|%.*s", 0, "abc", 9, "abc", -1, "abc");
    const char *volatile nowhere = NULL; /* as the compiler must not see */
    assert_like_vsnprintf("%.*s|", 0, nowhere);
    assert_like_vsnprintf("%d %d %d %d", 0, -1, INT32_MAX, INT32_MIN);
    assert_like_vsnprintf("%u %u %zu %zu%c", 0u, UINT32_MAX, (size_t)0, SIZE_MAX, 'x');
    assert_like_vsnprintf("%04d-%02u-%02x %5u %-4s| %s", 7, 8u, 0xabu, 12u, "a", "b");
    assert_like_vsnprintf("%lld %llx %s", (long long)INT64_MIN, 0xfedcba9876543210ull, "c");
}

/* Fills what was just allocated, after seeing that it is zero. */
static void
fill(char *place, size_t from, size_t to, char with)
{
    for (size_t i = from; i < to; i++)
        assert_int_equal(place[i], 0);
    memset(place + from, with, to - from);
}

static void
assert_filled(const char *place, size_t size, char with)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(place[i], with);
}

enum { PLACES = 40, ROUNDS = 4000 };

struct filled {
    char *at;
    size_t size;
};

/* One of three things happens to a place. */
static void
change(struct arena *arena, struct filled *place, size_t size, bool release, char with)
{
    assert_filled(place->at, place->size, with);
    if (release) {
        arena_release(arena, place->at, place->size);
        *place = (struct filled){NULL, 0};
    } else if (place->at && size > place->size) {
        place->at = arena_grow(arena, place->at, place->size, size);
        assert_filled(place->at, place->size, with);
        fill(place->at, place->size, size, with);
        place->size = size;
    } else if (!place->at) {
        place->at = arena_alloc(arena, size);
        fill(place->at, 0, size, with);
        place->size = size;
    }
}

static void
change_often(struct arena *arena)
{
    struct filled places[PLACES] = {{0}};
    uint64_t chance = 1;
    for (int round = 0; round < ROUNDS; round++) {
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
        size_t i = (size_t)(chance >> 40) % PLACES;
        size_t size = ((size_t)1 << (chance >> 33) % (round % 500 == 0 ? 22 : 13)) + i;
        change(arena, &places[i], size, chance >> 60 < 4, (char)(i + 1));
    }
    for (size_t i = 0; i < PLACES; i++)
        assert_filled(places[i].at, places[i].size, (char)(i + 1));
}

/* Places that grow, are given back and come again: always zero, never two at one place. */
static void
test_arena(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    change_often(&arena);
    arena_free(&arena);
}

static bool
is_all(const char *place, size_t size, char with)
{
    return place[0] == with && memcmp(place, place + 1, size - 1) == 0;
}

static void
change_large(struct arena *arena)
{
    enum { MIB = 1024 * 1024, BLOCKS = 6, LARGE_ROUNDS = 60 };
    struct filled blocks[BLOCKS] = {{0}};
    uint64_t chance = 1;
    for (int round = 0; round < LARGE_ROUNDS; round++) {
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
        struct filled *block = &blocks[(chance >> 40) % BLOCKS];
        size_t size = block->size + MIB + (size_t)(chance >> 33) % (3 * MIB);
        if (block->at && round % 3 == 0) {
            arena_release(arena, block->at, block->size);
            *block = (struct filled){NULL, 0};
            continue;
        }
        block->at = arena_grow(arena, block->at, block->size, size);
        assert_true(is_all(block->at + block->size, size - block->size, 0));
        memset(block->at + block->size, (int)(block - blocks) + 1, size - block->size);
        block->size = size;
        for (int i = 0; i < BLOCKS; i++)
            assert_true(!blocks[i].at || is_all(blocks[i].at, blocks[i].size, (char)(i + 1)));
    }
}

/* Blocks of their own that grow, are given back and come again, whole and in parts: always zero,
 * never two at one place. */
static void
test_arena_large(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    change_large(&arena);
    arena_free(&arena);
}

static void
push_many(struct arena *arena, size_t count)
{
    VECTOR(uint64_t) vector = {NULL, 0, 0};
    for (size_t k = 0; k < count; k++)
        *VECTOR_PUSH(arena, &vector) = k;
    for (size_t k = 0; k < count; k++)
        assert_int_equal(vector.at[k], k);
}

/* What a vector outgrows is used again: many vectors of one size take little more than their sum.
 */
static void
test_arena_reuse(void **state)
{
    (void)state;
    enum { VECTORS = 1000, MEMBERS = 1000 };
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    for (int i = 0; i < VECTORS; i++)
        push_many(&arena, MEMBERS);
    size_t least = (size_t)VECTORS * 1024 * sizeof(uint64_t);
    assert_true(arena.held > least);
    assert_true(arena.held < least + least / 2);
    arena_free(&arena);
}

/* Where the first byte stands that is no UTF-8, whatever stands before and behind it. */
static void
test_utf8_invalid(void **state)
{
    (void)state;
    for (size_t at = 0; at < 24; at++) {
        char text[40];
        memset(text, 'a', sizeof text);
        assert_int_equal(utf8_invalid_at((struct text){text, sizeof text}), sizeof text);
        memcpy(text + at, "\xC3\xA4", 2);
        assert_int_equal(utf8_invalid_at((struct text){text, sizeof text}), sizeof text);
        assert_int_equal(utf8_invalid_at((struct text){text, at + 1}), at);
        text[at + 9] = '\xFF';
        assert_int_equal(utf8_invalid_at((struct text){text, sizeof text}), at + 9);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),       cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_large),  cmocka_unit_test(test_arena_reuse),
        cmocka_unit_test(test_utf8_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
