/* A store that a command works on, with the policy in force. */
#ifndef AVOW_AGENT_SESSION_H
#define AVOW_AGENT_SESSION_H

#include "runtime/agent/bundle.h"
#include "runtime/agent/place.h"

struct session {
    const struct call *call;
    struct bundle bundle;
    char keys[PLACE_MAX]; /* "": beside the database */
    avow_store_options options;
    avow_store *store; /* NULL until session_open */
};

/* Reads the policy of a place, signed by one of the keys it trusts if it names any, as of `now`.
 * What bundle_load and trust_read give; the caller frees the bundle in any case. */
avow_store_code session_policy(const struct place *place, int64_t now, struct bundle *bundle,
                               avow_store_error *error);

/* Reads the policy (a command that works without one says so) and finds the place of everything.
 * EXIT_FINE, or the exit status after a message. The caller closes the session in any case. */
int session_begin(struct session *session, const struct call *call, bool needs_policy);

/* Begins and opens the store. */
int session_open(struct session *session, const struct call *call, bool needs_policy);

void session_close(struct session *session);

/* Opens a session, does the work, and closes it: gives the exit status. */
int with_store(const struct call *call, bool needs_policy, int (*work)(struct session *session));

/* To standard error, if it is so, why the store is not to be trusted: it records, and everything
 * is answered unknown. */
void say_trust(const struct session *session);

#endif
