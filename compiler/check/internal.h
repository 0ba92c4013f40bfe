/* What the checks share. Each file of this room is one concern; check.c has the table. */
#ifndef AVOW_CHECK_INTERNAL_H
#define AVOW_CHECK_INTERNAL_H

#include "compiler/check/check.h"
#include "compiler/check/reach.h"
#include "compiler/check/states.h"

struct checking {
    const struct model *model;
    const struct reach *reach; /* of its rules */
    struct arena *arena;
    struct diagnostics *diagnostics;
    bool *faulty;              /* sentences with an error: no warning goes along with it */
    VECTOR(struct cube) cubes; /* scratch of prohibitions_leave */
};

/* The place of the sentence that a rule or duty was written in. */
static inline struct span
sentence_place(const struct model *model, uint32_t sentence)
{
    return model->sentences[sentence].tree->span;
}

/* Whether the prohibitions leave any state within `when` in which the point is not forbidden.
 * FOUND: they do. NONE: *first is the first of them in page order, of those that cover every state
 * by themselves if there are any; NONE if the states exclude one
 * another. Steps are counted down, as in states.h. */
enum search_result prohibitions_leave(struct checking *checking, struct point point,
                                      struct cube when, size_t *steps, uint32_t *first);

/* “a”, “b” and 3 more: the clauses of a list, as a message names them. */
struct text clauses_quoted(struct checking *checking, const uint32_t *clauses, size_t count);
/* a, b and c: the same as they are written in a sentence. */
struct text clauses_written(struct checking *checking, const uint32_t *clauses, size_t count);

/* “order.email”, “photo” and 3 more: the names of a set, a group for all of its members. */
struct naming {
    struct text quoted, first;
    bool several;
};
struct naming set_quoted(struct checking *checking, struct set set);

/* Whether a sentence says “subject to” a clause. */
static inline bool
sentence_acknowledges(const struct sentence_model *sentence, uint32_t clause)
{
    for (size_t i = 0; i < sentence->subject_to_count; i++)
        if (sentence->subject_to[i] == clause)
            return true;
    return false;
}

void check_allowances(struct checking *checking);
void check_bases(struct checking *checking);
/* Reads the word at or behind a place of a text; false if there is none. */
bool words_next(struct text text, size_t *at, struct text *word);

/* Whether what a permission sends goes to somebody in a place where a prohibition lets it not be
 * stored, whatever the states. */
bool goes_where_forbidden(const struct model *model, const struct rule *permission,
                          const struct rule *prohibition);

void check_business_days(struct checking *checking);
void check_redundant(struct checking *checking);
void check_unused(struct checking *checking);
void check_recipient_places(struct checking *checking);
void check_lifecycle(struct checking *checking);
void check_kept_states(struct checking *checking);
void check_shown_unshared(struct checking *checking);
void check_words(struct checking *checking);
void check_unpublished(struct checking *checking);
void check_untouched(struct checking *checking);
void check_conflicts(struct checking *checking);
void check_stale(struct checking *checking);
void check_impossible_duties(struct checking *checking);
void check_keeping(struct checking *checking);
void check_clocks(struct checking *checking);
void check_notice(struct checking *checking);
void check_examples(struct checking *checking);
void check_dead_permissions(struct checking *checking);

#endif
