/* A table of nodes found by a subject's key, several of one key: for as much of a part as must be
 * held in memory at once. Keys are hashes already. */
#ifndef AVOW_STORE_BYKEY_H
#define AVOW_STORE_BYKEY_H

#include "runtime/store/engine.h"

/* What every node begins with. */
struct bykey_node {
    uint8_t key[KEY_BYTES];
    uint32_t next; /* 0: none; else one more than its index */
    bool gone;     /* taken out: it is not found any more */
};

struct bykey {
    size_t size; /* of a node; set by the caller, the rest zero */
    char *nodes;
    uint32_t *buckets;
    size_t count, room, bucket_count;
};

/* A new zeroed node, or NULL: no memory. Pointers to other nodes are no longer valid. */
void *bykey_add(struct bykey *table, const uint8_t key[KEY_BYTES]);

/* The first node of a key and those after it, newest first, or NULL. */
void *bykey_first(const struct bykey *table, const uint8_t key[KEY_BYTES]);
void *bykey_next(const struct bykey *table, const void *node);

/* The node at an index, in the order of adding. */
void *bykey_at(const struct bykey *table, size_t index);

/* Makes it empty, and frees. */
void bykey_free(struct bykey *table);

#endif
