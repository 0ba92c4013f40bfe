/* Sentences that say nothing that another one does not say already. */
#include "compiler/check/internal.h"
#include "compiler/check/walk.h"

enum { STEPS = 20 * 1000 * 1000 };

struct redundancy {
    struct checking *checking;
    const struct rule *rule;
    uint32_t number; /* of the rule */
    uint32_t found;  /* a rule that says it too, or NONE */
    size_t steps;
};

/* Whether b holds whenever a does. */
static bool
implies(struct cube a, struct cube b)
{
    return (b.need & ~a.need) == 0 && (b.forbid & ~a.forbid) == 0;
}

static bool
covers(const struct rule *outer, const struct rule *inner)
{
    return outer->mode == inner->mode && outer->verb == inner->verb &&
           implies(inner->when, outer->when) && set_within(inner->actors, outer->actors) &&
           set_within(inner->targets, outer->targets) && set_within(inner->objects, outer->objects);
}

/* A prohibition may well be said again where it belongs; in one clause it need not be. Of two
 * sentences that say the same, the later one adds nothing. */
static void
compare(void *context, uint32_t number)
{
    struct redundancy *r = context;
    const struct rule *other = &r->checking->model->rules[number];
    r->steps -= r->steps > 0;
    if (r->steps == 0 || r->found != NONE || other->sentence == r->rule->sentence ||
        (r->rule->mode != MODE_MAY && other->clause != r->rule->clause) ||
        !covers(other, r->rule) || (number > r->number && covers(r->rule, other)))
        return;
    r->found = number;
}

static void
report(struct checking *c, uint32_t sentence, uint32_t other)
{
    const struct model *model = c->model;
    const struct sentence_model *said = &model->sentences[other];
    bool same = said->clause == model->sentences[sentence].clause;
    struct text name = model->clauses[said->clause].name;
    diagnose(c->diagnostics, W_ADDS_NOTHING, sentence_place(model, sentence),
             "this sentence adds nothing");
    diagnose_why(
        c->diagnostics,
        "Another one says as much, and after a change of one of them the two would differ");
    if (same)
        diagnose_fix(c->diagnostics, "Leave it out");
    else
        diagnose_fix(c->diagnostics,
                     "Write “repeats %.*s.” instead, or leave it out, or limit the other sentence",
                     TEXT_ARGS(name));
    diagnose_see(c->diagnostics, said->tree->span, "what says it");
}

/* The sentence that says what a rule says, or NONE. */
static uint32_t
said_elsewhere(struct redundancy *r, uint32_t number)
{
    r->rule = &r->checking->model->rules[number];
    r->number = number;
    r->found = NONE;
    reach_about(r->checking->reach, r->rule->verb, r->rule->objects.at[0].low, compare, r);
    return r->found == NONE ? NONE : r->checking->model->rules[r->found].sentence;
}

static void
look_at(struct redundancy *r, uint32_t sentence)
{
    const struct sentence_model *s = &r->checking->model->sentences[sentence];
    uint32_t other = NONE;
    for (uint32_t i = 0; i < s->rule_count; i++) {
        other = said_elsewhere(r, s->first_rule + i);
        if (other == NONE)
            return;
    }
    if (other != NONE)
        report(r->checking, sentence, other);
}

/* Rights -------------------------------------------------------------------------------------- */

static bool
right_covers(const struct right *outer, const struct right *inner)
{
    bool ways = outer->contact_count == 0 || inner->contact_count > 0;
    return ways && set_within(inner->persons, outer->persons) &&
           set_within(inner->requests, outer->requests) && implies(inner->when, outer->when);
}

/* Rights are few: each is compared with those before it. */
static void
look_at_rights(struct redundancy *r)
{
    const struct model *model = r->checking->model;
    for (size_t i = 0; i < model->right_count; i++)
        for (size_t k = 0; k < i && r->steps > 0; k++, r->steps--)
            if (model->rights[k].sentence != model->rights[i].sentence &&
                right_covers(&model->rights[k], &model->rights[i])) {
                report(r->checking, model->rights[i].sentence, model->rights[k].sentence);
                break;
            }
}

void
check_redundant(struct checking *c)
{
    const struct model *model = c->model;
    struct redundancy r = {.checking = c, .steps = STEPS};
    for (uint32_t i = 0; i < model->sentence_count && r.steps > 0; i++)
        if (!c->faulty[i])
            look_at(&r, i);
    look_at_rights(&r);
    if (r.steps > 0)
        return;
    diagnose(c->diagnostics, W_UNDECIDED, model->clauses[0].span,
             "cannot decide whether every sentence says something of its own");
    diagnose_why(c->diagnostics, "Too many sentences are about the same things");
}
