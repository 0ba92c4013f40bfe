/* What the rules of one act allow and forbid in the end, gathered into few boxes for a reader: the
 * permissions less what is never allowed, each with all its conditions. */
#ifndef AVOW_MODEL_GRANTS_H
#define AVOW_MODEL_GRANTS_H

#include "compiler/model/model.h"

/* More boxes than this, or more exceptions to one of them, are no summary any more. */
enum { GRANTS_MAX = 200, UNLESS_MAX = 16 };

/* One of the ways in which a permission holds: `when` does, and none of `unless`. */
struct terms {
    struct cube when;
    const struct cube *unless;
    size_t unless_count;
};

struct grant {
    struct set actors, objects, targets;
    struct terms terms;
    uint32_t clause; /* the first that says so */
    uint32_t rule;   /* likewise */
};

struct grants {
    VECTOR(struct grant) list; /* in the order of their rules */
    bool overflow;             /* there were too many */
};

/* What is allowed, with targets only among `targets`. */
struct grants grants_allowed(const struct model *model, struct arena *arena, enum verb verb,
                             struct interval targets);

/* The same for some objects only, and (if actors is no NULL) for some of those who act. */
struct scope {
    struct interval objects, targets;
    const struct set *actors;
};
struct grants grants_within(const struct model *model, struct arena *arena, enum verb verb,
                            struct scope scope);

/* What is forbidden whatever the states. */
struct grants grants_never(const struct model *model, struct arena *arena, enum verb verb);

/* The grants of two acts as if they were one. */
struct grants grants_both(struct arena *arena, struct grants a, struct grants b);

bool terms_same(const struct terms *a, const struct terms *b);
bool terms_empty(const struct terms *terms);

#endif
