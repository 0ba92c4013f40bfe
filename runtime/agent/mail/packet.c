#include "runtime/agent/mail/packet.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Reading ------------------------------------------------------------------------------------ */

static uint32_t
number_at(const char *bytes)
{
    const uint8_t *at = (const uint8_t *)bytes;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

enum packet_found
packet_find(char *bytes, size_t length, struct packet *packet, size_t *whole, char *behind)
{
    if (length < 4)
        return PACKET_PART;
    uint32_t size = number_at(bytes);
    if (size == 0 || size > PACKET_MAX)
        return PACKET_BAD;
    if (length - 4 < size)
        return PACKET_PART;
    *whole = (size_t)size + 4;
    *behind = bytes[*whole];
    bytes[*whole] = '\0';
    *packet = (struct packet){(uint8_t)bytes[4], bytes + 5, size - 1};
    return PACKET_WHOLE;
}

const char *
packet_text(const struct packet *packet, size_t *at)
{
    if (*at >= packet->length)
        return NULL;
    const char *text = packet->data + *at;
    const char *end = memchr(text, '\0', packet->length - *at);
    if (!end)
        return NULL;
    *at += (size_t)(end - text) + 1;
    return text;
}

bool
packet_number(const struct packet *packet, size_t *at, uint32_t *out)
{
    if (*at > packet->length || packet->length - *at < 4)
        return false;
    *out = number_at(packet->data + *at);
    *at += 4;
    return true;
}

/* Writing ------------------------------------------------------------------------------------ */

static void
put(struct replies *replies, const void *bytes, size_t length)
{
    if (replies->room - replies->length < length) {
        size_t room = 2 * (replies->length + length) + 256;
        char *more = replies->failed ? NULL : realloc(replies->bytes, room);
        if (!more) {
            replies->failed = true;
            return;
        }
        replies->bytes = more;
        replies->room = room;
    }
    memcpy(replies->bytes + replies->length, bytes, length);
    replies->length += length;
}

static void
put_number(struct replies *replies, uint32_t number)
{
    uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                        (uint8_t)number};
    put(replies, bytes, sizeof bytes);
}

/* A packet is begun with its length as it will be. */
static void
begin(struct replies *replies, size_t data, int letter)
{
    put_number(replies, (uint32_t)(data + 1));
    char sign = (char)letter;
    put(replies, &sign, 1);
}

static size_t
length_of(va_list texts)
{
    size_t length = 0;
    for (const char *text; (text = va_arg(texts, const char *)) != NULL;)
        length += strlen(text) + 1;
    return length;
}

static void
put_texts(struct replies *replies, va_list texts)
{
    for (const char *text; (text = va_arg(texts, const char *)) != NULL;)
        put(replies, text, strlen(text) + 1);
}

void
reply_packet(struct replies *replies, int letter, ...)
{
    va_list texts;
    va_start(texts, letter);
    begin(replies, length_of(texts), letter);
    va_end(texts);
    va_start(texts, letter);
    put_texts(replies, texts);
    va_end(texts);
}

void
reply_numbered(struct replies *replies, char letter, uint32_t number, ...)
{
    va_list texts;
    va_start(texts, number);
    begin(replies, 4 + length_of(texts), letter);
    va_end(texts);
    put_number(replies, number);
    va_start(texts, number);
    put_texts(replies, texts);
    va_end(texts);
}

void
reply_options(struct replies *replies, const uint32_t numbers[3],
              const struct wanted_macros *macros, size_t count)
{
    size_t length = 12;
    for (size_t i = 0; i < count; i++)
        length += 4 + strlen(macros[i].names) + 1;
    begin(replies, length, PACKET_OPTIONS);
    for (int i = 0; i < 3; i++)
        put_number(replies, numbers[i]);
    for (size_t i = 0; i < count; i++) {
        put_number(replies, macros[i].step);
        put(replies, macros[i].names, strlen(macros[i].names) + 1);
    }
}

void
replies_free(struct replies *replies)
{
    free(replies->bytes);
    *replies = (struct replies){0};
}
