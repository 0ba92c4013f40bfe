/* Settings of unsubscribe links and the preference page. */
#ifndef AVOW_AGENT_PEOPLE_SETTINGS_H
#define AVOW_AGENT_PEOPLE_SETTINGS_H

#include "runtime/agent/serve/settings.h"

/* A purpose that had another name when links about it were mailed. */
struct renamed_settings {
    const char *before, *now;
};

struct people_settings {
    bool given;
    const char *address;   /* https://example.com/mail/: what links begin with */
    const char *page;      /* URL of the published policy, which pages link to; or NULL */
    const char *person;    /* name in the policy of those who get mail, or NULL: every one */
    struct texts no_link;  /* purposes whose mail nobody can stop by a link */
    struct blocks renamed; /* of struct renamed_settings */
    long fresh;            /* seconds: how long a link for somebody who signed in is good */
};

enum { FRESH_LEAST = 60, FRESH_MOST = 86400, FRESH_USUAL = 3600 };

extern const struct setting people_setting_table[];

#endif
