/* Unsubscribe (RFC 8058) and preferences: what people do with a link in a mail. */
#ifndef AVOW_AGENT_PEOPLE_H
#define AVOW_AGENT_PEOPLE_H

#include "runtime/agent/serve/generation.h"
#include "runtime/store/emit.h"

/* Works out for each purpose the request with the fewest effects that gets mail about it refused;
 * none is an error (AVOW_STORE_POLICY). *out is NULL if the door is not wanted. */
avow_store_code people_new(const struct generation *, struct people **out, avow_store_error *error);
void people_free(struct people *);

/* The link of one recipient of mail about a purpose, for List-Unsubscribe and the footer (the
 * preference page is at the same token, with /p/ for /u/): good for ever, and only to withdraw. The
 * same for the same recipient, person and purpose until a key is added. The caller frees *link with
 * free.
 * AVOW_STORE_NOT_FOUND: mail about this has none, since no-link says so or the policy never permits
 * it. AVOW_STORE_INPUT: nobody can have this address. AVOW_STORE_KEYS: there are no keys. */
avow_store_code people_link(const struct generation *, avow_identity_text who, avow_id person,
                            avow_id purpose, char **link, avow_store_error *error);

/* The link of somebody who has just shown who she is, to the page that shows what is known of her
 * and where she can agree; until *expires (Unix seconds), as the settings say. person may be
 * AVOW_NONE: whoever she is. */
avow_store_code people_fresh_link(const struct generation *, avow_identity_text who, avow_id person,
                                  char **link, int64_t *expires, avow_store_error *error);

/* Both as JSON: about a purpose (by name) the mailed links "unsubscribe" and "preferences"; without
 * one the fresh link "preferences" and when it "expires". person may be NULL, if only one kind of
 * person gets such mail. */
avow_store_code people_links(const struct generation *, avow_identity_text who, const char *person,
                             const char *about, struct emit *out, avow_store_error *error);

#endif
