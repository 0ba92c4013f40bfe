/* Settings of the doors for Postfix. */
#ifndef AVOW_AGENT_MAIL_SETTINGS_H
#define AVOW_AGENT_MAIL_SETTINGS_H

#include "runtime/agent/serve/settings.h"

/* Where possible is: if people: is configured. */
enum mail_unsubscribe { MAIL_UNSUBSCRIBE_POSSIBLE, MAIL_UNSUBSCRIBE_YES, MAIL_UNSUBSCRIBE_NO };

enum { EXEMPT_RECIPIENTS = 10 };

/* A class of mail: how it is recognised at MAIL FROM, and what it is for. Every list that is given
 * must hold what is seen; one entry of it is enough. */
struct mail_class_settings {
    const char *name;
    struct texts logins;  /* of SASL: {auth_authen} */
    struct texts ports;   /* that the message came to, or names of milter_macro_daemon_name */
    struct texts senders; /* envelope senders: joe@shop.example, @shop.example, news+*@..., <> */
    bool local;           /* from this machine's sendmail(1) only */
    /* Of a class that is asked about. */
    const char *actor, *person, *purpose; /* names in the policy; actor: us if NULL */
    const char *given; /* facts and states that the store does not keep: region.eu,no:minor */
    bool header;       /* the message may name its purpose: X-Avow-Purpose */
    int unsubscribe;   /* enum mail_unsubscribe: carries List-Unsubscribe */
    /* Of an exempt class. */
    long recipients; /* of one message, at most; 0: EXEMPT_RECIPIENTS */
};

struct mail_settings {
    bool given;
    const char *milter, *socketmap; /* unix:PATH or ADDRESS:PORT on loopback */
    const char *mode;               /* of UNIX sockets, as chmod takes it; NULL: MAIL_MODE */
    const char *group;              /* of UNIX sockets, or NULL */
    struct texts local;             /* domains that are not asked about at delivery */
    long connections, idle;         /* at once, of each door; seconds of silence */
    struct blocks classes;          /* named, of struct mail_class_settings */
    struct blocks exempt;           /* the same: not asked about */
};

/* What holds where a setting is 0. */
enum { MAIL_CONNECTIONS = 500, MAIL_IDLE = 600, MAIL_MODE = 0660 };

extern const struct setting mail_setting_table[];

#endif
