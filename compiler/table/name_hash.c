/* The hash of names: each name has a slot of its own, found with one shift. Names of a bucket
 * (whose hashes choose the same shift) are moved together until each falls on a free slot. */
#include "compiler/table/build.h"

#include <stdlib.h>

enum { NAMES_A_SHIFT = 4, MOST_TRIES = 1000 };

struct hashed {
    uint64_t hash;
    uint32_t leaf, shift; /* which shift */
};

struct placing {
    struct hashed *names;
    size_t count;
    size_t *first;    /* of each bucket in names; one more than buckets */
    uint32_t *shifts; /* in the end */
    uint32_t shift_count;
    uint32_t *slots; /* leaf or TABLE_NONE */
    uint32_t slot_count;
};

static uint32_t
power_from(size_t least)
{
    uint32_t power = 1;
    while (power < least)
        power *= 2;
    return power;
}

/* The same keys from run to run. */
static void
make_keys(uint32_t number, uint32_t keys[4])
{
    uint64_t x = number;
    for (unsigned i = 0; i < 2; i++) {
        x = (x + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
        x = (x ^ x >> 31) * 0x94d049bb133111ebu;
        x ^= x >> 29;
        keys[2 * i] = (uint32_t)x | 1;
        keys[2 * i + 1] = (uint32_t)(x >> 32);
    }
}

static uint64_t
hash_of(struct text name, const uint32_t keys[4])
{
    return table_name_hash(table_ends(name.data, name.length), name.data, name.length, keys);
}

/* "us" is found as the system of this name. */
static bool
is_found(const struct model *model, uint32_t i)
{
    return i != us_audience(model) || !leaf(model, i)->built_in;
}

static void
hash_all(const struct model *model, struct placing *p, const uint32_t keys[4])
{
    size_t count = 0;
    uint32_t leaves = model->first_leaf[KIND_COUNT];
    memset(p->first, 0, (p->shift_count + 2) * sizeof *p->first);
    struct hashed *unsorted = p->names + p->count;
    for (uint32_t i = 0; i < leaves; i++) {
        if (!is_found(model, i))
            continue;
        uint64_t hash = hash_of(leaf(model, i)->name, keys);
        uint32_t shift = table_name_shift(hash, p->shift_count);
        unsorted[count++] = (struct hashed){hash, i, shift};
        p->first[shift + 2]++;
    }
    for (size_t i = 2; i < (size_t)p->shift_count + 2; i++)
        p->first[i] += p->first[i - 1];
    for (size_t i = 0; i < count; i++)
        p->names[p->first[unsorted[i].shift + 1]++] = unsorted[i];
}

/* Whether a bucket fits with this shift; its names are then in their slots. */
static bool
try_shift(struct placing *p, size_t bucket, uint32_t shift)
{
    size_t i = p->first[bucket];
    for (; i < p->first[bucket + 1]; i++) {
        uint32_t *slot = &p->slots[table_name_slot(p->names[i].hash, shift, p->slot_count)];
        if (*slot != TABLE_NONE)
            break;
        *slot = p->names[i].leaf;
    }
    if (i == p->first[bucket + 1])
        return true;
    while (i-- > p->first[bucket])
        p->slots[table_name_slot(p->names[i].hash, shift, p->slot_count)] = TABLE_NONE;
    return false;
}

/* Two names of a bucket that fall on one slot do so with every shift. */
static bool
has_twins(const struct placing *p, size_t bucket)
{
    for (size_t i = p->first[bucket]; i < p->first[bucket + 1]; i++)
        for (size_t k = p->first[bucket]; k < i; k++)
            if (table_name_slot(p->names[i].hash, 0, p->slot_count) ==
                table_name_slot(p->names[k].hash, 0, p->slot_count))
                return true;
    return false;
}

static bool
place_bucket(struct placing *p, size_t bucket)
{
    for (uint32_t shift = 0; shift < p->slot_count; shift++)
        if (try_shift(p, bucket, shift)) {
            p->shifts[bucket] = shift;
            return true;
        }
    return false;
}

/* Large buckets first, while there is room. */
static bool
place_all(struct placing *p)
{
    size_t largest = 0;
    memset(p->slots, 0xff, p->slot_count * sizeof *p->slots);
    for (size_t i = 0; i < p->shift_count; i++) {
        size_t size = p->first[i + 1] - p->first[i];
        p->shifts[i] = 0;
        if (has_twins(p, i))
            return false;
        if (size > largest)
            largest = size;
    }
    for (size_t size = largest; size > 0; size--)
        for (size_t i = 0; i < p->shift_count; i++)
            if (p->first[i + 1] - p->first[i] == size && !place_bucket(p, i))
                return false;
    return true;
}

void
index_names(struct build *build, uint32_t keys[4])
{
    const struct model *model = build->model;
    uint32_t leaves = model->first_leaf[KIND_COUNT], tries = 0;
    struct placing p = {.count = leaves - !is_found(model, us_audience(model))};
    p.names = ARENA_ARRAY(build->arena, p.count * 2 + 1, struct hashed);
    p.shift_count = power_from(p.count / NAMES_A_SHIFT);
    p.slot_count = power_from(p.count + p.count / 4);
    p.first = ARENA_ARRAY(build->arena, p.shift_count + 2, size_t);
    p.shifts = ARENA_ARRAY(build->arena, p.shift_count, uint32_t);
    p.slots = ARENA_ARRAY(build->arena, p.slot_count, uint32_t);
    do {
        if (tries == MOST_TRIES) /* cannot be, unless a name stands there twice */
            arena_array(build->arena, SIZE_MAX, 2);
        make_keys(++tries, keys);
        hash_all(model, &p, keys);
    } while (!place_all(&p));
    for (uint32_t i = 0; i < p.shift_count; i++)
        add_word(build, SECTION_SHIFTS, p.shifts[i]);
    for (uint32_t i = 0; i < p.slot_count; i++)
        add_word(build, SECTION_NAMES, p.slots[i]);
}
