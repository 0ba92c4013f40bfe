/* A token that does not fit, and what is around it: for the wording of messages. */
#ifndef AVOW_SYNTAX_MISFIT_H
#define AVOW_SYNTAX_MISFIT_H

#include "compiler/syntax/build.h"

struct misfit {
    struct builder *build;
    const struct token *first; /* of the item */
    const struct token *at;    /* that does not fit; behind an end that was supplied, the next */
    bool ended;                /* the item ends here: with a full stop, or one that was supplied */
    bool troubled;             /* something was reported about this item before */
    struct span span;
    const char *const *wanted; /* human names of what would fit */
    size_t count;
};

struct misfit misfit_of(struct builder *build, const char *const *wanted, size_t count);

/* A token as it was written, shortened if it is long. */
struct text misfit_text(const struct misfit *misfit, const struct token *token);
/* The one that does not fit, and the one before it. */
struct text misfit_word(const struct misfit *misfit);
struct text misfit_before(const struct misfit *misfit);

bool misfit_wants(const struct misfit *misfit, const char *label);

/* An E_FORM at the token. */
void misfit_say(const struct misfit *misfit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What can stand there, without a guess of what was meant. */
void misfit_plain(const struct misfit *misfit);

/* Slips in headings and in the vocabulary: true if one was recognised and reported. */
bool slip_in_heading(struct misfit *misfit);
bool slip_in_declaration(struct misfit *misfit);

#endif
