/* How long. */
#include "compiler/page/row.h"

static void
add_period(struct row *row, const struct duty *duty)
{
    const struct model *model = row->model;
    bool after = duty->after.count > 0, at_once = duty->timing.form == TIMING_AT_ONCE;
    const char *key = duty->verb == VERB_KEEP              ? after ? "page.kept_after" : "page.kept"
                      : duty->timing.form == TIMING_BEFORE ? "page.erased_before"
                      : at_once ? after ? "page.erased_at_once_after" : "page.erased_at_once"
                      : after   ? "page.erased_after"
                                : "page.erased";
    struct text lead = row_clause_link(row, row_and(row, duty->objects), duty->clause);
    if (duty->targets.count > 0)
        lead = row_phrase(row, "page.kept_in", lead, row_and(row, duty->targets));
    struct text span = locale_duration(model->locale, row->arena, duty->timing);
    struct terms terms = {duty->when, NULL, 0};
    row_add(row, row_phrase3(row, key, lead, span, labels_clock(row->model, row->arena, duty)),
            &terms);
}

typedef VECTOR(struct interval) interval_vector;

static void
add_set(struct arena *arena, interval_vector *all, struct set set)
{
    for (size_t i = 0; i < set.count; i++)
        *VECTOR_PUSH(arena, all) = set.at[i];
}

/* What a clause's duties do and wait for leads to what waits for the clause. */
static void
add_clause_starts(const struct model *model, struct arena *arena, uint32_t clause,
                  interval_vector *all)
{
    const struct clause *c = &model->clauses[clause];
    for (uint32_t i = 0; i < c->sentence_count; i++) {
        const struct sentence_model *sentence = &model->sentences[c->first_sentence + i];
        for (uint32_t k = 0; k < sentence->duty_count; k++) {
            const struct duty *duty = &model->duties[sentence->first_duty + k];
            if (duty->verb == VERB_DO)
                add_set(arena, all, duty->objects);
            add_set(arena, all, duty->after);
        }
    }
}

/* Follows the events that clauses are done, each once. */
static void
follow_clauses(const struct model *model, struct arena *arena, interval_vector *all)
{
    bool *seen = ARENA_ARRAY(arena, model->clause_count, bool);
    for (size_t i = 0; i < all->count; i++) {
        struct interval leaves = all->at[i];
        for (uint32_t l = leaves.low; l < leaves.high; l++) {
            uint32_t clause = leaf(model, l)->clause;
            if (clause == NONE || seen[clause])
                continue;
            seen[clause] = true;
            add_clause_starts(model, arena, clause, all);
        }
    }
}

struct set
row_erasures(const struct model *model, struct arena *arena, enum erasure part)
{
    interval_vector all = {0};
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        if (duty->verb == VERB_ERASE)
            add_set(arena, &all, part == ERASURE_DATA ? duty->objects : duty->after);
    }
    if (part == ERASURE_STARTS)
        follow_clauses(model, arena, &all);
    return all.count == 0 ? (struct set){NULL, 0} : set_from(all.at, all.count);
}

/* Data that are kept in places of our own, and that no duty ever erases. */
static void
add_endless(struct row *row, const struct grants *kept)
{
    struct set ended = row_erasures(row->model, row->arena, ERASURE_DATA);
    for (size_t i = 0; i < kept->list.count; i++) {
        const struct grant *grant = &kept->list.at[i];
        struct set endless = set_minus(row->arena, grant->objects, ended);
        if (endless.count == 0)
            continue;
        ended = set_union(row->arena, ended, endless);
        struct text lead = row_clause_link(row, row_and(row, endless), grant->clause);
        row_add(row, row_phrase(row, "page.no_period", lead, TEXT("")), NULL);
    }
}

/* Places that belong to a person are not ours to clear. */
static struct grants
kept_by_us(const struct model *model, struct arena *arena)
{
    struct grants all = grants_allowed(model, arena, VERB_STORE, row_targets(model, VERB_STORE));
    struct grants ours = {.overflow = all.overflow};
    for (size_t i = 0; i < all.list.count; i++) {
        struct set targets = all.list.at[i].targets;
        bool own = false;
        for (size_t k = 0; k < targets.count && !own; k++)
            for (uint32_t at = targets.at[k].low; at < targets.at[k].high && !own; at++)
                own = leaf(model, at)->owner == NONE;
        if (own)
            *VECTOR_PUSH(arena, &ours.list) = all.list.at[i];
    }
    return ours;
}

/* More periods than this are a wall: where a table says all, the summary gives the shortest and the
 * longest. */
enum { READABLE = 8 };

/* Roughly how long, in hours, to tell which is longer. */
static uint64_t
rough_hours(struct timing timing)
{
    static const unsigned hours[] = {1, 24, 34, 168, 730, 8766};
    return (uint64_t)timing.amount * hours[timing.unit];
}

static bool
is_period(const struct duty *duty)
{
    return duty->verb == VERB_ERASE || duty->verb == VERB_KEEP;
}

static size_t
count_periods(const struct model *model)
{
    size_t count = 0;
    for (size_t i = 0; i < model->duty_count; i++)
        count += is_period(&model->duties[i]);
    return count;
}

/* "between 2 days (address for the newsletter) and 8 years (invoices)" */
static void
add_range(struct row *row)
{
    const struct model *model = row->model;
    const struct duty *ends[2] = {NULL, NULL}; /* the shortest, the longest */
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        if (!is_period(duty) || duty->timing.form == TIMING_AT_ONCE)
            continue;
        uint64_t hours = rough_hours(duty->timing);
        if (!ends[0] || hours < rough_hours(ends[0]->timing))
            ends[0] = duty;
        if (!ends[1] || hours > rough_hours(ends[1]->timing))
            ends[1] = duty;
    }
    if (!ends[0])
        return;
    struct text parts[4];
    for (size_t i = 0; i < 2; i++) {
        parts[i * 2] = locale_duration(model->locale, row->arena, ends[i]->timing);
        parts[i * 2 + 1] = row_clause_link(row, row_and(row, ends[i]->objects), ends[i]->clause);
    }
    row_add(row, locale_filled(model->locale, row->arena, "page.between", parts, 4), NULL);
}

const struct node *
row_periods(const struct model *model, struct arena *arena)
{
    struct row row = row_begin(model, arena);
    bool short_of_it =
        count_periods(model) > READABLE && row_table_clause(&row, TABLE_RETENTION) != NONE;
    if (short_of_it)
        add_range(&row);
    for (size_t i = 0; i < model->duty_count && !row.overflow && !short_of_it; i++)
        if (is_period(&model->duties[i]))
            add_period(&row, &model->duties[i]);
    struct grants kept = kept_by_us(model, arena);
    row.overflow |= kept.overflow;
    if (!row.overflow)
        add_endless(&row, &kept);
    if (short_of_it)
        row_add_table(&row, TABLE_RETENTION);
    return row_end(&row);
}
