/* The tokens of one file: what flex found, and two passes over it before bison reads it. */
#ifndef AVOW_SYNTAX_TOKENS_H
#define AVOW_SYNTAX_TOKENS_H

#include "compiler/syntax/tree.h"
#include "grammar/policy.tab.h"

/* What is known of a token besides its kind. */
enum {
    LINE_START = 1,   /* the first of its line */
    STOP_BEFORE = 2,  /* the full stop before it is missing and was supplied */
    COLON_BEFORE = 4, /* the colon of the heading before it, likewise */
    TROUBLED = 8      /* something was reported here: a second message would be noise */
};

struct token {
    uint32_t begin, end; /* bytes of the source; of a line of prose: the text behind the mark */
    uint16_t kind;       /* TOKEN_NAME ..., of policy.y */
    uint8_t flags;
};

/* More than this in one file are refused: it keeps the memory in bounds. */
enum { TOKENS_MAX = 1 << 24 };

/* The last one is TOKEN_END, at the end of the text; it carries what is missing before it.
 */
struct tokens {
    struct token *at;
    size_t count;
};

/* The tokens of a source from an offset on, as they stand there. */
struct tokens tokens_scan(struct arena *arena, const struct sources *sources, uint32_t source,
                          uint32_t from, struct diagnostics *diagnostics);

/* The same, ready for the grammar: unreadable characters are reported and taken out, commas before
 * the words that need none are taken out, missing full stops are reported and supplied. */
struct tokens tokens_read(struct arena *arena, const struct sources *sources, uint32_t source,
                          uint32_t from, struct diagnostics *diagnostics);

static inline struct span
token_span(uint32_t source, struct token token)
{
    return (struct span){source, token.begin, token.end};
}

/* Words that are reserved everywhere. */
bool token_is_reserved(unsigned kind);
/* Words, which may be meant as part of a name. */
bool token_is_letters(unsigned kind);

/* Text between the marks of a quoted token, whichever they are. */
struct text token_quoted(struct text written);

#endif
