/* The answers to one question for everybody at one moment, in memory: for going through a list of
 * addresses of any length.
 *
 * One read transaction over all parts puts every subject into a compact set (compact_set.h), at
 * most 12 bytes each, with the class of its answers. What a class cannot say (linked identities,
 * several keys of one person, rare answers) is asked of the store itself, later and so fresher. A
 * key that is cut and taken for another's can only add a refusal: see compact_set.h. */
#ifndef AVOW_STORE_SNAPSHOT_H
#define AVOW_STORE_SNAPSHOT_H

#include "runtime/store/compact_set.h"
#include "runtime/store/store.h"

enum { SNAPSHOT_CLASSES = COMPACT_CLASSES - 1, SNAPSHOT_ASK = COMPACT_CLASSES - 1 };

/* What subjects of one class are answered: by the very spelling that is known, and by another. */
struct snapshot_class {
    avow_store_answer exact, other;
};

struct snapshot {
    avow_store *store;
    avow_point point;
    avow_states given;
    avow_identity_kind kind; /* of the addresses that will be asked about */
    bool linked; /* the act reaches people by another kind: each is asked for by itself */
    const struct keys *keys;
    struct compact_set set;
    struct snapshot_class class[SNAPSHOT_CLASSES];
    unsigned class_count;
    avow_store_answer absent; /* of whom nothing is known */
};

/* An address on its way: hashed, and its memory asked for. */
struct snapshot_lookup {
    struct somebody who;
    struct compact_place place[EPOCHS_MAX]; /* one an epoch */
};

/* Reads everything for one question, whose subject and record are not used. */
avow_store_code snapshot_make(struct snapshot *snapshot, avow_store *store,
                              const avow_store_question *question, avow_identity_kind kind,
                              avow_store_error *error);
void snapshot_free(struct snapshot *snapshot);

/* Hashes an address of the snapshot's kind. AVOW_STORE_INPUT for one that cannot be understood. */
avow_store_code snapshot_hash(const struct snapshot *snapshot, const char *text, size_t length,
                              struct snapshot_lookup *lookup, avow_store_error *error);

/* The answer for an address that was hashed; `text` is the same. Never fails: see avow_store_ask.
 */
avow_store_answer snapshot_ask(const struct snapshot *snapshot,
                               const struct snapshot_lookup *lookup, const char *text,
                               size_t length, avow_store_error *error);

#endif
