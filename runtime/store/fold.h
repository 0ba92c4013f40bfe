/* What the rows of a part must be, by what its entries say: computed a second time, without the
 * engine, so that rows that were changed behind the ledger's back are found.
 *
 * Takes about 90 bytes of memory for each row of the part, all parts one after the other. */
#ifndef AVOW_STORE_FOLD_H
#define AVOW_STORE_FOLD_H

#include "runtime/store/body.h"
#include "runtime/store/bykey.h"

struct fold_term {
    struct fold_term *next;
    struct term term;
};

struct fold {
    struct engine *engine;
    struct fold_term *terms;
    struct bykey rows, requests, links;
    bool incomplete;     /* bodies were erased that nothing stands in for */
    uint64_t unprovable; /* rows that nothing contradicts, and nothing shows */
};

/* What is wrong with a row, and the entry it goes back to (0: none). */
typedef void fold_problem(void *context, uint64_t sequence, const char *text);

/* Readies *fold for a part; fold_free in the end. */
avow_store_code fold_begin(struct fold *fold, struct engine *engine, avow_store_error *error);
void fold_free(struct fold *fold);

/* What an entry says is done; entries in their order. */
avow_store_code fold_entry(struct fold *fold, uint64_t sequence, const struct body *body,
                           avow_store_error *error);

/* Holds states, open duties and links of the part against it. */
avow_store_code fold_compare(struct fold *fold, uint32_t part, fold_problem *problem, void *context,
                             avow_store_error *error);

#endif
