/* What prohibitions leave of a point. */
#include "compiler/check/internal.h"

struct gathering {
    struct checking *checking;
    struct cube when;
    size_t *steps;
    uint32_t first; /* of all that are met */
    uint32_t whole; /* of those that cover every state by themselves */
};

static void
note(void *context, uint32_t number)
{
    struct gathering *g = context;
    const struct rule *rule = &g->checking->model->rules[number];
    *g->steps -= *g->steps > 0;
    if (rule->mode != MODE_NEVER)
        return;
    if (number < g->first)
        g->first = number;
    bool whole =
        (rule->when.need & ~g->when.need) == 0 && (rule->when.forbid & ~g->when.forbid) == 0;
    if (whole && number < g->whole)
        g->whole = number;
    *VECTOR_PUSH(g->checking->arena, &g->checking->cubes) = rule->when;
}

enum search_result
prohibitions_leave(struct checking *c, struct point point, struct cube when, size_t *steps,
                   uint32_t *first)
{
    struct gathering g = {c, when, steps, NONE, NONE};
    struct cube found;
    c->cubes.count = 0;
    reach_visit(c->reach, point, note, &g);
    *first = g.whole != NONE ? g.whole : g.first;
    struct cube_list cubes = {c->cubes.at, c->cubes.count};
    return states_outside(c->model, when, cubes, steps, &found);
}
