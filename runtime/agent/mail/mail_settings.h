/* Settings of the doors for Postfix. */
#ifndef AVOW_AGENT_MAIL_SETTINGS_H
#define AVOW_AGENT_MAIL_SETTINGS_H

#include "runtime/agent/serve/settings.h"

/* A class of mail: how it is recognised at MAIL FROM, and what it is for. */
struct mail_class_settings {
    const char *name;
    const char *actor, *person, *purpose;
    struct texts logins, ports, senders; /* any of them recognises it */
};

struct mail_settings {
    bool given;
    const char *milter, *socketmap; /* unix:PATH or ADDRESS:PORT */
    struct blocks classes;          /* named, of struct mail_class_settings */
};

extern const struct setting mail_setting_table[];

#endif
