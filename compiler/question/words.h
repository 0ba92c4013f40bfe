/* A question as a row of words, and words as they are compared: without capitals, articles,
 * plurals. */
#ifndef AVOW_QUESTION_WORDS_H
#define AVOW_QUESTION_WORDS_H

#include "compiler/diag/diag.h"

struct word {
    struct text text; /* in small letters, without the marks around it */
    struct span span;
    bool comma; /* a comma or semicolon stands before it */
};

struct words {
    const struct word *at;
    size_t count;
};

/* The words of a text that is the source at `span.begin` on: blanks and marks part them. */
struct words words_of(struct arena *arena, struct text text, struct span span);

/* From the begin of word a to the end of word b - 1. */
struct span words_span(struct words words, size_t a, size_t b);

/* Words a to b - 1 as they are compared: in their ground form, without articles, parted by one
 * blank. Hyphens and dots part words too. */
struct text words_key(struct arena *arena, struct words words, size_t a, size_t b);

/* The same of a name or label. */
struct text text_key(struct arena *arena, struct text text);

/* Whether a word is one of those in a row that ends with NULL. */
bool word_is(const struct word *word, const char *const *row);

#endif
