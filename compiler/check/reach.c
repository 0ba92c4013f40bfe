#include "compiler/check/reach.h"

/* A rule about few objects is listed with each of them; one about many is listed once a verb. */
enum { FEW = 64 };

struct run { /* rules[begin..end) */
    uint32_t begin, end;
};

struct reach {
    const struct model *model;
    uint32_t leaf_count;
    struct run *by_object; /* verb * leaf_count + object */
    struct run wide[VERB_QUESTIONS];
    uint32_t *rules;
};

static bool
is_wide(const struct rule *rule)
{
    return set_size(rule->objects) > FEW;
}

static struct run *
run_of(struct reach *reach, enum verb verb, uint32_t object)
{
    return &reach->by_object[(size_t)verb * reach->leaf_count + object];
}

/* Calls for every run that lists the rule. */
static void
for_runs(struct reach *reach, uint32_t number, void (*act)(struct reach *, struct run *, uint32_t))
{
    const struct rule *rule = &reach->model->rules[number];
    if (is_wide(rule)) {
        act(reach, &reach->wide[rule->verb], number);
        return;
    }
    for (size_t i = 0; i < rule->objects.count; i++)
        for (uint32_t l = rule->objects.at[i].low; l < rule->objects.at[i].high; l++)
            act(reach, run_of(reach, rule->verb, l), number);
}

static void
count(struct reach *reach, struct run *run, uint32_t number)
{
    (void)reach;
    (void)number;
    run->end++;
}

static void
enter(struct reach *reach, struct run *run, uint32_t number)
{
    reach->rules[run->end++] = number;
}

/* Turns lengths into places; every run is then empty at its place. */
static uint32_t
lay_out(struct reach *reach)
{
    uint32_t at = 0;
    size_t runs = (size_t)VERB_QUESTIONS * reach->leaf_count;
    for (size_t i = 0; i < runs + VERB_QUESTIONS; i++) {
        struct run *run = i < runs ? &reach->by_object[i] : &reach->wide[i - runs];
        uint32_t length = run->end;
        *run = (struct run){at, at};
        at += length;
    }
    return at;
}

struct reach *
reach_make(struct arena *arena, const struct model *model)
{
    struct reach *reach = ARENA_NEW(arena, struct reach);
    reach->model = model;
    reach->leaf_count = model->first_leaf[KIND_COUNT];
    reach->by_object =
        ARENA_ARRAY(arena, (size_t)VERB_QUESTIONS * reach->leaf_count + 1, struct run);
    for (uint32_t i = 0; i < model->rule_count; i++)
        for_runs(reach, i, count);
    reach->rules = ARENA_ARRAY(arena, (size_t)lay_out(reach) + 1, uint32_t);
    for (uint32_t i = 0; i < model->rule_count; i++)
        for_runs(reach, i, enter);
    return reach;
}

/* Rules of one object stand far from each other: they are on their way before they are looked at,
 * and so are their sets. */
static void
fetch_ahead(const struct reach *reach, struct run run, uint32_t at)
{
    enum { RULES_AHEAD = 8, SETS_AHEAD = 4 };
    if (run.end - at > RULES_AHEAD)
        __builtin_prefetch(&reach->model->rules[reach->rules[at + RULES_AHEAD]]);
    if (run.end - at > SETS_AHEAD)
        __builtin_prefetch(reach->model->rules[reach->rules[at + SETS_AHEAD]].actors.at);
}

static void
visit_run(const struct reach *reach, struct run run, struct point point,
          void (*visit)(void *context, uint32_t rule), void *context)
{
    for (uint32_t i = run.begin; i < run.end; i++) {
        fetch_ahead(reach, run, i);
        const struct rule *rule = &reach->model->rules[reach->rules[i]];
        if (set_has(rule->actors, point.actor) && set_has(rule->targets, point.target) &&
            set_has(rule->objects, point.object))
            visit(context, reach->rules[i]);
    }
}

void
reach_visit(const struct reach *reach, struct point point,
            void (*visit)(void *context, uint32_t rule), void *context)
{
    size_t place = (size_t)point.verb * reach->leaf_count + point.object;
    visit_run(reach, reach->by_object[place], point, visit, context);
    visit_run(reach, reach->wide[point.verb], point, visit, context);
}

void
reach_about(const struct reach *reach, enum verb verb, uint32_t object,
            void (*visit)(void *context, uint32_t rule), void *context)
{
    struct run runs[] = {reach->by_object[(size_t)verb * reach->leaf_count + object],
                         reach->wide[verb]};
    for (size_t r = 0; r < 2; r++)
        for (uint32_t i = runs[r].begin; i < runs[r].end; i++) {
            fetch_ahead(reach, runs[r], i);
            visit(context, reach->rules[i]);
        }
}
