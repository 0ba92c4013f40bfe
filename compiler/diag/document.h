/* JSON as it is written: indented, members in the order in which they are given. */
#ifndef AVOW_DIAG_DOCUMENT_H
#define AVOW_DIAG_DOCUMENT_H

#include "compiler/base/buffer.h"

struct document {
    struct buffer *out;
    unsigned depth;
    bool any; /* what is open has a member already */
};

static inline struct document
document_in(struct buffer *out)
{
    return (struct document){out, 0, false};
}

/* In an object every value has a key; in an array, and for the whole document, it is NULL. What is
 * opened is closed again. A line end follows the document. */
void document_open_object(struct document *document, const char *key);
void document_close_object(struct document *document);
void document_open_array(struct document *document, const char *key);
void document_close_array(struct document *document);

/* A string: bytes that are no UTF-8 become U+FFFD, and what would do something to a terminal is
 * escaped. */
void document_text(struct document *document, const char *key, struct text value);
void document_number(struct document *document, const char *key, uint64_t value);
void document_bool(struct document *document, const char *key, bool value);

#endif
