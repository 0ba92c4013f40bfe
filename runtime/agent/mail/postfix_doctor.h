/* Whether a Postfix is set up so that nothing passes avowd by. */
#ifndef AVOW_AGENT_POSTFIX_DOCTOR_H
#define AVOW_AGENT_POSTFIX_DOCTOR_H

#include "runtime/agent/findings.h"
#include "runtime/agent/serve/config.h"

/* Looks at the Postfix whose main.cf is in `folder`, with the mail: settings of avowd.yaml. */
void find_postfix(struct findings *findings, const struct mail_settings *mail, const char *folder);

#endif
