/* All that the ledger says of somebody. */
#ifndef AVOW_AGENT_HISTORY_H
#define AVOW_AGENT_HISTORY_H

#include "runtime/store/emit.h"
#include "runtime/store/store.h"

/* One entry about them. */
struct said {
    char receipt[AVOW_RECEIPT_MAX];
    int64_t recorded; /* microseconds */
    struct body body;
    char *words; /* the sentence that was shown, or NULL */
};

struct history {
    const struct somebody *who;
    struct said *at; /* in order of time */
    size_t count;
    uint64_t read; /* entries that were looked through */
    avow_store_error *error;
};

/* Reads the parts of the ledger in which `who` is, whole: there is no other way to them, and it
 * takes the longer the more entries there are. Within a transaction. What was erased is not found.
 * The caller frees it in any case. */
avow_store_code history_read(struct history *history, struct engine *engine,
                             const struct somebody *who, avow_store_error *error);
void history_free(struct history *history);

/* To standard output, for people. */
void history_print(const struct history *history);

/* As a member "receipts" of an object. */
void history_emit(struct emit *out, const struct history *history);

#endif
