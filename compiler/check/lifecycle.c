/* What is said of personal data from its collection to its erasure, and what is missing in it. */
#include "compiler/check/internal.h"
#include "compiler/check/walk.h"

enum { STEPS = 20 * 1000 * 1000 };

enum stage_of_life {
    COLLECTED,
    USED,
    STORED,       /* anywhere */
    STORED_BY_US, /* in a place that is nobody's own */
    SEEN,         /* shown or shared */
    ERASED,
    STAGES
};

struct life {
    struct checking *checking;
    struct interval data;
    int32_t *counts[STAGES]; /* by data: in how many sentences */
    uint8_t *reported;       /* by data: the bits of what was said of it */
    size_t steps;
};

/* Counts what a set begins and ends; summed up later, so that a group costs as much as one name. */
static void
count(struct life *life, enum stage_of_life stage, struct set set)
{
    for (size_t i = 0; i < set.count; i++) {
        life->counts[stage][set.at[i].low - life->data.low]++;
        life->counts[stage][set.at[i].high - life->data.low]--;
    }
}

/* A place of a person is theirs, and what is there is not ours to erase. */
static bool
is_ours(const struct model *model, struct set targets)
{
    for (struct walk walk = walk_from_start(targets); !walk_ended(&walk); walk_on(&walk))
        if (leaf(model, walk.leaf)->persons.count == 0)
            return true;
    return false;
}

static void
count_rule(struct life *life, const struct rule *rule)
{
    switch (rule->verb) {
    case VERB_COLLECT:
        count(life, COLLECTED, rule->objects);
        break;
    case VERB_USE:
        count(life, USED, rule->objects);
        break;
    case VERB_STORE:
        count(life, STORED, rule->objects);
        if (is_ours(life->checking->model, rule->targets))
            count(life, STORED_BY_US, rule->objects);
        break;
    case VERB_SHOW:
    case VERB_SHARE:
        count(life, SEEN, rule->objects);
        break;
    default:
        break;
    }
}

static void
count_all(struct life *life)
{
    const struct model *model = life->checking->model;
    uint32_t leaves = life->data.high - life->data.low;
    for (int stage = 0; stage < STAGES; stage++)
        life->counts[stage] = ARENA_ARRAY(life->checking->arena, leaves + 1, int32_t);
    for (size_t i = 0; i < model->rule_count; i++)
        if (model->rules[i].mode == MODE_MAY)
            count_rule(life, &model->rules[i]);
    for (size_t i = 0; i < model->duty_count; i++)
        if (model->duties[i].verb == VERB_ERASE)
            count(life, ERASED, model->duties[i].objects);
    for (int stage = 0; stage < STAGES; stage++)
        for (uint32_t l = 1; l < leaves; l++)
            life->counts[stage][l] += life->counts[stage][l - 1];
}

/* What may be missing of data in a sentence that says one stage of its life. */
static const struct gap {
    enum code code;
    enum stage_of_life missing;
    const char *one, *many, *why, *mend;
} gaps[] = {
    {W_NO_PURPOSE, USED, "%.*s is collected here, and no clause says what it is used for",
     "%.*s are collected here, and no clause says what they are used for",
     "People are to learn why something is collected of them, and without a purpose it may not be "
     "used for anything",
     "Add the sentence, as in “we MAY use %.*s for ...”, or do not collect it"},
    {W_STORED_NOWHERE, STORED, "%.*s is collected here, and no clause says where it is stored",
     "%.*s are collected here, and no clause says where they are stored",
     "The page does not say where it is, and nothing of yours may keep it",
     "Add the sentence, as in “we MAY store %.*s in ...”, or allow this if it is gone at once"},
    {W_NEVER_COLLECTED, COLLECTED, "no clause says where %.*s comes from",
     "no clause says where %.*s come from",
     "Something is done with it here, and nobody may collect it",
     "Add the sentence, as in “we MAY collect %.*s from ...”; if you make it yourselves from other "
     "data, declare it to be of that data"},
    {W_NO_END, ERASED, "%.*s is stored here, and no clause says when it is erased",
     "%.*s are stored here, and no clause says when they are erased",
     "People are to learn how long something is kept of them, and without an end it is for ever",
     "Add the sentence, as in “we MUST erase %.*s within 2 years ...”"},
    {W_KEPT_UNSTORED, STORED, "%.*s must be kept, and may be stored nowhere",
     "%.*s must be kept, and may be stored nowhere",
     "To keep something, somebody must be allowed to store it",
     "Add the sentence, as in “we MAY store %.*s in ...”"},
};

enum { NO_PURPOSE, STORED_NOWHERE, NEVER_COLLECTED, NO_END, KEPT_UNSTORED };

/* Data about nobody needs no reason; what is made of other data is collected with that. */
static bool
concerns(const struct life *life, const struct gap *gap, uint32_t number)
{
    const struct model *model = life->checking->model;
    const struct symbol *symbol = leaf(model, number);
    if (symbol->persons.count == 0)
        return false;
    bool derived = symbol->owner != NONE && model->symbols[symbol->owner].kind == KIND_DATA;
    return !derived || gap->code != W_NEVER_COLLECTED;
}

static void
report(struct life *life, const struct gap *gap, uint32_t sentence, struct set set)
{
    struct checking *c = life->checking;
    struct naming names = set_quoted(c, set);
    diagnose(c->diagnostics, gap->code, sentence_place(c->model, sentence),
             names.several ? gap->many : gap->one, TEXT_ARGS(names.quoted));
    diagnose_why(c->diagnostics, "%s", gap->why);
    diagnose_fix(c->diagnostics, gap->mend, TEXT_ARGS(names.first));
}

/* Says once of all data of a sentence what is missing, and was not said before. */
static void
look_for(struct life *life, int which, uint32_t sentence, struct set objects)
{
    const struct gap *gap = &gaps[which];
    struct arena *arena = life->checking->arena;
    VECTOR(struct interval) found = {NULL, 0, 0};
    uint8_t bit = (uint8_t)(1u << which);
    for (struct walk walk = walk_from_start(objects); !walk_ended(&walk); walk_on(&walk)) {
        uint32_t l = walk.leaf - life->data.low;
        life->steps -= life->steps > 0;
        if (life->steps == 0)
            return;
        if (life->counts[gap->missing][l] > 0 || life->reported[l] & bit ||
            !concerns(life, gap, walk.leaf))
            continue;
        life->reported[l] |= bit;
        *VECTOR_PUSH(arena, &found) = (struct interval){walk.leaf, walk.leaf + 1};
    }
    if (found.count > 0)
        report(life, gap, sentence, set_from(found.at, found.count));
}

static void
look_at_rule(struct life *life, const struct rule *rule)
{
    if (rule->mode != MODE_MAY || rule->verb > VERB_SHARE)
        return;
    if (rule->verb == VERB_COLLECT) {
        look_for(life, NO_PURPOSE, rule->sentence, rule->objects);
        look_for(life, STORED_NOWHERE, rule->sentence, rule->objects);
        return;
    }
    look_for(life, NEVER_COLLECTED, rule->sentence, rule->objects);
    if (rule->verb == VERB_STORE && is_ours(life->checking->model, rule->targets))
        look_for(life, NO_END, rule->sentence, rule->objects);
}

void
check_lifecycle(struct checking *c)
{
    const struct model *model = c->model;
    struct life life = {.checking = c, .data = kind_leaves(model, KIND_DATA), .steps = STEPS};
    count_all(&life);
    life.reported = ARENA_ARRAY(c->arena, life.data.high - life.data.low + 1, uint8_t);
    for (size_t i = 0; i < model->rule_count; i++)
        look_at_rule(&life, &model->rules[i]);
    for (size_t i = 0; i < model->duty_count; i++)
        if (model->duties[i].verb == VERB_KEEP)
            look_for(&life, KEPT_UNSTORED, model->duties[i].sentence, model->duties[i].objects);
    if (life.steps > 0 || model->sentence_count == 0)
        return;
    diagnose(c->diagnostics, W_UNDECIDED, model->clauses[0].span,
             "cannot decide whether all is said of the data that is collected");
    diagnose_why(c->diagnostics, "Too many sentences are about too much data at once");
}
