/* What stands in a link: who somebody is and what the link is good for, sealed so that only those
 * who have the keys of the store can make one or read it.
 *
 * A token is base64url without padding of: one byte of format, one of key epoch, 16 of a keyed
 * BLAKE2b over what is sealed, and that itself under XChaCha20, with the hash as its nonce. So one
 * recipient and one purpose have one token, nothing can be learnt from it without the key, and none
 * can be made. Both keys are made of the identity key of the epoch: they are backed up and rotated
 * with it, and since old epochs are never dropped, a token is good for ever.
 *
 * The address is sealed, not its hash: what is known of somebody lies under keys of many epochs and
 * at whoever is linked to him, and only the address leads to all of it. Names stand in it as the
 * policy writes them, for their numbers change from version to version. */
#ifndef AVOW_AGENT_SEAL_H
#define AVOW_AGENT_SEAL_H

#include "runtime/store/keys.h"

enum { SEAL_NAME = 64, SEAL_WHO = 255, SEAL_ROOM = 640 };

enum seal_kind {
    SEAL_WITHDRAW = 1, /* was mailed: it can only withdraw, and shows nothing of the person */
    SEAL_FRESH         /* was given to somebody who has just shown who she is; until `expires` it
                          shows what is known and can grant, then it is like one that was mailed */
};

struct seal {
    enum seal_kind kind;
    int64_t expires;            /* Unix seconds; of SEAL_FRESH */
    char person[SEAL_NAME + 1]; /* names of the policy; "" if none is meant */
    char purpose[SEAL_NAME + 1];
    avow_identity_kind who_kind;
    char who[SEAL_WHO + 1];
    size_t who_length;
};

/* Writes the token of a seal under an epoch's key. False if there is no such key, or a text is too
 * long. */
bool seal_write(const struct keys *keys, uint32_t epoch, const struct seal *seal,
                char token[SEAL_ROOM]);

/* Reads one. False for whatever is none, in the same time whatever is wrong with it: forged, cut
 * off, of another format or store. *epoch is what it claims, for a key that is not loaded yet. */
bool seal_read(const struct keys *keys, const char *token, struct seal *out, uint32_t *epoch);

#endif
