/* Examples: what is given as states and moments, and what is expected as points. */
#include "compiler/model/answer.h"
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"
#include "compiler/model/internal.h"

struct reading {
    struct draft *draft;
    struct cube given; /* what is said outright */
    struct cube moved; /* what events made of it; counts before it */
    uint64_t pending;
    int64_t moved_at[64]; /* when an event last moved a state */
    VECTOR(struct moment_of) moments;
    VECTOR(struct example_then) thens;
    bool sound;
};

/* The first instant of what was written, and the one behind it: a minute, or a civil day. */
static struct moment_of
moment_begin(const struct calendar *calendar, uint32_t what, const struct moment *moment)
{
    struct date date = {moment->year, moment->month, moment->day};
    struct civil_time time = {civil_day(date), moment->hour * 3600 + moment->minute * 60};
    return (struct moment_of){what, calendar_instant(calendar, time)};
}

static int64_t
moment_end(const struct calendar *calendar, const struct moment *moment)
{
    struct moment next = *moment;
    if (moment->has_time)
        return moment_begin(calendar, NONE, moment).at + 60;
    struct date date =
        civil_date(civil_day((struct date){moment->year, moment->month, moment->day}) + 1);
    next.year = date.year;
    next.month = date.month;
    next.day = date.day;
    return moment_begin(calendar, NONE, &next).at;
}

static void
contradicts(struct reading *r, struct span span)
{
    struct diagnostics *diagnostics = r->draft->diagnostics;
    r->sound = false;
    diagnose(diagnostics, E_EXAMPLE_FORM, span, "this contradicts what was given before");
    diagnose_why(diagnostics, "What cannot be shows nothing about the rules");
    diagnose_fix(diagnostics, "Leave one of the two out");
}

static void
add_given(struct reading *r, struct cube cube, struct span span)
{
    struct cube all = {r->given.need | cube.need, r->given.forbid | cube.forbid};
    uint64_t yes = all.need, known = all.need | all.forbid;
    if (cube_empty(all) || !states_complete(r->draft->model, &yes, &known)) {
        contradicts(r, span);
        return;
    }
    r->given = (struct cube){yes, known & ~yes};
}

static void
read_is(struct reading *r, const struct given *given)
{
    struct draft *draft = r->draft;
    uint32_t subject =
        resolve_symbol(&draft->resolver, &given->subject, KINDS(KIND_PERSON) | KINDS(KIND_DATA));
    struct about about = {.objects = &subject, .object_count = 1};
    struct cube cube;
    if (subject == NONE)
        about = (struct about){.anybody = true};
    if (resolve_condition(&draft->resolver, &given->literals, &about, &cube) && subject != NONE)
        add_given(r, cube, given->span);
    else
        r->sound = false;
}

/* Whether every literal is a fact: of a state it would not be said whose it is. */
static bool
only_facts(struct reading *r, const struct condition *literals)
{
    const struct model *model = r->draft->model;
    for (size_t i = 0; i < literals->count; i++) {
        const struct name *name = &literals->at[i].name;
        uint32_t found = names_find(&model->by_name, name->text);
        if (found == NONE || model->symbols[found].kind != KIND_STATE)
            continue;
        uint32_t owner = model->symbols[found].owner;
        struct text of = owner == NONE ? TEXT("…") : model->symbols[owner].name;
        diagnose(r->draft->diagnostics, E_EXAMPLE_FORM, name->span,
                 "it is not said of whom “%.*s” holds", TEXT_ARGS(name->text));
        diagnose_fix(r->draft->diagnostics, "Write: given %.*s is %s%.*s", TEXT_ARGS(of),
                     literals->at[i].negated ? "not " : "", TEXT_ARGS(name->text));
        return false;
    }
    return true;
}

static void
read_facts(struct reading *r, const struct given *given)
{
    struct about about = {.anybody = true};
    struct cube cube;
    if (!only_facts(r, &given->literals) ||
        !resolve_condition(&r->draft->resolver, &given->literals, &about, &cube))
        r->sound = false;
    else
        add_given(r, cube, given->span);
}

/* An event moves the states it switches; of two events the later counts, and at one instant both
 * leave the state unknown, so that whatever depends on it is refused. */
static void
move_state(struct reading *r, uint32_t bit, bool on, int64_t at)
{
    uint64_t mask = UINT64_C(1) << bit;
    bool moved = ((r->moved.need | r->moved.forbid) & mask) != 0;
    if (moved && r->moved_at[bit] > at)
        return;
    if (moved && r->moved_at[bit] == at && ((r->moved.need & mask) != 0) != on) {
        r->pending |= mask;
        return;
    }
    r->moved.need &= ~mask;
    r->moved.forbid &= ~mask;
    *(on ? &r->moved.need : &r->moved.forbid) |= mask;
    r->moved_at[bit] = at;
}

/* A request that was received leaves the states it switches pending: unknown. */
static void
switch_states(struct reading *r, struct moment_of moment, bool at_once)
{
    const struct model *model = r->draft->model;
    uint32_t first = model->first_leaf[KIND_STATE];
    for (uint32_t l = first; l < model->first_leaf[KIND_STATE + 1] && l - first < 64; l++) {
        bool on = set_has(leaf(model, l)->after, moment.what);
        bool off = set_has(leaf(model, l)->until, moment.what);
        if (!on && !off)
            continue;
        if (at_once && on != off)
            move_state(r, l - first, on, moment.at);
        else
            r->pending |= state_bit(model, l);
    }
}

static void
read_moment(struct reading *r, const struct given *given)
{
    struct draft *draft = r->draft;
    bool received = given->form == GIVEN_RECEIVED;
    uint32_t symbol = resolve_leaf_symbol(&draft->resolver, &given->subject,
                                          KINDS(received ? KIND_REQUEST : KIND_EVENT));
    if (symbol == NONE) {
        r->sound = false;
        return;
    }
    uint32_t what = draft->model->symbols[symbol].leaves.low;
    struct moment_of moment = moment_begin(draft->model->calendar, what, &given->moment);
    *VECTOR_PUSH(draft->arena, &r->moments) = moment;
    switch_states(r, moment, !received);
}

static void
read_given(struct reading *r, const struct given *given)
{
    switch (given->form) {
    case GIVEN_IS:
        read_is(r, given);
        break;
    case GIVEN_FACTS:
        read_facts(r, given);
        break;
    case GIVEN_RECEIVED:
    case GIVEN_AT:
        read_moment(r, given);
        break;
    }
}

static bool
read_because(struct reading *r, const struct name_list *because, struct example_then *then)
{
    struct draft *draft = r->draft;
    uint32_t *clauses = ARENA_ARRAY(draft->arena, because->count, uint32_t);
    for (size_t i = 0; i < because->count; i++) {
        clauses[i] = resolve_clause(&draft->resolver, &because->at[i]);
        if (clauses[i] == NONE)
            return false;
    }
    then->because = clauses;
    then->because_count = because->count;
    return true;
}

static void
read_then(struct reading *r, const struct then *tree)
{
    struct draft *draft = r->draft;
    const struct sentence *sentence = &tree->sentence;
    bool never = sentence->form == SENTENCE_NEVER, must = tree->form == THEN_DUE;
    struct act_sets act = {0};
    struct example_then then = {.tree = tree};
    then.expects = must ? EXPECT_DUE : never ? EXPECT_NEVER : EXPECT_MAY;
    bool good = resolve_actors(&draft->resolver, sentence->we, &sentence->subjects, never || must,
                               &then.actors);
    good &= resolve_act(&draft->resolver, &sentence->act,
                        must    ? ACT_MUST
                        : never ? ACT_NEVER
                                : ACT_MAY,
                        &act);
    good &= read_because(r, &tree->because, &then);
    then.verb = act.verb;
    then.objects = act.objects;
    then.targets = act.targets;
    if (!good || sentence->broken)
        return;
    if (must) {
        then.by = moment_begin(draft->model->calendar, NONE, &tree->by).at;
        then.by_end = moment_end(draft->model->calendar, &tree->by);
    }
    *VECTOR_PUSH(draft->arena, &r->thens) = then;
}

/* What holds in the end: pending before moved before given. */
static struct cube
final_cube(const struct reading *r)
{
    uint64_t moved = r->moved.need | r->moved.forbid;
    return (struct cube){((r->given.need & ~moved) | r->moved.need) & ~r->pending,
                         ((r->given.forbid & ~moved) | r->moved.forbid) & ~r->pending};
}

static bool
read_example(struct draft *draft, const struct example_tree *tree, struct example *out)
{
    struct reading r = {.draft = draft, .sound = true};
    for (size_t i = 0; i < tree->given_count; i++)
        read_given(&r, &tree->givens[i]);
    for (size_t i = 0; i < tree->then_count; i++)
        read_then(&r, &tree->thens[i]);
    for (size_t i = 0; i < r.thens.count; i++)
        r.thens.at[i].given = final_cube(&r);
    *out =
        (struct example){tree, r.pending, r.moments.at, r.moments.count, r.thens.at, r.thens.count};
    return r.sound;
}

void
examples_make(struct draft *draft)
{
    struct model *model = draft->model;
    size_t count = draft->tree->examples.count;
    struct example *examples = ARENA_ARRAY(draft->arena, count, struct example);
    for (size_t i = 0; i < count; i++)
        if (read_example(draft, &draft->tree->examples.at[i], &examples[model->example_count]))
            model->example_count++;
    model->examples = examples;
}
