/* One message: whose it is at MAIL FROM, each recipient, what it says of itself, and its end. */
#include "runtime/agent/mail/milter.h"

#include "runtime/agent/people/people.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Words ------------------------------------------------------------------------------------------
 */

void
message_refuse(struct replies *out, const char *code, const char *status, const char *sentence)
{
    char reply[SMTP_REPLY];
    smtp_reply(code, status, sentence, reply);
    reply_packet(out, REPLY_CODE, reply, NULL);
}

void
message_later(struct replies *out)
{
    message_refuse(out, "451", "4.3.0",
                   "It cannot be said now whether this may be sent. Try again later.");
}

const char *
message_address(const char *verbatim, size_t *length)
{
    const char *at = verbatim;
    size_t size = strlen(at);
    if (size >= 2 && at[0] == '<' && at[size - 1] == '>') {
        at++;
        size -= 2;
    }
    /* A route is obsolete, and what it says is passed over (RFC 5321, appendix C). */
    if (size > 0 && at[0] == '@') {
        const char *colon = memchr(at, ':', size);
        size -= colon ? (size_t)(colon + 1 - at) : 0;
        at = colon ? colon + 1 : at;
    }
    *length = size;
    return at;
}

void
message_forget(struct milter_session *session)
{
    struct milter_message *message = &session->message;
    for (size_t i = 0; i < message->recipients; i++)
        free(message->recipient[i].verbatim);
    free(message->recipient);
    if (message->generation)
        generation_release(message->generation);
    *message = (struct milter_message){0};
    session->queue_id[0] = '\0';
}

static void
count(const struct milter_session *session, enum metric_result result)
{
    metrics_count(session->daemon->metrics, COUNT_MAIL_RECIPIENTS, METRIC_MILTER, result, 0);
}

/* A line for those who run it; of the recipient only a mask. */
static void
log_refusal(const struct milter_session *session, const char *event, const char *recipient,
            const char *sentence, const char *clause)
{
    char mask[64] = "";
    size_t length;
    const char *address = message_address(recipient, &length);
    const struct mail_class *class = session->message.class;
    if (*recipient)
        log_address(&(avow_identity_text){AVOW_IDENTITY_EMAIL, address, length}, mask);
    log_line(session->daemon->log, LOG_INFO_LEVEL, event, "class",
             class ? class->settings->name : "", "recipient", mask, "clause", clause, "why",
             sentence, "queue", session->queue_id, NULL);
}

/* The reply names the sender, so that a class can be made for him; the log only masks him. */
static void
log_unrecognised(const struct milter_session *session, const char *sender)
{
    char from[64], login[64];
    size_t length;
    const char *address = message_address(sender, &length);
    bool is_address = strchr(session->login, '@') != NULL;
    log_address(&(avow_identity_text){AVOW_IDENTITY_EMAIL, address, length}, from);
    log_address(&(avow_identity_text){AVOW_IDENTITY_EMAIL, session->login, strlen(session->login)},
                login);
    log_line(session->daemon->log, LOG_INFO_LEVEL, "mail of no class refused", "sender", from,
             "login", is_address ? login : session->login, "port", session->port, "why",
             "Nobody has said what it is for. Name it under mail: classes: in avowd.yaml.", NULL);
}

/* MAIL FROM ---------------------------------------------------------------------------------------
 */

/* Whether a parameter of the command, such as SMTPUTF8, was given. */
static bool
has_parameter(const struct packet *packet, size_t at, const char *wanted)
{
    for (const char *parameter; (parameter = packet_text(packet, &at)) != NULL;)
        if (strcasecmp(parameter, wanted) == 0)
            return true;
    return false;
}

static const struct mail_class *
recognise(struct milter_session *session, const char *verbatim, char why[SMTP_SENTENCE])
{
    char sender[512];
    size_t length;
    const char *address = message_address(verbatim, &length);
    const struct mail *mail = session->message.generation->mail;
    /* What is too long is like nothing that can be configured: its beginning might be. */
    bool fits = length < sizeof sender;
    snprintf(sender, sizeof sender, "%.*s", fits ? (int)length : 1, fits ? address : "?");
    struct mail_seen seen = {session->login, session->local ? "" : session->port, session->name,
                             sender, session->local};
    const struct mail_class *class = mail ? mail_recognise(mail, &seen) : NULL;
    if (!class && mail)
        mail_unrecognised(mail, &seen, why);
    else if (!class)
        snprintf(why, SMTP_SENTENCE, "No classes of mail are configured.");
    return class;
}

/* Refuses what has no class, and what may go to nobody. */
static bool
may_begin(struct milter_session *session, const char *sender, struct replies *out)
{
    struct milter_message *message = &session->message;
    struct mail_judgement judgement = {.status = "5.7.1"};
    char why[SMTP_SENTENCE], text[SMTP_SENTENCE];
    message->class = recognise(session, sender, why);
    if (!message->class) {
        smtp_sentence(why, strlen(why), message->utf8, text, sizeof text);
        log_unrecognised(session, sender);
        message_refuse(out, "550", "5.7.1", text);
        return false;
    }
    if (message->class->never) {
        mail_judge_never(message->generation, message->class, message->utf8, &judgement);
        log_refusal(session, "mail that may go to nobody refused", "", judgement.sentence,
                    judgement.clause);
        message_refuse(out, "550", judgement.status, judgement.sentence);
        return false;
    }
    return true;
}

void
message_mail(struct milter_session *session, const struct packet *packet, struct replies *out)
{
    size_t at = 0;
    message_forget(session);
    const char *sender = packet_text(packet, &at);
    struct milter_message *message = &session->message;
    message->generation = generation_hold(session->daemon->generations);
    message->utf8 = has_parameter(packet, at, "SMTPUTF8");
    if (!sender || !message->generation) {
        message_later(out);
        message_forget(session);
    } else if (may_begin(session, sender, out)) {
        reply_packet(out, REPLY_CONTINUE, NULL);
    } else {
        message_forget(session);
    }
}

/* RCPT TO -----------------------------------------------------------------------------------------
 */

static bool
add_recipient(struct milter_message *message, const char *verbatim, bool refused)
{
    if (message->recipients == message->room) {
        size_t room = 2 * message->room + 4;
        struct milter_recipient *more = message->recipients < RECIPIENTS_MAX
                                            ? realloc(message->recipient, room * sizeof *more)
                                            : NULL;
        if (!more)
            return false;
        message->recipient = more;
        message->room = room;
    }
    char *copy = strdup(verbatim);
    if (!copy)
        return false;
    message->recipient[message->recipients++] = (struct milter_recipient){copy, refused};
    message->kept += !refused;
    return true;
}

/* Mail that names its purpose itself, or carries a link of one recipient, goes to one. */
static bool
is_single(const struct mail_class *class)
{
    return class->linked || class->settings->header;
}

static size_t
most_recipients(const struct mail_class *class)
{
    if (!class->exempt)
        return is_single(class) ? 1 : RECIPIENTS_MAX;
    return class->settings->recipients ? (size_t) class->settings->recipients : EXEMPT_RECIPIENTS;
}

/* Asks about one recipient, and counts and notes what comes of it. */
static void
judge(struct milter_session *session, avow_id purpose, const char *verbatim,
      struct mail_judgement *out)
{
    static const enum metric_result results[] = {[MAIL_PASS] = METRIC_DONE,
                                                 [MAIL_REFUSED] = METRIC_REFUSED,
                                                 [MAIL_ADDRESS] = METRIC_REFUSED,
                                                 [MAIL_LATER] = METRIC_FAILED};
    const struct milter_message *message = &session->message;
    size_t length;
    const char *address = message_address(verbatim, &length);
    uint64_t began = metrics_now();
    mail_judge(message->generation, message->class, purpose, address, length, message->utf8, out);
    metrics_time(session->daemon->metrics, TIME_MILTER, metrics_now() - began);
    count(session, results[out->verdict]);
    if (out->verdict != MAIL_PASS)
        log_refusal(session, "mail refused", verbatim, out->sentence, out->clause);
}

static const char *
code_of(const struct mail_judgement *judgement)
{
    if (judgement->verdict == MAIL_LATER)
        return "451";
    return judgement->verdict == MAIL_ADDRESS ? "553" : "550";
}

/* Postfix cannot refuse one recipient of what sendmail(1) sends: who is refused is taken out at the
 * end. */
static void
refuse_recipient(struct milter_session *session, const char *verbatim,
                 const struct mail_judgement *judgement, struct replies *out)
{
    struct milter_message *message = &session->message;
    const char *code = code_of(judgement);
    if (!session->local || judgement->verdict == MAIL_LATER) {
        message_refuse(out, code, judgement->status, judgement->sentence);
        return;
    }
    if (!message->refusal[0])
        smtp_reply(code, judgement->status, judgement->sentence, message->refusal);
    if (add_recipient(message, verbatim, true))
        reply_packet(out, REPLY_CONTINUE, NULL);
    else
        message_later(out);
}

void
message_recipient(struct milter_session *session, const struct packet *packet, struct replies *out)
{
    struct mail_judgement judgement = {.verdict = MAIL_PASS};
    struct milter_message *message = &session->message;
    const struct mail_class *class = message->class;
    size_t at = 0;
    const char *verbatim = packet_text(packet, &at);
    if (!verbatim) {
        message_later(out);
        return;
    }
    if (!class->exempt && !class->settings->header)
        judge(session, class->point.target, verbatim, &judgement);
    if (judgement.verdict != MAIL_PASS)
        refuse_recipient(session, verbatim, &judgement, out);
    else if (!session->local && message->kept >= most_recipients(class))
        message_refuse(out, "452", "4.5.3",
                       "Too many recipients: this mail goes to one at a time.");
    else if (add_recipient(message, verbatim, false))
        reply_packet(out, REPLY_CONTINUE, NULL);
    else
        message_later(out);
}

/* Headers -----------------------------------------------------------------------------------------
 */

static bool
is_any(const char *value, const char *const *words)
{
    size_t length = strcspn(value, " \t\r\n;");
    for (; *words; words++)
        if (strlen(*words) == length && strncasecmp(value, *words, length) == 0)
            return true;
    return false;
}

static void
keep_purpose(struct milter_message *message, const char *value)
{
    size_t length = strlen(value);
    while (length > 0 && strchr(" \t\r\n", value[length - 1]))
        length--;
    bool fits = length < sizeof message->purpose;
    memcpy(message->purpose, fits ? value : "?", fits ? length : 1);
    message->purpose[fits ? length : 1] = '\0';
}

void
message_header(struct milter_session *session, const struct packet *packet)
{
    static const char *const bulk[] = {"bulk", "list", "junk", NULL};
    struct milter_message *message = &session->message;
    size_t at = 0;
    const char *name = packet_text(packet, &at), *value = packet_text(packet, &at);
    if (!name || !value)
        return;
    value += strspn(value, " \t\r\n");
    if (strcasecmp(name, "X-Avow-Purpose") == 0) {
        message->purpose_headers++;
        keep_purpose(message, value);
    } else if (strcasecmp(name, "List-Unsubscribe") == 0) {
        message->unsubscribe_headers++;
        message->bulk = true;
    } else if (strcasecmp(name, "List-Unsubscribe-Post") == 0) {
        message->post_headers++;
    } else if (strcasecmp(name, "List-Id") == 0 ||
               (strcasecmp(name, "Precedence") == 0 && is_any(value, bulk))) {
        message->bulk = true;
    }
}

/* The end -----------------------------------------------------------------------------------------
 */

/* Refuses a message whole. */
static bool
refuse_all(struct milter_session *session, const char *status, const char *sentence,
           struct replies *out)
{
    char text[SMTP_SENTENCE];
    smtp_sentence(sentence, strlen(sentence), session->message.utf8, text, sizeof text);
    log_refusal(session, "message refused", "", text, "");
    message_refuse(out, "550", status, text);
    return false;
}

static bool
exempt_may_go(struct milter_session *session, struct replies *out)
{
    const struct milter_message *message = &session->message;
    if (message->bulk)
        return refuse_all(session, "5.7.1",
                          "This calls itself mail to many (Precedence, List-Id or "
                          "List-Unsubscribe), and nobody has said what it is for: mail to many is "
                          "not exempt.",
                          out);
    if (message->kept > most_recipients(message->class))
        return refuse_all(session, "5.7.1",
                          "This has more recipients than mail that is exempt may have.", out);
    return true;
}

/* The purpose of a message: its class's, or what its header names. */
static bool
find_purpose(struct milter_session *session, avow_id *purpose, struct replies *out)
{
    const struct milter_message *message = &session->message;
    const struct mail_class *class = message->class;
    avow_store_error error = {0};
    *purpose = class->point.target;
    if (message->purpose_headers > 1)
        return refuse_all(session, "5.7.1", "It names its purpose more than once.", out);
    if (message->purpose_headers == 0 && *purpose != AVOW_NONE)
        return true;
    if (message->purpose_headers == 0)
        return refuse_all(session, "5.7.1",
                          "It does not say what it is for. Name a purpose of the policy in the "
                          "header X-Avow-Purpose.",
                          out);
    if (mail_purpose(message->generation, message->purpose, purpose, &error) != AVOW_STORE_OK)
        return refuse_all(session, "5.7.1", error.text, out);
    if (class->settings->header || *purpose == class->point.target)
        return true;
    snprintf(error.text, sizeof error.text,
             "Its header says that it is for '%.100s', but mail of the class '%.100s' is for "
             "'%.100s'.",
             message->purpose, class->settings->name, class->settings->purpose);
    return refuse_all(session, "5.7.1", error.text, out);
}

/* A class in which each message names its purpose is asked about only now. */
static bool
judge_late(struct milter_session *session, avow_id purpose, struct replies *out)
{
    struct milter_message *message = &session->message;
    struct mail_judgement judgement;
    for (size_t i = 0; i < message->recipients; i++) {
        struct milter_recipient *recipient = &message->recipient[i];
        judge(session, purpose, recipient->verbatim, &judgement);
        if (judgement.verdict == MAIL_PASS)
            continue;
        message_refuse(out, code_of(&judgement), judgement.status, judgement.sentence);
        return false;
    }
    return true;
}

/* Adds the links of the one recipient, in the place of others. */
static bool
add_links(struct milter_session *session, avow_id purpose, struct replies *out)
{
    struct milter_message *message = &session->message;
    const struct milter_recipient *one = message->recipient;
    avow_store_error error = {0};
    char *link = NULL, *value = NULL;
    size_t length;
    while (one->refused)
        one++;
    const char *address = message_address(one->verbatim, &length);
    avow_store_code code =
        people_link(message->generation, (avow_identity_text){AVOW_IDENTITY_EMAIL, address, length},
                    message->class->point.object, purpose, &link, &error);
    if (code == AVOW_STORE_NOT_FOUND) /* nobody can refuse mail about this */
        return true;
    if (code != AVOW_STORE_OK || asprintf(&value, "<%s>", link) < 0) {
        log_refusal(session, "no link to unsubscribe", one->verbatim, error.text, "");
        free(link);
        message_later(out);
        return false;
    }
    for (uint32_t i = message->unsubscribe_headers; i > 0; i--)
        reply_numbered(out, REPLY_CHANGE_HEADER, i, "List-Unsubscribe", "", NULL);
    for (uint32_t i = message->post_headers; i > 0; i--)
        reply_numbered(out, REPLY_CHANGE_HEADER, i, "List-Unsubscribe-Post", "", NULL);
    reply_packet(out, REPLY_ADD_HEADER, "List-Unsubscribe", value, NULL);
    reply_packet(out, REPLY_ADD_HEADER, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click",
                 NULL);
    free(link);
    free(value);
    return true;
}

static bool
class_may_go(struct milter_session *session, struct replies *out)
{
    struct milter_message *message = &session->message;
    avow_id purpose;
    if (!find_purpose(session, &purpose, out))
        return false;
    if (message->kept == 0) {
        /* Whoever speaks here may end a message that goes to nobody; Postfix does not. */
        if (message->refusal[0])
            reply_packet(out, REPLY_CODE, message->refusal, NULL);
        else
            message_later(out);
        return false;
    }
    if (message->kept > most_recipients(message->class))
        return refuse_all(session, "5.5.3",
                          "This mail has more than one recipient, but each gets a link of his "
                          "own, or a purpose of his own: send one message to each.",
                          out);
    if (message->class->settings->header && !judge_late(session, purpose, out))
        return false;
    return !message->class->linked || add_links(session, purpose, out);
}

void
message_end(struct milter_session *session, struct replies *out)
{
    struct milter_message *message = &session->message;
    bool may = message->class->exempt ? exempt_may_go(session, out) : class_may_go(session, out);
    if (may) {
        for (size_t i = 0; i < message->recipients; i++)
            if (message->recipient[i].refused)
                reply_packet(out, REPLY_DELETE_RECIPIENT, message->recipient[i].verbatim, NULL);
        for (uint32_t i = message->purpose_headers; i > 0; i--)
            reply_numbered(out, REPLY_CHANGE_HEADER, i, "X-Avow-Purpose", "", NULL);
        reply_packet(out, REPLY_CONTINUE, NULL);
    }
    message_forget(session);
}
