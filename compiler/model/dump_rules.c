/* The rules in words, one line each: --dump=rules. */
#include "compiler/model/model.h"

/* The largest name whose leaves begin at `low` and end by `high`. */
static const struct symbol *
cover(const struct model *model, uint32_t low, uint32_t high)
{
    const struct symbol *symbol = leaf(model, low);
    while (symbol->parent != NONE) {
        const struct symbol *group = &model->symbols[symbol->parent];
        if (group->leaves.low != low || group->leaves.high > high)
            break;
        symbol = group;
    }
    return symbol;
}

/* A walk over the leaves of one kind that are in a set, or over those that are not. */
struct walk {
    struct set set;
    struct interval kind;
    bool inside;
    size_t next; /* interval of the set */
    uint32_t at; /* leaf */
};

/* The next name, as large as it can be, or NULL at the end. */
static const struct symbol *
walk_next(const struct model *model, struct walk *walk)
{
    while (walk->at < walk->kind.high) {
        const struct interval *here = &walk->set.at[walk->next];
        bool left = walk->next < walk->set.count;
        if (left && here->high <= walk->at) {
            walk->next++;
            continue;
        }
        bool in = left && here->low <= walk->at;
        uint32_t end = in ? here->high : left ? here->low : walk->kind.high;
        end = end < walk->kind.high ? end : walk->kind.high;
        if (in == walk->inside) {
            const struct symbol *name = cover(model, walk->at, end);
            walk->at = name->leaves.high;
            return name;
        }
        walk->at = end;
    }
    return NULL;
}

static void
put_walk(const struct model *model, struct walk walk, struct buffer *out)
{
    const struct symbol *name = walk_next(model, &walk);
    for (bool first = true; name; first = false, name = walk_next(model, &walk)) {
        if (!first)
            buffer_string(out, ", ");
        buffer_add(out, name->name);
    }
}

/* Whether to say what is left out of a kind: if that is nothing, or if there are more than a few
 * names in it and fewer out of it. Both are counted side by side: the shorter bounds the work. */
static bool
shorter_by_exception(const struct model *model, struct walk inside, struct walk outside)
{
    enum { FEW = 8 };
    bool all_out = false;
    for (size_t count = 0; count <= FEW || !all_out; count++) {
        all_out = all_out || !walk_next(model, &outside);
        if (all_out && count == 0)
            return true;
        if (!walk_next(model, &inside))
            return false;
    }
    return true;
}

/* The names of one kind in a set whose interval `next` is the first that reaches into it: "every
 * person" for all of them, "every person but x" for most. */
static void
put_kind(const struct model *model, struct set set, size_t next, enum kind kind, struct buffer *out)
{
    struct interval all = kind_leaves(model, kind);
    struct walk inside = {set, all, true, next, all.low};
    struct walk outside = {set, all, false, next, all.low};
    if (all.high - all.low == 1 || !shorter_by_exception(model, inside, outside)) {
        put_walk(model, inside, out);
        return;
    }
    buffer_add(out, TEXT("every "));
    buffer_add(out, text_of(kind_word(kind)));
    struct walk any = outside;
    if (walk_next(model, &any))
        buffer_string(out, " but ");
    put_walk(model, outside, out);
}

void
set_names(const struct model *model, struct set set, struct buffer *out)
{
    const char *separator = "";
    uint32_t done = 0;
    for (size_t i = 0; i < set.count;) {
        uint32_t low = set.at[i].low > done ? set.at[i].low : done;
        enum kind kind = leaf(model, low)->kind;
        buffer_add(out, text_of(separator));
        separator = ", ";
        put_kind(model, set, i, kind, out);
        done = kind_leaves(model, kind).high;
        while (i < set.count && set.at[i].high <= done)
            i++;
    }
}

static void
put_condition(const struct model *model, struct cube when, struct buffer *out)
{
    const char *word = " if ";
    for (uint32_t bit = 0; bit < state_count(model) && bit < 64; bit++) {
        uint64_t mask = UINT64_C(1) << bit;
        if (!((when.need | when.forbid) & mask))
            continue;
        buffer_add(out, text_of(word));
        if (when.forbid & mask)
            buffer_string(out, "not ");
        buffer_add(out, leaf(model, model->first_leaf[KIND_STATE] + bit)->name);
        word = " and ";
    }
}

static void
put_rule(const struct model *model, const struct rule *rule, struct buffer *out)
{
    const struct verb_form *form = &verb_forms[rule->verb];
    buffer_add(out, model->clauses[rule->clause].name);
    buffer_char(out, ':');
    buffer_char(out, ' ');
    set_names(model, rule->actors, out);
    buffer_add(out, rule->mode == MODE_MAY ? TEXT(" MAY ") : TEXT(" NEVER "));
    buffer_add(out, text_of(form->word));
    buffer_char(out, ' ');
    set_names(model, rule->objects, out);
    buffer_char(out, ' ');
    buffer_add(out, text_of(preposition_word(form->preposition)));
    buffer_char(out, ' ');
    set_names(model, rule->targets, out);
    put_condition(model, rule->when, out);
    buffer_add(out, rule->mode == MODE_REST ? TEXT(", except as stated\n") : TEXT("\n"));
}

static void
put_time(struct buffer *out, struct timing timing)
{
    static const char *const units[] = {"hour", "day", "business day", "week", "month", "year"};
    if (timing.form == TIMING_AT_ONCE)
        buffer_string(out, " at once");
    else
        buffer_format(out, " %s %u %s%s",
                      timing.form == TIMING_FOR      ? "for"
                      : timing.form == TIMING_BEFORE ? "at least"
                                                     : "within",
                      timing.amount, units[timing.unit], timing.amount == 1 ? "" : "s");
}

static void
put_duty(const struct model *model, const struct duty *duty, struct buffer *out)
{
    const struct verb_form *form = &verb_forms[duty->verb];
    buffer_add(out, model->clauses[duty->clause].name);
    buffer_char(out, ':');
    buffer_char(out, ' ');
    set_names(model, duty->actors, out);
    buffer_format(out, " MUST %s", form->word);
    buffer_char(out, ' ');
    set_names(model, duty->objects, out);
    if (duty->targets.count > 0) {
        buffer_format(out, " %s", preposition_word(form->preposition));
        buffer_char(out, ' ');
        set_names(model, duty->targets, out);
    }
    put_time(out, duty->timing);
    if (duty->after.count > 0) {
        buffer_format(out, " %s%s", duty->timing.form == TIMING_BEFORE ? "before" : "after",
                      duty->last ? " last" : "");
        buffer_char(out, ' ');
        set_names(model, duty->after, out);
    }
    put_condition(model, duty->when, out);
    buffer_char(out, '\n');
}

static void
put_right(const struct model *model, const struct right *right, struct buffer *out)
{
    buffer_add(out, model->clauses[right->clause].name);
    buffer_char(out, ':');
    buffer_char(out, ' ');
    set_names(model, right->persons, out);
    buffer_string(out, " MAY request");
    buffer_char(out, ' ');
    set_names(model, right->requests, out);
    for (size_t i = 0; i < right->contact_count; i++) {
        buffer_add(out, i == 0 ? TEXT(" via ") : TEXT(", "));
        buffer_add(out, model->symbols[right->contacts[i]].name);
    }
    put_condition(model, right->when, out);
    buffer_char(out, '\n');
}

/* As written, not what those repeat in turn. */
static void
put_repeats(const struct model *model, const struct sentence_model *sentence, struct buffer *out)
{
    const struct name_list *list = &sentence->tree->repeats;
    for (size_t i = 0; i < list->count; i++)
        buffer_format(out, "%.*s: repeats %.*s\n", TEXT_ARGS(model->clauses[sentence->clause].name),
                      TEXT_ARGS(list->at[i].text));
}

void
rules_dump(const struct model *model, struct buffer *out)
{
    for (size_t i = 0; i < model->sentence_count; i++) {
        const struct sentence_model *sentence = &model->sentences[i];
        for (uint32_t k = 0; k < sentence->rule_count; k++)
            put_rule(model, &model->rules[sentence->first_rule + k], out);
        for (uint32_t k = 0; k < sentence->duty_count; k++)
            put_duty(model, &model->duties[sentence->first_duty + k], out);
        for (uint32_t k = 0; k < sentence->right_count; k++)
            put_right(model, &model->rights[sentence->first_right + k], out);
        put_repeats(model, sentence, out);
    }
}
