/* What data is used for. */
#include "compiler/model/table_rows.h"

/* What one purpose allows under the same terms. */
struct use {
    struct terms terms;
    struct set objects;
    bool ways[CHANNELS];
};

struct uses {
    VECTOR(struct use) list;
};

static struct use *
use_with(struct table_draft *draft, struct uses *uses, const struct terms *terms)
{
    for (size_t i = 0; i < uses->list.count; i++)
        if (terms_same(&uses->list.at[i].terms, terms))
            return &uses->list.at[i];
    struct use *use = VECTOR_PUSH(draft->arena, &uses->list);
    *use = (struct use){.terms = *terms};
    return use;
}

static void
add_uses(struct table_draft *draft, struct uses *uses, const struct grants *grants,
         uint32_t purpose)
{
    for (size_t i = 0; i < grants->list.count; i++) {
        const struct grant *grant = &grants->list.at[i];
        if (!set_has(grant->targets, purpose))
            continue;
        struct use *use = use_with(draft, uses, &grant->terms);
        use->objects = set_union(draft->arena, use->objects, grant->objects);
    }
}

static void
add_ways(struct table_draft *draft, struct uses *uses, const struct grants *grants, int channel,
         uint32_t purpose)
{
    for (size_t i = 0; i < grants->list.count; i++)
        if (set_has(grants->list.at[i].targets, purpose))
            use_with(draft, uses, &grants->list.at[i].terms)->ways[channel] = true;
}

/* "contacting you by e-mail or by telephone" */
static struct text
ways_line(struct table_draft *draft, const struct use *use)
{
    struct text ways[CHANNELS];
    size_t count = 0;
    for (int channel = 0; channel < CHANNELS; channel++)
        if (use->ways[channel])
            ways[count++] = locale_phrase(draft->model->locale, channel_keys[channel]);
    if (count == 0)
        return TEXT("");
    struct text words = words_join(draft->model, draft->arena, ways, count, CONJUNCTION_OR);
    return table_phrase(draft, "table.contact", words, TEXT(""));
}

static void
add_used(struct table_draft *draft, struct text words, const struct terms *terms)
{
    if (words.length > 0)
        table_line(draft, PURPOSE_USED, terms ? table_with_terms(draft, words, terms) : words);
}

/* The terms have a column of their own where they are the same for all that is used. */
static void
add_purpose(struct table_draft *draft, uint32_t purpose, const struct uses *uses)
{
    const struct symbol *symbol = leaf(draft->model, purpose);
    bool alike = uses->list.count == 1;
    if (uses->list.count == 0)
        return;
    table_row(draft, symbol->label);
    for (size_t i = 0; i < uses->list.count; i++) {
        const struct use *use = &uses->list.at[i];
        add_used(draft, table_labels(draft, use->objects), alike ? NULL : &use->terms);
        add_used(draft, ways_line(draft, use), alike ? NULL : &use->terms);
    }
    for (size_t k = 0; k < symbol->basis_count; k++)
        table_line(draft, PURPOSE_BASIS,
                   labels_basis(draft->model, draft->arena, symbol, &symbol->bases[k]));
    if (alike)
        table_line(draft, PURPOSE_TERMS,
                   labels_terms(draft->model, draft->arena, &uses->list.at[0].terms));
}

/* What an act is allowed for the purposes. */
static struct grants
granted(struct table_draft *draft, enum verb verb, struct interval purposes)
{
    struct interval objects = verb_object_leaves(draft->model, verb);
    table_shows_act(draft, verb, (struct set){&objects, objects.low < objects.high},
                    (struct set){&purposes, purposes.low < purposes.high});
    return table_grants(draft, verb, (struct scope){objects, purposes, NULL});
}

void
purposes_fill(struct table_draft *draft)
{
    struct interval purposes = table_leaves(draft, KIND_PURPOSE);
    struct grants used = granted(draft, VERB_USE, purposes);
    struct grants mailed[CHANNELS];
    for (int channel = 0; channel < CHANNELS; channel++)
        mailed[channel] = granted(draft, (enum verb)(VERB_EMAIL + channel), purposes);
    for (uint32_t purpose = purposes.low; purpose < purposes.high && !draft->overflow; purpose++) {
        struct uses uses = {.list = {NULL, 0, 0}};
        add_uses(draft, &uses, &used, purpose);
        for (int channel = 0; channel < CHANNELS; channel++)
            add_ways(draft, &uses, &mailed[channel], channel, purpose);
        add_purpose(draft, purpose, &uses);
    }
}
