/* UTF-8 as of RFC 3629: no surrogates, nothing over U+10FFFF, shortest form only. */
#ifndef AVOW_BASE_UTF8_H
#define AVOW_BASE_UTF8_H

#include "compiler/base/text.h"

/* Offset of the first byte that is not part of valid UTF-8, or t.length. */
size_t utf8_invalid_at(struct text t);

/* Where the first byte from `at` on is that is not ASCII; the length if there is none. */
size_t utf8_past_ascii(struct text t, size_t at);

/* utf8_next for what is not ASCII. */
uint32_t utf8_next_long(struct text t, size_t *at);

/* The character at *at of valid UTF-8; moves *at behind it. */
static inline uint32_t
utf8_next(struct text t, size_t *at)
{
    unsigned char first = (unsigned char)t.data[*at];
    if (first >= 0x80)
        return utf8_next_long(t, at);
    ++*at;
    return first;
}

/* Writes c to out (4 bytes at most); gives their number. */
size_t utf8_put(uint32_t c, char *out);

/* Characters that would do something to a terminal, or to the order of what it shows. */
static inline bool
utf8_is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Columns that a terminal needs for c: 0 for combining marks and format characters, 2 for wide
 * East Asian characters and emoji, else 1. */
unsigned utf8_columns(uint32_t c);

/* Columns of a whole valid text. */
size_t utf8_width(struct text t);

#endif
