/* The ledger as text, to be shipped elsewhere, and taken back from there.
 *
 * One JSON object a line. First who it is of and where it begins:
 *   {"avow":"ledger","version":1,"store":"<signing key>","from":[[sequence,"hash"],...16]}
 * then entries, part by part in their order; without salt and body if those were erased:
 *   {"part":3,"sequence":17,"recorded":1764000000000000,"commitment":"..","hash":"..","salt":"..",
 *    "body":".."}
 * at the end where it ends, and the Ed25519 signature over that:
 *   {"heads":[[sequence,"hash"],...16],"entries":N,"signature":".."}
 * The signature covers the line up to `,"signature"`, behind the header line with its newline. A
 * file without its last line was cut short. */
#ifndef AVOW_STORE_EXPORT_H
#define AVOW_STORE_EXPORT_H

#include "runtime/store/engine.h"
#include "runtime/store/keys.h"

#include <stdio.h>

/* Writes all entries behind `from` (ENGINE_PARTS; NULL: from the beginning) as of one moment for
 * each part, and gives where they end: the `from` of the next export. Memory does not grow with
 * their number. LOSS if the ledger does not have an entry that `from` names. */
avow_store_code export_ledger(struct engine *engine, const struct keys *keys,
                              const struct head *from, FILE *out, struct head heads[ENGINE_PARTS],
                              avow_store_error *error);

/* An export that is read: each entry, whose chain has been checked. */
typedef avow_store_code export_visit(void *context, const struct entry *entry);

struct export_result {
    uint64_t entries;
    struct head from[ENGINE_PARTS], heads[ENGINE_PARTS];
    uint8_t store[32]; /* public key */
};

/* Reads an export and checks it whole: its chains, each body against its commitment, the heads at
 * the end, and their signature by `public_key` (NULL: by the one that it names). Entries before a
 * fault have been visited by then. CORRUPT says which line is wrong, and how. */
avow_store_code export_read(FILE *in, const uint8_t *public_key, export_visit *visit, void *context,
                            struct export_result *result, avow_store_error *error);

#endif
