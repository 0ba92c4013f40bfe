/* A growing string in an arena, for output and messages. */
#ifndef AVOW_BASE_BUFFER_H
#define AVOW_BASE_BUFFER_H

#include "compiler/base/arena.h"

/* Takes what a buffer has, in pieces. */
struct sink {
    void (*take)(struct sink *sink, struct text piece);
};

struct buffer {
    struct arena *arena;
    char *data;
    size_t length;
    size_t room;
    struct sink *sink; /* NULL: all of it stays in the buffer */
};

static inline struct buffer
buffer_in(struct arena *arena)
{
    return (struct buffer){arena, NULL, 0, 0, NULL};
}

/* Makes room for more bytes behind what is there, and gives their place; counts nothing yet. */
char *buffer_room(struct buffer *buffer, size_t more);

static inline void
buffer_char(struct buffer *buffer, char c)
{
    if (buffer->length == buffer->room)
        (void)buffer_room(buffer, 1);
    buffer->data[buffer->length++] = c;
}

void buffer_add(struct buffer *buffer, struct text t);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The text between quotation marks, with a backslash before those and backslashes in it, and "\n"
 * for a line end, in whichever form: one line, from which the text can be had back. */
void buffer_quoted(struct buffer *buffer, struct text t);
/* Two hexadecimal digits a byte. */
void buffer_hex(struct buffer *buffer, const uint8_t *bytes, size_t count);
/* count times c. */
void buffer_fill(struct buffer *buffer, char c, size_t count);

/* What is in it now is finished: nobody looks back at it. A buffer with a sink passes it on when it
 * is enough to be worth that, so that a large file is never in memory as a whole. */
void buffer_settle(struct buffer *buffer);
/* Passes on all that is left. */
void buffer_finish(struct buffer *buffer);

/* What is in it now; holds until the next addition. */
static inline struct text
buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->data, buffer->length};
}

#define buffer_string(buffer, literal) buffer_add((buffer), TEXT(literal))

#endif
