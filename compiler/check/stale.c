/* “subject to” clauses that limit nothing of what their sentence says. */
#include "compiler/check/internal.h"

enum { STEPS = 20 * 1000 * 1000 };

struct stale {
    struct checking *checking;
    size_t steps;
};

static bool
possible(const struct stale *s, struct cube a, struct cube b)
{
    return states_possible(s->checking->model, cube_both(a, b));
}

static bool
writes(enum verb verb)
{
    return verb == VERB_EMAIL || verb == VERB_TEXT || verb == VERB_CALL || verb == VERB_POST;
}

static bool
limits_rule(const struct stale *s, const struct rule *never, const struct rule *rule)
{
    if (goes_where_forbidden(s->checking->model, rule, never))
        return possible(s, never->when, rule->when);
    return never->verb == rule->verb && set_meets(never->actors, rule->actors) &&
           set_meets(never->objects, rule->objects) && set_meets(never->targets, rule->targets) &&
           possible(s, never->when, rule->when);
}

/* A duty to tell is limited by what may not be written, one to keep by what may not be stored. */
static bool
limits_duty(const struct stale *s, const struct rule *never, const struct duty *duty)
{
    bool same = never->verb == duty->verb || (duty->verb == VERB_TELL && writes(never->verb)) ||
                (duty->verb == VERB_KEEP && never->verb == VERB_STORE);
    bool apart = never->verb == duty->verb && duty->targets.count > 0 &&
                 !set_meets(never->targets, duty->targets);
    return same && !apart && set_meets(never->actors, duty->actors) &&
           set_meets(never->objects, duty->objects) && possible(s, never->when, duty->when);
}

/* Erasing and keeping limit each other, and a deadline may have to wait for another. */
static bool
duties_meet(const struct stale *s, const struct duty *a, const struct duty *b)
{
    bool pair = (a->verb == VERB_KEEP && b->verb == VERB_ERASE) ||
                (a->verb == VERB_ERASE && b->verb == VERB_KEEP);
    return pair && set_meets(a->objects, b->objects) && possible(s, a->when, b->when);
}

/* Whether a prohibition limits what a sentence says. */
static bool
limits(struct stale *s, const struct rule *never, const struct sentence_model *sentence)
{
    const struct model *model = s->checking->model;
    for (uint32_t i = 0; i < sentence->rule_count; i++) {
        const struct rule *rule = &model->rules[sentence->first_rule + i];
        s->steps -= s->steps > 0;
        if (rule->mode == MODE_MAY && limits_rule(s, never, rule))
            return true;
    }
    for (uint32_t i = 0; i < sentence->duty_count; i++) {
        s->steps -= s->steps > 0;
        if (limits_duty(s, never, &model->duties[sentence->first_duty + i]))
            return true;
    }
    return false;
}

static bool
duty_limits(struct stale *s, const struct duty *other, const struct sentence_model *sentence)
{
    const struct model *model = s->checking->model;
    for (uint32_t i = 0; i < sentence->duty_count; i++) {
        s->steps -= s->steps > 0;
        if (duties_meet(s, other, &model->duties[sentence->first_duty + i]))
            return true;
    }
    return false;
}

/* Whether anything in a clause limits what a sentence says; true too if steps are spent. */
static bool
clause_limits(struct stale *s, uint32_t number, const struct sentence_model *sentence)
{
    const struct model *model = s->checking->model;
    const struct clause *clause = &model->clauses[number];
    for (uint32_t i = 0; i < clause->sentence_count && s->steps > 0; i++) {
        const struct sentence_model *other = &model->sentences[clause->first_sentence + i];
        for (uint32_t k = 0; k < other->rule_count; k++)
            if (model->rules[other->first_rule + k].mode == MODE_NEVER &&
                limits(s, &model->rules[other->first_rule + k], sentence))
                return true;
        for (uint32_t k = 0; k < other->duty_count; k++)
            if (duty_limits(s, &model->duties[other->first_duty + k], sentence))
                return true;
    }
    return s->steps == 0;
}

static bool
anything_limits(struct stale *s, uint32_t number, const struct sentence_model *sentence)
{
    const struct clause *clause = &s->checking->model->clauses[number];
    bool found = clause_limits(s, number, sentence);
    for (size_t i = 0; i < clause->repeat_count && !found; i++)
        found = clause_limits(s, clause->repeats[i], sentence);
    return found;
}

static void
report(struct checking *c, const struct sentence_model *sentence, size_t which)
{
    const struct name *name = &sentence->tree->subject_to.at[which];
    uint32_t number = sentence->subject_to[which];
    bool own = number == sentence->clause;
    diagnose(c->diagnostics, W_STALE, name->span,
             own ? "this sentence is subject to its own clause"
                 : "nothing in “%.*s” limits this sentence",
             TEXT_ARGS(name->text));
    diagnose_why(c->diagnostics,
                 own ? "What one clause says is read together in any case"
                     : "Whoever relies on “subject to” looks for a limit that there is not");
    diagnose_fix(c->diagnostics,
                 own ? "Leave it out" : "Leave “%.*s” out here, or write the prohibition into it",
                 TEXT_ARGS(name->text));
    if (!own)
        diagnose_see(c->diagnostics, c->model->clauses[number].span, "“%.*s” begins here",
                     TEXT_ARGS(name->text));
}

static void
look_at(struct stale *s, const struct sentence_model *sentence)
{
    for (size_t i = 0; i < sentence->subject_to_count && s->steps > 0; i++)
        if (sentence->subject_to[i] == sentence->clause ||
            !anything_limits(s, sentence->subject_to[i], sentence))
            report(s->checking, sentence, i);
}

void
check_stale(struct checking *c)
{
    const struct model *model = c->model;
    struct stale s = {c, STEPS};
    for (size_t i = 0; i < model->sentence_count && s.steps > 0; i++) {
        look_at(&s, &model->sentences[i]);
        if (s.steps > 0)
            continue;
        diagnose(c->diagnostics, W_UNDECIDED, model->sentences[i].tree->span,
                 "cannot decide whether “subject to” means anything from here on");
        diagnose_why(c->diagnostics, "Too many rules stand in the clauses that are named there");
    }
}
