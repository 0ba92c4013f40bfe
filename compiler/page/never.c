/* What never happens, whatever the states. */
#include "compiler/page/row.h"

static struct set
all_of(struct arena *arena, struct interval leaves)
{
    struct interval *at = ARENA_NEW(arena, struct interval);
    *at = leaves;
    return (struct set){at, leaves.low < leaves.high};
}

/* "never shared with third parties", "never shared", or "never shown to anyone but our staff",
 * whichever names less. The key's endings: none, "_any", "_but". */
static struct text
never_words(struct row *row, const struct grant *grant, struct text lead, const char *key,
            enum verb verb)
{
    struct arena *arena = row->arena;
    struct set others =
        set_minus(arena, all_of(arena, row_targets(row->model, verb)), grant->targets);
    if (others.count == 0)
        return row_phrase(row, arena_format(arena, "%s_any", key).data, lead, TEXT(""));
    if (labels_count(row->model, arena, others) < labels_count(row->model, arena, grant->targets))
        return row_phrase(row, arena_format(arena, "%s_but", key).data, lead, row_or(row, others));
    return row_phrase(row, key, lead, row_or(row, grant->targets));
}

/* "order details", "any data" or "any data but order details", whichever names less. */
static struct text
never_objects(const struct row *row, struct set objects)
{
    const struct model *model = row->model;
    struct arena *arena = row->arena;
    struct set others = set_minus(arena, all_of(arena, kind_leaves(model, KIND_DATA)), objects);
    if (others.count == 0)
        return locale_phrase(model->locale, "page.any_data");
    if (labels_count(model, arena, others) < labels_count(model, arena, objects))
        return row_phrase(row, "page.any_data_but", row_and(row, others), TEXT(""));
    return row_and(row, objects);
}

/* Who it binds, unless that is all who could do it. */
struct text
row_bound(const struct row *row, struct text words, struct set actors)
{
    struct interval all = kind_leaves(row->model, KIND_SYSTEM);
    if (set_size(actors) == all.high - all.low)
        return words;
    return row_phrase(row, "page.never_by", words, row_or(row, actors));
}

static void
add_never_data(struct row *row, enum verb verb, const char *key)
{
    struct grants grants = grants_never(row->model, row->arena, verb);
    for (size_t i = 0; i < grants.list.count; i++) {
        const struct grant *grant = &grants.list.at[i];
        struct text lead = row_clause_link(row, never_objects(row, grant->objects), grant->clause);
        struct text words = never_words(row, grant, lead, key, verb);
        row_add(row, row_bound(row, words, grant->actors), NULL);
    }
    row->overflow |= grants.overflow;
}

const struct node *
row_never(const struct model *model, struct arena *arena)
{
    struct row row = row_begin(model, arena);
    add_never_data(&row, VERB_COLLECT, "page.never_collect");
    add_never_data(&row, VERB_USE, "page.never_use");
    add_never_data(&row, VERB_STORE, "page.never_store");
    add_never_data(&row, VERB_SHOW, "page.never_show");
    add_never_data(&row, VERB_SHARE, "page.never_share");
    row_add_silence(&row);
    return row_end(&row);
}
