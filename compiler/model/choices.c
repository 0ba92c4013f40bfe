/* "person MAY choose STATE": both requests of the state, the right to them, and the duty to do them
 * at once. */
#include "compiler/model/sentences.h"

struct choice {
    const struct saying *saying;
    const uint32_t *holders; /* symbols of the persons who choose */
    size_t holder_count;
    VECTOR(struct interval) requests;
};

static void
report_switch(const struct choice *choice, const struct name *name, const struct symbol *state,
              bool on)
{
    struct diagnostics *to = choice->saying->draft->diagnostics;
    diagnose(to, E_CHOICE, name->span, "nobody can switch “%.*s” %s by asking for it",
             TEXT_ARGS(state->name), on ? "on" : "off");
    diagnose_why(to, "What people may choose they switch on by one request and off by another");
    diagnose_fix(to,
                 "Add a request behind “%s” in its declaration, or write “MAY request” with what "
                 "can be asked for",
                 on ? "after" : "until");
    diagnose_see(to, state->span, "“%.*s” is declared here", TEXT_ARGS(state->name));
}

static void
report_owner(const struct choice *choice, const struct name *name, const struct symbol *state,
             const struct symbol *holder)
{
    const struct model *model = choice->saying->draft->model;
    struct diagnostics *to = choice->saying->draft->diagnostics;
    struct text owner = leaf(model, state->persons.at[0].low)->name;
    diagnose(to, E_CHOICE, name->span, "“%.*s” is a state of %.*s, and %.*s cannot choose it",
             TEXT_ARGS(state->name), TEXT_ARGS(owner), TEXT_ARGS(holder->name));
    diagnose_why(to, "People choose for themselves and for their own data");
    diagnose_fix(to, "Write “%.*s MAY choose …”", TEXT_ARGS(owner));
    diagnose_see(to, state->span, "“%.*s” is declared here", TEXT_ARGS(state->name));
}

/* Adds the requests among what switches a state; false if there are none. */
static bool
add_requests(struct choice *choice, struct set switches)
{
    struct draft *draft = choice->saying->draft;
    struct interval all = kind_leaves(draft->model, KIND_REQUEST);
    struct set requests = set_both(draft->arena, switches, (struct set){&all, 1});
    for (size_t i = 0; i < requests.count; i++)
        *VECTOR_PUSH(draft->arena, &choice->requests) = requests.at[i];
    return requests.count > 0;
}

/* One state; false after a report. */
static bool
choose(struct choice *choice, const struct name *name, const struct symbol *state)
{
    const struct model *model = choice->saying->draft->model;
    bool on = add_requests(choice, state->after), off = add_requests(choice, state->until);
    if (!on || !off) {
        report_switch(choice, name, state, !on);
        return false;
    }
    for (size_t i = 0; i < choice->holder_count && state->persons.count > 0; i++) {
        const struct symbol *holder = &model->symbols[choice->holders[i]];
        if (set_meets(state->persons, holder->persons))
            continue;
        report_owner(choice, name, state, holder);
        return false;
    }
    return true;
}

/* All states of all names. A state whose declaration could not be read was reported there. */
static bool
choose_all(struct choice *choice)
{
    struct draft *draft = choice->saying->draft;
    const struct name_list *names = &choice->saying->tree->act.objects;
    bool good = true;
    for (size_t i = 0; i < names->count; i++) {
        uint32_t found = resolve_symbol(&draft->resolver, &names->at[i], KINDS(KIND_STATE));
        if (found == NONE || draft_spoiled(draft, draft->model->symbols[found].span)) {
            good = false;
            continue;
        }
        struct interval states = draft->model->symbols[found].leaves;
        for (uint32_t l = states.low; l < states.high && good; l++)
            good = choose(choice, &names->at[i], leaf(draft->model, l));
    }
    return good;
}

void
choice_forgive(const struct saying *saying)
{
    struct draft *draft = saying->draft;
    const struct name_list *names = &saying->tree->act.objects;
    for (size_t i = 0; i < names->count; i++) {
        uint32_t found = names_find(&draft->model->by_name, names->at[i].text);
        bool state = found != NONE && draft->model->symbols[found].kind == KIND_STATE;
        struct interval leaves =
            state ? draft->model->symbols[found].leaves : (struct interval){0, 0};
        for (uint32_t l = leaves.low; l < leaves.high; l++) {
            answered_add(draft, saying->answered->done, leaf(draft->model, l)->after);
            answered_add(draft, saying->answered->done, leaf(draft->model, l)->until);
        }
    }
}

void
choice_say(const struct saying *saying)
{
    struct draft *draft = saying->draft;
    const struct sentence *tree = saying->tree;
    struct right right = {
        .contact_count = tree->via.count, .clause = saying->clause, .sentence = saying->sentence};
    uint32_t *holders = ARENA_ARRAY(draft->arena, tree->subjects.count, uint32_t);
    bool good = resolve_holders(draft, tree, holders, &right.persons);
    good = resolve_contacts(draft, &tree->via, &right.contacts) && good;
    struct choice choice = {
        .saying = saying, .holders = holders, .holder_count = good ? tree->subjects.count : 0};
    good = choose_all(&choice) && good;
    right.requests = set_from(choice.requests.at, choice.requests.count);
    answered_add(draft, saying->answered->done, right.requests);
    if (!good)
        return;
    struct interval *actors = ARENA_NEW(draft->arena, struct interval);
    *actors = kind_leaves(draft->model, KIND_SYSTEM);
    *VECTOR_PUSH(draft->arena, &draft->rights) = right;
    *VECTOR_PUSH(draft->arena, &draft->duties) =
        (struct duty){.verb = VERB_DO,
                      .actors = {actors, 1},
                      .objects = right.requests,
                      .timing = {.form = TIMING_AT_ONCE, .span = tree->span},
                      .clause = saying->clause,
                      .sentence = saying->sentence};
}
