#include "compiler/page/short.h"

#include "compiler/page/row.h"

static const struct text none = {"", 0};

static struct text
label_of(const struct row *row, uint32_t symbol)
{
    return row->model->symbols[symbol].label;
}

static struct text
and_labels(const struct row *row, struct set set)
{
    return labels_join(row->model, row->arena, set, CONJUNCTION_AND);
}

static struct text
fill(const struct row *row, const char *key, struct text a, struct text b, struct text c)
{
    return phrase(row->model, row->arena, key, a, b, c);
}

static struct interval
targets_of(const struct model *model, enum verb verb)
{
    return (struct interval){model->first_leaf[verb_forms[verb].target_first],
                             model->first_leaf[verb_forms[verb].target_last + 1]};
}

/* What is collected, used, kept and seen ----------------------------------------------------- */

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
        struct text lead = row_clause_link(row, and_labels(row, grant->objects), grant->clause);
        struct set others = without_persons(row, grant->targets);
        if (others.count > 0)
            lead = fill(row, "page.collect_from", lead, and_labels(row, others), none);
        row_add(row, lead, &grant->terms);
    }
    row->overflow |= grants->overflow;
}

static const struct node *
collect_row(const struct model *model, struct arena *arena)
{
    struct row row = row_begin(model, arena);
    struct grants grants =
        grants_allowed(model, arena, VERB_COLLECT, targets_of(model, VERB_COLLECT));
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
        struct text lead = row_clause_link(&row, and_labels(&row, grant->targets), grant->clause);
        struct text words = fill(&row, "page.item", lead, and_labels(&row, grant->objects), none);
        row_add(&row, words, &grant->terms);
    }
    row.overflow |= grants->overflow;
    return row_end(&row);
}

static const struct node *
use_row(const struct model *model, struct arena *arena)
{
    struct grants grants = grants_allowed(model, arena, VERB_USE, targets_of(model, VERB_USE));
    return target_row(model, arena, &grants);
}

static const struct node *
store_row(const struct model *model, struct arena *arena)
{
    struct grants grants = grants_allowed(model, arena, VERB_STORE, targets_of(model, VERB_STORE));
    return target_row(model, arena, &grants);
}

static const struct node *
see_row(const struct model *model, struct arena *arena)
{
    struct interval audiences = kind_leaves(model, KIND_AUDIENCE);
    struct grants shown = grants_allowed(model, arena, VERB_SHOW, audiences);
    struct grants shared = grants_allowed(model, arena, VERB_SHARE, audiences);
    struct grants grants = grants_both(arena, shown, shared);
    return target_row(model, arena, &grants);
}

/* Mail, messages, calls ---------------------------------------------------------------------- */

/* The people addressed, where that says more than "everybody this is about". */
static struct text
with_persons(const struct row *row, struct text purposes, struct set persons)
{
    struct interval all = kind_leaves(row->model, KIND_PERSON);
    if (set_size(persons) == all.high - all.low)
        return purposes;
    struct text names = labels_persons(row->model, row->arena, persons);
    return fill(row, "page.to_persons", purposes, names, none);
}

static const struct node *
contact_row(const struct model *model, struct arena *arena)
{
    static const struct {
        enum verb verb;
        const char *key;
    } channels[] = {{VERB_EMAIL, "page.by_email"},
                    {VERB_TEXT, "page.by_text"},
                    {VERB_CALL, "page.by_call"},
                    {VERB_POST, "page.by_post"}};
    struct row row = row_begin(model, arena);
    for (size_t c = 0; c < sizeof channels / sizeof channels[0]; c++) {
        enum verb verb = channels[c].verb;
        struct grants grants = grants_allowed(model, arena, verb, targets_of(model, verb));
        for (size_t i = 0; i < grants.list.count; i++) {
            const struct grant *grant = &grants.list.at[i];
            struct text purposes = and_labels(&row, grant->targets);
            struct text lead = row_clause_link(&row, purposes, grant->clause);
            lead = with_persons(&row, lead, grant->objects);
            row_add(&row, fill(&row, channels[c].key, lead, none, none), &grant->terms);
        }
        row.overflow |= grants.overflow;
    }
    return row_end(&row);
}

/* How long ----------------------------------------------------------------------------------- */

/* "the closing of the order or your request “delete my data”" */
static struct text
clock_starts(const struct row *row, struct set after)
{
    struct text words = none;
    size_t count = 0;
    for (size_t i = 0; i < after.count; i++)
        for (uint32_t at = after.at[i].low; at < after.at[i].high && count < LABELS_MAX; at++) {
            const struct symbol *symbol = leaf(row->model, at);
            struct text start = symbol->label;
            if (symbol->kind == KIND_REQUEST)
                start = fill(row, "page.after_request", start, none, none);
            words = count++ == 0 ? start : fill(row, "page.or", words, start, none);
        }
    return words;
}

static void
add_period(struct row *row, const struct duty *duty)
{
    const struct model *model = row->model;
    bool after = duty->after.count > 0, at_once = duty->timing.form == TIMING_AT_ONCE;
    const char *key = duty->verb == VERB_KEEP ? after ? "page.kept_after" : "page.kept"
                      : at_once ? after ? "page.erased_at_once_after" : "page.erased_at_once"
                      : after   ? "page.erased_after"
                                : "page.erased";
    struct text lead = row_clause_link(row, and_labels(row, duty->objects), duty->clause);
    if (duty->targets.count > 0)
        lead = fill(row, "page.kept_in", lead, and_labels(row, duty->targets), none);
    struct text span = locale_duration(model->locale, row->arena, duty->timing);
    struct terms terms = {duty->when, NULL, 0};
    row_add(row, fill(row, key, lead, span, clock_starts(row, duty->after)), &terms);
}

/* One of the sets of a duty to erase, of all such duties together. */
static struct set
of_erasures(const struct model *model, struct arena *arena, bool objects)
{
    VECTOR(struct interval) all = {0};
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        struct set set = objects ? duty->objects : duty->after;
        for (size_t k = 0; duty->verb == VERB_ERASE && k < set.count; k++)
            *VECTOR_PUSH(arena, &all) = set.at[k];
    }
    return all.count == 0 ? (struct set){NULL, 0} : set_from(all.at, all.count);
}

/* Data that are kept in places of our own, and that no duty ever erases. */
static void
add_endless(struct row *row, const struct grants *kept)
{
    struct set ended = of_erasures(row->model, row->arena, true);
    for (size_t i = 0; i < kept->list.count; i++) {
        const struct grant *grant = &kept->list.at[i];
        struct set endless = set_minus(row->arena, grant->objects, ended);
        if (endless.count == 0)
            continue;
        ended = set_union(row->arena, ended, endless);
        struct text lead = row_clause_link(row, and_labels(row, endless), grant->clause);
        row_add(row, fill(row, "page.no_period", lead, none, none), NULL);
    }
}

/* Places that belong to a person are not ours to clear. */
static struct grants
kept_by_us(const struct model *model, struct arena *arena)
{
    struct grants all = grants_allowed(model, arena, VERB_STORE, targets_of(model, VERB_STORE));
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

static const struct node *
period_row(const struct model *model, struct arena *arena)
{
    struct row row = row_begin(model, arena);
    for (size_t i = 0; i < model->duty_count && !row.overflow; i++)
        if (model->duties[i].verb == VERB_ERASE || model->duties[i].verb == VERB_KEEP)
            add_period(&row, &model->duties[i]);
    struct grants kept = kept_by_us(model, arena);
    row.overflow |= kept.overflow;
    if (!row.overflow)
        add_endless(&row, &kept);
    return row_end(&row);
}

/* How to say no ------------------------------------------------------------------------------ */

/* What tells a request that refuses from one that asks for something, and who answers it. */
struct requests {
    uint64_t refuse_if, refuse_unless; /* states that stand in the way if they hold, or do not */
    struct set erasing;                /* requests (and events) after which something is erased */
    const struct duty **answers;       /* a duty to do it for each request, or NULL */
};

static void
find_answers(const struct model *model, struct requests *requests)
{
    uint32_t first = model->first_leaf[KIND_REQUEST];
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        for (size_t k = 0; duty->verb == VERB_DO && k < duty->objects.count; k++)
            for (uint32_t at = duty->objects.at[k].low; at < duty->objects.at[k].high; at++)
                if (!requests->answers[at - first])
                    requests->answers[at - first] = duty;
    }
}

static struct requests
requests_of(const struct model *model, struct arena *arena)
{
    struct interval leaves = kind_leaves(model, KIND_REQUEST);
    struct requests requests = {0, 0, of_erasures(model, arena, false), NULL};
    requests.answers = ARENA_ARRAY(arena, leaves.high - leaves.low, const struct duty *);
    find_answers(model, &requests);
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        bool may = rule->mode == MODE_MAY;
        requests.refuse_if |= may ? rule->when.forbid : rule->when.need;
        requests.refuse_unless |= may ? rule->when.need : rule->when.forbid;
    }
    return requests;
}

/* Whether a request refuses something from then on, or has something erased. */
static bool
says_no(const struct model *model, const struct requests *requests, uint32_t request)
{
    uint32_t states = state_count(model);
    for (uint32_t bit = 0; bit < states; bit++) {
        const struct symbol *state = leaf(model, model->first_leaf[KIND_STATE] + bit);
        if ((requests->refuse_if >> bit & 1 && set_has(state->after, request)) ||
            (requests->refuse_unless >> bit & 1 && set_has(state->until, request)))
            return true;
    }
    return set_has(requests->erasing, request);
}

static struct text
contacts_words(struct row *row, const struct right *right)
{
    struct text items[LABELS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < right->contact_count && count < LABELS_MAX; i++) {
        const struct symbol *contact = &row->model->symbols[right->contacts[i]];
        items[count++] = contact->url.length > 0 ? row_link(row, contact->label, contact->url)
                                                 : label_of(row, right->contacts[i]);
    }
    struct text words = items[0];
    for (size_t i = 1; i < count; i++)
        words = fill(row, "page.or", words, items[i], none);
    return words;
}

static void
add_request(struct row *row, const struct right *right, uint32_t request, const struct duty *duty)
{
    const struct model *model = row->model;
    struct text words = row_clause_link(row, leaf(model, request)->label, right->clause);
    if (right->contact_count > 0)
        words = fill(row, "page.via", words, contacts_words(row, right), none);
    if (duty) {
        struct text span = locale_duration(model->locale, row->arena, duty->timing);
        bool at_once = duty->timing.form == TIMING_AT_ONCE;
        words = fill(row, at_once ? "page.done_at_once" : "page.done", words, span, none);
    }
    struct terms terms = {right->when, NULL, 0};
    row_add(row, words, &terms);
}

static const struct node *
request_row(const struct model *model, struct arena *arena, bool no)
{
    struct row row = row_begin(model, arena);
    struct requests known = requests_of(model, arena);
    for (size_t i = 0; i < model->right_count && !row.overflow; i++) {
        const struct right *right = &model->rights[i];
        for (size_t k = 0; k < right->requests.count; k++)
            for (uint32_t at = right->requests.at[k].low; at < right->requests.at[k].high; at++)
                if (says_no(model, &known, at) == no)
                    add_request(&row, right, at,
                                known.answers[at - model->first_leaf[KIND_REQUEST]]);
    }
    return row_end(&row);
}

static const struct node *
no_row(const struct model *model, struct arena *arena)
{
    return request_row(model, arena, true);
}

static const struct node *
ask_row(const struct model *model, struct arena *arena)
{
    return request_row(model, arena, false);
}

/* What never happens ------------------------------------------------------------------------- */

static struct set
all_of(struct arena *arena, struct interval leaves)
{
    struct interval *at = ARENA_NEW(arena, struct interval);
    *at = leaves;
    return (struct set){at, leaves.low < leaves.high};
}

static struct text
or_labels(const struct row *row, struct set set)
{
    return labels_join(row->model, row->arena, set, CONJUNCTION_OR);
}

/* "never shared with third parties", "never shared", or "never shown to anyone but our staff",
 * whichever names less. The key's endings: none, "_any", "_but". */
static struct text
never_words(struct row *row, const struct grant *grant, struct text lead, const char *key,
            enum verb verb)
{
    struct arena *arena = row->arena;
    struct set others =
        set_minus(arena, all_of(arena, targets_of(row->model, verb)), grant->targets);
    if (others.count == 0)
        return fill(row, arena_format(arena, "%s_any", key).data, lead, none, none);
    if (labels_count(row->model, others) < labels_count(row->model, grant->targets))
        return fill(row, arena_format(arena, "%s_but", key).data, lead, or_labels(row, others),
                    none);
    return fill(row, key, lead, or_labels(row, grant->targets), none);
}

static struct text
never_objects(const struct row *row, struct set objects)
{
    struct interval all = kind_leaves(row->model, KIND_DATA);
    if (set_size(objects) == all.high - all.low)
        return locale_phrase(row->model->locale, "page.any_data");
    return and_labels(row, objects);
}

/* Who it binds, unless that is all who could do it. */
static struct text
with_actors(const struct row *row, struct text words, struct set actors)
{
    struct interval all = kind_leaves(row->model, KIND_SYSTEM);
    if (set_size(actors) == all.high - all.low)
        return words;
    return fill(row, "page.never_by", words, or_labels(row, actors), none);
}

static void
add_never_data(struct row *row, enum verb verb, const char *key)
{
    struct grants grants = grants_never(row->model, row->arena, verb);
    for (size_t i = 0; i < grants.list.count; i++) {
        const struct grant *grant = &grants.list.at[i];
        struct text lead = row_clause_link(row, never_objects(row, grant->objects), grant->clause);
        struct text words = never_words(row, grant, lead, key, verb);
        row_add(row, with_actors(row, words, grant->actors), NULL);
    }
    row->overflow |= grants.overflow;
}

static void
add_never_contact(struct row *row, enum verb verb, const char *key)
{
    struct grants grants = grants_never(row->model, row->arena, verb);
    struct interval purposes = targets_of(row->model, verb);
    for (size_t i = 0; i < grants.list.count; i++) {
        const struct grant *grant = &grants.list.at[i];
        bool any = set_size(grant->targets) == purposes.high - purposes.low;
        struct text lead = any ? locale_phrase(row->model->locale, "page.any_purpose")
                               : and_labels(row, grant->targets);
        lead = row_clause_link(row, lead, grant->clause);
        lead = with_persons(row, lead, grant->objects);
        row_add(row, with_actors(row, fill(row, key, lead, none, none), grant->actors), NULL);
    }
    row->overflow |= grants.overflow;
}

static const struct node *
never_row(const struct model *model, struct arena *arena)
{
    struct row row = row_begin(model, arena);
    add_never_data(&row, VERB_COLLECT, "page.never_collect");
    add_never_data(&row, VERB_USE, "page.never_use");
    add_never_data(&row, VERB_STORE, "page.never_store");
    add_never_data(&row, VERB_SHOW, "page.never_show");
    add_never_data(&row, VERB_SHARE, "page.never_share");
    add_never_contact(&row, VERB_EMAIL, "page.never_email");
    add_never_contact(&row, VERB_TEXT, "page.never_text");
    add_never_contact(&row, VERB_CALL, "page.never_call");
    add_never_contact(&row, VERB_POST, "page.never_post");
    return row_end(&row);
}

/* All rows ----------------------------------------------------------------------------------- */

static const struct {
    const char *key;
    const struct node *(*make)(const struct model *model, struct arena *arena);
} makers[] = {
    {"page.collect", collect_row}, {"page.use", use_row}, {"page.contact", contact_row},
    {"page.store", store_row},     {"page.see", see_row}, {"page.long", period_row},
    {"page.never", never_row},     {"page.no", no_row},   {"page.ask", ask_row},
};

struct short_layer
short_make(const struct model *model, struct arena *arena)
{
    enum { COUNT = sizeof makers / sizeof makers[0] };
    struct short_row *rows = ARENA_ARRAY(arena, COUNT, struct short_row);
    struct short_layer layer = {rows, 0};
    for (size_t i = 0; i < COUNT; i++) {
        const struct node *list = makers[i].make(model, arena);
        if (list)
            rows[layer.count++] =
                (struct short_row){locale_phrase(model->locale, makers[i].key), list};
    }
    return layer;
}
