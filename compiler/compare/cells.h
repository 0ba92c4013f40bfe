/* Boxes of places cut into classes of points that lie in the same boxes. */
#ifndef AVOW_COMPARE_CELLS_H
#define AVOW_COMPARE_CELLS_H

#include "compiler/compare/common.h"

enum { AXES = 3 }; /* of a rule: actors, objects, targets */

struct box {
    struct set axis[AXES]; /* none empty */
    bool changed;          /* not on both sides: only points in such boxes are looked at */
};

struct region {
    struct set axis[AXES];
    const uint32_t *boxes; /* numbers, rising; at least one has changed */
    size_t count;
};

/* Calls visit with each class that lies in a changed box, once; every point is in one class. */
void cells_visit(struct arena *arena, const struct box *boxes, size_t count,
                 void (*visit)(void *context, const struct region *cell), void *context);

#endif
