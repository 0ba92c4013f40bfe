/* The prose of one clause while it is read. Its lines are joined to one text ("raw"); what cmark
 * must not see as it stands (holes, and signs that begin what the page does not take) is replaced
 * by marks in a second text ("masked"), which is parsed as Markdown. A mark is U+FDD0, its number
 * in hexadecimal digits U+FDD1..U+FDE0, and U+FDE1: noncharacters, which no source may contain. */
#ifndef AVOW_MODEL_PROSE_H
#define AVOW_MODEL_PROSE_H

#include "compiler/model/deadlines.h"
#include "compiler/model/internal.h"

enum {
    PROSE_MAX = 256 * 1024, /* bytes of one clause's prose */
    HOLE_MAX = 1024,        /* bytes between braces */
    NESTING_MAX = 32        /* of lists, quotes, emphasis ... */
};

enum mark_kind {
    MARK_HOLE,
    MARK_LESS,      /* "<", which could begin HTML */
    MARK_BANG,      /* "!" before "[", an image */
    MARK_COLON,     /* ":" behind "]", a link definition */
    MARK_AMPERSAND, /* "&" before "#", a character by its number */
    MARK_KINDS
};

struct mark {
    enum mark_kind kind;
    uint32_t hole;                   /* of HOLE: index into holes */
    uint32_t begin, end;             /* in raw, braces included */
    uint32_t words_begin, words_end; /* of HOLE: the author's own words in raw; empty if none */
};

struct prose_piece { /* a line of raw */
    uint32_t raw;
    struct span source;
};

struct prose {
    struct draft *draft;
    uint32_t clause;
    struct deadlines *deadlines;
    bool duties_lost;     /* errors before may have cost the policy a duty */
    size_t errors_before; /* any of them may have cost it a rule */
    size_t tables;        /* so far */
    struct text raw;
    VECTOR(struct prose_piece) lines;
    struct buffer masked;
    VECTOR(uint32_t) masked_lines; /* a line of masked -> index into lines */
    VECTOR(struct mark) marks;
    VECTOR(struct hole) holes;
    struct buffer pending, run, words; /* scratch of those who read the clause */
};

/* The source's span of bytes begin..end of raw. */
struct span prose_span(const struct prose *prose, size_t begin, size_t end);

/* Reads the hole that begins at raw[begin] (a single brace): enters hole and mark and gives the
 * offset behind it; 0 if no brace closes it. What is wrong with the hole is reported. */
size_t hole_read(struct prose *prose, size_t begin);

/* What was meant as a hole: braces at raw[at] that are doubled, a bracket, a brace alone. */
void doubled_brace_check(const struct prose *prose, size_t at);
void bracket_check(const struct prose *prose, size_t at);
void lone_brace_report(const struct prose *prose, size_t at);
/* “{back office}” where back-office is declared: true after a report. begin and end are those of
 * what stands between the braces. */
bool joined_hole_report(const struct prose *prose, size_t begin, size_t end);

/* Parses masked: the first block, or NULL. What the page does not take is reported. */
const struct node *markdown_read(struct prose *prose);

/* The nodes as plain text, in a scratch buffer. */
struct text markdown_words(struct prose *prose, const struct node *first);

/* Reports numbers, dates and addresses that were typed by hand. */
void typed_numbers_find(const struct prose *prose);

#endif
