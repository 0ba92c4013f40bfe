/* Examples: what is given as states and moments, and what is expected as points. */
#include "compiler/model/events.h"
#include "compiler/model/givens.h"
#include "compiler/model/internal.h"

struct reading {
    struct draft *draft;
    struct givens givens;
    VECTOR(struct example_then) thens;
    bool sound;
};

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
    if (!givens_say(&r->givens, cube))
        contradicts(r, span);
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

static void
read_moment(struct reading *r, const struct given *given)
{
    struct draft *draft = r->draft;
    bool received = given->form == GIVEN_RECEIVED;
    uint32_t symbol = received ? NONE : events_done(draft->model, given->subject.text);
    if (symbol == NONE)
        symbol = resolve_leaf_symbol(&draft->resolver, &given->subject,
                                     KINDS(received ? KIND_REQUEST : KIND_EVENT));
    if (symbol == NONE) {
        r->sound = false;
        return;
    }
    uint32_t what = draft->model->symbols[symbol].leaves.low;
    int64_t at = moment_begin(draft->model->calendar, &given->moment);
    givens_happen(&r->givens, (struct moment_of){what, at}, received);
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
        then.by = moment_begin(draft->model->calendar, &tree->by);
        then.by_end = moment_end(draft->model->calendar, &tree->by);
    }
    *VECTOR_PUSH(draft->arena, &r->thens) = then;
}

static bool
read_example(struct draft *draft, const struct example_tree *tree, struct example *out)
{
    struct reading r = {.draft = draft, .givens = {.model = draft->model}, .sound = true};
    for (size_t i = 0; i < tree->given_count; i++)
        read_given(&r, &tree->givens[i]);
    for (size_t i = 0; i < tree->then_count; i++)
        read_then(&r, &tree->thens[i]);
    for (size_t i = 0; i < r.thens.count; i++)
        r.thens.at[i].given = givens_states(&r.givens);
    *out = (struct example){
        .tree = tree,
        .title = tree->title.text,
        .pending = r.givens.pending,
        .moments = r.givens.moments.at,
        .moment_count = r.givens.moments.count,
        .thens = r.thens.at,
        .then_count = r.thens.count,
    };
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
