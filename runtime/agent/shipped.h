/* How far the ledger was last written out: kept beside the anchor, so that it can be told how much
 * would be lost with the database. It tells people something, and nothing hangs on it. */
#ifndef AVOW_AGENT_SHIPPED_H
#define AVOW_AGENT_SHIPPED_H

#include "runtime/store/engine.h"

struct shipped {
    int64_t at;                      /* seconds since 1970 */
    uint64_t sequence[ENGINE_PARTS]; /* of the last entry of each part that was written out */
};

/* Reads it from the folder of the keys. NOT_FOUND if the ledger was never written out, INPUT if the
 * file says something else. */
avow_store_code shipped_read(const char *folder, struct shipped *shipped, avow_store_error *error);

/* Puts it there whole. */
avow_store_code shipped_write(const char *folder, const struct shipped *shipped,
                              avow_store_error *error);

#endif
