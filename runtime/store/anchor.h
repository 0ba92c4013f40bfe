/* The anchor: a file beside the keys that knows how far every chain of the ledger had come.
 *
 * A store that was put back to an older state looks whole; only something outside of it can tell.
 * After each commit the heads of all parts are written here, signed, without waiting for the disk:
 * a power cut may cost the anchor its last seconds, never the store an entry. Two slots are written
 * in turn, so that one that was torn leaves the other.
 *
 * Slot (at byte 0 and at ANCHOR_STEP): "avowanc1"; a counter in 8 bytes; of each part the sequence
 * in 8 and the hash; a keyed BLAKE2b-128 of all this; an Ed25519 signature over all this, which
 * shows to those who have only the public key what those who have the secret one see by the hash.
 * Numbers are little-endian. */
#ifndef AVOW_STORE_ANCHOR_H
#define AVOW_STORE_ANCHOR_H

#include "runtime/store/engine.h"

struct keys;

enum { ANCHOR_STEP = 4096, ANCHOR_HEADS = ENGINE_PARTS * (8 + HASH_BYTES) };
enum { ANCHOR_HASHED = 16 + ANCHOR_HEADS, ANCHOR_SIGNED = ANCHOR_HASHED + 16 };
enum { ANCHOR_SLOT = ANCHOR_SIGNED + 64 };

/* Makes the anchor, or sets it to these heads whatever it says: when a store is made, and when a
 * loss is accepted. On return it is on disk. */
avow_store_code anchor_set(const char *folder, const struct keys *keys,
                           const struct head heads[ENGINE_PARTS], avow_store_error *error);

/* Raises each part to a head that is later than the anchor's. From any thread and process. An
 * anchor that is not there is NOT made: its absence must be seen. */
avow_store_code anchor_advance(const char *folder, const struct keys *keys,
                               const struct head heads[ENGINE_PARTS], avow_store_error *error);

/* Reads it, by the public key alone. KEYS if it is not there, or neither slot was signed by this
 * key. */
avow_store_code anchor_read(const char *folder, const uint8_t public_key[32],
                            struct head heads[ENGINE_PARTS], avow_store_error *error);

/* The hash of the entry of a part, as it is stored now; NOT_FOUND if there is none. */
typedef avow_store_code anchor_hash_at(void *context, uint32_t part, uint64_t sequence,
                                       uint8_t hash[HASH_BYTES]);

/* Holds the anchor against a ledger whose heads are these, or were a moment ago: the callback is
 * asked where they differ. LOSS if entries are missing, or others stand in their place; KEYS as
 * anchor_read. */
avow_store_code anchor_check(const char *folder, const struct keys *keys,
                             const struct head heads[ENGINE_PARTS], anchor_hash_at *hash_at,
                             void *context, avow_store_error *error);

/* The same with the anchor's heads at hand. */
avow_store_code anchor_compare(const struct head anchored[ENGINE_PARTS],
                               const struct head heads[ENGINE_PARTS], anchor_hash_at *hash_at,
                               void *context, avow_store_error *error);

#endif
