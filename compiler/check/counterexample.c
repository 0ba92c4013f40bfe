/* What is said of an example that does not hold: the case in which it fails, as a true example. */
#include "compiler/check/examples.h"

#include "compiler/model/answer.h"
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"

static void
add_name(struct buffer *out, const struct model *model, uint32_t number)
{
    buffer_add(out, leaf(model, number)->name);
}

/* "shop MAY email customer about news" */
static void
add_act(struct buffer *out, const struct model *model, struct point point, const char *operator)
{
    const struct verb_form *form = &verb_forms[point.verb];
    add_name(out, model, point.actor);
    buffer_format(out, " %s %s ", operator, form->word);
    add_name(out, model, point.object);
    buffer_format(out, " %s ", preposition_word(form->preposition));
    add_name(out, model, point.target);
}

static void
add_clauses(struct buffer *out, const struct model *model, const uint32_t *clauses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%s%.*s", i > 0 ? ", " : " because ",
                      TEXT_ARGS(model->clauses[clauses[i]].name));
}

/* "given customer is stopped and not subscribed.": the states of one owner, or (NONE) the facts.
 * Takes them out of both sets. */
static void
add_given(struct buffer *out, const struct model *model, struct cube *states, uint32_t owner)
{
    uint64_t all = states->need | states->forbid;
    const char *before = NULL;
    for (uint32_t bit = 0; bit < state_count(model); bit++) {
        const struct symbol *state = leaf(model, model->first_leaf[KIND_STATE] + bit);
        uint64_t mask = UINT64_C(1) << bit;
        uint32_t of = state->kind == KIND_FACT ? NONE : state->owner;
        if ((all & mask) == 0 || of != owner)
            continue;
        if (!before && owner != NONE)
            buffer_format(out, "\n            given %.*s is ",
                          TEXT_ARGS(model->symbols[owner].name));
        else if (!before)
            buffer_string(out, "\n            given ");
        buffer_format(out, "%s%s%.*s", before ? before : "",
                      (states->forbid & mask) != 0 ? "not " : "", TEXT_ARGS(state->name));
        before = " and ";
    }
    if (before)
        buffer_char(out, '.');
}

/* Of a one-of group the member that holds says all. */
static struct cube
without_implied(const struct model *model, struct cube states)
{
    for (size_t i = 0; i < model->one_of_count; i++)
        if ((states.need & model->one_of[i]) != 0)
            states.forbid &= ~model->one_of[i];
    return states;
}

static void
add_states(struct buffer *out, const struct model *model, struct cube states)
{
    states = without_implied(model, states);
    uint32_t done_until = NONE;
    add_given(out, model, &states, NONE);
    for (uint32_t bit = 0; bit < state_count(model); bit++) {
        const struct symbol *state = leaf(model, model->first_leaf[KIND_STATE] + bit);
        uint64_t mask = UINT64_C(1) << bit;
        bool first = state->kind == KIND_STATE && state->owner != NONE &&
                     ((states.need | states.forbid) & mask) != 0;
        for (uint32_t b = 0; b < bit && first; b++) {
            const struct symbol *other = leaf(model, model->first_leaf[KIND_STATE] + b);
            first = other->owner != state->owner || ((states.need | states.forbid) >> b & 1) == 0;
        }
        if (first && done_until != state->owner)
            add_given(out, model, &states, state->owner);
        done_until = first ? state->owner : done_until;
    }
}

/* Requests and events are given as they were written. */
static void
add_moments(struct buffer *out, const struct model *model, const struct example *example)
{
    for (size_t i = 0; i < example->tree->given_count; i++) {
        const struct given *given = &example->tree->givens[i];
        if (given->form == GIVEN_RECEIVED || given->form == GIVEN_AT)
            buffer_format(out, "\n            %.*s.",
                          TEXT_ARGS(span_text(model->sources, given->span)));
    }
}

static uint64_t
states_mask(const struct model *model)
{
    uint32_t count = state_count(model);
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* One whole assignment of those in a cube: what is open is not the case, but for one member of each
 * one-of group. */
static uint64_t
choose(const struct model *model, struct cube states)
{
    uint64_t yes = states.need;
    for (size_t i = 0; i < model->one_of_count; i++) {
        uint64_t open = model->one_of[i] & ~states.forbid;
        if ((yes & model->one_of[i]) == 0)
            yes |= open & (~open + 1);
    }
    return yes;
}

/* What the rules at the point come to when not every state is known: a verdict and its clauses, if
 * they are the same in every case. */
struct outcome {
    bool stable;
    enum verdict verdict;
    VECTOR(uint32_t) clauses; /* in page order, each once */
};

static bool
is_out(struct cube when, struct cube states)
{
    return (when.need & states.forbid) != 0 || (when.forbid & states.need) != 0;
}

static bool
is_in(struct cube when, struct cube states)
{
    return (when.need & ~states.need) == 0 && (when.forbid & ~states.forbid) == 0;
}

static void
cite(struct arena *arena, struct outcome *outcome, uint32_t clause)
{
    size_t at = outcome->clauses.count;
    for (size_t i = 0; i < outcome->clauses.count; i++)
        if (outcome->clauses.at[i] == clause)
            return;
    *VECTOR_PUSH(arena, &outcome->clauses) = clause;
    for (; at > 0 && outcome->clauses.at[at - 1] > clause; at--)
        outcome->clauses.at[at] = outcome->clauses.at[at - 1];
    outcome->clauses.at[at] = clause;
}

static bool
cites(const struct outcome *outcome, uint32_t clause)
{
    for (size_t i = 0; i < outcome->clauses.count; i++)
        if (outcome->clauses.at[i] == clause)
            return true;
    return false;
}

/* Cites the rules that hold for certain; stable if none of another clause possibly holds. */
static void
weigh(struct arena *arena, const struct cited *list, size_t count, struct cube states,
      struct outcome *outcome)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(list[i].when, states))
            cite(arena, outcome, list[i].clause);
    for (size_t i = 0; i < count; i++)
        if (!is_out(list[i].when, states) && !cites(outcome, list[i].clause))
            outcome->stable = false;
}

static struct outcome
outcome_of(struct arena *arena, const struct rules_here *rules, struct cube states)
{
    struct outcome outcome = {.stable = true, .verdict = VERDICT_FORBIDDEN};
    weigh(arena, rules->nevers.at, rules->nevers.count, states, &outcome);
    if (outcome.clauses.count > 0 || !outcome.stable)
        return outcome;
    outcome.verdict = VERDICT_ALLOWED;
    weigh(arena, rules->mays.at, rules->mays.count, states, &outcome);
    if (outcome.clauses.count == 0)
        outcome.verdict = VERDICT_UNSTATED;
    return outcome;
}

static bool
same_outcome(const struct outcome *a, const struct outcome *b)
{
    return b->stable && a->verdict == b->verdict && a->clauses.count == b->clauses.count &&
           (a->clauses.count == 0 ||
            memcmp(a->clauses.at, b->clauses.at, a->clauses.count * sizeof *a->clauses.at) == 0);
}

/* The states that go together with a bit: its one-of group, or itself. */
static uint64_t
together(const struct model *model, uint64_t bit)
{
    for (size_t i = 0; i < model->one_of_count; i++)
        if ((model->one_of[i] & bit) != 0)
            return model->one_of[i];
    return bit;
}

/* Leaves out of a whole assignment what does not matter for the outcome. */
static struct cube
without_idle(struct checking *c, const struct rules_here *rules, struct cube states,
             const struct outcome *outcome)
{
    uint64_t all = states.need | states.forbid;
    while (all != 0) {
        uint64_t idle = together(c->model, all & (~all + 1));
        struct cube fewer = {states.need & ~idle, states.forbid & ~idle};
        struct outcome then = outcome_of(c->arena, rules, fewer);
        if (same_outcome(outcome, &then))
            states = fewer;
        all &= ~idle;
    }
    return states;
}

static const char *
verdict_words(enum verdict verdict)
{
    static const char *const words[] = {"not stated by any clause", "forbidden by", "allowed by",
                                        "no question"};
    return words[verdict];
}

static void
report(struct checking *c, const struct example_then *then, struct point point,
       const struct outcome *outcome)
{
    const struct model *model = c->model;
    struct buffer act = buffer_in(c->arena);
    add_act(&act, model, point, then->expects == EXPECT_MAY ? "MAY" : "NEVER");
    struct buffer by = buffer_in(c->arena);
    for (size_t i = 0; i < outcome->clauses.count; i++)
        buffer_format(&by, "%s “%.*s”", i > 0 ? "," : "",
                      TEXT_ARGS(model->clauses[outcome->clauses.at[i]].name));
    bool otherwise = (outcome->verdict == VERDICT_ALLOWED) == (then->expects == EXPECT_MAY);
    diagnose(c->diagnostics, E_EXAMPLE, then->tree->span,
             "“%.*s” does not hold%s: there is a case in which it is %s%.*s",
             TEXT_ARGS(buffer_text(&act)), otherwise ? " for this reason" : "",
             verdict_words(outcome->verdict), TEXT_ARGS(buffer_text(&by)));
}

void
example_fails(struct checking *c, const struct example *example, const struct example_then *then,
              struct point point, const struct rules_here *rules, struct cube states)
{
    const struct model *model = c->model;
    uint64_t yes = choose(model, states);
    uint64_t no = ~yes & ~example->pending & states_mask(model);
    struct outcome outcome = outcome_of(c->arena, rules, (struct cube){yes, no});
    struct buffer out = buffer_in(c->arena);
    report(c, then, point, &outcome);
    buffer_format(&out, "\n          example \"%.*s\":", TEXT_ARGS(example->tree->title.text));
    add_moments(&out, model, example);
    add_states(&out, model, without_idle(c, rules, (struct cube){yes, no}, &outcome));
    buffer_string(&out, "\n            then ");
    add_act(&out, model, point, outcome.verdict == VERDICT_ALLOWED ? "MAY" : "NEVER");
    add_clauses(&out, model, outcome.clauses.at, outcome.clauses.count);
    diagnose_fix(c->diagnostics, "Change the rules, or write what is true of them:%.*s",
                 TEXT_ARGS(buffer_text(&out)));
    if (outcome.clauses.count > 0)
        diagnose_see(c->diagnostics, model->tree->clauses.at[outcome.clauses.at[0]].name.span,
                     "the clause that decides it");
}

/* "2026-03-09 23:59" in the calendar's zone. */
static struct text
civil_words(struct checking *c, int64_t at)
{
    struct civil_time time = calendar_local(c->model->calendar, at);
    struct date date = civil_date(time.day);
    return arena_format(c->arena, "%04d-%02d-%02d %02d:%02d", (int)date.year, date.month, date.day,
                        (int)time.second / 3600, (int)time.second / 60 % 60);
}

static void
report_unknown(struct checking *c, const struct example_then *then, struct text what,
               const struct due *due)
{
    bool open = due->kind == AVOW_DUE_UNKNOWN && due->reason == AVOW_DUE_NOT_STARTED;
    const char *why = due->kind == AVOW_DUE_NOTHING ? "no duty of the policy binds here"
                      : open                        ? "nothing that is given starts its clock"
                      : due->reason == AVOW_DUE_PAST_HOLIDAYS
                          ? "its day lies past the holidays that the calendar knows"
                          : "its day lies outside the years for which the time zone is known";
    diagnose(c->diagnostics, E_EXAMPLE, then->tree->span,
             "it cannot be said when “%.*s” is due: %s", TEXT_ARGS(what), why);
    if (open)
        diagnose_fix(c->diagnostics,
                     "Give what starts it, as in “given … received 2026-03-07 10:00” or “given … "
                     "at 2026-03-07”");
    else if (due->kind == AVOW_DUE_NOTHING)
        diagnose_fix(c->diagnostics, "Change what is given, or add the duty");
    else
        diagnose_fix(c->diagnostics, "Try another day, or complete the calendar");
}

static void
report_due(struct checking *c, const struct example_then *then, struct text what,
           const struct due *due)
{
    struct text at = civil_words(c, due->at), clause = c->model->clauses[due->clause].name;
    bool in_time = due->at >= then->by && due->at < then->by_end;
    if (in_time)
        diagnose(c->diagnostics, E_EXAMPLE, then->tree->span,
                 "“%.*s” is due then because of “%.*s”", TEXT_ARGS(what), TEXT_ARGS(clause));
    else
        diagnose(c->diagnostics, E_EXAMPLE, then->tree->span, "“%.*s” is due by %.*s",
                 TEXT_ARGS(what), TEXT_ARGS(at));
    diagnose_fix(
        c->diagnostics,
        "Change the rules, or write what is true of them:\n            then we MUST %.*s by "
        "%.*s because %.*s",
        TEXT_ARGS(what), TEXT_ARGS(at), TEXT_ARGS(clause));
}

void
example_is_due_otherwise(struct checking *c, const struct example_then *then, uint32_t object,
                         struct due due)
{
    const struct model *model = c->model;
    struct text what = arena_format(c->arena, "%s %.*s", verb_forms[then->verb].word,
                                    TEXT_ARGS(leaf(model, object)->name));
    if (due.kind == AVOW_DUE_AT || due.kind == AVOW_DUE_AT_ONCE)
        report_due(c, then, what, &due);
    else
        report_unknown(c, then, what, &due);
    if (due.clause != NONE)
        diagnose_see(c->diagnostics, model->tree->clauses.at[due.clause].name.span,
                     "the clause that decides it");
}
