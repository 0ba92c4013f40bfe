/* Shipped entries put back into a store that is older than they are. */
#ifndef AVOW_STORE_REPLAY_H
#define AVOW_STORE_REPLAY_H

#include "runtime/store/export.h"

struct replay_result {
    uint64_t added, present; /* entries that were not there, and that were */
    struct export_result export;
};

/* Adds the entries of an export that extend the chains of the store, and does again what they say.
 * Entries that are there must be the same: otherwise LOSS, the ledger was forked. May be stopped
 * and begun anew, and run twice: it goes on from what is there. Commits after every 1,024 entries;
 * what was committed was checked, even if the export turns out to be cut short. Takes an export
 * that begins at or before the end of every chain; the anchor is for the caller to set or check. */
avow_store_code replay_ledger(struct engine *engine, FILE *in, const uint8_t *public_key,
                              struct replay_result *result, avow_store_error *error);

#endif
