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

/* What a system may do itself by one act: data goes into *data, purposes into *purposes. */
static void
add_acts(struct table_draft *draft, uint32_t system, enum verb verb, struct set *data,
         struct set *purposes)
{
    const struct model *model = draft->model;
    const struct interval alone = {system, system + 1};
    const struct set actors = {&alone, 1};
    struct scope scope = {verb_object_leaves(model, verb), verb_target_leaves(model, verb),
                          &actors};
    struct grants grants = table_grants(draft, verb, scope);
    for (size_t i = 0; i < grants.list.count; i++) {
        if (verb_forms[verb].object == KIND_DATA)
            *data = set_union(draft->arena, *data, grants.list.at[i].objects);
        if (verb_forms[verb].target_last == KIND_PURPOSE)
            *purposes = set_union(draft->arena, *purposes, grants.list.at[i].targets);
    }
}

/* Notes the sentences that let a system act. */
static void
show_acts(struct table_draft *draft, uint32_t system)
{
    const struct model *model = draft->model;
    for (size_t i = 0; i < model->rule_count; i++)
        if (model->rules[i].mode == MODE_MAY && set_has(model->rules[i].actors, system))
            table_shows(draft, model->rules[i].sentence);
}

/* Adds what a system does for us. One that says where it is works elsewhere: it is a recipient
 * although nothing is stored there. */
static void
add_work(struct table_draft *draft, uint32_t system, bool begun)
{
    const struct symbol *symbol = leaf(draft->model, system);
    struct set data = {NULL, 0}, purposes = {NULL, 0};
    if (!begun && symbol->in_count == 0)
        return;
    for (int verb = 0; verb < VERB_QUESTIONS; verb++)
        add_acts(draft, system, (enum verb)verb, &data, &purposes);
    if (!begun && data.count == 0 && purposes.count == 0)
        return;
    show_acts(draft, system);
    if (!begun) {
        table_row(draft, symbol->label);
        table_line(draft, RECIPIENT_GETS, table_labels(draft, data));
    }
    table_line(draft, RECIPIENT_DOES, table_labels(draft, purposes));
}

/* Where a recipient is, and on which grounds data goes there. */
static void
add_place(struct table_draft *draft, const struct symbol *symbol)
{
    struct text *places = ARENA_ARRAY(draft->arena, symbol->in_count, struct text);
    for (size_t i = 0; i < symbol->in_count; i++)
        places[i] = draft->model->symbols[symbol->in[i]].label;
    table_line(draft, RECIPIENT_PLACE,
               words_join(draft->model, draft->arena, places, symbol->in_count, CONJUNCTION_AND));
    for (size_t i = 0; i < symbol->basis_count; i++)
        table_line(draft, RECIPIENT_GROUND,
                   labels_basis(draft->model, draft->arena, symbol, &symbol->bases[i]));
}

/* What is given to those who stand behind an act; not to us. */
static struct grants
given(struct table_draft *draft, enum verb verb, struct interval receivers)
{
    struct interval data = kind_leaves(draft->model, KIND_DATA);
    table_shows_act(draft, verb, (struct set){&data, data.low < data.high},
                    (struct set){&receivers, receivers.low < receivers.high});
    return table_grants(draft, verb, (struct scope){data, receivers, NULL});
}

static void
add_receivers(struct table_draft *draft, struct interval receivers, const struct grants *grants)
{
    draft->overflow |= grants->overflow;
    for (uint32_t at = receivers.low; at < receivers.high && !draft->overflow; at++) {
        const struct symbol *symbol = leaf(draft->model, at);
        size_t before = draft->cells.count;
        bool begun = false;
        add_given(draft, grants, at, symbol->label, &begun);
        if (symbol->kind == KIND_SYSTEM)
            add_work(draft, at, begun);
        if (draft->cells.count > before)
            add_place(draft, symbol);
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
