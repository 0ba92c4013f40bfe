#include "compiler/model/answer.h"

#include <stdlib.h>

/* Three-valued truth of Kleene's strong logic. */
enum truth { NO, POSSIBLY, YES };

static enum truth
holds(struct cube when, uint64_t yes, uint64_t known)
{
    uint64_t no = known & ~yes;
    if ((when.need & no) != 0 || (when.forbid & yes) != 0 || (when.need & when.forbid) != 0)
        return NO;
    return ((when.need | when.forbid) & ~known) == 0 ? YES : POSSIBLY;
}

static uint64_t
unknown_of(struct cube when, uint64_t known)
{
    return (when.need | when.forbid) & ~known;
}

static bool
reaches(const struct rule *rule, struct question q)
{
    return rule->verb == q.verb && set_has(rule->actors, q.actor) &&
           set_has(rule->objects, q.object) && set_has(rule->targets, q.target);
}

static bool
within(const struct model *model, uint32_t leaf, enum kind first, enum kind last)
{
    return leaf >= model->first_leaf[first] && leaf < model->first_leaf[last + 1];
}

static bool
is_point(const struct model *model, struct question q)
{
    if ((unsigned)q.verb >= VERB_QUESTIONS)
        return false;
    const struct verb_form *form = &verb_forms[q.verb];
    return within(model, q.actor, KIND_SYSTEM, KIND_SYSTEM) &&
           within(model, q.object, form->object, form->object) &&
           within(model, q.target, form->target_first, form->target_last);
}

bool
states_complete(const struct model *model, uint64_t *yes, uint64_t *known)
{
    *yes &= *known;
    for (size_t i = 0; i < model->one_of_count; i++) {
        uint64_t group = model->one_of[i];
        uint64_t chosen = *yes & group;
        if ((chosen & (chosen - 1)) != 0)
            return false;
        if (chosen != 0)
            *known |= group;
        else if ((*known & group) == group)
            return false;
    }
    return true;
}

/* What the rules of one mode come to. */
struct hits {
    VECTOR(uint32_t) clauses; /* of those that hit, as the verdict cites them */
    bool certain;             /* at least one holds for certain */
    uint64_t missing;         /* unknown states of those that possibly hold */
};

static void
collect(const struct model *model, struct arena *arena, struct question q, enum mode mode,
        struct hits *hits)
{
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->mode != mode || !reaches(rule, q))
            continue;
        enum truth truth = holds(rule->when, q.yes, q.known);
        if (truth == POSSIBLY)
            hits->missing |= unknown_of(rule->when, q.known);
        if (truth == YES)
            hits->certain = true;
        if (truth == YES || (truth == POSSIBLY && mode != MODE_MAY))
            *VECTOR_PUSH(arena, &hits->clauses) = rule->clause;
    }
}

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Clauses are numbered in page order. */
static struct answer
cite(enum verdict verdict, bool rest, struct hits *hits, uint64_t missing)
{
    uint32_t *clauses = hits->clauses.at;
    size_t kept = 0;
    if (hits->clauses.count > 1)
        qsort(clauses, hits->clauses.count, sizeof *clauses, by_number);
    for (size_t i = 0; i < hits->clauses.count; i++)
        if (kept == 0 || clauses[kept - 1] != clauses[i])
            clauses[kept++] = clauses[i];
    return (struct answer){verdict, rest, missing, clauses, kept};
}

struct answer
answer_make(const struct model *model, struct arena *arena, struct question q)
{
    if (!is_point(model, q) || !states_complete(model, &q.yes, &q.known))
        return (struct answer){.verdict = VERDICT_BAD_QUESTION};
    struct hits nevers = {0}, mays = {0}, rests = {0};
    collect(model, arena, q, MODE_NEVER, &nevers);
    collect(model, arena, q, MODE_MAY, &mays);
    bool rest = nevers.clauses.count == 0;
    if (!mays.certain) { /* then what forbids the rest is a NEVER like any other, but for this: */
        collect(model, arena, q, MODE_REST, &rests);
        /* what a MAY lacks could lift it. */
        nevers.certain = nevers.certain || (rests.certain && mays.missing == 0);
        if (rests.clauses.count > 0)
            nevers.missing |= rests.missing | mays.missing;
        for (size_t i = 0; i < rests.clauses.count; i++)
            *VECTOR_PUSH(arena, &nevers.clauses) = rests.clauses.at[i];
    }
    if (nevers.clauses.count > 0)
        return cite(VERDICT_FORBIDDEN, rest, &nevers, nevers.certain ? 0 : nevers.missing);
    if (mays.certain)
        return cite(VERDICT_ALLOWED, false, &mays, 0);
    return (struct answer){.verdict = VERDICT_UNSTATED, .missing = mays.missing};
}

/* How far from permitting: the number of wrong parts, then which; less is nearer. */
static unsigned
distance(const struct nearest *near)
{
    bool state = (near->must_hold | near->must_not_hold) != 0;
    unsigned count = (unsigned)near->actor_wrong + near->object_wrong + near->target_wrong + state;
    unsigned which = (unsigned)near->actor_wrong << 3 | (unsigned)near->object_wrong << 2 |
                     (unsigned)near->target_wrong << 1 | (unsigned)state;
    return count << 4 | which;
}

static struct nearest
compare_with(const struct rule *rule, struct question q)
{
    return (struct nearest){.rule = rule,
                            .actor_wrong = !set_has(rule->actors, q.actor),
                            .object_wrong = !set_has(rule->objects, q.object),
                            .target_wrong = !set_has(rule->targets, q.target),
                            .must_hold = rule->when.need & ~q.yes,
                            .must_not_hold = rule->when.forbid & ~(q.known & ~q.yes)};
}

struct nearest
answer_nearest(const struct model *model, struct question q)
{
    struct nearest best = {0};
    (void)states_complete(model, &q.yes, &q.known);
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->mode != MODE_MAY || rule->verb != q.verb)
            continue;
        struct nearest this = compare_with(rule, q);
        if (!best.rule || distance(&this) < distance(&best) ||
            (distance(&this) == distance(&best) && rule->clause < best.rule->clause))
            best = this;
    }
    return best;
}
