/* Names of receipts, for what the store has in rows. */
#ifndef AVOW_AGENT_RECEIPTS_H
#define AVOW_AGENT_RECEIPTS_H

#include "runtime/agent/session.h"
#include "runtime/store/store.h"

/* The name of the receipt of an entry, or NOT_FOUND. */
avow_store_code receipt_name(struct engine *engine, uint32_t part, uint64_t sequence,
                             char name[AVOW_RECEIPT_MAX], avow_store_error *error);

/* The names of the store, for showing rows: the request of a duty by its term. */
struct names {
    struct term *at;
    size_t count;
};
avow_store_code names_read(struct names *names, struct engine *engine, avow_store_error *error);
void names_free(struct names *names);

/* The name of a term, "?" if there is none; a request without the sign before it. */
const char *names_of(const struct names *names, uint32_t term);

#endif
