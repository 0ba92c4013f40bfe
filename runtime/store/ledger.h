/* The ledger: one chain of entries a part, each bound to all that stood before it.
 *
 * An entry commits to its body by a salted hash, and the chain runs over commitments only: a body
 * and its salt can be erased without breaking the chain, and without the salt nobody can guess from
 * the commitment what the body said. All hashes are BLAKE2b without a key. */
#ifndef AVOW_STORE_LEDGER_H
#define AVOW_STORE_LEDGER_H

#include "runtime/store/engine.h"

enum { RECEIPT_DIGITS = 16 }; /* of the entry's hash, in its name */

/* Fills a new salt. sodium_init must have been called: the store does it when it opens. */
void ledger_salt(uint8_t salt[SALT_BYTES]);

/* BLAKE2b-256(salt, body). */
void ledger_commit(const uint8_t salt[SALT_BYTES], const char *body, size_t length,
                   uint8_t commitment[HASH_BYTES]);

/* What the entry's hash must be: BLAKE2b-256(previous hash, part in 4 bytes, sequence in 8,
 * recorded in 8, commitment), numbers little-endian. previous is the hash of the entry before it in
 * its part, 32 zeros before the first. Reads part, sequence, recorded and commitment of the entry.
 */
void ledger_hash(const uint8_t previous[HASH_BYTES], const struct entry *entry,
                 uint8_t hash[HASH_BYTES]);

/* Makes *entry the one that follows *head, and *head its place: sequence and hash are computed.
 * part, recorded and commitment are set before. */
void ledger_extend(struct head *head, struct entry *entry);

/* The name that a receipt has: "r3-17-0123456789abcdef" is entry 17 of part 3. */
void ledger_name(const struct entry *entry, char name[AVOW_RECEIPT_MAX]);

/* A receipt's name, taken apart. */
struct receipt_name {
    uint32_t part;
    uint64_t sequence;
    uint8_t hash[RECEIPT_DIGITS / 2]; /* the first bytes of the entry's hash */
};

/* Reads a name; false if it is none, or not written in its one way. */
bool ledger_read_name(const char *text, struct receipt_name *name);

/* Whether an entry is the one that is named. */
bool ledger_is_named(const struct receipt_name *name, const struct entry *entry);

#endif
