/* A policy as a file: hostile until it is verified. */
#ifndef AVOW_AGENT_BUNDLE_H
#define AVOW_AGENT_BUNDLE_H

#include "runtime/agent/signature.h"

struct bundle {
    const avow_table *table; /* NULL: none is loaded */
    void *bytes;
};

/* Reads a bundle into private memory and verifies it. One of the keys of `trust` must have signed
 * it; with NULL it need not be signed, but signatures that are there must hold. It must be in force
 * on the civil day of `now` (seconds since 1970). The caller frees it, also after an error:
 * AVOW_STORE_POLICY for what is no bundle, not signed as it must be or not in force, AVOW_STORE_IO
 * for a file that cannot be read, AVOW_STORE_MEMORY. */
avow_store_code bundle_load(struct bundle *bundle, const char *path, const struct trust *trust,
                            int64_t now, avow_store_error *error);
void bundle_free(struct bundle *bundle);

#endif
