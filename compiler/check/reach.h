/* Which rules can reach a point: found by verb and object, not by looking at all of them. */
#ifndef AVOW_CHECK_REACH_H
#define AVOW_CHECK_REACH_H

#include "compiler/model/model.h"

struct reach;

struct reach *reach_make(struct arena *arena, const struct model *model);

struct point {
    enum verb verb;
    uint32_t actor, object, target;
};

/* Calls visit with every rule of the verb that may be about the object, in no order: those about
 * many objects come for each of them. */
void reach_about(const struct reach *reach, enum verb verb, uint32_t object,
                 void (*visit)(void *context, uint32_t rule), void *context);

/* Calls visit with every rule that has the point, in no order. */
void reach_visit(const struct reach *reach, struct point point,
                 void (*visit)(void *context, uint32_t rule), void *context);

#endif
