/* Mail that passes through Postfix: the milter at submission, the socketmap at delivery.
 *
 *     client ─▶ smtpd ──milter──▶ queue ──socketmap──▶ next server
 *                 purpose known here        stops what was refused since
 */
#ifndef AVOW_AGENT_MAIL_H
#define AVOW_AGENT_MAIL_H

#include "runtime/agent/mail/smtp_text.h"
#include "runtime/agent/serve/generation.h"

/* A class of mail, resolved against the policy. */
struct mail_class {
    const struct mail_class_settings *settings;
    bool exempt;      /* nobody is asked */
    bool linked;      /* carries a link to unsubscribe, and so has one recipient */
    bool never;       /* the policy refuses it whatever anybody has said */
    avow_point point; /* target is AVOW_NONE if each message must name its purpose */
    avow_states given;
};

/* Resolves the classes of mail against the policy. AVOW_STORE_POLICY with the nearest names for
 * what the policy does not declare. *out is NULL if the door is not wanted. */
avow_store_code mail_new(const struct generation *, struct mail **out, avow_store_error *error);
void mail_free(struct mail *);

/* What is seen of a message at MAIL FROM. */
struct mail_seen {
    const char *login;  /* "" without one */
    const char *port;   /* "" for sendmail(1) */
    const char *daemon; /* milter_macro_daemon_name, or "" */
    const char *sender; /* without its angle brackets */
    bool local;         /* from sendmail(1) */
};

/* The class that recognises a message, or NULL. A login outranks a port, and that a sender; among
 * equals the first of the file is meant, classes before exempt ones. */
const struct mail_class *mail_recognise(const struct mail *, const struct mail_seen *seen);

/* Why nothing recognises it, with the nearest name that the configuration has. */
void mail_unrecognised(const struct mail *, const struct mail_seen *seen, char out[SMTP_SENTENCE]);

/* The class of a name, or NULL. */
const struct mail_class *mail_class_named(const struct mail *, const char *name, size_t length);
/* Classes that are asked about, from 0; NULL behind the last. */
const struct mail_class *mail_class_at(const struct mail *, size_t index);

/* Whether an address is of a domain that is not asked about at delivery. */
bool mail_is_local(const struct mail *, const char *address, size_t length);

/* A purpose by the name that a message gives, for a class. AVOW_STORE_INPUT with the nearest names
 * that the policy has. */
avow_store_code mail_purpose(const struct generation *, const char *name, avow_id *out,
                             avow_store_error *error);

enum mail_verdict {
    MAIL_PASS,
    MAIL_REFUSED, /* the policy refuses it */
    MAIL_ADDRESS, /* the address cannot be read */
    MAIL_LATER    /* it cannot be said now */
};

/* May this class of mail go to this address? */
struct mail_judgement {
    enum mail_verdict verdict;
    const char *status;           /* "5.7.1", and so on */
    char sentence[SMTP_SENTENCE]; /* for a client; with signs outside ASCII if utf8 */
    char clause[72];              /* the first that is cited, or "" */
};
void mail_judge(const struct generation *, const struct mail_class *, avow_id purpose,
                const char *address, size_t length, bool utf8, struct mail_judgement *out);

/* The same for mail about something that the policy refuses whoever it goes to (class->never). */
void mail_judge_never(const struct generation *, const struct mail_class *, bool utf8,
                      struct mail_judgement *out);

#endif
