/* Unsubscribe (RFC 8058) and preferences: what people do with a link in a mail. */
#ifndef AVOW_AGENT_PEOPLE_H
#define AVOW_AGENT_PEOPLE_H

#include "runtime/agent/serve/generation.h"

/* Works out for each purpose the request with the fewest effects that gets mail about it refused;
 * none is an error (AVOW_STORE_POLICY). *out is NULL if the door is not wanted. */
avow_store_code people_new(const struct generation *, struct people **out, avow_store_error *error);
void people_free(struct people *);

/* The links of one recipient of mail about a purpose, for List-Unsubscribe and the footer: a MAC
 * token, good for ever, that can only withdraw. The caller frees *link with free. */
avow_store_code people_link(const struct generation *, avow_identity_text who, avow_id person,
                            avow_id purpose, char **link, avow_store_error *error);

#endif
