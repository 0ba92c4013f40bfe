#include "compiler/table/build.h"

struct pool_slot {
    uint64_t hash;
    uint32_t place, count; /* count + 1; 0: empty */
};

void
add_zeros(struct build *build, enum table_section section, size_t count)
{
    word_vector *words = &build->section[section];
    while (words->room - words->count < count) {
        words->at =
            vector_room(build->arena, words->at, words->room, &words->room, sizeof *words->at);
    }
    if (count > 0)
        memset(words->at + words->count, 0, count * sizeof *words->at);
    words->count += count;
}

void
add_pair(struct build *build, enum table_section section, uint64_t pair)
{
    add_word(build, section, (uint32_t)pair);
    add_word(build, section, (uint32_t)(pair >> 32));
}

static uint64_t
hash_words(const uint32_t *words, size_t count)
{
    return count == 0 ? 0 : text_hash((struct text){(const char *)words, count * sizeof *words});
}

static bool
same_run(const struct build *build, const struct pool *pool, const struct pool_slot *slot,
         const uint32_t *words, size_t count)
{
    const word_vector *all = &build->section[pool->section];
    return slot->count == count + 1 &&
           (count == 0 || memcmp(all->at + slot->place, words, count * sizeof *words) == 0);
}

static void
rehash(struct build *build, struct pool *pool, size_t room)
{
    struct pool_slot *slots = ARENA_ARRAY(build->arena, room, struct pool_slot);
    for (size_t i = 0; i < pool->room; i++) {
        if (pool->slots[i].count == 0)
            continue;
        size_t at = (size_t)pool->slots[i].hash & (room - 1);
        while (slots[at].count != 0)
            at = (at + 1) & (room - 1);
        slots[at] = pool->slots[i];
    }
    arena_release(build->arena, pool->slots, pool->room * sizeof *slots);
    pool->slots = slots;
    pool->room = room;
}

uint32_t
pool_place(struct build *build, struct pool *pool, const uint32_t *words, size_t count)
{
    uint64_t hash = hash_words(words, count);
    if (pool->count * 2 >= pool->room)
        rehash(build, pool, pool->room == 0 ? 64 : pool->room * 2);
    size_t at = (size_t)hash & (pool->room - 1);
    for (; pool->slots[at].count != 0; at = (at + 1) & (pool->room - 1))
        if (pool->slots[at].hash == hash && same_run(build, pool, &pool->slots[at], words, count))
            return pool->slots[at].place;
    uint32_t place = (uint32_t)build->section[pool->section].count;
    for (size_t i = 0; i < count; i++)
        add_word(build, pool->section, words[i]);
    pool->slots[at] = (struct pool_slot){hash, place, (uint32_t)count + 1};
    pool->count++;
    return place;
}

void
pool_cut(struct build *build, struct pool *pool, size_t words)
{
    for (size_t i = 0; i < pool->room; i++)
        if (pool->slots[i].count != 0 && pool->slots[i].place >= words) {
            pool->slots[i].count = 0;
            pool->count--;
        }
    if (pool->room > 0)
        rehash(build, pool, pool->room);
    build->section[pool->section].count = words;
}

uint32_t
index_set(struct build *build, struct set set)
{
    uint32_t *words = ARENA_ARRAY(build->arena, set.count * 2 + 1, uint32_t);
    for (size_t i = 0; i < set.count; i++) {
        words[2 * i] = set.at[i].low;
        words[2 * i + 1] = set.at[i].high;
    }
    words[set.count * 2] = TABLE_LAST;
    return pool_place(build, &build->sets, words, set.count * 2 + 1) + 1;
}
