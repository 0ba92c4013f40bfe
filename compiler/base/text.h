/* A run of bytes with its length. Never NUL-terminated by contract; the bytes belong to whoever
 * made them (the source file, or an arena) and outlive every text that points at them. */
#ifndef AVOW_BASE_TEXT_H
#define AVOW_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *data;
    size_t length;
};

/* A text from a string literal, and from nothing else: the empty literal beside it sees to that. */
#define TEXT(literal) ((struct text){"" literal, sizeof("" literal) - 1})

/* For printf: "%.*s", TEXT_ARGS(t). */
#define TEXT_ARGS(t) (int)(t).length, (t).data

static inline struct text
text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

static inline bool
text_equal(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* ASCII letters only; every other byte must be the same. */
bool text_equal_folded(struct text a, struct text b);

/* Byte order, a prefix before the longer text: <0, 0, >0. */
int text_compare(struct text a, struct text b);

static inline bool
text_starts(struct text t, struct text prefix)
{
    return t.length >= prefix.length && memcmp(t.data, prefix.data, prefix.length) == 0;
}

/* Without leading and trailing spaces, tabs, carriage returns and line feeds. */
struct text text_trim(struct text t);

/* A 64-bit hash (eight bytes at a time, multiplied), for tables in memory only: it is not the same
 * in every version or on every machine, and not safe against chosen keys beyond what the bounded
 * table sizes allow. */
uint64_t text_hash(struct text t);

/* Edits (insert, delete, replace, swap of neighbours) from a to b, or limit + 1 when there are
 * more than limit. Bytes, not characters. Texts over 64 bytes are never near. */
unsigned text_distance(struct text a, struct text b, unsigned limit);

#endif
