/* The wide index of a verb, in two steps: how each rule names its points (keys.c), and the hash
 * table of what is named (wide.c). */
#ifndef AVOW_TABLE_WIDE_H
#define AVOW_TABLE_WIDE_H

#include "compiler/table/build.h"

/* A way to name some leaves of an axis: all of it, one leaf, or a group. */
struct term {
    uint32_t level; /* LEVEL_ANY, LEVEL_LEAF, or LEVEL_GROUP + depth of the group */
    uint32_t node;  /* see enum slot_word */
    struct interval leaves;
};

/* What one rule is entered under: every combination of a term from each axis. */
struct keys {
    VECTOR(struct term) terms[AXES];
    bool exact[AXES]; /* the terms have no leaf that the rule's set does not have */
};

/* At most so many combinations for a rule, in proportion to the names it was written with: a rule
 * over many names of several axes is entered under those of one, and tested for the others. */
void keys_of(struct build *build, const struct verb_rules *rules, const struct rule *rule,
             struct keys *keys);

/* The term of an axis that holds all of this one at another level, or NULL-like node TABLE_NONE. */
struct term term_at(const struct build *build, struct interval axis, struct term term,
                    uint32_t level);

uint32_t group_node(const struct model *model, uint32_t symbol);

/* The groups of a leaf, outermost first; gives their number. */
uint32_t path_of(const struct model *model, uint32_t leaf, uint32_t symbols[TABLE_PATH_MAX]);

#endif
