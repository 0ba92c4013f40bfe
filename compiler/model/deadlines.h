/* Which duty sets the time that a hole {deadline of NAME} publishes. */
#ifndef AVOW_MODEL_DEADLINES_H
#define AVOW_MODEL_DEADLINES_H

#include "compiler/model/model.h"

/* Duties by the names they are about, over all of a policy or over one clause. */
struct deadlines;

struct deadlines *deadlines_make(struct arena *arena, const struct model *model);

/* Up to two duties with different times; both NONE if no duty sets one. */
struct deadline_pair {
    uint32_t duty[2];
};

/* For a request or data: a duty that covers all of it. In the clause first, then in those that it
 * repeats, then in the whole policy; in each a time limit before a time to keep; of those the ones
 * that name it, else the nearest group it is in. */
struct deadline_pair deadlines_of_symbol(struct deadlines *deadlines, uint32_t clause,
                                         uint32_t symbol);

/* Of a clause, or else of those that it repeats. */
struct deadline_pair deadlines_of_clause(const struct deadlines *deadlines, uint32_t clause);

#endif
