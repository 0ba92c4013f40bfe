/* What is known of somebody, for her own page, with the receipts of it.
 *
 * A state says when its last word was received, and entries of a part stand in order of the time at
 * which they were recorded: a receipt is looked for by that time, and among SHOWN_LOOKS entries at
 * most. So a page takes the same time whatever the ledger has grown to. Not found are receipts of
 * what was received long before it was recorded, and of what a later word has replaced: those are
 * for `avowd status`, which reads everything. */
#ifndef AVOW_AGENT_SHOWN_H
#define AVOW_AGENT_SHOWN_H

#include "runtime/store/store.h"

enum { SHOWN_RECEIPTS = 16, SHOWN_LOOKS = 1024 };

struct shown {
    avow_states states;
    avow_store_reason reason; /* why some are unknown */
    struct shown_receipt {
        char name[AVOW_RECEIPT_MAX];
        int64_t received; /* microseconds */
        char what[65];    /* the name of the request or event */
    } at[SHOWN_RECEIPTS];
    size_t count;
    bool more; /* there are words whose receipts are not among these */
};

/* Reads it. Errors are those of the store. */
avow_store_code shown_read(avow_store *store, avow_identity_text who, struct shown *out,
                           avow_store_error *error);

/* The receipt with this name, if it is one of hers: the caller's, for avow_store_free. NOT_FOUND
 * for that of somebody else, as for none. */
avow_store_code shown_receipt(avow_store *store, avow_identity_text who, const char *name,
                              char **document, avow_store_error *error);

#endif
