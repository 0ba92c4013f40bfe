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
    VECTOR(struct cube) cubes; /* scratch of prohibitions_leave */
};

/* The place of the sentence that a rule or duty was written in. */
static inline struct span
sentence_place(const struct model *model, uint32_t sentence)
{
    return model->sentences[sentence].tree->span;
}

/* Whether the prohibitions leave any state within `when` in which the point is not forbidden.
 * FOUND: they do. NONE: *first is the first of them in page order, NONE if the states exclude one
 * another. Steps are counted down, as in states.h. */
enum search_result prohibitions_leave(struct checking *checking, struct point point,
                                      struct cube when, size_t *steps, uint32_t *first);

void check_allowances(struct checking *checking);
void check_bases(struct checking *checking);
void check_impossible_duties(struct checking *checking);
void check_keeping(struct checking *checking);
void check_clocks(struct checking *checking);
void check_examples(struct checking *checking);
void check_dead_permissions(struct checking *checking);

#endif
