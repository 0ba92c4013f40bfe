/* Data that goes to somebody who is in a place where another clause keeps it out. */
#include "compiler/check/internal.h"
#include "compiler/check/walk.h"

enum { STEPS = 10 * 1000 * 1000 };

struct sending {
    struct checking *checking;
    const struct rule *rule;
    struct set places; /* where the recipient at hand is */
    uint32_t found;    /* the first prohibition to store it there */
    size_t steps;
};

static void
compare(void *context, uint32_t number)
{
    struct sending *s = context;
    const struct model *model = s->checking->model;
    const struct rule *never = &model->rules[number];
    s->steps -= s->steps > 0;
    if (s->steps > 0 && never->mode == MODE_NEVER && number < s->found &&
        never->clause != s->rule->clause && set_meets(never->targets, s->places) &&
        set_meets(never->objects, s->rule->objects) && set_meets(never->actors, s->rule->actors) &&
        states_possible(model, cube_both(never->when, s->rule->when)) &&
        !sentence_acknowledges(&model->sentences[s->rule->sentence], never->clause))
        s->found = number;
}

static void
report(struct sending *s, const struct symbol *recipient, const struct symbol *place)
{
    struct checking *c = s->checking;
    const struct model *model = c->model;
    const struct rule *never = &model->rules[s->found];
    struct text clause = model->clauses[never->clause].name;
    struct set both = set_both(c->arena, never->objects, s->rule->objects);
    diagnose(c->diagnostics, W_RECIPIENT_PLACE, sentence_place(model, s->rule->sentence),
             "“%.*s” is in “%.*s”, and “%.*s” keeps %.*s out of there", TEXT_ARGS(recipient->name),
             TEXT_ARGS(place->name), TEXT_ARGS(clause), TEXT_ARGS(set_quoted(c, both).quoted));
    diagnose_why(c->diagnostics, "Who is told that data never goes to a place does not expect that "
                                 "somebody there gets it");
    diagnose_fix(c->diagnostics,
                 "Take it out of one of the two sentences, or write “subject to "
                 "%.*s”",
                 TEXT_ARGS(clause));
    diagnose_see(c->diagnostics, sentence_place(model, never->sentence), "what keeps it out");
}

/* One message for each sentence. */
static void
look_at(struct sending *s, const struct rule *rule)
{
    const struct model *model = s->checking->model;
    s->rule = rule;
    for (struct walk target = walk_from_start(rule->targets); !walk_ended(&target);
         walk_on(&target)) {
        const struct symbol *recipient = leaf(model, target.leaf);
        s->steps -= s->steps > 0;
        for (size_t i = 0; i < recipient->in_count && s->steps > 0; i++) {
            const struct symbol *place = &model->symbols[recipient->in[i]];
            s->places = (struct set){&place->leaves, 1};
            s->found = NONE;
            struct walk object = walk_from_start(rule->objects);
            for (; !walk_ended(&object); walk_on(&object))
                reach_about(s->checking->reach, VERB_STORE, object.leaf, compare, s);
            if (s->found == NONE)
                continue;
            report(s, recipient, place);
            return;
        }
    }
}

static bool
sends(enum verb verb)
{
    return verb == VERB_SHARE || verb == VERB_SHOW || verb == VERB_STORE;
}

bool
goes_where_forbidden(const struct model *model, const struct rule *permission,
                     const struct rule *prohibition)
{
    bool about = sends(permission->verb) && prohibition->verb == VERB_STORE &&
                 set_meets(permission->objects, prohibition->objects);
    struct walk target = walk_from_start(permission->targets);
    for (; about && !walk_ended(&target); walk_on(&target)) {
        const struct symbol *recipient = leaf(model, target.leaf);
        for (size_t i = 0; i < recipient->in_count; i++) {
            struct set place = {&model->symbols[recipient->in[i]].leaves, 1};
            if (set_meets(prohibition->targets, place))
                return true;
        }
    }
    return false;
}

void
check_recipient_places(struct checking *c)
{
    const struct model *model = c->model;
    struct sending s = {.checking = c, .steps = STEPS};
    for (uint32_t i = 0; i < model->rule_count && s.steps > 0; i++)
        if (model->rules[i].mode == MODE_MAY && sends(model->rules[i].verb) &&
            !c->faulty[model->rules[i].sentence])
            look_at(&s, &model->rules[i]);
}
