/* One vocabulary out of two. Each leaf of either policy has a place; what both have shares one. The
 * places of a kind stand together: first those of the new policy, in its order, then those that
 * only the old one has. States and facts are counted through likewise. */
#ifndef AVOW_COMPARE_COMMON_H
#define AVOW_COMPARE_COMMON_H

#include "compiler/compare/compare.h"

enum { STATES_MOST = 128 }; /* 64 of each policy */

struct side {
    const struct model *model;
    uint32_t *place;      /* of a leaf */
    uint32_t *leaf;       /* at a place, or NONE */
    uint32_t *symbol;     /* the other policy's for this one's, or NONE */
    uint32_t *clause;     /* likewise (set by match) */
    uint8_t state[64];    /* number of a state for its bit */
    struct names renamed; /* old name -> symbol of the old policy, of those renamed */
};

struct common {
    struct arena *arena;
    struct side side[2]; /* by version */
    uint32_t first[KIND_COUNT + 1];
    uint32_t state_count;
    uint32_t state_place[STATES_MOST];
    bool *told; /* at a place that only one policy has: a finding names it */
};

void common_make(struct common *common, struct arena *arena, const struct model *before,
                 const struct model *after);

/* Leaves of one policy as places. */
struct set common_set(const struct common *common, enum version version, struct set leaves);

/* Places as leaves of one policy, without those that it does not have. */
struct set common_leaves(const struct common *common, enum version version, struct set places);

/* Whether a policy has the place. */
static inline bool
common_has(const struct common *common, enum version version, uint32_t place)
{
    return common->side[version].leaf[place] != NONE;
}

/* The symbol at a place: the new policy's if it has it. */
const struct symbol *common_symbol(const struct common *common, uint32_t place);

/* A condition over the numbers of states in common. */
struct condition_bits {
    uint64_t need[2], forbid[2];
};

struct condition_bits common_condition(const struct common *common, enum version version,
                                       struct cube when);

#endif
