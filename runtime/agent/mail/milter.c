#include "runtime/agent/mail/milter.h"

#include <string.h>

void
milter_begin(struct milter_session *session, struct daemon *daemon)
{
    memset(session, 0, sizeof *session);
    session->daemon = daemon;
}

void
milter_end(struct milter_session *session)
{
    message_forget(session);
}

bool
milter_is_idle(const struct milter_session *session)
{
    return !session->message.generation;
}

/* What is agreed on ------------------------------------------------------------------------------
 */

/* Only what is needed is asked for: each step less is a round trip less. */
static bool
take_options(const struct packet *packet, struct replies *out)
{
    static const struct wanted_macros macros[] = {
        {0, "{daemon_name} {daemon_port}"}, {2, "{auth_authen}"}, {5, "i"}};
    enum { VERSION = 6 };
    const uint32_t actions = ACTION_ADD_HEADERS | ACTION_CHANGE_HEADERS | ACTION_DELETE_RECIPIENTS;
    const uint32_t steps = SKIP_HELO | SKIP_BODY | SKIP_END_OF_HEADERS | SKIP_UNKNOWN | SKIP_DATA;
    const uint32_t silent = SILENT_HEADERS | SILENT_CONNECT;
    size_t at = 0;
    uint32_t version, can, may;
    if (!packet_number(packet, &at, &version) || !packet_number(packet, &at, &can) ||
        !packet_number(packet, &at, &may))
        return false;
    if (version < VERSION || (can & actions) != actions || (may & silent) != silent)
        return false;
    bool choose = (can & ACTION_MACROS) != 0;
    uint32_t numbers[3] = {VERSION, actions | (choose ? ACTION_MACROS : 0), (steps & may) | silent};
    reply_options(out, numbers, macros, choose ? sizeof macros / sizeof *macros : 0);
    return true;
}

static void
keep(char *out, size_t room, const char *value)
{
    /* What is too long is like nothing that can be configured. */
    size_t length = strlen(value);
    memcpy(out, length < room ? value : "?", length < room ? length + 1 : 2);
}

static bool
take_macros(struct milter_session *session, const struct packet *packet)
{
    size_t at = 1; /* behind the letter of the step that they are for */
    if (packet->length > 0 && packet->data[0] == PACKET_MAIL)
        session->login[0] = '\0'; /* each message says anew who has logged in */
    for (const char *name, *value; (name = packet_text(packet, &at)) != NULL;) {
        if (!(value = packet_text(packet, &at)))
            return false;
        if (strcmp(name, "{auth_authen}") == 0)
            keep(session->login, sizeof session->login, value);
        else if (strcmp(name, "{daemon_port}") == 0)
            keep(session->port, sizeof session->port, strcmp(value, "0") == 0 ? "" : value);
        else if (strcmp(name, "{daemon_name}") == 0)
            keep(session->name, sizeof session->name, value);
        else if (strcmp(name, "i") == 0)
            keep(session->queue_id, sizeof session->queue_id, value);
    }
    return packet->length > 0;
}

/* Host, family ('4', '6', 'L' or 'U'), port, address. What comes from sendmail(1) comes from no
 * port. */
static bool
take_connect(struct milter_session *session, const struct packet *packet)
{
    size_t at = 0;
    if (!packet_text(packet, &at) || at >= packet->length)
        return false;
    char family = packet->data[at];
    session->connected = true;
    session->local = false;
    if (packet->length - at >= 3 && (family == '4' || family == '6'))
        session->local = packet->data[at + 1] == 0 && packet->data[at + 2] == 0;
    return true;
}

/* Steps ------------------------------------------------------------------------------------------
 */

static bool
take_again(struct milter_session *session)
{
    struct daemon *daemon = session->daemon;
    message_forget(session);
    milter_begin(session, daemon);
    return true;
}

/* Steps of a message come only while there is one. */
static bool
take_of_message(struct milter_session *session, const struct packet *packet, struct replies *out)
{
    if (!session->message.generation)
        return false;
    if (packet->command == PACKET_RECIPIENT)
        message_recipient(session, packet, out);
    else if (packet->command == PACKET_HEADER)
        message_header(session, packet);
    else
        message_end(session, out);
    return true;
}

bool
milter_take(struct milter_session *session, const struct packet *packet, struct replies *out)
{
    switch (packet->command) {
    case PACKET_OPTIONS:
        return take_options(packet, out);
    case PACKET_MACROS:
        return take_macros(session, packet);
    case PACKET_CONNECT:
        return take_connect(session, packet);
    case PACKET_MAIL:
        if (!session->connected)
            return false;
        message_mail(session, packet, out);
        return true;
    case PACKET_RECIPIENT:
    case PACKET_HEADER:
    case PACKET_END:
        return take_of_message(session, packet, out);
    case PACKET_ABORT:
        message_forget(session);
        return true;
    case PACKET_AGAIN:
        return take_again(session);
    case PACKET_HELO:
    case PACKET_DATA:
    case PACKET_HEADERS_END:
    case PACKET_BODY:
    case PACKET_UNKNOWN:
        /* Sent by a server that cannot leave them out. */
        reply_packet(out, REPLY_CONTINUE, NULL);
        return true;
    default: /* PACKET_QUIT */
        return false;
    }
}
