/* Who gets data: others, and those who work for us. */
#include "compiler/model/table_rows.h"

/* Adds what the grants give to one target, under its terms. */
static void
add_given(struct table_draft *draft, const struct grants *grants, uint32_t target, struct text name,
          bool *begun)
{
    for (size_t i = 0; i < grants->list.count; i++) {
        const struct grant *grant = &grants->list.at[i];
        if (!set_has(grant->targets, target))
            continue;
        if (!*begun)
            table_row(draft, name);
        *begun = true;
        struct text data = table_labels(draft, grant->objects);
        table_line(draft, RECIPIENT_GETS, table_with_terms(draft, data, &grant->terms));
    }
}

/* Adds what a system may do for us with what it has. */
static void
add_work(struct table_draft *draft, uint32_t system)
{
    const struct model *model = draft->model;
    struct set purposes = {NULL, 0};
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->mode == MODE_MAY && verb_forms[rule->verb].target_last == KIND_PURPOSE &&
            set_has(rule->actors, system)) {
            purposes = set_union(draft->arena, purposes, rule->targets);
            table_shows(draft, rule->sentence);
        }
    }
    table_line(draft, RECIPIENT_DOES, table_labels(draft, purposes));
}

/* What is given to those who stand behind an act; not to us. */
static struct grants
given(struct table_draft *draft, enum verb verb, struct interval receivers)
{
    struct interval data = kind_leaves(draft->model, KIND_DATA);
    table_shows_act(draft, verb, (struct set){&data, data.low < data.high},
                    (struct set){&receivers, receivers.low < receivers.high});
    return table_grants(draft, verb, (struct scope){data, receivers});
}

static void
add_receivers(struct table_draft *draft, struct interval receivers, const struct grants *grants)
{
    draft->overflow |= grants->overflow;
    for (uint32_t at = receivers.low; at < receivers.high && !draft->overflow; at++) {
        const struct symbol *symbol = leaf(draft->model, at);
        bool begun = false;
        add_given(draft, grants, at, symbol->label, &begun);
        if (begun && symbol->kind == KIND_SYSTEM)
            add_work(draft, at);
    }
}

/* The leaves without "us", which is the first of its kind. */
static struct interval
others(const struct table_draft *draft, enum kind kind)
{
    struct interval leaves = table_leaves(draft, kind);
    if (leaves.low < leaves.high && leaves.low == draft->model->first_leaf[kind])
        leaves.low++;
    return leaves;
}

void
recipients_fill(struct table_draft *draft)
{
    struct interval systems = others(draft, KIND_SYSTEM), audiences = others(draft, KIND_AUDIENCE);
    struct grants stored = given(draft, VERB_STORE, systems);
    add_receivers(draft, systems, &stored);
    struct grants seen = grants_both(draft->arena, given(draft, VERB_SHARE, audiences),
                                     given(draft, VERB_SHOW, audiences));
    add_receivers(draft, audiences, &seen);
}
