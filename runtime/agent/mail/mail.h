/* Mail that passes through Postfix: the milter at submission, the socketmap at delivery. */
#ifndef AVOW_AGENT_MAIL_H
#define AVOW_AGENT_MAIL_H

#include "runtime/agent/serve/generation.h"

/* Resolves the classes of mail against the policy. AVOW_STORE_POLICY with the nearest names for
 * what the policy does not declare. *out is NULL if the door is not wanted. */
avow_store_code mail_new(const struct generation *, struct mail **out, avow_store_error *error);
void mail_free(struct mail *);

#endif
