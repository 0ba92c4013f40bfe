/* What is collected, used, kept and seen. */
#include "compiler/page/row.h"

/* The sources that are not the reader. */
static struct set
without_persons(const struct row *row, struct set set)
{
    const struct interval persons = kind_leaves(row->model, KIND_PERSON);
    return set_minus(row->arena, set, (struct set){&persons, persons.low < persons.high});
}

static void
add_collected(struct row *row, const struct grants *grants)
{
    for (size_t i = 0; i < grants->list.count; i++) {
        const struct grant *grant = &grants->list.at[i];
        struct text lead = row_clause_link(row, row_and(row, grant->objects), grant->clause);
        struct set others = without_persons(row, grant->targets);
        if (others.count > 0)
            lead = row_phrase(row, "page.collect_from", lead, row_and(row, others));
        row_add(row, lead, &grant->terms);
    }
    row->overflow |= grants->overflow;
}

const struct node *
row_collected(const struct model *model, struct arena *arena)
{
    struct row row = row_begin(model, arena);
    struct grants grants =
        grants_allowed(model, arena, VERB_COLLECT, row_targets(model, VERB_COLLECT));
    add_collected(&row, &grants);
    return row_end(&row);
}

/* "delivery: name and address" */
static const struct node *
target_row(const struct model *model, struct arena *arena, const struct grants *grants)
{
    struct row row = row_begin(model, arena);
    for (size_t i = 0; i < grants->list.count; i++) {
        const struct grant *grant = &grants->list.at[i];
        struct text lead = row_clause_link(&row, row_and(&row, grant->targets), grant->clause);
        struct text words = row_phrase(&row, "page.item", lead, row_and(&row, grant->objects));
        row_add(&row, words, &grant->terms);
    }
    row.overflow |= grants->overflow;
    return row_end(&row);
}

const struct node *
row_used(const struct model *model, struct arena *arena)
{
    struct grants grants = grants_allowed(model, arena, VERB_USE, row_targets(model, VERB_USE));
    return target_row(model, arena, &grants);
}

const struct node *
row_kept(const struct model *model, struct arena *arena)
{
    struct grants grants = grants_allowed(model, arena, VERB_STORE, row_targets(model, VERB_STORE));
    return target_row(model, arena, &grants);
}

const struct node *
row_seen(const struct model *model, struct arena *arena)
{
    struct interval audiences = kind_leaves(model, KIND_AUDIENCE);
    struct grants shown = grants_allowed(model, arena, VERB_SHOW, audiences);
    struct grants shared = grants_allowed(model, arena, VERB_SHARE, audiences);
    struct grants grants = grants_both(arena, shown, shared);
    return target_row(model, arena, &grants);
}
