/* Lines of examples, proved: for every point they name and every assignment of the states they
 * leave open. */
#include "compiler/check/prove.h"

#include "compiler/check/states.h"
#include "compiler/check/walk.h"

enum {
    STEPS_ONE = 1 << 20,        /* cases that one line of an example may take */
    STEPS_ALL = 64 * (1 << 20), /* and all of them together */
};

/* The rules that can reach a point, with the states left out that are pending. */
struct cited { /* when a rule holds, and which it is */
    struct cube when;
    uint32_t clause, rule;
};

/* One line and the point of it that is being tried. */
struct prover {
    const struct model *model;
    const struct reach *reach;
    struct arena *arena;
    struct reached reached; /* NULL: not asked for */
    size_t steps_left;      /* of all examples */
    size_t steps;           /* of the line */
    const struct example *example;
    const struct example_then *then;
    struct point point;
    VECTOR(struct cited) nevers, mays; /* at the point */
    VECTOR(struct cited) rests;        /* there, prohibitions of what no MAY permits */
    VECTOR(struct cube) cubes;         /* room for a choice of those */
};

/* Pending states are unknown: a prohibition that asks for them possibly holds, so they drop out of
 * it; a permission that asks for them never certainly holds, so it drops out itself. */
static void
note_rule(void *context, uint32_t number)
{
    struct prover *t = context;
    struct arena *arena = t->arena;
    const struct rule *rule = &t->model->rules[number];
    uint64_t pending = t->example->pending;
    struct cited cited = {rule->when, rule->clause, number};
    t->steps -= t->steps > 0;
    if ((rule->when.need & rule->when.forbid) != 0)
        return;
    if (rule->mode == MODE_MAY) {
        if (((rule->when.need | rule->when.forbid) & pending) == 0)
            *VECTOR_PUSH(arena, &t->mays) = cited;
        return;
    }
    cited.when.need &= ~pending;
    cited.when.forbid &= ~pending;
    if (rule->mode == MODE_NEVER)
        *VECTOR_PUSH(arena, &t->nevers) = cited;
    else
        *VECTOR_PUSH(arena, &t->rests) = cited;
}

/* Adds the cubes of a list to those at hand, or those of one clause in it. */
static void
add_cubes(struct prover *t, const struct cited *list, size_t count, uint32_t clause)
{
    for (size_t i = 0; i < count; i++)
        if (clause == NONE || list[i].clause == clause)
            *VECTOR_PUSH(t->arena, &t->cubes) = list[i].when;
}

/* Looks for an assignment outside those at hand. */
static enum search_result
outside_cubes(struct prover *t, struct cube within, struct cube *found)
{
    struct cube_list cubes = {t->cubes.at, t->cubes.count};
    return states_outside(t->model, within, cubes, &t->steps, found);
}

/* Looks for an assignment outside all cubes of a list, or of those of one clause. */
static enum search_result
outside(struct prover *t, struct cube within, const struct cited *list, size_t count,
        uint32_t clause, struct cube *found)
{
    t->cubes.count = 0;
    add_cubes(t, list, count, clause);
    return outside_cubes(t, within, found);
}

/* Looks for an assignment in which a clause, or with NONE any, does not forbid: it does so by its
 * NEVERs, and where no MAY holds by those “except as stated” too. */
static enum search_result
not_forbidden(struct prover *t, struct cube given, uint32_t clause, struct cube *found)
{
    t->cubes.count = 0;
    add_cubes(t, t->rests.at, t->rests.count, clause);
    add_cubes(t, t->nevers.at, t->nevers.count, clause);
    enum search_result result = outside_cubes(t, given, found);
    for (size_t i = 0; i < t->mays.count && result == SEARCH_NONE; i++) {
        struct cube both = cube_both(given, t->mays.at[i].when);
        if ((both.need & both.forbid) == 0)
            result = outside(t, both, t->nevers.at, t->nevers.count, clause, found);
    }
    return result;
}

/* Each function below looks for a counterexample: FOUND with *found, or NONE if the line holds. */

static enum search_result
against_may(struct prover *t, struct cube given, struct cube *found)
{
    for (size_t i = 0; i < t->nevers.count; i++) {
        struct cube both = cube_both(given, t->nevers.at[i].when);
        if ((both.need & both.forbid) == 0 && states_possible(t->model, both)) {
            *found = both;
            return SEARCH_FOUND;
        }
    }
    return outside(t, given, t->mays.at, t->mays.count, NONE, found);
}

static enum search_result
against_never(struct prover *t, struct cube given, struct cube *found)
{
    for (size_t i = 0; i < t->mays.count; i++) {
        struct cube both = cube_both(given, t->mays.at[i].when);
        if ((both.need & both.forbid) != 0)
            continue;
        enum search_result result = outside(t, both, t->nevers.at, t->nevers.count, NONE, found);
        if (result != SEARCH_NONE)
            return result;
    }
    return SEARCH_NONE;
}

static enum search_result
against_forbidden(struct prover *t, struct cube given, struct cube *found)
{
    return not_forbidden(t, given, NONE, found);
}

static enum search_result
against_unstated(struct prover *t, struct cube given, struct cube *found)
{
    t->cubes.count = 0;
    add_cubes(t, t->nevers.at, t->nevers.count, NONE);
    add_cubes(t, t->mays.at, t->mays.count, NONE);
    add_cubes(t, t->rests.at, t->rests.count, NONE);
    for (size_t i = 0; i < t->cubes.count; i++) {
        struct cube both = cube_both(given, t->cubes.at[i]);
        if ((both.need & both.forbid) == 0 && states_possible(t->model, both)) {
            *found = both;
            return SEARCH_FOUND;
        }
    }
    return SEARCH_NONE;
}

static enum search_result
against_because(struct prover *t, struct cube given, struct cube *found)
{
    bool never = t->then->expects != EXPECT_MAY;
    for (size_t i = 0; i < t->then->because_count; i++) {
        uint32_t clause = t->then->because[i];
        enum search_result result =
            never ? not_forbidden(t, given, clause, found)
                  : outside(t, given, t->mays.at, t->mays.count, clause, found);
        if (result != SEARCH_NONE)
            return result;
    }
    return SEARCH_NONE;
}

/* Notes which rules decide something at the point: a prohibition that may hold, a permission that
 * holds in some case in which nothing prohibits, “except as stated” in one that nothing permits. */
static void
note_reached(struct prover *t, struct cube given)
{
    struct cube found;
    for (size_t i = 0; i < t->nevers.count; i++)
        if (!t->reached.rules[t->nevers.at[i].rule])
            t->reached.rules[t->nevers.at[i].rule] =
                states_possible(t->model, cube_both(given, t->nevers.at[i].when));
    for (size_t i = 0; i < t->mays.count; i++) {
        struct cube both = cube_both(given, t->mays.at[i].when);
        if (!t->reached.rules[t->mays.at[i].rule] && (both.need & both.forbid) == 0)
            t->reached.rules[t->mays.at[i].rule] =
                outside(t, both, t->nevers.at, t->nevers.count, NONE, &found) == SEARCH_FOUND;
    }
    for (size_t i = 0; i < t->rests.count; i++) {
        struct cube both = cube_both(given, t->rests.at[i].when);
        if (!t->reached.rules[t->rests.at[i].rule] && (both.need & both.forbid) == 0)
            t->reached.rules[t->rests.at[i].rule] =
                outside(t, both, t->mays.at, t->mays.count, NONE, &found) == SEARCH_FOUND;
    }
}

static enum search_result
try_point(struct prover *t, struct cube *found)
{
    static enum search_result (*const against[])(struct prover *, struct cube, struct cube *) = {
        [EXPECT_MAY] = against_may,
        [EXPECT_NEVER] = against_never,
        [EXPECT_FORBIDDEN] = against_forbidden,
        [EXPECT_UNSTATED] = against_unstated,
    };
    struct cube given = t->then->given;
    t->nevers.count = t->mays.count = t->rests.count = 0;
    t->steps -= t->steps > 0;
    reach_visit(t->reach, t->point, note_rule, t);
    if (t->reached.rules)
        note_reached(t, given);
    enum search_result result = against[t->then->expects](t, given, found);
    return result == SEARCH_NONE ? against_because(t, given, found) : result;
}

/* The case that contradicts a line ---------------------------------------------------------------
 */

static uint64_t
states_mask(const struct model *model)
{
    uint32_t count = state_count(model);
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* One whole assignment of those in a cube: what is open is not the case, but for one member of each
 * one-of group. */
static uint64_t
choose(const struct model *model, struct cube states)
{
    uint64_t yes = states.need;
    for (size_t i = 0; i < model->one_of_count; i++) {
        uint64_t open = model->one_of[i] & ~states.forbid;
        if ((yes & model->one_of[i]) == 0)
            yes |= open & (~open + 1);
    }
    return yes;
}

/* What the rules at the point come to when not every state is known: a verdict and its clauses, if
 * they are the same in every case. */
struct outcome {
    bool stable;
    enum verdict verdict;
    VECTOR(uint32_t) clauses; /* in page order, each once */
};

static bool
is_out(struct cube when, struct cube states)
{
    return (when.need & states.forbid) != 0 || (when.forbid & states.need) != 0;
}

static bool
is_in(struct cube when, struct cube states)
{
    return (when.need & ~states.need) == 0 && (when.forbid & ~states.forbid) == 0;
}

static void
cite(struct arena *arena, struct outcome *outcome, uint32_t clause)
{
    size_t at = outcome->clauses.count;
    for (size_t i = 0; i < outcome->clauses.count; i++)
        if (outcome->clauses.at[i] == clause)
            return;
    *VECTOR_PUSH(arena, &outcome->clauses) = clause;
    for (; at > 0 && outcome->clauses.at[at - 1] > clause; at--)
        outcome->clauses.at[at] = outcome->clauses.at[at - 1];
    outcome->clauses.at[at] = clause;
}

static bool
cites(const struct outcome *outcome, uint32_t clause)
{
    for (size_t i = 0; i < outcome->clauses.count; i++)
        if (outcome->clauses.at[i] == clause)
            return true;
    return false;
}

/* Cites the rules that hold for certain; stable if none of another clause possibly holds. */
static void
weigh(struct arena *arena, const struct cited *list, size_t count, struct cube states,
      struct outcome *outcome)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(list[i].when, states))
            cite(arena, outcome, list[i].clause);
    for (size_t i = 0; i < count; i++)
        if (!is_out(list[i].when, states) && !cites(outcome, list[i].clause))
            outcome->stable = false;
}

static struct outcome
outcome_of(const struct prover *t, struct cube states)
{
    struct outcome never = {.stable = true, .verdict = VERDICT_FORBIDDEN};
    struct outcome may = {.stable = true, .verdict = VERDICT_ALLOWED};
    weigh(t->arena, t->nevers.at, t->nevers.count, states, &never);
    weigh(t->arena, t->mays.at, t->mays.count, states, &may);
    if (may.clauses.count == 0) /* the rest is forbidden, unless some MAY may yet hold */
        weigh(t->arena, t->rests.at, t->rests.count, states, &never);
    if (may.clauses.count == 0 && !may.stable && t->rests.count > 0)
        never.stable = false;
    if (never.clauses.count > 0 || !never.stable)
        return never;
    if (may.clauses.count == 0)
        may.verdict = VERDICT_UNSTATED;
    return may;
}

static bool
same_outcome(const struct outcome *a, const struct outcome *b)
{
    return b->stable && a->verdict == b->verdict && a->clauses.count == b->clauses.count &&
           (a->clauses.count == 0 ||
            memcmp(a->clauses.at, b->clauses.at, a->clauses.count * sizeof *a->clauses.at) == 0);
}

/* The states that go together with a bit: its one-of group, or itself. */
static uint64_t
together(const struct model *model, uint64_t bit)
{
    for (size_t i = 0; i < model->one_of_count; i++)
        if ((model->one_of[i] & bit) != 0)
            return model->one_of[i];
    return bit;
}

/* Leaves out of a whole assignment what does not matter for the outcome. */
static struct cube
without_idle(const struct prover *t, struct cube states, const struct outcome *outcome)
{
    uint64_t all = states.need | states.forbid;
    while (all != 0) {
        uint64_t idle = together(t->model, all & (~all + 1));
        struct cube fewer = {states.need & ~idle, states.forbid & ~idle};
        struct outcome then = outcome_of(t, fewer);
        if (same_outcome(outcome, &then))
            states = fewer;
        all &= ~idle;
    }
    return states;
}

/* The whole case, without what does not matter for what it comes to. */
static struct proved
contradiction(const struct prover *t, struct cube found)
{
    uint64_t yes = choose(t->model, found);
    uint64_t no = ~yes & ~t->example->pending & states_mask(t->model);
    struct outcome outcome = outcome_of(t, (struct cube){yes, no});
    return (struct proved){
        .proof = PROOF_FAILS,
        .point = t->point,
        .verdict = outcome.verdict,
        .clauses = outcome.clauses.at,
        .clause_count = outcome.clauses.count,
        .states = without_idle(t, (struct cube){yes, no}, &outcome),
    };
}

/* Points -----------------------------------------------------------------------------------------
 */

static struct proved
try_act(struct prover *t)
{
    struct cube found;
    struct walk actor, object, target;
    for (actor = walk_from_start(t->then->actors); !walk_ended(&actor); walk_on(&actor))
        for (object = walk_from_start(t->then->objects); !walk_ended(&object); walk_on(&object))
            for (target = walk_from_start(t->then->targets); !walk_ended(&target);
                 walk_on(&target)) {
                t->point = (struct point){t->then->verb, actor.leaf, object.leaf, target.leaf};
                enum search_result result = try_point(t, &found);
                if (t->steps == 0 || result == SEARCH_TOO_LONG)
                    return (struct proved){.proof = PROOF_TOO_LARGE};
                if (result == SEARCH_FOUND)
                    return contradiction(t, found);
            }
    return (struct proved){.proof = PROOF_HOLDS};
}

/* The duties of the clause that set the deadline. */
static void
note_due(struct prover *t, uint32_t what, const struct due *due)
{
    for (size_t i = 0; t->reached.duties && i < t->model->duty_count; i++) {
        const struct duty *duty = &t->model->duties[i];
        if (duty->clause == due->clause && set_has(duty->objects, what) &&
            (duty->verb == t->then->verb || due->reason == AVOW_DUE_KEPT))
            t->reached.duties[i] = true;
    }
}

static struct proved
try_due(struct prover *t)
{
    const struct model *model = t->model;
    struct cube given = t->then->given;
    struct walk object;
    for (object = walk_from_start(t->then->objects); !walk_ended(&object); walk_on(&object)) {
        struct due_question question = {object.leaf, t->example->moments, t->example->moment_count,
                                        given.need, given.need | given.forbid};
        size_t cost = model->duty_count + 1;
        t->steps -= t->steps < cost ? t->steps : cost;
        if (t->steps == 0)
            return (struct proved){.proof = PROOF_TOO_LARGE};
        struct due due = due_of_act(model, t->then->verb, t->then->targets, question);
        note_due(t, object.leaf, &due);
        bool in_time = (due.kind == AVOW_DUE_AT || due.kind == AVOW_DUE_AT_ONCE) &&
                       due.at >= t->then->by && due.at < t->then->by_end;
        if (!in_time || (t->then->because_count > 0 && due.clause != t->then->because[0]))
            return (struct proved){.proof = PROOF_FAILS, .due = due, .what = object.leaf};
    }
    return (struct proved){.proof = PROOF_HOLDS};
}

struct prover *
prover_make(struct arena *arena, const struct model *model, const struct reach *reach)
{
    struct prover *prover = ARENA_NEW(arena, struct prover);
    *prover =
        (struct prover){.model = model, .reach = reach, .arena = arena, .steps_left = STEPS_ALL};
    return prover;
}

void
prover_note_reached(struct prover *prover, struct reached reached)
{
    prover->reached = reached;
}

struct proved
prove(struct prover *prover, const struct example *example, const struct example_then *then)
{
    size_t given = prover->steps_left < STEPS_ONE ? prover->steps_left : STEPS_ONE;
    if (given == 0)
        return (struct proved){.proof = PROOF_UNTRIED};
    prover->steps = given;
    prover->example = example;
    prover->then = then;
    struct proved proved = then->expects == EXPECT_DUE ? try_due(prover) : try_act(prover);
    prover->steps_left -= given - prover->steps;
    return proved;
}
