/* The milter: what Postfix asks while a message is submitted.
 *
 * A session belongs to one connection of Postfix, which is one client's. It takes packets and gives
 * replies, and knows nothing of sockets. Whatever cannot be decided is a temporary failure. */
#ifndef AVOW_AGENT_MILTER_H
#define AVOW_AGENT_MILTER_H

#include "runtime/agent/mail/mail.h"
#include "runtime/agent/mail/packet.h"
#include "runtime/agent/serve/daemon.h"

enum { MACRO_MAX = 256, PURPOSE_MAX = 128, RECIPIENTS_MAX = 50000 };

/* A recipient who is not refused, or on the way of sendmail(1) one who is. */
struct milter_recipient {
    char *verbatim; /* as Postfix wrote it: so it must be named to be deleted */
    bool refused;
};

/* What is known of one message, from MAIL FROM on. */
struct milter_message {
    struct generation *generation; /* held; NULL: no message is under way */
    const struct mail_class *class;
    bool utf8; /* the client takes replies that are not ASCII */
    struct milter_recipient *recipient;
    size_t recipients, room, kept;
    char purpose[PURPOSE_MAX]; /* that a header names */
    uint32_t purpose_headers, unsubscribe_headers, post_headers;
    bool bulk;                /* it says so itself */
    char refusal[SMTP_REPLY]; /* of the first who was refused */
};

struct milter_session {
    struct daemon *daemon;
    char login[MACRO_MAX], port[16], name[MACRO_MAX], queue_id[64]; /* macros */
    bool connected, local; /* local: from sendmail(1), which has no port */
    struct milter_message message;
};

void milter_begin(struct milter_session *session, struct daemon *daemon);

/* Takes a packet. False: the connection is at its end, or what was said is no milter protocol; what
 * stands in *out is sent all the same. */
bool milter_take(struct milter_session *session, const struct packet *packet, struct replies *out);

/* Between messages nothing is lost if the connection ends. */
bool milter_is_idle(const struct milter_session *session);

void milter_end(struct milter_session *session);

/* Of one message; see milter_message.c. */
void message_mail(struct milter_session *, const struct packet *, struct replies *);
void message_recipient(struct milter_session *, const struct packet *, struct replies *);
void message_header(struct milter_session *, const struct packet *);
void message_end(struct milter_session *, struct replies *);
void message_forget(struct milter_session *);

/* Says no: a reply of SMTP. */
void message_refuse(struct replies *, const char *code, const char *status, const char *sentence);
/* "It cannot be said now". */
void message_later(struct replies *);
/* An address without its angle brackets and its route, in *length bytes. */
const char *message_address(const char *verbatim, size_t *length);

#endif
