#include "compiler/compare/permissions.h"

#include "compiler/compare/cases.h"
#include "compiler/compare/examples.h"
#include "compiler/compare/wording.h"

enum { CASES_MOST = 4 }; /* that one sentence names */

struct comparing {
    struct rules *rules;
    struct rows rows;
    struct cases cases;
    const struct held *held; /* of the verb: boxes are numbered from it */
    const struct box *boxes;
    enum verb verb;
    const struct region *cell;
    size_t first_row; /* of the cell */
};

/* How verdicts can differ, and which rule is to blame. */
struct facet {
    enum finding_kind kind;
    enum outcome before, after;
};

static const struct facet facets[] = {
    {FOUND_ALLOWED, IS_NOT_ALLOWED, IS_ALLOWED},
    {FOUND_REFUSED, IS_ALLOWED, IS_NOT_ALLOWED},
    {FOUND_UNFORBIDDEN, IS_FORBIDDEN, IS_UNSTATED},
    {FOUND_FORBIDDEN, IS_UNSTATED, IS_FORBIDDEN},
};

/* Whether a rule hits in a case, whose bits are all that is known. */
static bool
hits(const struct comparing *c, const struct held *held, struct cube found)
{
    if (held->rule->mode == MODE_MAY)
        return (cases_certain(&c->cases, held->when).need & ~found.need) == 0;
    return (cases_possible(&c->cases, held->when).forbid & found.need) == 0;
}

/* Whether any permission of a version hits. */
static bool
is_permitted(const struct comparing *c, enum version version, struct cube found)
{
    for (size_t i = 0; i < c->cell->count; i++) {
        const struct held *held = &c->held[c->cell->boxes[i]];
        if (held->version == version && held->rule->mode == MODE_MAY && hits(c, held, found))
            return true;
    }
    return false;
}

/* Whether a rule made the difference in a case: a permission that is new where there was none, or a
 * prohibition that is gone; and the other way round. */
static bool
is_cause(const struct comparing *c, const struct facet *facet, uint32_t number, struct cube found)
{
    const struct held *held = &c->held[number];
    bool may = held->rule->mode == MODE_MAY, old = held->version == OLD;
    if (!c->boxes[number].changed || !hits(c, held, found))
        return false;
    switch (facet->kind) {
    case FOUND_ALLOWED:
        return may ? !old && !is_permitted(c, OLD, found) : old && held->rule->mode == MODE_NEVER;
    case FOUND_REFUSED:
        return may ? old && !is_permitted(c, NEW, found) : !old && held->rule->mode == MODE_NEVER;
    case FOUND_UNFORBIDDEN:
        return !may && old;
    default:
        return !may && !old;
    }
}

/* A finer reason than none: any rule that changed. */
static uint32_t
any_changed(const struct comparing *c)
{
    for (size_t i = c->cell->count; i > 0; i--)
        if (c->boxes[c->cell->boxes[i - 1]].changed)
            return c->cell->boxes[i - 1];
    return c->cell->boxes[0];
}

/* States of a case that are known, in the numbers that both policies share. */
static struct condition_bits
known_states(const struct cases *cases, struct cube wide)
{
    struct condition_bits bits = {{0, 0}, {0, 0}};
    for (unsigned i = 0; i < cases->count; i++) {
        unsigned state = cases->state[i];
        uint64_t bit = UINT64_C(1) << state % 64;
        if ((wide.need & bit_yes(i)) != 0)
            bits.need[state / 64] |= bit;
        if ((wide.need & bit_no(i)) != 0)
            bits.forbid[state / 64] |= bit;
    }
    return bits;
}

/* A request whose receipt makes the only unknown state of a case unknown. */
static struct text
unknown_by(const struct comparing *c, struct cube wide, bool *can_show)
{
    const struct model *model = c->rules->common->side[NEW].model;
    struct text request = {NULL, 0};
    for (unsigned i = 0; i < c->cases.count; i++) {
        if ((wide.forbid & bit_yes(i)) == 0)
            continue;
        const struct symbol *state =
            common_symbol(c->rules->common, c->rules->common->state_place[c->cases.state[i]]);
        struct set by = state->after.count > 0 ? state->after : state->until;
        bool asked = by.count > 0 && leaf(model, by.at[0].low)->kind == KIND_REQUEST;
        *can_show &= asked && request.length == 0;
        request = asked ? leaf(model, by.at[0].low)->name : request;
    }
    return request;
}

/* Whether it was allowed in some case before. */
static bool
was_allowed(struct comparing *c)
{
    struct cube any = {0, 0}, found;
    size_t said = c->cases.said.list.count;
    c->cases.said.list.count = 0;
    bool so = cases_find(&c->cases, any, true, IS_ALLOWED, IS_ALLOWED, &found) ||
              cases_find(&c->cases, any, true, IS_ALLOWED, IS_NOT_ALLOWED, &found);
    c->cases.said.list.count = said;
    return so;
}

static void
add_row(struct comparing *c, struct row row, uint32_t rule)
{
    const struct held *held = &c->held[rule];
    row.edit = edit_behind(c->rules->edits, held->version, held->rule->sentence, held->rule->clause,
                           c->cell->axis);
    row.verb = c->verb;
    row.words = row_words;
    row.example = row_example;
    memcpy(row.axis, c->cell->axis, sizeof row.axis);
    for (size_t i = c->first_row; i < c->rows.list.count; i++)
        if (c->rows.list.at[i].edit == row.edit && c->rows.list.at[i].kind == row.kind)
            return;
    *VECTOR_PUSH(c->rules->common->arena, &c->rows.list) = row;
}

/* The cases of one facet, said one after the other. */
struct telling {
    const struct facet *facet;
    bool known;
    struct buffer when, meaning;
    struct row row;
    struct cube first; /* case */
    unsigned count;
};

static bool
find_next(struct comparing *c, const struct telling *telling, struct cube *found)
{
    struct cube any = {0, 0};
    return cases_find(&c->cases, any, telling->known, telling->facet->before, telling->facet->after,
                      found);
}

static void
tell_case(struct comparing *c, struct telling *telling, struct cube found)
{
    const struct facet *facet = telling->facet;
    struct cube wide = cases_widen(&c->cases, found, facet->before, facet->after);
    if (telling->count == 0) {
        telling->first = found;
        telling->row.given = known_states(&c->cases, wide);
        telling->row.unknown = unknown_by(c, wide, &telling->row.can_show);
    } else {
        buffer_string(&telling->when, ", or ");
        buffer_string(&telling->meaning, " or");
    }
    word_case(&telling->when, &c->cases, wide);
    mean_case(&telling->meaning, &c->cases, wide);
    *VECTOR_PUSH(c->cases.arena, &c->cases.said.list) = wide;
    telling->count++;
}

/* A row for one of the rules that made the difference. Where a permission did, a prohibition that
 * had to go for it is told as that. */
static void
add_cause(struct comparing *c, const struct telling *telling, uint32_t rule, bool permitted)
{
    struct row row = telling->row;
    const struct held *held = &c->held[rule];
    if (row.kind == FOUND_ALLOWED && held->rule->mode != MODE_MAY && permitted) {
        row.kind = FOUND_UNFORBIDDEN;
        row.also = true;
    }
    if (row.kind == FOUND_UNFORBIDDEN) {
        row.clause = held->rule->clause;
        row.given = held->when;
    }
    if (row.kind == FOUND_ALLOWED && !telling->known)
        row.kind = FOUND_ALLOWED_UNKNOWN;
    add_row(c, row, rule);
}

static void
finish_telling(struct comparing *c, struct telling *telling)
{
    struct row *row = &telling->row;
    bool permitted = false, caused = false;
    row->also = telling->facet->kind == FOUND_ALLOWED && was_allowed(c);
    row->when = buffer_text(&telling->when);
    row->meaning = buffer_text(&telling->meaning);
    for (int may = 1; may >= 0; may--)
        for (size_t i = 0; i < c->cell->count; i++) {
            uint32_t rule = c->cell->boxes[i];
            if ((c->held[rule].rule->mode == MODE_MAY) != (may == 1) ||
                !is_cause(c, telling->facet, rule, telling->first))
                continue;
            add_cause(c, telling, rule, permitted);
            permitted |= may == 1;
            caused = true;
        }
    if (!caused)
        add_cause(c, telling, any_changed(c), false);
}

/* All cases of one facet in one row. False if there are none. */
static bool
find_cases(struct comparing *c, const struct facet *facet, bool known)
{
    struct arena *arena = c->rules->common->arena;
    struct telling telling = {facet,
                              known,
                              buffer_in(arena),
                              buffer_in(arena),
                              {.kind = facet->kind, .clause = NONE, .can_show = true},
                              {0, 0},
                              0};
    struct cube found;
    c->cases.said.list.count = 0;
    while (telling.count < CASES_MOST && find_next(c, &telling, &found))
        tell_case(c, &telling, found);
    if (telling.count == 0)
        return false;
    if (telling.count == CASES_MOST && find_next(c, &telling, &found)) {
        buffer_string(&telling.when, ", and in further cases");
        buffer_string(&telling.meaning, " or more");
    }
    finish_telling(c, &telling);
    return true;
}

/* A refusal of everything that was allowed needs no case. */
static void
shorten_refusals(struct comparing *c)
{
    struct cube any = {0, 0}, found;
    c->cases.said.list.count = 0;
    if (cases_find(&c->cases, any, true, IS_ALLOWED, IS_ALLOWED, &found) ||
        cases_find(&c->cases, any, true, IS_NOT_ALLOWED, IS_ALLOWED, &found))
        return;
    for (size_t i = c->first_row; i < c->rows.list.count; i++)
        if (c->rows.list.at[i].kind == FOUND_REFUSED)
            c->rows.list.at[i].when = (struct text){NULL, 0};
}

static bool
has_row(const struct comparing *c, uint32_t edit, enum finding_kind kind)
{
    for (size_t i = c->first_row; i < c->rows.list.count; i++)
        if (c->rows.list.at[i].edit == edit && c->rows.list.at[i].kind == kind)
            return true;
    return false;
}

/* An edit that permits need not say that it forbids no longer, nor one that refuses that it
 * forbids.
 */
static void
drop_implied(struct comparing *c)
{
    size_t kept = c->first_row;
    for (size_t i = c->first_row; i < c->rows.list.count; i++) {
        const struct row row = c->rows.list.at[i];
        bool implied = (row.kind == FOUND_UNFORBIDDEN && has_row(c, row.edit, FOUND_ALLOWED)) ||
                       (row.kind == FOUND_FORBIDDEN && has_row(c, row.edit, FOUND_REFUSED));
        if (!implied)
            c->rows.list.at[kept++] = row;
    }
    c->rows.list.count = kept;
}

static void
find_undecided(struct comparing *c)
{
    add_row(c, (struct row){.kind = FOUND_UNDECIDED, .clause = NONE}, any_changed(c));
}

/* A prohibition that became one of what nothing permits: the verdicts are the same. */
static void
find_weaker(struct comparing *c)
{
    for (size_t i = 0; i < c->cell->count; i++) {
        const struct held *old = &c->held[c->cell->boxes[i]];
        if (old->version != OLD || old->rule->mode != MODE_NEVER ||
            !c->boxes[c->cell->boxes[i]].changed)
            continue;
        for (size_t k = 0; k < c->cell->count; k++) {
            const struct held *new = &c->held[c->cell->boxes[k]];
            if (new->version == NEW &&new->rule->mode == MODE_REST &&
                c->boxes[c->cell->boxes[k]].changed) {
                add_row(c, (struct row){.kind = FOUND_WEAKER, .clause = NONE}, c->cell->boxes[k]);
                return;
            }
        }
    }
}

static void
fill_cases(struct comparing *c)
{
    cases_begin(&c->cases, c->rules->common, c->rules->common->arena);
    for (size_t i = 0; i < c->cell->count; i++) {
        const struct held *held = &c->held[c->cell->boxes[i]];
        cases_add(&c->cases, held->version, held->rule->mode, held->when);
    }
    cases_ready(&c->cases);
}

static void
compare_cell(void *context, const struct region *cell)
{
    struct comparing *c = context;
    bool any = false;
    c->cell = cell;
    c->first_row = c->rows.list.count;
    fill_cases(c);
    for (unsigned i = 0; i < sizeof facets / sizeof *facets; i++)
        any |= find_cases(c, &facets[i], true) || (i < 2 && find_cases(c, &facets[i], false));
    shorten_refusals(c);
    drop_implied(c);
    if (c->cases.overflow) {
        c->rows.list.count = c->first_row;
        find_undecided(c);
    } else if (!any) {
        find_weaker(c);
    }
}

void
permissions_compare(struct rules *rules)
{
    struct comparing c = {.rules = rules, .rows = {.rules = rules}};
    for (int verb = 0; verb < VERB_QUESTIONS; verb++) {
        size_t first = rules->first[verb], count = rules->first[verb + 1] - first;
        c.verb = (enum verb)verb;
        c.held = rules->at + first;
        c.boxes = rules->boxes + first;
        cells_visit(rules->common->arena, c.boxes, count, compare_cell, &c);
    }
    rows_finish(&c.rows);
}
