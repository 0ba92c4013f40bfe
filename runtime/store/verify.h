/* Whether a ledger is what was recorded, and the rows are what the ledger says.
 *
 * Each part is read in a transaction of its own. Memory: two bits an entry and about 90 bytes a row
 * of the largest part. */
#ifndef AVOW_STORE_VERIFY_H
#define AVOW_STORE_VERIFY_H

#include "runtime/store/engine.h"

struct verify_options {
    const struct head *anchored; /* ENGINE_PARTS, of anchor_read; NULL: not held against it */
    /* Called for every problem, as far as they are told apart: what is wrong at an entry (sequence
     * 0: with its part) and what it means. NULL: they are only counted. */
    void (*problem)(void *context, uint32_t part, uint64_t sequence, const char *text);
    /* Called after every 4,096 entries and at the end: how many are done, of how many. Anything but
     * false stops the walk: then BUSY. NULL: nobody asks. */
    bool (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;
};

struct verify_result {
    uint64_t entries, erased, problems;
    uint64_t unprovable; /* rows whose entries were erased: nothing contradicts them */
    uint32_t part;       /* of the first problem */
    uint64_t sequence;
    char text[384];
    struct head heads[ENGINE_PARTS]; /* as they were read */
};

/* Walks everything. OK also if there are problems: look at the result. */
avow_store_code verify_ledger(struct engine *engine, const struct verify_options *options,
                              struct verify_result *result, avow_store_error *error);

#endif
