#include "runtime/store/compact_set.h"

#include <endian.h>
#include <string.h>
#include <sys/mman.h>

/* The byte about a bucket, behind its slots: how many slots are used, and whether some subject of
 * this bucket, or of one before it, had to go on to the next. */
enum { ABOUT = COMPACT_SLOTS * COMPACT_SLOT, ABOUT_USED = 7, ABOUT_WENT_ON = 8 };

#define KEY_BITS 34
#define KEY_MASK ((UINT64_C(1) << KEY_BITS) - 1)

/* 7 slots in 64 bytes at 78 per cent: 11.7 bytes a slot. */
#define FILL_SLOTS 100
#define FILL_BUCKETS (78 * COMPACT_SLOTS)

static uint64_t
word_at(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return le64toh(word);
}

bool
compact_make(struct compact_set *set, uint64_t slots)
{
    *set = (struct compact_set){.count = slots / FILL_BUCKETS * FILL_SLOTS +
                                         slots % FILL_BUCKETS * FILL_SLOTS / FILL_BUCKETS + 1};
    if (set->count > UINT32_MAX)
        return false;
    size_t size = (size_t)set->count * COMPACT_BUCKET;
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return false;
    (void)madvise(pages, size, MADV_HUGEPAGE); /* fewer misses; without it it works as well */
    set->buckets = pages;
    return true;
}

void
compact_free(struct compact_set *set)
{
    if (set->buckets)
        munmap(set->buckets, (size_t)compact_bytes(set));
    *set = (struct compact_set){0};
}

uint64_t
compact_bytes(const struct compact_set *set)
{
    return set->count * COMPACT_BUCKET;
}

/* Keys are keyed hashes, so that their bits are as good as random: the first 8 bytes choose the
 * bucket, 34 of the others are compared, and the rest is in the check. */
struct compact_place
compact_place_of(const struct compact_set *set, const uint8_t *key, const uint8_t *exact)
{
    uint64_t high = word_at(key), low = word_at(key + 8), spelling = word_at(exact);
    uint64_t rest = (high ^ low >> KEY_BITS) * UINT64_C(0x9e3779b97f4a7c15) ^ spelling;
    rest = (rest ^ rest >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return (struct compact_place){
        .bucket = (high >> 32) * set->count >> 32,
        .key = low & KEY_MASK,
        .check = (uint32_t)(rest >> 32),
    };
}

static void
write_slot(uint8_t *slot, struct compact_place place, unsigned class)
{
    uint64_t word = htole64(place.key | (uint64_t)place.check << KEY_BITS);
    memcpy(slot, &word, sizeof word);
    slot[8] = (uint8_t)(place.check >> (64 - KEY_BITS) | class << 2);
}

bool
compact_add(struct compact_set *set, struct compact_place place, unsigned class)
{
    uint64_t at = place.bucket;
    for (uint64_t tried = 0; tried < set->count; tried++) {
        uint8_t *bucket = set->buckets + at * COMPACT_BUCKET;
        unsigned used = bucket[ABOUT] & ABOUT_USED;
        if (used < COMPACT_SLOTS) {
            write_slot(bucket + (size_t)used * COMPACT_SLOT, place, class);
            bucket[ABOUT]++;
            set->used++;
            return true;
        }
        bucket[ABOUT] |= ABOUT_WENT_ON;
        at = at + 1 < set->count ? at + 1 : 0;
    }
    return false;
}

/* Looks through one bucket. */
static void
find_in(const uint8_t *bucket, struct compact_place place, struct compact_found *found)
{
    unsigned used = bucket[ABOUT] & ABOUT_USED;
    for (unsigned i = 0; i < used; i++) {
        const uint8_t *slot = bucket + (size_t)i * COMPACT_SLOT;
        uint64_t word = word_at(slot);
        if ((word & KEY_MASK) != place.key)
            continue;
        uint32_t check = (uint32_t)(word >> KEY_BITS) | (uint32_t)slot[8] << (64 - KEY_BITS);
        uint64_t class = UINT64_C(1) << (slot[8] >> 2);
        bool exact = check == place.check;
        if (exact == found->exact)
            found->classes |= class;
        else if (exact)
            *found = (struct compact_found){true, class};
    }
}

struct compact_found
compact_find(const struct compact_set *set, struct compact_place place)
{
    struct compact_found found = {0};
    uint64_t at = place.bucket;
    for (uint64_t tried = 0; tried < set->count; tried++) {
        const uint8_t *bucket = set->buckets + at * COMPACT_BUCKET;
        find_in(bucket, place, &found);
        if (!(bucket[ABOUT] & ABOUT_WENT_ON))
            break;
        at = at + 1 < set->count ? at + 1 : 0;
    }
    return found;
}
