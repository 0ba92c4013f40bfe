/* How long data is kept, and the cookies among them. */
#include "compiler/model/table_rows.h"

enum { STEPS_MAX = 1 << 22 }; /* of data and what is said of each */

struct kept { /* what says how long and where data is */
    VECTOR(const struct duty *) duties;
    struct grants stored;
};

static bool
is_period(const struct duty *duty)
{
    return duty->verb == VERB_ERASE || duty->verb == VERB_KEEP;
}

static struct kept
kept_of(struct table_draft *draft, struct interval data, struct interval places)
{
    const struct model *model = draft->model;
    const struct set wanted = {&data, data.low < data.high};
    struct kept kept = {.stored =
                            table_grants(draft, VERB_STORE, (struct scope){data, places, NULL})};
    for (size_t i = 0; i < model->duty_count; i++)
        if (is_period(&model->duties[i]) && set_meets(model->duties[i].objects, wanted))
            *VECTOR_PUSH(draft->arena, &kept.duties) = &model->duties[i];
    uint64_t steps =
        (uint64_t)(kept.duties.count + kept.stored.list.count) * (uint64_t)(data.high - data.low);
    draft->overflow |= steps > STEPS_MAX;
    return kept;
}

/* Notes what is shown of these data. */
static void
show_kept(struct table_draft *draft, const struct kept *kept, struct set data, struct set places)
{
    table_shows_act(draft, VERB_STORE, data, places);
    for (size_t i = 0; i < kept->duties.count; i++)
        if (set_meets(kept->duties.at[i]->objects, data))
            table_shows(draft, kept->duties.at[i]->sentence);
}

/* "13 months", "30 days after the end of the contract", "at once" */
static struct text
span_words(struct table_draft *draft, const struct duty *duty)
{
    struct text span = locale_duration(draft->model->locale, draft->arena, duty->timing);
    struct text start = labels_clock(draft->model, draft->arena, duty);
    bool before = duty->timing.form == TIMING_BEFORE;
    return start.length == 0
               ? span
               : table_phrase(draft, before ? "table.before" : "table.after", span, start);
}

static struct text
period_line(struct table_draft *draft, const struct duty *duty)
{
    bool at_once = duty->timing.form == TIMING_AT_ONCE;
    const char *key = duty->verb == VERB_KEEP              ? "table.kept"
                      : duty->timing.form == TIMING_BEFORE ? "table.erased_before"
                      : at_once                            ? "table.erased_at_once"
                                                           : "table.erased";
    struct text words = table_phrase(draft, key, span_words(draft, duty), TEXT(""));
    if (duty->targets.count > 0)
        words = table_phrase(draft, "page.item", table_labels(draft, duty->targets), words);
    const struct terms terms = {duty->when, NULL, 0};
    return table_with_terms(draft, words, &terms);
}

/* Retention ----------------------------------------------------------------------------------- */

/* Whether the same ends both. */
static bool
same_end(const struct kept *kept, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < kept->duties.count; i++)
        if (set_has(kept->duties.at[i]->objects, a) != set_has(kept->duties.at[i]->objects, b))
            return false;
    return true;
}

static bool
anything_said(const struct kept *kept, uint32_t data)
{
    for (size_t i = 0; i < kept->duties.count; i++)
        if (set_has(kept->duties.at[i]->objects, data))
            return true;
    for (size_t i = 0; i < kept->stored.list.count; i++)
        if (set_has(kept->stored.list.at[i].objects, data))
            return true;
    return false;
}

/* Where all of them are, or where some are, and which. */
static void
add_where(struct table_draft *draft, const struct grants *stored, struct set data, bool all)
{
    for (size_t i = 0; i < stored->list.count; i++) {
        const struct grant *grant = &stored->list.at[i];
        struct set here = set_both(draft->arena, grant->objects, data);
        if (here.count == 0 || set_same(here, data) != all)
            continue;
        struct text places = table_labels(draft, grant->targets);
        if (!all)
            places = table_phrase(draft, "page.item", table_labels(draft, here), places);
        table_line(draft, RETENTION_WHERE, table_with_terms(draft, places, &grant->terms));
    }
}

static void
add_kept(struct table_draft *draft, const struct kept *kept, struct set data)
{
    bool ended = false;
    table_row(draft, table_labels(draft, data));
    for (size_t i = 0; i < kept->duties.count; i++) {
        if (!set_meets(kept->duties.at[i]->objects, data))
            continue;
        table_line(draft, RETENTION_LONG, period_line(draft, kept->duties.at[i]));
        ended = true;
    }
    if (!ended)
        table_line(draft, RETENTION_LONG, locale_phrase(draft->model->locale, "table.no_period"));
    add_where(draft, &kept->stored, data, true);
    add_where(draft, &kept->stored, data, false);
}

/* Data in a row of which anything is said. */
static struct set
said_of(struct table_draft *draft, const struct kept *kept, struct interval data)
{
    struct interval *at = ARENA_ARRAY(draft->arena, data.high - data.low, struct interval);
    size_t count = 0;
    for (uint32_t i = data.low; i < data.high; i++)
        if (anything_said(kept, i))
            at[count++] = (struct interval){i, i + 1};
    return set_from(at, count);
}

/* Neighbours that end alike are one row. */
void
retention_fill(struct table_draft *draft)
{
    struct interval data = table_leaves(draft, KIND_DATA);
    struct interval places = verb_target_leaves(draft->model, VERB_STORE);
    struct kept kept = kept_of(draft, data, places);
    show_kept(draft, &kept, (struct set){&data, data.low < data.high}, (struct set){&places, 1});
    for (uint32_t low = data.low, high; low < data.high && !draft->overflow; low = high) {
        for (high = low + 1; high < data.high && same_end(&kept, low, high);)
            high++;
        struct set said = said_of(draft, &kept, (struct interval){low, high});
        if (said.count > 0)
            add_kept(draft, &kept, said);
    }
}

/* Cookies ---------------------------------------------------------------------------------------
 */

/* States that a person switches on by a request of her own: an agreement. */
static uint64_t
agreements(const struct model *model)
{
    struct interval requests = kind_leaves(model, KIND_REQUEST);
    const struct set asked = {&requests, requests.low < requests.high};
    uint64_t bits = 0;
    for (uint32_t at = model->first_leaf[KIND_STATE]; at < model->first_leaf[KIND_FACT]; at++)
        if (set_meets(leaf(model, at)->after, asked))
            bits |= state_bit(model, at);
    return bits;
}

static void
add_agreement(struct table_draft *draft, const struct terms *terms)
{
    const struct model *model = draft->model;
    bool needed = (terms->when.need & agreements(model)) != 0;
    struct text words = labels_terms(model, draft->arena, terms);
    const char *key = terms_empty(terms) ? "table.free"
                      : needed           ? "table.needed"
                                         : "table.free_but";
    table_line(draft, COOKIE_AGREEMENT, table_phrase(draft, key, words, TEXT("")));
}

static void
add_setters(struct table_draft *draft, uint32_t cookie, struct set places)
{
    const struct model *model = draft->model;
    struct set actors = {NULL, 0};
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->mode == MODE_MAY && rule->verb == VERB_STORE && set_has(rule->objects, cookie) &&
            set_meets(rule->targets, places))
            actors = set_union(draft->arena, actors, rule->actors);
    }
    table_line(draft, COOKIE_SETTER, table_labels(draft, actors));
}

static void
add_lifetime(struct table_draft *draft, const struct kept *kept, uint32_t cookie)
{
    bool ended = false;
    for (size_t i = 0; i < kept->duties.count; i++) {
        const struct duty *duty = kept->duties.at[i];
        const struct terms terms = {duty->when, NULL, 0};
        if (duty->verb != VERB_ERASE || !set_has(duty->objects, cookie))
            continue;
        ended = true;
        struct text span = table_with_terms(draft, span_words(draft, duty), &terms);
        table_line(draft, COOKIE_LIFETIME, span);
    }
    if (!ended)
        table_line(draft, COOKIE_LIFETIME, locale_phrase(draft->model->locale, "table.no_period"));
}

/* What a cookie is for; terms are told that are not those under which it is set anyway. */
static void
add_cookie_purposes(struct table_draft *draft, const struct grants *used, uint32_t cookie,
                    const struct terms *set_under)
{
    for (size_t i = 0; i < used->list.count; i++) {
        const struct grant *grant = &used->list.at[i];
        if (!set_has(grant->objects, cookie))
            continue;
        struct text purposes = table_labels(draft, grant->targets);
        if (!terms_same(&grant->terms, set_under))
            purposes = table_with_terms(draft, purposes, &grant->terms);
        table_line(draft, COOKIE_PURPOSE, purposes);
    }
}

static void
add_cookie(struct table_draft *draft, const struct kept *kept, const struct grants *used,
           uint32_t cookie)
{
    const struct grant *first = NULL;
    for (size_t i = 0; i < kept->stored.list.count; i++) {
        const struct grant *grant = &kept->stored.list.at[i];
        if (!set_has(grant->objects, cookie))
            continue;
        if (!first) {
            first = grant;
            table_row(draft, leaf(draft->model, cookie)->label);
            add_cookie_purposes(draft, used, cookie, &grant->terms);
            add_lifetime(draft, kept, cookie);
        }
        add_setters(draft, cookie, grant->targets);
        add_agreement(draft, &grant->terms);
    }
}

/* The places that are a person's own: her browser, her telephone. */
static struct set
own_places(const struct model *model, struct arena *arena)
{
    struct interval all = kind_leaves(model, KIND_PLACE);
    struct interval *own = ARENA_ARRAY(arena, all.high - all.low, struct interval);
    size_t count = 0;
    for (uint32_t at = all.low; at < all.high; at++)
        if (leaf(model, at)->owner != NONE)
            own[count++] = (struct interval){at, at + 1};
    return set_from(own, count);
}

/* What is kept in these places: gives the data, and narrows the grants to them. */
static struct set
keep_in(struct table_draft *draft, struct kept *kept, struct set places)
{
    struct set data = {NULL, 0};
    size_t count = 0;
    for (size_t i = 0; i < kept->stored.list.count; i++) {
        struct grant grant = kept->stored.list.at[i];
        grant.targets = set_both(draft->arena, grant.targets, places);
        if (grant.targets.count == 0)
            continue;
        data = set_union(draft->arena, data, grant.objects);
        kept->stored.list.at[count++] = grant;
    }
    kept->stored.list.count = count;
    return data;
}

void
cookies_fill(struct table_draft *draft)
{
    const struct model *model = draft->model;
    struct interval data = table_leaves(draft, KIND_DATA);
    struct interval purposes = kind_leaves(model, KIND_PURPOSE);
    struct set places = own_places(model, draft->arena);
    struct kept kept = kept_of(draft, data, kind_leaves(model, KIND_PLACE));
    struct set cookies = keep_in(draft, &kept, places);
    struct grants used = table_grants(draft, VERB_USE, (struct scope){data, purposes, NULL});
    show_kept(draft, &kept, cookies, places);
    table_shows_act(draft, VERB_USE, cookies,
                    (struct set){&purposes, purposes.low < purposes.high});
    for (uint32_t at = data.low; at < data.high && !draft->overflow; at++)
        add_cookie(draft, &kept, &used, at);
}
