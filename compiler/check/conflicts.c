/* Permissions and duties that a prohibition of another clause takes back in part, without a word
 * about it. */
#include "compiler/check/internal.h"
#include "compiler/check/walk.h"

#include <stdlib.h>

enum { STEPS = 30 * 1000 * 1000, MANY = 64 /* objects: then all prohibitions are gone through */ };

struct conflicts {
    struct checking *checking;
    size_t steps;
    const struct sentence_model *sentence;
    const struct rule *asked; /* what the sentence permits or demands */
    uint32_t *seen;           /* by clause: 1 + the sentence that was compared with it */
    VECTOR(uint32_t) nevers[VERB_QUESTIONS];
    VECTOR(uint32_t) clauses; /* that forbid a part of the sentence */
    uint32_t first;           /* of their prohibitions */
};

static bool
meets(const struct model *model, const struct rule *a, const struct rule *b)
{
    return set_meets(a->actors, b->actors) && set_meets(a->targets, b->targets) &&
           set_meets(a->objects, b->objects) && states_possible(model, cube_both(a->when, b->when));
}

static void
compare(void *context, uint32_t number)
{
    struct conflicts *s = context;
    const struct model *model = s->checking->model;
    const struct rule *never = &model->rules[number];
    uint32_t mark = (uint32_t)(s->sentence - model->sentences) + 1;
    if (s->steps == 0)
        return;
    s->steps--;
    if (never->mode != MODE_NEVER || never->clause == s->sentence->clause ||
        s->seen[never->clause] == mark || !meets(model, s->asked, never) ||
        sentence_acknowledges(s->sentence, never->clause))
        return;
    s->seen[never->clause] = mark;
    s->first = number < s->first ? number : s->first;
    *VECTOR_PUSH(s->checking->arena, &s->clauses) = never->clause;
}

/* Compares what is permitted or demanded with all prohibitions of its act. */
static void
compare_all(struct conflicts *s, const struct rule *asked)
{
    s->asked = asked;
    if (set_size(asked->objects) > MANY) {
        for (size_t i = 0; i < s->nevers[asked->verb].count; i++)
            compare(s, s->nevers[asked->verb].at[i]);
        return;
    }
    for (struct walk walk = walk_from_start(asked->objects); !walk_ended(&walk); walk_on(&walk))
        reach_about(s->checking->reach, asked->verb, walk.leaf, compare, s);
}

static void
compare_duty(struct conflicts *s, const struct duty *duty)
{
    if (duty->verb >= VERB_QUESTIONS || duty->targets.count == 0)
        return;
    struct rule asked = {.verb = duty->verb,
                         .actors = duty->actors,
                         .objects = duty->objects,
                         .targets = duty->targets,
                         .when = duty->when};
    compare_all(s, &asked);
}

static int
by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
report(struct conflicts *s)
{
    struct checking *c = s->checking;
    const struct model *model = c->model;
    const struct sentence_model *sentence = s->sentence;
    size_t count = s->clauses.count;
    qsort(s->clauses.at, count, sizeof *s->clauses.at, by_number);
    struct text quoted = clauses_quoted(c, s->clauses.at, count);
    bool duty = sentence->duty_count > 0;
    diagnose(c->diagnostics, W_CONFLICT, sentence->tree->span,
             "%.*s forbid%s a part of this %s, which does not say so", TEXT_ARGS(quoted),
             count == 1 ? "s" : "", duty ? "duty" : "permission");
    diagnose_why(c->diagnostics,
                 duty
                     ? "A prohibition always wins, so whoever reads only this clause expects more "
                       "than will be done"
                     : "A prohibition always wins, so whoever reads only this clause believes that "
                       "more is done than is allowed");
    VECTOR(uint32_t) all = {NULL, 0, 0};
    for (size_t i = 0; i < sentence->subject_to_count; i++)
        *VECTOR_PUSH(c->arena, &all) = sentence->subject_to[i];
    for (size_t i = 0; i < count; i++)
        *VECTOR_PUSH(c->arena, &all) = s->clauses.at[i];
    struct text written = clauses_written(c, all.at, all.count);
    diagnose_fix(c->diagnostics, "Write “subject to %.*s” at its end, or limit one of the two",
                 TEXT_ARGS(written));
    diagnose_see(c->diagnostics, sentence_place(model, model->rules[s->first].sentence),
                 "what “%.*s” forbids",
                 TEXT_ARGS(model->clauses[model->rules[s->first].clause].name));
}

static void
look_at(struct conflicts *s, const struct sentence_model *sentence)
{
    const struct model *model = s->checking->model;
    s->sentence = sentence;
    s->clauses.count = 0;
    s->first = NONE;
    for (uint32_t i = 0; i < sentence->rule_count; i++)
        if (model->rules[sentence->first_rule + i].mode == MODE_MAY)
            compare_all(s, &model->rules[sentence->first_rule + i]);
    for (uint32_t i = 0; i < sentence->duty_count; i++)
        compare_duty(s, &model->duties[sentence->first_duty + i]);
    if (s->clauses.count > 0)
        report(s);
}

void
check_conflicts(struct checking *c)
{
    const struct model *model = c->model;
    struct conflicts s = {.checking = c,
                          .steps = STEPS,
                          .seen = ARENA_ARRAY(c->arena, model->clause_count, uint32_t)};
    for (uint32_t i = 0; i < model->rule_count; i++)
        if (model->rules[i].mode == MODE_NEVER)
            *VECTOR_PUSH(c->arena, &s.nevers[model->rules[i].verb]) = i;
    for (size_t i = 0; i < model->sentence_count && s.steps > 0; i++) {
        if (!c->faulty[i])
            look_at(&s, &model->sentences[i]);
        if (s.steps > 0)
            continue;
        diagnose(c->diagnostics, W_UNDECIDED, model->sentences[i].tree->span,
                 "cannot decide whether other clauses forbid a part of what is said from here on");
        diagnose_why(c->diagnostics, "Too many prohibitions are about the same things");
    }
}
