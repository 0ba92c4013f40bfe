/* What the checks share. Each file of this room is one concern; check.c has the table. */
#ifndef AVOW_CHECK_INTERNAL_H
#define AVOW_CHECK_INTERNAL_H

#include "compiler/check/check.h"

struct checking {
    const struct model *model;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* The place of the sentence that a rule or duty was written in. */
static inline struct span
sentence_place(const struct model *model, uint32_t sentence)
{
    return model->sentences[sentence].tree->span;
}

void check_allowances(struct checking *checking);
void check_bases(struct checking *checking);
void check_clocks(struct checking *checking);
void check_examples(struct checking *checking);
void check_dead_permissions(struct checking *checking);

#endif
