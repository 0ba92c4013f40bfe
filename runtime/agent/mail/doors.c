/* The two doors for mail, as the daemon opens and closes them. */
#include "runtime/agent/mail/milter.h"
#include "runtime/agent/mail/netstring.h"
#include "runtime/agent/mail/socketmap.h"
#include "runtime/agent/mail/wire.h"

#include <stdlib.h>
#include <string.h>

/* The milter -------------------------------------------------------------------------------------
 */

struct buffer {
    char *bytes;
    size_t from, to, room; /* what was read and not yet taken; one byte more is kept free */
};

/* Makes room for more behind what is there. */
static bool
make_room(struct buffer *buffer)
{
    enum { FIRST = 8192 };
    if (buffer->from > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->from, buffer->to - buffer->from);
        buffer->to -= buffer->from;
        buffer->from = 0;
    }
    if (buffer->room > buffer->to + 1)
        return true;
    size_t room = buffer->room ? 2 * buffer->room : FIRST;
    char *more = room <= 4 * (size_t)PACKET_MAX ? realloc(buffer->bytes, room) : NULL;
    if (!more)
        return false;
    buffer->bytes = more;
    buffer->room = room;
    return true;
}

/* Every whole packet that was read; false ends the connection. */
static bool
take_packets(struct milter_session *session, struct buffer *buffer, struct replies *out)
{
    for (;;) {
        struct packet packet;
        size_t whole;
        char behind;
        enum packet_found found = packet_find(buffer->bytes + buffer->from,
                                              buffer->to - buffer->from, &packet, &whole, &behind);
        if (found != PACKET_WHOLE)
            return found == PACKET_PART;
        bool more = milter_take(session, &packet, out);
        buffer->bytes[buffer->from + whole] = behind;
        buffer->from += whole;
        if (!more)
            return false;
    }
}

static void
serve_milter(struct wire_link *link, struct daemon *daemon)
{
    struct milter_session session;
    struct replies replies = {0};
    struct buffer buffer = {0};
    bool more = true;
    milter_begin(&session, daemon);
    while (more && make_room(&buffer)) {
        size_t got = wire_read(link, buffer.bytes + buffer.to, buffer.room - buffer.to - 1,
                               milter_is_idle(&session));
        if (got == 0)
            break;
        buffer.to += got;
        more = take_packets(&session, &buffer, &replies);
        if (replies.failed || !wire_write(link, replies.bytes, replies.length))
            break;
        replies.length = 0;
    }
    milter_end(&session);
    replies_free(&replies);
    free(buffer.bytes);
}

/* The socketmap ----------------------------------------------------------------------------------
 */

static bool
answer_one(struct wire_link *link, struct daemon *daemon, const char *request, size_t length)
{
    char reply[SOCKETMAP_REPLY], framed[SOCKETMAP_REPLY + 16];
    uint64_t began = metrics_now();
    size_t count = socketmap_answer(daemon, request, length, reply);
    metrics_time(daemon->metrics, TIME_SOCKETMAP, metrics_now() - began);
    int head = snprintf(framed, sizeof framed, "%zu:", count);
    memcpy(framed + head, reply, count);
    framed[(size_t)head + count] = ',';
    return wire_write(link, framed, (size_t)head + count + 1);
}

static void
serve_socketmap(struct wire_link *link, struct daemon *daemon)
{
    char bytes[SOCKETMAP_REQUEST + 16];
    size_t length = 0;
    for (;;) {
        const char *text;
        size_t text_length, whole;
        enum netstring_found found =
            netstring_find(bytes, length, SOCKETMAP_REQUEST, &text, &text_length, &whole);
        if (found == NETSTRING_BAD)
            return;
        if (found == NETSTRING_PART) {
            size_t got = wire_read(link, bytes + length, sizeof bytes - length, length == 0);
            if (got == 0)
                return;
            length += got;
            continue;
        }
        if (!answer_one(link, daemon, text, text_length))
            return;
        memmove(bytes, bytes + whole, length - whole);
        length -= whole;
    }
}

/* Doors ------------------------------------------------------------------------------------------
 */

static avow_store_code
open_milter(struct daemon *daemon, const struct config *config, void **state,
            avow_store_error *error)
{
    struct wire *wire = NULL;
    avow_store_code code = AVOW_STORE_OK;
    if (config->mail.given && config->mail.milter)
        code = wire_open(config->mail.milter, &config->mail, daemon, serve_milter, &wire, error);
    *state = wire;
    return code;
}

static avow_store_code
open_socketmap(struct daemon *daemon, const struct config *config, void **state,
               avow_store_error *error)
{
    struct wire *wire = NULL;
    avow_store_code code = AVOW_STORE_OK;
    if (config->mail.given && config->mail.socketmap)
        code =
            wire_open(config->mail.socketmap, &config->mail, daemon, serve_socketmap, &wire, error);
    *state = wire;
    return code;
}

static avow_store_code
start(void *state, avow_store_error *error)
{
    return wire_start(state, error);
}

static void
stop(void *state, long seconds)
{
    wire_stop(state, seconds);
}

const struct door_ops milter_door = {"milter", open_milter, start, stop};
const struct door_ops socketmap_door = {"socketmap", open_socketmap, start, stop};
