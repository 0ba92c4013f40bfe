/* Duties that nobody could do, because prohibitions cover every way. */
#include "compiler/check/internal.h"
#include "compiler/check/walk.h"

enum {
    STEPS_ONE = 200 * 1000,      /* spent on one duty at most */
    STEPS_ALL = 10 * 1000 * 1000 /* on the whole policy */
};

struct attempt { /* one duty and what it must be done to */
    struct checking *checking;
    const struct duty *duty;
    size_t steps;
    uint32_t first; /* of the prohibitions that were met, in page order */
};

/* Whether one of the actors may do it. */
static enum search_result
somebody_may(struct attempt *a, enum verb verb, uint32_t object, uint32_t target)
{
    enum search_result result = SEARCH_NONE;
    for (struct walk actor = walk_from_start(a->duty->actors);
         !walk_ended(&actor) && result == SEARCH_NONE; walk_on(&actor)) {
        struct point point = {verb, actor.leaf, object, target};
        uint32_t first;
        a->steps -= a->steps > 0;
        result = prohibitions_leave(a->checking, point, a->duty->when, &a->steps, &first);
        if (first < a->first)
            a->first = first;
    }
    return a->steps == 0 ? SEARCH_TOO_LONG : result;
}

/* Whether it may be done to any target of the verb. */
static enum search_result
anywhere(struct attempt *a, enum verb verb, uint32_t object)
{
    const struct model *model = a->checking->model;
    const struct verb_form *form = &verb_forms[verb];
    uint32_t low = model->first_leaf[form->target_first];
    uint32_t high = model->first_leaf[form->target_last + 1];
    enum search_result result = SEARCH_NONE;
    for (uint32_t target = low; target < high && result == SEARCH_NONE; target++)
        result = somebody_may(a, verb, object, target);
    return low == high ? SEARCH_FOUND : result;
}

/* Whether it may be done to each of its targets. */
static enum search_result
everywhere(struct attempt *a, enum verb verb, uint32_t object)
{
    enum search_result result = SEARCH_FOUND;
    for (struct walk target = walk_from_start(a->duty->targets);
         !walk_ended(&target) && result == SEARCH_FOUND; walk_on(&target))
        result = somebody_may(a, verb, object, target.leaf);
    return result;
}

/* Whether there is a way to tell a person anything at all. */
static enum search_result
some_channel(struct attempt *a, uint32_t person)
{
    static const enum verb channels[] = {VERB_EMAIL, VERB_TEXT, VERB_CALL, VERB_POST};
    enum search_result result = SEARCH_NONE;
    for (size_t i = 0; i < 4 && result == SEARCH_NONE; i++)
        result = anywhere(a, channels[i], person);
    return result;
}

static enum search_result
can_be_done(struct attempt *a, uint32_t object)
{
    switch (a->duty->verb) {
    case VERB_TELL:
        return some_channel(a, object);
    case VERB_KEEP:
        return anywhere(a, VERB_STORE, object);
    case VERB_DO:
    case VERB_ERASE:
        return SEARCH_FOUND; /* nothing prohibits these */
    default:
        return a->duty->targets.count > 0 ? everywhere(a, a->duty->verb, object)
                                          : anywhere(a, a->duty->verb, object);
    }
}

static void
report(const struct attempt *a, uint32_t object)
{
    struct checking *c = a->checking;
    const struct model *model = c->model;
    const struct rule *never = &model->rules[a->first];
    struct text name = leaf(model, object)->name, clause = model->clauses[never->clause].name;
    c->faulty[a->duty->sentence] = true;
    diagnose(c->diagnostics, E_IMPOSSIBLE_DUTY, sentence_place(model, a->duty->sentence),
             "this duty can never be met for “%.*s”", TEXT_ARGS(name));
    const char *why = "What it asks for is prohibited in every case, and a prohibition always wins";
    if (a->duty->verb == VERB_TELL)
        why = "To e-mail, text, call or post is prohibited in every case, so nobody could be told";
    if (a->duty->verb == VERB_KEEP)
        why = "To store it is prohibited everywhere, so it cannot be kept";
    diagnose_why(c->diagnostics, "%s", why);
    diagnose_fix(c->diagnostics,
                 "Leave the duty out, or give the prohibition in “%.*s” an exception",
                 TEXT_ARGS(clause));
    diagnose_see(c->diagnostics, sentence_place(model, never->sentence), "a prohibition of “%.*s”",
                 TEXT_ARGS(clause));
}

static void
report_undecided(const struct attempt *a, bool all)
{
    struct checking *c = a->checking;
    diagnose(c->diagnostics, W_UNDECIDED, sentence_place(c->model, a->duty->sentence),
             all ? "cannot decide whether the duties from here on can be met"
                 : "cannot decide whether this duty can be met");
    diagnose_why(c->diagnostics, "Too many prohibitions are about the same things");
}

/* NONE with the object for which it cannot be done. */
static enum search_result
try_duty(struct attempt *a, uint32_t *object)
{
    enum search_result result = SEARCH_FOUND;
    struct walk walk = walk_from_start(a->duty->objects);
    for (; !walk_ended(&walk) && result == SEARCH_FOUND; walk_on(&walk)) {
        *object = walk.leaf;
        a->first = NONE;
        result = can_be_done(a, walk.leaf);
    }
    return result;
}

/* A sentence is impossible if it is so in each of its cases. False if steps are spent. */
static bool
look_at(struct checking *c, const struct sentence_model *sentence, size_t *steps_left)
{
    enum search_result result = SEARCH_NONE;
    size_t given = *steps_left < STEPS_ONE ? *steps_left : STEPS_ONE;
    struct attempt a = {c, NULL, given, NONE};
    uint32_t object = 0;
    for (uint32_t i = 0; i < sentence->duty_count && result == SEARCH_NONE; i++) {
        a.duty = &c->model->duties[sentence->first_duty + i];
        result = try_duty(&a, &object);
    }
    *steps_left -= given - a.steps;
    if (result == SEARCH_TOO_LONG)
        report_undecided(&a, *steps_left == 0);
    else if (result == SEARCH_NONE && a.first != NONE)
        report(&a, object);
    return *steps_left > 0;
}

void
check_impossible_duties(struct checking *c)
{
    size_t steps_left = STEPS_ALL;
    for (size_t i = 0; i < c->model->sentence_count; i++)
        if (c->model->sentences[i].duty_count > 0 &&
            !look_at(c, &c->model->sentences[i], &steps_left))
            return;
}
