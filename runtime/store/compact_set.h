/* A compact set of subjects: at most 12 bytes each, one line of the cache to find one.
 *
 * A bucket is 64 bytes: seven slots of nine and one byte about the bucket. A slot holds 34 bits of
 * the subject's key, 32 bits that check the rest of the key together with the spelling, and a class
 * of six bits. A subject whose bucket is full goes to the next one.
 *
 * Keys are cut, so two subjects may be taken for one, about once in 10^12 lookups. What is found by
 * 34 bits alone is therefore never an `exact` match; that needs the check, and the chance that
 * another subject passes it is one in 10^19 and more. */
#ifndef AVOW_STORE_COMPACT_SET_H
#define AVOW_STORE_COMPACT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COMPACT_BUCKET = 64, COMPACT_SLOTS = 7, COMPACT_SLOT = 9, COMPACT_CLASSES = 64 };

struct compact_set {
    uint8_t *buckets; /* private pages */
    uint64_t count;   /* of buckets */
    uint64_t used;    /* slots */
};

/* Where a subject is, and what its slot must hold. */
struct compact_place {
    uint64_t bucket;
    uint64_t key;   /* 34 bits */
    uint32_t check; /* 32 bits */
};

/* What was found. Several slots of one subject are its several spellings. */
struct compact_found {
    bool exact;       /* this very spelling: classes has one bit */
    uint64_t classes; /* of what was found, as bits; 0: nothing */
};

/* A set with room for so many slots, filled to 78 per cent then. False if memory is short. */
bool compact_make(struct compact_set *set, uint64_t slots);
void compact_free(struct compact_set *set);

/* Bytes that a set of so many slots takes. */
uint64_t compact_bytes(const struct compact_set *set);

/* key is a subject's, of 16 bytes, and exact its spelling's, of 8. */
struct compact_place compact_place_of(const struct compact_set *set, const uint8_t *key,
                                      const uint8_t *exact);

/* Adds a slot; class is less than COMPACT_CLASSES. False if the set is full, which it is not as
 * long as it holds no more than it was made for. */
bool compact_add(struct compact_set *set, struct compact_place place, unsigned class);

struct compact_found compact_find(const struct compact_set *set, struct compact_place place);

/* Asks for the memory of a place early; finding it a few dozen lookups later does not wait. */
static inline void
compact_prefetch(const struct compact_set *set, struct compact_place place)
{
    __builtin_prefetch(set->buckets + place.bucket * COMPACT_BUCKET);
}

#endif
