/* What the door for people works with, worked out at load. */
#ifndef AVOW_AGENT_PEOPLE_DOOR_H
#define AVOW_AGENT_PEOPLE_DOOR_H

#include "runtime/agent/people/offer.h"
#include "runtime/agent/people/people.h"
#include "runtime/agent/people/replay_guard.h"
#include "runtime/agent/people/seal.h"

struct people {
    const avow_table *table;
    const struct people_settings *settings;
    char *address; /* ends with '/' */
    struct offer *offers;
    size_t count;
    avow_id gpc; /* the event that "Sec-GPC: 1" is, or AVOW_NONE */
    struct replay_guard guard;
};

/* The offer of a person and purpose, or NULL. */
const struct offer *people_offer(const struct people *people, avow_id person, avow_id purpose);

/* What a link is about by the policy in force. */
struct withdrawal {
    const struct offer *offer; /* NULL: the policy knows no such mail any more */
    avow_id requests[64];      /* that the link makes */
    size_t count;
};

/* What withdraws, whatever has become of person and purpose since the link was mailed: the offer's
 * request; if the policy does not have such an offer any more, what withdraws from all mail. */
void people_withdrawal(const struct people *people, const struct seal *seal,
                       struct withdrawal *out);

/* Reads a token with the keys of the store. AVOW_STORE_NOT_FOUND if it is none;
 * AVOW_STORE_KEYS if none can be read. */
avow_store_code people_read(avow_store *store, const char *token, struct seal *out,
                            avow_store_error *error);

/* Writes one, by the key that new rows are made with. */
avow_store_code people_seal(avow_store *store, const struct seal *seal, char token[SEAL_ROOM],
                            avow_store_error *error);

#endif
