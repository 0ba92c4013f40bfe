/* Settings of unsubscribe links and the preference page. */
#ifndef AVOW_AGENT_PEOPLE_SETTINGS_H
#define AVOW_AGENT_PEOPLE_SETTINGS_H

#include "runtime/agent/serve/settings.h"

struct people_settings {
    bool given;
    const char *address; /* https://example.com/mail/: what links begin with */
    const char *person;  /* name in the policy of those who get mail, or NULL: every one */
};

extern const struct setting people_setting_table[];

#endif
