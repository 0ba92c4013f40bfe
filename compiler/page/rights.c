/* How to say no, and what else people may ask for. */
#include "compiler/page/row.h"
#include "compiler/page/walk.h"

enum { STEPS_MAX = 1 << 20 }; /* more pairs of right and request are no summary any more */

/* What tells a request that refuses from one that asks for something. */
struct refusing {
    uint64_t if_held, if_not; /* states that stand in the way if they hold, or do not */
    struct set erasing;       /* requests and events after which something is erased */
};

static struct refusing
refusing_of(const struct model *model, struct arena *arena)
{
    struct refusing refusing = {0, 0, row_erasures(model, arena, ERASURE_STARTS)};
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        bool may = rule->mode == MODE_MAY;
        refusing.if_held |= may ? rule->when.forbid : rule->when.need;
        refusing.if_not |= may ? rule->when.need : rule->when.forbid;
    }
    return refusing;
}

/* Whether a request refuses something from then on, or has something erased. */
static bool
says_no(const struct model *model, const struct refusing *refusing, uint32_t request)
{
    uint32_t states = state_count(model);
    for (uint32_t bit = 0; bit < states; bit++) {
        const struct symbol *state = leaf(model, model->first_leaf[KIND_STATE] + bit);
        if ((refusing->if_held >> bit & 1 && set_has(state->after, request)) ||
            (refusing->if_not >> bit & 1 && set_has(state->until, request)))
            return true;
    }
    return set_has(refusing->erasing, request);
}

/* Requests that are made and answered in the same way. */
struct asking {
    const struct right *right;
    const struct duty *duty; /* NULL: nobody must answer */
    VECTOR(struct text) requests;
};

struct askings {
    VECTOR(struct asking) list;
    size_t requests, steps;
};

static const struct duty *
answered_by(const struct model *model, uint32_t request)
{
    for (size_t i = 0; i < model->duty_count; i++)
        if (model->duties[i].verb == VERB_DO && set_has(model->duties[i].objects, request))
            return &model->duties[i];
    return NULL;
}

static bool
same_way(const struct right *a, const struct right *b)
{
    if (a->contact_count != b->contact_count)
        return false;
    for (size_t i = 0; i < a->contact_count; i++)
        if (a->contacts[i] != b->contacts[i])
            return false;
    return a->when.need == b->when.need && a->when.forbid == b->when.forbid;
}

static bool
same_answer(const struct duty *a, const struct duty *b)
{
    if (!a || !b)
        return a == b;
    if (a->timing.form == TIMING_BEFORE && !set_same(a->after, b->after))
        return false;
    return a->timing.form == b->timing.form && a->timing.amount == b->timing.amount &&
           a->timing.unit == b->timing.unit;
}

static void
add_request(struct row *row, struct askings *askings, const struct right *right, uint32_t request)
{
    const struct duty *duty = answered_by(row->model, request);
    struct asking *asking = NULL;
    for (size_t i = 0; i < askings->list.count && !asking; i++)
        if (same_way(askings->list.at[i].right, right) &&
            same_answer(askings->list.at[i].duty, duty))
            asking = &askings->list.at[i];
    if (!asking) {
        asking = VECTOR_PUSH(row->arena, &askings->list);
        asking->right = right;
        asking->duty = duty;
    }
    struct text words = row_clause_link(row, leaf(row->model, request)->label, right->clause);
    *VECTOR_PUSH(row->arena, &asking->requests) = words;
    askings->requests++;
}

static struct text
contacts_words(struct row *row, const struct right *right)
{
    struct text items[LABELS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < right->contact_count && count < LABELS_MAX; i++) {
        const struct symbol *contact = &row->model->symbols[right->contacts[i]];
        bool link = page_may_link(contact->url);
        items[count++] = link ? row_link(row, contact->label, contact->url) : contact->label;
    }
    return words_join(row->model, row->arena, items, count, CONJUNCTION_OR);
}

static void
add_asking(struct row *row, const struct asking *asking)
{
    const struct model *model = row->model;
    const struct right *right = asking->right;
    struct text words =
        words_join(model, row->arena, asking->requests.at, asking->requests.count, CONJUNCTION_AND);
    if (right->contact_count > 0)
        words = row_phrase(row, "page.via", words, contacts_words(row, right));
    if (asking->duty) {
        struct timing timing = asking->duty->timing;
        words = row_phrase3(row,
                            timing.form == TIMING_AT_ONCE  ? "page.done_at_once"
                            : timing.form == TIMING_BEFORE ? "page.done_before"
                                                           : "page.done",
                            words, locale_duration(model->locale, row->arena, timing),
                            row_or(row, asking->duty->after));
    }
    struct terms terms = {right->when, NULL, 0};
    row_add(row, words, &terms);
}

static void
find_askings(struct row *row, struct askings *askings, bool no)
{
    const struct model *model = row->model;
    struct refusing refusing = refusing_of(model, row->arena);
    for (size_t i = 0; i < model->right_count && !row->overflow; i++) {
        const struct right *right = &model->rights[i];
        for (size_t k = 0; k < right->requests.count; k++) {
            struct interval leaves = right->requests.at[k];
            for (uint32_t at = leaves.low; at < leaves.high && !row->overflow; at++) {
                row->overflow = ++askings->steps > STEPS_MAX || askings->requests > ROW_MAX;
                if (says_no(model, &refusing, at) == no)
                    add_request(row, askings, right, at);
            }
        }
    }
}

static const struct node *
request_row(const struct model *model, struct arena *arena, bool no)
{
    struct row row = row_begin(model, arena);
    struct askings askings = {.requests = 0};
    find_askings(&row, &askings, no);
    for (size_t i = 0; i < askings.list.count; i++)
        add_asking(&row, &askings.list.at[i]);
    return row_end(&row);
}

const struct node *
row_refusals(const struct model *model, struct arena *arena)
{
    return request_row(model, arena, true);
}

const struct node *
row_requests(const struct model *model, struct arena *arena)
{
    return request_row(model, arena, false);
}
