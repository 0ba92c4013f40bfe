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

/* The kind word, or “clause”, that declares a name somewhere in the file; NULL if none does. */
const struct token *misfit_declared(const struct misfit *misfit, struct text name);

/* The words of a row of tokens, joined with hyphens and in small letters. */
struct text misfit_joined(const struct misfit *misfit, const struct token *first,
                          const struct token *last);

/* Says that a row of tokens (two at least) is to be one name; declare: which is not declared yet.
 * From then on it counts as declared. */
void misfit_several(const struct misfit *misfit, const struct token *first,
                    const struct token *last, bool declare);

/* Slips in names, words, times, headings and the vocabulary: true if one was recognised and
 * reported. */
bool slip_in_name(struct misfit *misfit);
bool slip_in_row(struct misfit *misfit);
bool slip_synonym(struct misfit *misfit);
bool slip_in_time(struct misfit *misfit);
bool slip_in_heading(struct misfit *misfit);
bool slip_in_declaration(struct misfit *misfit);

#endif
