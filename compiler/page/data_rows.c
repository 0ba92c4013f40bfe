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

/* More items than this are a wall: where a table says all, the summary gives the names alone. */
enum { READABLE = 6 };

/* The first clause that grants something to one of these targets under these terms. */
static uint32_t
granting_clause(const struct grants *grants, const struct terms *terms, struct interval targets)
{
    const struct set wanted = {&targets, 1};
    for (size_t i = 0; i < grants->list.count; i++)
        if (terms_same(&grants->list.at[i].terms, terms) &&
            set_meets(grants->list.at[i].targets, wanted))
            return grants->list.at[i].clause;
    return grants->list.at[0].clause;
}

/* "delivery, billing and repairs", each a link to the clause that says so. */
static struct text
linked_names(struct row *row, const struct grants *grants, const struct terms *terms,
             struct set targets)
{
    struct text names[LABELS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < targets.count; i++)
        for (struct interval left = targets.at[i]; left.low < left.high;) {
            const struct symbol *symbol = labels_next(row->model, &left);
            uint32_t clause = granting_clause(grants, terms, symbol->leaves);
            if (count < LABELS_MAX)
                names[count++] = row_clause_link(row, labels_name(row->model, symbol), clause);
            else
                row->overflow = true;
        }
    return words_join(row->model, row->arena, names, count, CONJUNCTION_AND);
}

/* Everything granted under the terms of one grant, but for what was granted without any. */
static void
add_names(struct row *row, const struct grants *grants, size_t first, struct set *always)
{
    const struct terms *terms = &grants->list.at[first].terms;
    struct set targets = {NULL, 0};
    for (size_t i = 0; i < grants->list.count; i++)
        if (terms_same(&grants->list.at[i].terms, terms))
            targets = set_union(row->arena, targets, grants->list.at[i].targets);
    targets = set_minus(row->arena, targets, *always);
    if (targets.count > 0)
        row_add(row, linked_names(row, grants, terms, targets), terms);
    if (terms_empty(terms))
        *always = set_union(row->arena, *always, targets);
}

static void
add_all_names(struct row *row, const struct grants *grants)
{
    struct set always = {NULL, 0};
    for (size_t i = 0; i < grants->list.count; i++)
        if (terms_empty(&grants->list.at[i].terms))
            add_names(row, grants, i, &always);
    for (size_t i = 0; i < grants->list.count; i++)
        if (!terms_empty(&grants->list.at[i].terms))
            add_names(row, grants, i, &always);
}

/* "delivery: name and address" */
static void
add_targets(struct row *row, const struct grants *grants)
{
    for (size_t i = 0; i < grants->list.count; i++) {
        const struct grant *grant = &grants->list.at[i];
        struct text lead = row_clause_link(row, row_and(row, grant->targets), grant->clause);
        struct text words = row_phrase(row, "page.item", lead, row_and(row, grant->objects));
        row_add(row, words, &grant->terms);
    }
}

static const struct node *
target_row(const struct model *model, struct arena *arena, const struct grants *grants,
           enum table_sort sort)
{
    struct row row = row_begin(model, arena);
    row.overflow = grants->overflow;
    if (grants->list.count > READABLE && row_table_clause(&row, sort) != NONE) {
        add_all_names(&row, grants);
        row_add_table(&row, sort);
    } else {
        add_targets(&row, grants);
    }
    return row_end(&row);
}

const struct node *
row_used(const struct model *model, struct arena *arena)
{
    struct grants grants = grants_allowed(model, arena, VERB_USE, row_targets(model, VERB_USE));
    return target_row(model, arena, &grants, TABLE_PURPOSES);
}

const struct node *
row_kept(const struct model *model, struct arena *arena)
{
    struct grants grants = grants_allowed(model, arena, VERB_STORE, row_targets(model, VERB_STORE));
    return target_row(model, arena, &grants, TABLE_RETENTION);
}

const struct node *
row_seen(const struct model *model, struct arena *arena)
{
    struct interval audiences = kind_leaves(model, KIND_AUDIENCE);
    struct grants shown = grants_allowed(model, arena, VERB_SHOW, audiences);
    struct grants shared = grants_allowed(model, arena, VERB_SHARE, audiences);
    struct grants grants = grants_both(arena, shown, shared);
    return target_row(model, arena, &grants, TABLE_RECIPIENTS);
}
