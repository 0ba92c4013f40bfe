/* The preference page, as it is shown. */
#ifndef AVOW_AGENT_PREFERENCES_H
#define AVOW_AGENT_PREFERENCES_H

#include "runtime/agent/people/act.h"
#include "runtime/agent/people/html.h"
#include "runtime/agent/people/shown.h"

struct preferences {
    const struct visit *visit;
    bool told; /* something is to be said of what was sent: */
    enum phrase outcome_say;
    avow_id recorded;       /* the request that was, or AVOW_NONE */
    const char *receipt;    /* of it, "" if none is to be shown */
    avow_store_code signal; /* of her browser: OK recorded, NOT_FOUND none, else it failed */
    char mark[17];          /* of the policy that the page is made by */
    struct shown shown;     /* of a fresh visit */
    struct page page;
};

void preferences_show(struct preferences *p, unsigned status, struct reply *reply);

#endif
