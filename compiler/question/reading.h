/* A question that is being read: shared by read.c (what is asked) and given.c (what is given). */
#ifndef AVOW_QUESTION_READING_H
#define AVOW_QUESTION_READING_H

#include "compiler/model/givens.h"
#include "compiler/question/question.h"

struct reading {
    const struct model *model;
    const struct phrases *phrases;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct words words;
    struct span whole;
    size_t next, end; /* words that are still to be read */
    struct asked *asked;
};

static inline bool
reading_done(const struct reading *r)
{
    return r->next >= r->end;
}

/* Whether the next word is one of a row (see word_is). */
static inline bool
reading_at(const struct reading *r, const char *const *row)
{
    return !reading_done(r) && word_is(&r->words.at[r->next], row);
}

static inline bool
reading_skip(struct reading *r, const char *const *row)
{
    bool there = reading_at(r, row);
    r->next += there;
    return there;
}

/* Reads the date that the next word is, and the time of day that may follow it; moves behind them.
 * False if it is no date, or there is no such time: then *next is behind that. */
bool moment_read(struct words words, size_t *next, struct moment *moment);

/* Reads the conditions behind "if": states, facts, and what was received or happened, up to the
 * end. False after a report. */
bool reading_given(struct reading *r);

#endif
