/* One part's chain as it is walked, entry by entry, whether it comes from an engine or a file. */
#ifndef AVOW_STORE_CHAIN_H
#define AVOW_STORE_CHAIN_H

#include "runtime/store/body.h"
#include "runtime/store/engine.h"

/* What is wrong at an entry (sequence 0: with the part as a whole) and what it means. */
typedef void chain_problem(void *context, uint32_t part, uint64_t sequence, const char *text);

struct chain {
    uint32_t part;
    struct head last;             /* as stored */
    uint8_t computed[HASH_BYTES]; /* of the last entry, by us */
    const struct head *anchored;  /* of this part, or NULL */
    bool met;                     /* the anchored entry was seen */
    uint8_t *gone, *allowed;      /* a bit for each sequence: its payload is missing, and may be */
    size_t bytes;                 /* of each */
    uint64_t first, erased;       /* sequence before the walk began; payloads that are missing */
    chain_problem *problem;
    void *context;
};

/* Begins a walk behind a head (sequence 0: at the beginning). Takes two bits of memory an entry. */
void chain_begin(struct chain *chain, uint32_t part, const struct head *from,
                 const struct head *anchored, chain_problem *problem, void *context);

/* The next entry: its place, hash, commitment. What it says is read into *body (kind
 * BODY_KINDS if there is nothing to be read), which the caller frees. Problems are told; an error
 * is only what hinders the walk itself. */
avow_store_code chain_entry(struct chain *chain, const struct entry *entry, struct body *body,
                            avow_store_error *error);

/* After the last: whether all that is missing may be, and the anchor was reached. Frees. */
void chain_end(struct chain *chain);

/* Frees, when a walk ends before its end. */
void chain_free(struct chain *chain);

#endif
