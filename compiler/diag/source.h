/* The texts that spans point into. */
#ifndef AVOW_DIAG_SOURCE_H
#define AVOW_DIAG_SOURCE_H

#include "compiler/base/vector.h"

/* Bytes begin..end (end not included) of one source; begin == end is a place between two bytes. */
struct span {
    uint32_t source; /* index into sources */
    uint32_t begin;
    uint32_t end;
};

/* One file as it was read: valid UTF-8 without NUL, at most SOURCE_MAX bytes. */
struct source {
    struct text path; /* as the user named it: shown in messages, never opened again */
    struct text text;
    uint32_t before; /* lines of path before this text, where it is a part of that file */
    bool is_marked;  /* a byte order mark stands before the text */
    bool is_file;    /* read from path: not standard input, not compiled in, not given as text */
    VECTOR(uint32_t) lines; /* offsets at which lines begin; the first is 0 */
    /* For columns in endless lines: the characters before every SOURCE_STRIDE-th byte, and of these
     * the ones that take two units in UTF-16. */
    uint32_t *characters, *wide;
};

enum { SOURCE_MAX = 64 * 1024 * 1024, SOURCE_STRIDE = 4096 };

struct sources {
    VECTOR(struct source) list;
};

/* Adds a source and finds its lines; gives its index. The texts are not copied. */
uint32_t sources_add(struct arena *arena, struct sources *sources, struct text path,
                     struct text text);

struct place {
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in characters */
};

/* Line and column of the byte at an offset. */
struct place source_place(const struct source *source, uint32_t offset);

/* The column of the byte at an offset, from 1, in units of UTF-16, as editors count them: what lies
 * outside the basic plane takes two. */
uint32_t source_utf16_column(const struct source *source, uint32_t offset);

/* The bytes of a line (from 1) without its line end. */
struct text source_line(const struct source *source, uint32_t line);

static inline struct text
span_text(const struct sources *sources, struct span span)
{
    return (struct text){sources->list.at[span.source].text.data + span.begin,
                         span.end - span.begin};
}

/* From the begin of a to the end of b. */
static inline struct span
span_join(struct span a, struct span b)
{
    return (struct span){a.source, a.begin, b.end};
}

/* Whether something stands there: a part that is absent has an empty span. */
static inline bool
span_given(struct span span)
{
    return span.end > span.begin;
}

#endif
