/* What is true instead of a line that does not hold, as an example. */
#include "compiler/check/prove.h"

#include "compiler/model/calendar.h"

void
act_words(struct buffer *out, const struct model *model, struct point point, const char *operator)
{
    const struct verb_form *form = &verb_forms[point.verb];
    buffer_format(out, "%.*s ", TEXT_ARGS(leaf(model, point.actor)->name));
    if (*operator)
        buffer_format(out, "%s ", operator);
    buffer_format(out, "%s %.*s %s %.*s", form->word, TEXT_ARGS(leaf(model, point.object)->name),
                  preposition_word(form->preposition), TEXT_ARGS(leaf(model, point.target)->name));
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
add_given(struct buffer *out, const struct model *model, struct cube *states, uint32_t owner,
          unsigned indent)
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
            buffer_format(out, "\n%*sgiven %.*s is ", (int)indent, "",
                          TEXT_ARGS(model->symbols[owner].name));
        else if (!before)
            buffer_format(out, "\n%*sgiven ", (int)indent, "");
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
add_states(struct buffer *out, const struct model *model, struct cube states, unsigned indent)
{
    states = without_implied(model, states);
    uint32_t done_until = NONE;
    add_given(out, model, &states, NONE, indent);
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
            add_given(out, model, &states, state->owner, indent);
        done_until = first ? state->owner : done_until;
    }
}

/* Requests and events of an example are given as they were written. */
static void
add_written_moments(struct buffer *out, const struct model *model, const struct example *example,
                    unsigned indent)
{
    for (size_t i = 0; i < example->tree->given_count; i++) {
        const struct given *given = &example->tree->givens[i];
        if (given->form == GIVEN_RECEIVED || given->form == GIVEN_AT)
            buffer_format(out, "\n%*s%.*s.", (int)indent, "",
                          TEXT_ARGS(span_text(model->sources, given->span)));
    }
}

static void
add_moments(struct buffer *out, const struct model *model, const struct example *example,
            unsigned indent)
{
    for (size_t i = 0; i < example->moment_count; i++) {
        const struct moment_of *moment = &example->moments[i];
        const struct symbol *what = leaf(model, moment->what);
        buffer_format(out, "\n%*sgiven %.*s %s ", (int)indent, "", TEXT_ARGS(what->name),
                      what->kind == KIND_REQUEST ? "received" : "at");
        buffer_add(out, calendar_words(out->arena, model->calendar, moment->at));
        buffer_char(out, '.');
    }
}

static void
add_due(struct buffer *out, const struct model *model, const struct example_then *then,
        const struct proved *proved)
{
    buffer_format(out, "then we MUST %s %.*s by ", verb_forms[then->verb].word,
                  TEXT_ARGS(leaf(model, proved->what)->name));
    buffer_add(out, calendar_words(out->arena, model->calendar, proved->due.at));
    buffer_format(out, " because %.*s", TEXT_ARGS(model->clauses[proved->due.clause].name));
}

/* A title in quotation marks, which has none itself, in one line. */
static void
add_title(struct buffer *out, struct text title)
{
    buffer_string(out, "example \"");
    for (size_t i = 0; i < title.length; i++) {
        unsigned char c = (unsigned char)title.data[i];
        buffer_char(out, c == '"' ? '\'' : c < ' ' ? ' ' : title.data[i]);
    }
    buffer_string(out, "\":");
}

void
counterexample(struct buffer *out, const struct model *model, const struct example *example,
               const struct example_then *then, const struct proved *proved, unsigned indent)
{
    if (then->expects == EXPECT_DUE) {
        add_due(out, model, then, proved);
        return;
    }
    add_title(out, example->title);
    if (example->tree)
        add_written_moments(out, model, example, indent + 2);
    else
        add_moments(out, model, example, indent + 2);
    add_states(out, model, proved->states, indent + 2);
    buffer_format(out, "\n%*sthen ", (int)indent + 2, "");
    act_words(out, model, proved->point, proved->verdict == VERDICT_ALLOWED ? "MAY" : "NEVER");
    add_clauses(out, model, proved->clauses, proved->clause_count);
}
