/* When something may be done, as the least conditions that allow it.
 *
 * An answer only ever widens as more states become known: a permission counts if it certainly
 * holds, a prohibition if it possibly does. So what is allowed is a set of least cubes, and each of
 * them is found by asking the reference evaluator; nothing here knows how rules combine. */
#ifndef AVOW_SQL_DECIDE_H
#define AVOW_SQL_DECIDE_H

#include "compiler/model/answer.h"

struct decision {
    const struct cube *cubes; /* allowed if one of them holds for certain; none: never */
    size_t count;
    uint64_t wanted; /* states that cannot be known here and could allow more */
    bool too_large;  /* more than DECISION_MOST cubes: then taken for never */
};

enum { DECISION_MOST = 256 };

/* The decision of one point, whose states and knowledge are ignored. `known` are the states that
 * can be known at all. */
struct decision decide(const struct model *model, struct arena *arena, struct question point,
                       uint64_t known);

/* Never, and always. */
struct decision decision_never(void);
struct decision decision_always(struct arena *arena);

static inline bool
decision_is_always(const struct decision *decision)
{
    return decision->count == 1 && (decision->cubes[0].need | decision->cubes[0].forbid) == 0;
}

/* Allowed by both, and allowed by one of the two. */
struct decision decision_both(struct arena *arena, struct decision a, struct decision b);
struct decision decision_either(struct arena *arena, struct decision a, struct decision b);

bool decision_same(struct decision a, struct decision b);

#endif
