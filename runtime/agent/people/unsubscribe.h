/* Handlers of the door for people, and what their pages share. */
#ifndef AVOW_AGENT_UNSUBSCRIBE_H
#define AVOW_AGENT_UNSUBSCRIBE_H

#include "runtime/agent/people/act.h"

handler people_unsubscribe, people_preferences, people_link_api;

/* The page that says that nothing was recorded, and to try again: 503. */
void people_show_failed(const struct request *request, struct reply *reply);
/* The one page for whatever is no link of ours: 404. */
void people_show_bad_link(const struct request *request, struct reply *reply);

/* The clause that a request acts by, or AVOW_NONE. */
uint32_t people_clause_of(const avow_table *table, avow_id request);

/* Records what her browser says by "Sec-GPC: 1", if the policy binds it and it does not hold yet.
 * NOT_FOUND: nothing was said. */
avow_store_code people_signal(const struct visit *visit, avow_store_error *error);

#endif
