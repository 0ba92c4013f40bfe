#include "runtime/store/emit.h"
#include "runtime/store/fault.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

/* Room for more bytes and a NUL; NULL if there is none. */
static char *
room_for(struct emit *out, size_t more)
{
    size_t needed = out->length + more + 1;
    if (out->failed || needed < more)
        return NULL;
    if (needed > out->room) {
        size_t room = needed < 512 ? 512 : needed + needed / 2;
        char *text = realloc(out->text, room);
        out->failed = !text;
        if (!text)
            return NULL;
        out->text = text;
        out->room = room;
    }
    return out->text + out->length;
}

void
emit_raw(struct emit *out, const char *bytes, size_t length)
{
    char *at = room_for(out, length);
    if (!at)
        return;
    memcpy(at, bytes, length);
    out->length += length;
}

/* The comma before a member, and its name. */
static void
start(struct emit *out, const char *name)
{
    if (out->started)
        emit_raw(out, ",", 1);
    out->started = true;
    if (!name)
        return;
    emit_raw(out, "\"", 1);
    emit_raw(out, name, strlen(name));
    emit_raw(out, "\":", 2);
}

void
emit_begin(struct emit *out)
{
    out->length = 0;
    out->bad = NULL;
    out->failed = out->started = false;
    emit_open(out, NULL, '{');
}

avow_store_code
emit_end(struct emit *out, avow_store_error *error)
{
    emit_close(out, '}');
    if (out->failed || !room_for(out, 0))
        return fault_memory(error);
    out->text[out->length] = '\0';
    if (out->bad)
        return fault(error, AVOW_STORE_INPUT,
                     "The %s is not in UTF-8, so nobody could read it later. Nothing was recorded; "
                     "give it in UTF-8.",
                     out->bad);
    return AVOW_STORE_OK;
}

void
emit_free(struct emit *out)
{
    free(out->text);
    *out = (struct emit){0};
}

void
emit_open(struct emit *out, const char *name, char bracket)
{
    start(out, name);
    emit_raw(out, &bracket, 1);
    out->started = false;
}

void
emit_close(struct emit *out, char bracket)
{
    emit_raw(out, &bracket, 1);
    out->started = true;
}

/* Writes one byte in the one way it has: as it is, or escaped. Gives the end. */
static char *
escape(char *at, unsigned char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (const char *pair = shorts; *pair; pair += 2)
        if ((unsigned char)*pair == c) {
            *at++ = '\\';
            *at++ = pair[1];
            return at;
        }
    if (c < 0x20)
        return at + sprintf(at, "\\u%04x", c);
    *at++ = (char)c;
    return at;
}

/* How many bytes stand before the first that is escaped. */
static size_t
plain(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (unsigned char)text[i] >= 0x20 && text[i] != '"' && text[i] != '\\')
        i++;
    return i;
}

void
emit_bytes(struct emit *out, const char *name, const char *text, size_t length)
{
    if (!text)
        return;
    if (u8_check((const uint8_t *)text, length) && !out->bad)
        out->bad = name ? name : "text";
    start(out, name);
    char *at = length > SIZE_MAX / 8 ? NULL : room_for(out, 6 * length + 2);
    if (!at) {
        out->failed = true;
        return;
    }
    *at++ = '"';
    for (size_t i = 0; i < length;) {
        size_t run = plain(text + i, length - i);
        memcpy(at, text + i, run);
        at += run;
        i += run;
        if (i < length)
            at = escape(at, (unsigned char)text[i++]);
    }
    *at++ = '"';
    out->length = (size_t)(at - out->text);
}

void
emit_text(struct emit *out, const char *name, const char *text)
{
    emit_bytes(out, name, text, text ? strlen(text) : 0);
}

void
emit_number(struct emit *out, const char *name, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, number);
    start(out, name);
    emit_raw(out, digits, (size_t)length);
}

void
emit_hex(struct emit *out, const char *name, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    start(out, name);
    char *at = room_for(out, 2 * count + 2);
    if (!at)
        return;
    *at++ = '"';
    for (size_t i = 0; i < count; i++) {
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at++ = '"';
    out->length += 2 * count + 2;
}

void
emit_true(struct emit *out, const char *name)
{
    start(out, name);
    emit_raw(out, "true", 4);
}

void
emit_member(struct emit *out, const char *name, const char *json, size_t length)
{
    start(out, name);
    emit_raw(out, json, length);
}
