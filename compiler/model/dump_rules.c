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

/* The names of one interval, in which a whole kind is "every person". */
static void
put_interval(const struct model *model, struct interval interval, struct buffer *out,
             const char **separator)
{
    for (uint32_t low = interval.low; low < interval.high;) {
        enum kind kind = leaf(model, low)->kind;
        struct interval all = kind_leaves(model, kind);
        buffer_add(out, text_of(*separator));
        *separator = ", ";
        if (all.low == low && all.high <= interval.high && all.high - all.low > 1) {
            buffer_string(out, "every ");
            buffer_add(out, text_of(kind_word(kind)));
            low = all.high;
            continue;
        }
        uint32_t high = all.high < interval.high ? all.high : interval.high;
        const struct symbol *symbol = cover(model, low, high);
        buffer_add(out, symbol->name);
        low = symbol->leaves.high;
    }
}

static void
put_names(const struct model *model, struct set set, struct buffer *out)
{
    const char *separator = " ";
    for (size_t i = 0; i < set.count; i++)
        put_interval(model, set.at[i], out, &separator);
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
    put_names(model, rule->actors, out);
    buffer_add(out, rule->mode == MODE_NEVER ? TEXT(" NEVER ") : TEXT(" MAY "));
    buffer_add(out, text_of(form->word));
    put_names(model, rule->objects, out);
    buffer_char(out, ' ');
    buffer_add(out, text_of(preposition_word(form->preposition)));
    put_names(model, rule->targets, out);
    put_condition(model, rule->when, out);
    buffer_char(out, '\n');
}

static void
put_time(struct buffer *out, struct timing timing)
{
    static const char *const units[] = {"hour", "day", "business day", "week", "month", "year"};
    if (timing.form == TIMING_AT_ONCE)
        buffer_string(out, " at once");
    else
        buffer_format(out, " %s %u %s%s", timing.form == TIMING_FOR ? "for" : "within",
                      timing.amount, units[timing.unit], timing.amount == 1 ? "" : "s");
}

static void
put_duty(const struct model *model, const struct duty *duty, struct buffer *out)
{
    const struct verb_form *form = &verb_forms[duty->verb];
    buffer_add(out, model->clauses[duty->clause].name);
    buffer_char(out, ':');
    put_names(model, duty->actors, out);
    buffer_format(out, " MUST %s", form->word);
    put_names(model, duty->objects, out);
    if (duty->targets.count > 0) {
        buffer_format(out, " %s", preposition_word(form->preposition));
        put_names(model, duty->targets, out);
    }
    put_time(out, duty->timing);
    if (duty->after.count > 0) {
        buffer_string(out, " after");
        put_names(model, duty->after, out);
    }
    put_condition(model, duty->when, out);
    buffer_char(out, '\n');
}

static void
put_right(const struct model *model, const struct right *right, struct buffer *out)
{
    buffer_add(out, model->clauses[right->clause].name);
    buffer_char(out, ':');
    put_names(model, right->persons, out);
    buffer_string(out, " MAY request");
    put_names(model, right->requests, out);
    for (size_t i = 0; i < right->contact_count; i++) {
        buffer_add(out, i == 0 ? TEXT(" via ") : TEXT(", "));
        buffer_add(out, model->symbols[right->contacts[i]].name);
    }
    put_condition(model, right->when, out);
    buffer_char(out, '\n');
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
    }
}
