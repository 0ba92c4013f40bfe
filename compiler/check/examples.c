/* Examples, proved: for every point they name and every assignment of the states they leave open.
 */
#include "compiler/check/examples.h"
#include "compiler/check/walk.h"

#include "compiler/model/answer.h"
#include "compiler/model/due.h"

enum {
    STEPS_ONE = 1 << 20,        /* cases that one line of an example may take */
    STEPS_ALL = 64 * (1 << 20), /* and all of them together */
};

/* One line and the point of it that is being tried. */
struct trial {
    struct checking *checking;
    const struct reach *reach;
    size_t steps_left; /* of all examples */
    size_t steps;      /* of the line */
    const struct example *example;
    const struct example_then *then;
    struct point point;
    struct rules_here rules;   /* at the point */
    VECTOR(struct cube) cubes; /* room for a choice of those */
};

/* Pending states are unknown: a prohibition that asks for them possibly holds, so they drop out of
 * it; a permission that asks for them never certainly holds, so it drops out itself. */
static void
note_rule(void *context, uint32_t number)
{
    struct trial *t = context;
    struct arena *arena = t->checking->arena;
    const struct rule *rule = &t->checking->model->rules[number];
    uint64_t pending = t->example->pending;
    struct cited cited = {rule->when, rule->clause};
    t->steps -= t->steps > 0;
    if ((rule->when.need & rule->when.forbid) != 0)
        return;
    if (rule->mode == MODE_NEVER) {
        cited.when.need &= ~pending;
        cited.when.forbid &= ~pending;
        *VECTOR_PUSH(arena, &t->rules.nevers) = cited;
    } else if (((rule->when.need | rule->when.forbid) & pending) == 0) {
        *VECTOR_PUSH(arena, &t->rules.mays) = cited;
    }
}

/* Looks for an assignment outside all cubes of a list, or of those of one clause. */
static enum search_result
outside(struct trial *t, struct cube within, const struct cited *list, size_t count,
        uint32_t clause, struct cube *found)
{
    t->cubes.count = 0;
    for (size_t i = 0; i < count; i++)
        if (clause == NONE || list[i].clause == clause)
            *VECTOR_PUSH(t->checking->arena, &t->cubes) = list[i].when;
    struct cube_list cubes = {t->cubes.at, t->cubes.count};
    return states_outside(t->checking->model, within, cubes, &t->steps, found);
}

/* Each function below looks for a counterexample: FOUND with *found, or NONE if the line holds. */

static enum search_result
against_may(struct trial *t, struct cube given, struct cube *found)
{
    for (size_t i = 0; i < t->rules.nevers.count; i++) {
        struct cube both = cube_both(given, t->rules.nevers.at[i].when);
        if ((both.need & both.forbid) == 0 && states_possible(t->checking->model, both)) {
            *found = both;
            return SEARCH_FOUND;
        }
    }
    return outside(t, given, t->rules.mays.at, t->rules.mays.count, NONE, found);
}

static enum search_result
against_never(struct trial *t, struct cube given, struct cube *found)
{
    for (size_t i = 0; i < t->rules.mays.count; i++) {
        struct cube both = cube_both(given, t->rules.mays.at[i].when);
        if ((both.need & both.forbid) != 0)
            continue;
        enum search_result result =
            outside(t, both, t->rules.nevers.at, t->rules.nevers.count, NONE, found);
        if (result != SEARCH_NONE)
            return result;
    }
    return SEARCH_NONE;
}

static enum search_result
against_because(struct trial *t, struct cube given, struct cube *found)
{
    bool never = t->then->expects == EXPECT_NEVER;
    const struct cited *list = never ? t->rules.nevers.at : t->rules.mays.at;
    size_t count = never ? t->rules.nevers.count : t->rules.mays.count;
    for (size_t i = 0; i < t->then->because_count; i++) {
        enum search_result result = outside(t, given, list, count, t->then->because[i], found);
        if (result != SEARCH_NONE)
            return result;
    }
    return SEARCH_NONE;
}

static enum search_result
try_point(struct trial *t, struct cube *found)
{
    struct cube given = t->then->given;
    t->rules.nevers.count = t->rules.mays.count = 0;
    t->steps -= t->steps > 0;
    reach_visit(t->reach, t->point, note_rule, t);
    enum search_result result = t->then->expects == EXPECT_MAY ? against_may(t, given, found)
                                                               : against_never(t, given, found);
    return result == SEARCH_NONE ? against_because(t, given, found) : result;
}

/* Points -------------------------------------------------------------------------------------- */

static void
report_size(struct trial *t)
{
    struct diagnostics *diagnostics = t->checking->diagnostics;
    diagnose(diagnostics, E_EXAMPLE_SIZE, t->then->tree->span,
             "this stands for more cases than can be tried");
    diagnose_why(diagnostics, "Every actor, thing and target that it names is tried with every "
                              "combination of the states that are not given");
    diagnose_fix(diagnostics, "Give more states, or name fewer things at once");
}

static void
try_act(struct trial *t)
{
    struct cube found;
    enum search_result result = SEARCH_NONE;
    struct walk actor, object, target;
    for (actor = walk_from_start(t->then->actors); !walk_ended(&actor); walk_on(&actor))
        for (object = walk_from_start(t->then->objects); !walk_ended(&object); walk_on(&object))
            for (target = walk_from_start(t->then->targets); !walk_ended(&target);
                 walk_on(&target)) {
                t->point = (struct point){t->then->verb, actor.leaf, object.leaf, target.leaf};
                result = try_point(t, &found);
                if (t->steps == 0)
                    result = SEARCH_TOO_LONG;
                if (result == SEARCH_NONE)
                    continue;
                if (result == SEARCH_FOUND)
                    example_fails(t->checking, t->example, t->then, t->point, &t->rules, found);
                else
                    report_size(t);
                return;
            }
}

static void
try_due(struct trial *t)
{
    const struct model *model = t->checking->model;
    struct cube given = t->then->given;
    struct walk object;
    for (object = walk_from_start(t->then->objects); !walk_ended(&object); walk_on(&object)) {
        struct due_question question = {object.leaf, t->example->moments, t->example->moment_count,
                                        given.need, given.need | given.forbid};
        size_t cost = model->duty_count + 1;
        t->steps -= t->steps < cost ? t->steps : cost;
        if (t->steps == 0) {
            report_size(t);
            return;
        }
        struct due due = due_of_act(model, t->then->verb, t->then->targets, question);
        bool in_time = (due.kind == AVOW_DUE_AT || due.kind == AVOW_DUE_AT_ONCE) &&
                       due.at >= t->then->by && due.at < t->then->by_end;
        if (!in_time || (t->then->because_count > 0 && due.clause != t->then->because[0])) {
            example_is_due_otherwise(t->checking, t->then, object.leaf, due);
            return;
        }
    }
}

/* What was not tried must not pass for proved. */
static void
report_untried(struct trial *t)
{
    struct diagnostics *diagnostics = t->checking->diagnostics;
    diagnose(diagnostics, E_EXAMPLE_SIZE, t->then->tree->span,
             "this was not tried, because the examples before it have too many cases");
    diagnose_fix(diagnostics, "Give more states in them, or name fewer things at once");
}

static void
try_line(struct trial *t)
{
    size_t given = t->steps_left < STEPS_ONE ? t->steps_left : STEPS_ONE;
    t->steps = given;
    if (given == 0)
        report_untried(t);
    else if (t->then->expects == EXPECT_DUE)
        try_due(t);
    else
        try_act(t);
    t->steps_left -= given - t->steps;
}

void
check_examples(struct checking *checking)
{
    const struct model *model = checking->model;
    struct trial t = {.checking = checking, .reach = checking->reach, .steps_left = STEPS_ALL};
    for (size_t i = 0; i < model->example_count; i++) {
        t.example = &model->examples[i];
        for (size_t k = 0; k < t.example->then_count; k++) {
            t.then = &t.example->thens[k];
            try_line(&t);
        }
    }
}
