/* Examples: the trial (examples.c) and what is said of one that fails (counterexample.c). */
#ifndef AVOW_CHECK_EXAMPLES_H
#define AVOW_CHECK_EXAMPLES_H

#include "compiler/check/internal.h"
#include "compiler/check/reach.h"
#include "compiler/check/states.h"
#include "compiler/model/due.h"

struct cited { /* when a rule holds, and the clause it is of */
    struct cube when;
    uint32_t clause;
};

/* The rules that can reach a point, with the states left out that are pending. */
struct rules_here {
    VECTOR(struct cited) nevers, mays;
};

/* Reports a line that does not hold at a point in the cases of a cube, with the true example. */
void example_fails(struct checking *checking, const struct example *example,
                   const struct example_then *then, struct point point,
                   const struct rules_here *rules, struct cube states);

/* Reports a line about a day that is another. */
void example_is_due_otherwise(struct checking *checking, const struct example_then *then,
                              uint32_t object, struct due due);

#endif
