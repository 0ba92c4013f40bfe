/* Legal bases: that each purpose has one once any has, and that consent can be given and taken
 * back. */
#include "compiler/check/internal.h"

/* Rows of links over the leaves of purposes: one that leads to itself is marked, any other one
 * leads on to where the next marked one may be; the last is the end. */
struct bases {
    struct checking *checking;
    bool any;             /* some purpose has a basis */
    uint32_t *bare;       /* purposes without a basis that were not reported yet */
    uint32_t *by_consent; /* purposes whose only basis is consent */
    uint64_t given,
        taken_back; /* states that a request which people are offered switches on, off */
};

static bool
only_consent(const struct symbol *purpose)
{
    for (size_t i = 0; i < purpose->basis_count; i++)
        if (purpose->bases[i].kind != BASIS_CONSENT)
            return false;
    return purpose->basis_count > 0;
}

static void
note_purposes(struct bases *b)
{
    const struct model *model = b->checking->model;
    struct interval all = kind_leaves(model, KIND_PURPOSE);
    uint32_t count = all.high - all.low;
    b->bare = ARENA_ARRAY(b->checking->arena, count + 1, uint32_t);
    b->by_consent = ARENA_ARRAY(b->checking->arena, count + 1, uint32_t);
    b->bare[count] = b->by_consent[count] = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct symbol *purpose = leaf(model, all.low + i);
        b->any = b->any || purpose->basis_count > 0;
        b->bare[i] = purpose->basis_count == 0 ? i : i + 1;
        b->by_consent[i] = only_consent(purpose) ? i : i + 1;
    }
}

/* Whether each request is offered: some right gives it to people. */
static bool *
offers(const struct bases *b)
{
    const struct model *model = b->checking->model;
    struct interval all = kind_leaves(model, KIND_REQUEST);
    uint32_t count = all.high - all.low;
    bool *offered = ARENA_ARRAY(b->checking->arena, count + 1, bool);
    int32_t *ends = ARENA_ARRAY(b->checking->arena, count + 1, int32_t);
    for (size_t i = 0; i < model->right_count; i++)
        for (size_t k = 0; k < model->rights[i].requests.count; k++) {
            ends[model->rights[i].requests.at[k].low - all.low]++;
            ends[model->rights[i].requests.at[k].high - all.low]--;
        }
    int32_t rights = 0;
    for (uint32_t i = 0; i < count; i++) {
        rights += ends[i];
        offered[i] = rights > 0;
    }
    return offered;
}

static bool
one_is_offered(const struct model *model, const bool *offered, struct set switches)
{
    struct interval all = kind_leaves(model, KIND_REQUEST);
    for (size_t i = 0; i < switches.count; i++)
        for (uint32_t l = switches.at[i].low; l < switches.at[i].high; l++)
            if (l >= all.low && l < all.high && offered[l - all.low])
                return true;
    return false;
}

static void
note_states(struct bases *b)
{
    const struct model *model = b->checking->model;
    const bool *offered = offers(b);
    struct interval states = kind_leaves(model, KIND_STATE);
    for (uint32_t l = states.low; l < states.high; l++) {
        uint64_t bit = state_bit(model, l);
        b->given |= one_is_offered(model, offered, leaf(model, l)->after) ? bit : 0;
        b->taken_back |= one_is_offered(model, offered, leaf(model, l)->until) ? bit : 0;
    }
}

/* The first purpose among the targets that is marked, or NONE. */
static uint32_t
first_marked(const struct bases *b, uint32_t *links, struct set targets)
{
    struct interval all = kind_leaves(b->checking->model, KIND_PURPOSE);
    for (size_t i = 0; i < targets.count; i++) {
        if (targets.at[i].low >= all.high || targets.at[i].low < all.low)
            continue;
        uint32_t at = targets.at[i].low - all.low;
        while (links[at] != at) {
            links[at] = links[links[at]];
            at = links[at];
        }
        if (all.low + at < targets.at[i].high)
            return all.low + at;
    }
    return NONE;
}

static void
report_bare(struct bases *b, const struct rule *rule, uint32_t purpose)
{
    struct checking *c = b->checking;
    const struct symbol *symbol = leaf(c->model, purpose);
    diagnose(c->diagnostics, E_NO_BASIS, symbol->span, "“%.*s” has no legal basis",
             TEXT_ARGS(symbol->name));
    diagnose_why(c->diagnostics, "Other purposes say why the law permits them, and whoever reads "
                                 "that looks for it at every purpose");
    diagnose_fix(c->diagnostics,
                 "Add it to the declaration, as in basis contract \"needed for your order\"");
    diagnose_see(c->diagnostics, sentence_place(c->model, rule->sentence),
                 "the purpose is permitted here");
    b->bare[purpose - c->model->first_leaf[KIND_PURPOSE]]++;
}

/* The permission needs no state at all. */
static void
report_no_state(struct checking *c, struct span place, const struct symbol *purpose)
{
    diagnose(c->diagnostics, E_CONSENT, place,
             "this permission does not depend on the consent that “%.*s” rests on",
             TEXT_ARGS(purpose->name));
    diagnose_why(c->diagnostics, "Without consent, nothing makes it lawful: it must hang on a "
                                 "state that the person switches on and off");
    diagnose_fix(c->diagnostics, "Add “if” and such a state, as in: state agreed \"agreed\" of "
                                 "customer after agree until withdraw");
    diagnose_see(c->diagnostics, purpose->bases[0].span, "the basis of “%.*s”",
                 TEXT_ARGS(purpose->name));
}

static bool
has_request(const struct model *model, struct set switches)
{
    struct interval requests = kind_leaves(model, KIND_REQUEST);
    return set_meets(switches, (struct set){&requests, 1});
}

/* It needs a state that the person cannot switch both ways. */
static void
report_state(const struct bases *b, struct span place, const struct symbol *purpose,
             const struct symbol *state)
{
    struct checking *c = b->checking;
    bool on = (b->given & state_bit(c->model, state->leaves.low)) != 0;
    diagnose(c->diagnostics, E_CONSENT, place, "nobody can %s “%.*s”, on which “%.*s” rests",
             on ? "take back" : "give", TEXT_ARGS(state->name), TEXT_ARGS(purpose->name));
    diagnose_why(c->diagnostics, "Consent is given by one request and taken back by another, and "
                                 "people are told of both");
    if (has_request(c->model, on ? state->until : state->after))
        diagnose_fix(
            c->diagnostics,
            "Give people the right to the request that switches it %s, or write “MAY choose "
            "%.*s”",
            on ? "off" : "on", TEXT_ARGS(state->name));
    else
        diagnose_fix(c->diagnostics,
                     "Add a request behind “%s” in its declaration, and the right to make it",
                     on ? "until" : "after");
    diagnose_see(c->diagnostics, state->span, "“%.*s” is declared here", TEXT_ARGS(state->name));
}

/* The first state that a permission needs, or NULL. */
static const struct symbol *
first_state(const struct model *model, struct cube when)
{
    struct interval states = kind_leaves(model, KIND_STATE);
    for (uint32_t l = states.low; l < states.high; l++)
        if (when.need & state_bit(model, l))
            return leaf(model, l);
    return NULL;
}

/* Consent is reported once a sentence, a missing basis once a purpose. */
static void
check_sentence(struct bases *b, const struct sentence_model *sentence)
{
    const struct model *model = b->checking->model;
    bool reported = false;
    for (uint32_t i = 0; i < sentence->rule_count; i++) {
        const struct rule *rule = &model->rules[sentence->first_rule + i];
        if (rule->mode != MODE_MAY)
            continue;
        uint32_t bare;
        while ((bare = first_marked(b, b->bare, rule->targets)) != NONE)
            report_bare(b, rule, bare);
        uint32_t consent = first_marked(b, b->by_consent, rule->targets);
        if (consent == NONE || reported || (rule->when.need & b->given & b->taken_back))
            continue;
        reported = true;
        const struct symbol *state = first_state(model, rule->when);
        struct span place = sentence->tree->span;
        if (state)
            report_state(b, place, leaf(model, consent), state);
        else
            report_no_state(b->checking, place, leaf(model, consent));
    }
}

void
check_bases(struct checking *checking)
{
    struct bases b = {.checking = checking};
    note_purposes(&b);
    if (!b.any)
        return;
    note_states(&b);
    for (size_t i = 0; i < checking->model->sentence_count; i++)
        check_sentence(&b, &checking->model->sentences[i]);
}
