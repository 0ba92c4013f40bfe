/* Where data is, against who must not have it: states of a person in a place from which the
 * person's data is kept out, and data that is shown to those with whom it is never shared. */
#include "compiler/check/internal.h"
#include "compiler/check/walk.h"

enum { STEPS = 10 * 1000 * 1000 };

/* States ------------------------------------------------------------------------------------- */

/* The first rule of the mode by which we store data of these persons in the place, or not; NONE. */
static uint32_t
first_storing(struct checking *c, enum mode mode, struct set persons, struct set places)
{
    const struct model *model = c->model;
    for (uint32_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        bool about = rule->mode == mode && rule->verb == VERB_STORE &&
                     set_meets(rule->targets, places) &&
                     (mode == MODE_MAY || set_has(rule->actors, us_actor(model)));
        if (!about)
            continue;
        for (struct walk walk = walk_from_start(rule->objects); !walk_ended(&walk); walk_on(&walk))
            if (set_meets(leaf(model, walk.leaf)->persons, persons))
                return i;
    }
    return NONE;
}

static void
report_state(struct checking *c, const struct symbol *state, uint32_t never)
{
    const struct model *model = c->model;
    const struct rule *rule = &model->rules[never];
    struct text place = model->symbols[state->kept_in].name;
    diagnose(c->diagnostics, W_STATE_PLACE, state->span,
             "“%.*s” is kept in “%.*s”, and “%.*s” keeps that person's data out of it",
             TEXT_ARGS(state->name), TEXT_ARGS(place),
             TEXT_ARGS(model->clauses[rule->clause].name));
    diagnose_why(c->diagnostics, "What somebody has asked for is data about that person too");
    diagnose_fix(c->diagnostics, "Name another place behind “kept in”, or except it in the clause");
    diagnose_see(c->diagnostics, sentence_place(model, rule->sentence), "what keeps it out");
}

void
check_kept_states(struct checking *c)
{
    const struct model *model = c->model;
    uint32_t last = model->first_symbol[KIND_STATE + 1];
    for (uint32_t i = model->first_symbol[KIND_STATE]; i < last; i++) {
        const struct symbol *state = &model->symbols[i];
        if (state->kept_in == NONE || state->persons.count == 0)
            continue;
        struct set places = {&model->symbols[state->kept_in].leaves, 1};
        uint32_t never = first_storing(c, MODE_NEVER, state->persons, places);
        if (never != NONE && first_storing(c, MODE_MAY, state->persons, places) == NONE)
            report_state(c, state, never);
    }
}

/* Shown and not shared ----------------------------------------------------------------------- */

struct showing {
    struct checking *checking;
    const struct rule *show;
    struct set others; /* audiences to whom it is shown, but for ourselves */
    uint32_t found;    /* the first prohibition to share it with one of them */
    size_t steps;
};

static void
compare(void *context, uint32_t number)
{
    struct showing *s = context;
    const struct rule *share = &s->checking->model->rules[number];
    s->steps -= s->steps > 0;
    if (s->steps > 0 && share->mode == MODE_NEVER && number < s->found &&
        set_meets(share->targets, s->others) && set_meets(share->objects, s->show->objects) &&
        set_meets(share->actors, s->show->actors) &&
        states_possible(s->checking->model, cube_both(share->when, s->show->when)))
        s->found = number;
}

static void
report_shown(struct showing *s)
{
    struct checking *c = s->checking;
    const struct model *model = c->model;
    const struct rule *share = &model->rules[s->found];
    struct set both = set_both(c->arena, share->targets, s->others);
    struct naming data = set_quoted(c, set_both(c->arena, share->objects, s->show->objects));
    diagnose(c->diagnostics, W_SHOWN_UNSHARED, sentence_place(model, s->show->sentence),
             "%.*s may be shown to %.*s here, and %s never shared with them",
             TEXT_ARGS(data.quoted), TEXT_ARGS(set_quoted(c, both).quoted),
             data.several ? "are" : "is");
    diagnose_why(c->diagnostics, "Whoever has seen something has it, so a reader takes one of the "
                                 "two for wrong");
    diagnose_fix(c->diagnostics, "Take them out of one of the two sentences");
    diagnose_see(c->diagnostics, sentence_place(model, share->sentence), "it is never shared");
}

static void
look_at(struct showing *s, const struct rule *rule)
{
    struct checking *c = s->checking;
    struct interval audiences = kind_leaves(c->model, KIND_AUDIENCE);
    audiences.low++; /* we ourselves */
    s->show = rule;
    s->found = NONE;
    s->others = set_both(c->arena, rule->targets, (struct set){&audiences, 1});
    if (audiences.low >= audiences.high || s->others.count == 0 || c->faulty[rule->sentence])
        return;
    for (struct walk walk = walk_from_start(rule->objects); !walk_ended(&walk); walk_on(&walk))
        reach_about(c->reach, VERB_SHARE, walk.leaf, compare, s);
    if (s->found != NONE)
        report_shown(s);
}

void
check_shown_unshared(struct checking *c)
{
    const struct model *model = c->model;
    struct showing s = {.checking = c, .steps = STEPS};
    for (uint32_t i = 0; i < model->rule_count && s.steps > 0; i++)
        if (model->rules[i].mode == MODE_MAY && model->rules[i].verb == VERB_SHOW)
            look_at(&s, &model->rules[i]);
}
