#include "compiler/model/deadlines.h"

/* A duty is entered at the largest names that its objects cover whole, so a name's duties are found
 * at the name itself and the groups above it, and at its kind as a whole. */

enum sort { LIMIT, KEEP, SORTS };

struct entry {
    uint32_t clause_seen; /* of the clause scope: entries of other clauses are void; clause + 1 */
    struct deadline_pair found[SORTS];
};

struct deadlines {
    const struct model *model;
    struct entry *all;   /* by symbol, then one for each kind */
    struct entry *here;  /* likewise, for the clause at hand */
    struct entry *again; /* and for those that it repeats */
    uint32_t clause;     /* at hand, or NONE */
};

static const struct deadline_pair nothing = {{NONE, NONE}};

static bool
same_time(struct timing a, struct timing b)
{
    if (a.form != b.form || a.form == TIMING_AT_ONCE)
        return a.form == b.form;
    return a.amount == b.amount && a.unit == b.unit;
}

/* Keeps the first two that differ in time. */
static void
add(const struct model *model, struct deadline_pair *pair, uint32_t duty)
{
    if (duty == NONE)
        return;
    if (pair->duty[0] == NONE)
        pair->duty[0] = duty;
    else if (pair->duty[1] == NONE &&
             !same_time(model->duties[pair->duty[0]].timing, model->duties[duty].timing))
        pair->duty[1] = duty;
}

static void
enter(struct deadlines *d, struct entry *entries, uint32_t place, uint32_t clause, uint32_t duty)
{
    struct entry *entry = &entries[place];
    enum sort sort = d->model->duties[duty].timing.form == TIMING_FOR ? KEEP : LIMIT;
    if (entry->clause_seen != clause + 1)
        *entry = (struct entry){clause + 1, {nothing, nothing}};
    add(d->model, &entry->found[sort], duty);
}

/* The largest name whose leaves begin at `low` and end by `high`. */
static uint32_t
largest_at(const struct model *model, uint32_t low, uint32_t high)
{
    uint32_t symbol = model->leaf_symbol[low];
    for (;;) {
        uint32_t parent = model->symbols[symbol].parent;
        if (parent == NONE || model->symbols[parent].leaves.low != low ||
            model->symbols[parent].leaves.high > high)
            return symbol;
        symbol = parent;
    }
}

static void
enter_duty(struct deadlines *d, struct entry *entries, uint32_t clause, uint32_t number)
{
    const struct model *model = d->model;
    const struct duty *duty = &model->duties[number];
    enum kind kind = verb_forms[duty->verb].object;
    struct interval whole = kind_leaves(model, kind);
    if (duty->timing.form == TIMING_NONE)
        return;
    for (size_t i = 0; i < duty->objects.count; i++) {
        struct interval part = duty->objects.at[i];
        if (part.low == whole.low && part.high == whole.high) {
            enter(d, entries, (uint32_t)model->symbol_count + kind, clause, number);
            continue;
        }
        while (part.low < part.high) {
            uint32_t symbol = largest_at(model, part.low, part.high);
            enter(d, entries, symbol, clause, number);
            part.low = model->symbols[symbol].leaves.high;
        }
    }
}

struct deadlines *
deadlines_make(struct arena *arena, const struct model *model)
{
    struct deadlines *d = ARENA_NEW(arena, struct deadlines);
    d->model = model;
    d->clause = NONE;
    d->all = ARENA_ARRAY(arena, model->symbol_count + KIND_COUNT, struct entry);
    d->here = ARENA_ARRAY(arena, model->symbol_count + KIND_COUNT, struct entry);
    d->again = ARENA_ARRAY(arena, model->symbol_count + KIND_COUNT, struct entry);
    for (uint32_t i = 0; i < model->duty_count; i++)
        enter_duty(d, d->all, 0, i);
    return d;
}

/* Enters the duties of one clause, for the sake of the clause at hand. */
static void
enter_clause(struct deadlines *d, struct entry *entries, uint32_t at_hand, uint32_t clause)
{
    const struct clause *c = &d->model->clauses[clause];
    for (uint32_t i = 0; i < c->sentence_count; i++) {
        const struct sentence_model *sentence = &d->model->sentences[c->first_sentence + i];
        for (uint32_t k = 0; k < sentence->duty_count; k++)
            enter_duty(d, entries, at_hand, sentence->first_duty + k);
    }
}

static void
look_at(struct deadlines *d, uint32_t clause)
{
    const struct clause *c = &d->model->clauses[clause];
    if (d->clause == clause)
        return;
    enter_clause(d, d->here, clause, clause);
    for (size_t i = 0; i < c->repeat_count; i++)
        enter_clause(d, d->again, clause, c->repeats[i]);
    d->clause = clause;
}

static void
add_entry(const struct deadlines *d, const struct entry *entry, uint32_t clause, enum sort sort,
          struct deadline_pair *pair)
{
    if (entry->clause_seen != clause + 1)
        return;
    add(d->model, pair, entry->found[sort].duty[0]);
    add(d->model, pair, entry->found[sort].duty[1]);
}

static struct deadline_pair
collect(const struct deadlines *d, const struct entry *entries, uint32_t clause, uint32_t symbol,
        enum sort sort)
{
    struct deadline_pair pair = nothing;
    size_t kind = d->model->symbol_count + d->model->symbols[symbol].kind;
    for (; symbol != NONE && pair.duty[0] == NONE; symbol = d->model->symbols[symbol].parent)
        add_entry(d, &entries[symbol], clause, sort, &pair);
    if (pair.duty[0] == NONE)
        add_entry(d, &entries[kind], clause, sort, &pair);
    return pair;
}

struct deadline_pair
deadlines_of_symbol(struct deadlines *d, uint32_t clause, uint32_t symbol)
{
    look_at(d, clause);
    const struct entry *const scopes[] = {d->here, d->again, d->all};
    for (int scope = 0; scope < 3; scope++)
        for (int sort = 0; sort < SORTS; sort++) {
            struct deadline_pair pair =
                collect(d, scopes[scope], scope < 2 ? clause : 0, symbol, (enum sort)sort);
            if (pair.duty[0] != NONE)
                return pair;
        }
    return nothing;
}

static void
add_clause(const struct deadlines *d, uint32_t clause, struct deadline_pair *pair)
{
    const struct clause *c = &d->model->clauses[clause];
    for (uint32_t i = 0; i < c->sentence_count; i++) {
        const struct sentence_model *sentence = &d->model->sentences[c->first_sentence + i];
        for (uint32_t k = 0; k < sentence->duty_count; k++)
            if (d->model->duties[sentence->first_duty + k].timing.form != TIMING_NONE)
                add(d->model, pair, sentence->first_duty + k);
    }
}

struct deadline_pair
deadlines_of_clause(const struct deadlines *d, uint32_t clause)
{
    struct deadline_pair pair = nothing;
    const struct clause *c = &d->model->clauses[clause];
    add_clause(d, clause, &pair);
    for (size_t i = 0; i < c->repeat_count && pair.duty[0] == NONE; i++)
        add_clause(d, c->repeats[i], &pair);
    return pair;
}
