#include "compiler/base/buffer.h"

#include "compiler/base/format.h"

#include <stdarg.h>

char *
buffer_room(struct buffer *buffer, size_t more)
{
    if (more > SIZE_MAX / 4 - buffer->length)
        longjmp(buffer->arena->out_of_memory, 1);
    size_t need = buffer->length + more;
    if (need > buffer->room) {
        size_t room = buffer->room < 64 ? 128 : buffer->room * 2;
        if (room < need)
            room = need;
        buffer->data = arena_grow(buffer->arena, buffer->data, buffer->room, room);
        buffer->room = room;
    }
    return buffer->data + buffer->length;
}

void
buffer_add(struct buffer *buffer, struct text t)
{
    if (t.length == 0)
        return;
    if (t.length > buffer->room - buffer->length)
        (void)buffer_room(buffer, t.length);
    memcpy(buffer->data + buffer->length, t.data, t.length);
    buffer->length += t.length;
}

void
buffer_finish(struct buffer *buffer)
{
    if (!buffer->sink || buffer->length == 0)
        return;
    buffer->sink->take(buffer->sink, buffer_text(buffer));
    buffer->length = 0;
}

void
buffer_settle(struct buffer *buffer)
{
    enum { ENOUGH = 64 * 1024 };
    if (buffer->length >= ENOUGH)
        buffer_finish(buffer);
}

void
buffer_quoted(struct buffer *buffer, struct text t)
{
    size_t from = 0;
    buffer_char(buffer, '"');
    for (size_t i = 0; i < t.length; i++) {
        char c = t.data[i];
        if ((unsigned char)c > '\\') /* most characters: small letters */
            continue;
        bool windows = c == '\r' && i + 1 < t.length && t.data[i + 1] == '\n';
        if (c != '"' && c != '\\' && c != '\n' && !windows)
            continue;
        buffer_add(buffer, (struct text){t.data + from, i - from});
        if (windows)
            c = t.data[++i];
        buffer_char(buffer, '\\');
        buffer_char(buffer, c == '\n' ? 'n' : c);
        from = i + 1;
    }
    if (from < t.length)
        buffer_add(buffer, (struct text){t.data + from, t.length - from});
    buffer_char(buffer, '"');
}

void
buffer_hex(struct buffer *buffer, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        buffer_char(buffer, digits[bytes[i] >> 4]);
        buffer_char(buffer, digits[bytes[i] & 15]);
    }
}

void
buffer_fill(struct buffer *buffer, char c, size_t count)
{
    if (count == 0)
        return;
    memset(buffer_room(buffer, count), c, count);
    buffer->length += count;
}

void
buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    char *place = buffer_room(buffer, 64);
    size_t left = buffer->room - buffer->length;
    size_t length = format_print(place, left, format, arguments);
    va_end(arguments);
    if (length >= left)
        format_print(buffer_room(buffer, length + 1), length + 1, format, again);
    va_end(again);
    buffer->length += length;
}
