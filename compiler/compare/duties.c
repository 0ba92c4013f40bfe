/* Each duty is split by what starts its clock: times on one clock can be compared. An old duty is
 * kept if in every case in which it binds a new one on its clock binds that is no later. */
#include "compiler/compare/duties.h"

#include "compiler/compare/examples.h"
#include "compiler/compare/lengths.h"
#include "compiler/compare/wording.h"

enum clock_form { CLOCK_OWN, CLOCK_FIRST, CLOCK_LAST, CLOCK_BEFORE };

struct term {
    const struct duty *duty;
    enum version version;
    struct condition_bits when;
    struct condition_bits since; /* of CLOCK_OWN: the states from which it counts */
    enum clock_form clock;
    struct set starts; /* of FIRST and BEFORE: one place */
};

struct comparing {
    struct rules *rules;
    struct rows rows;
    struct cases cases;
    struct term *terms;
    struct box *boxes;
    size_t count;
    const struct region *cell;
};

/* Terms ------------------------------------------------------------------------------------------
 */

static bool
is_erasing(enum verb verb)
{
    return verb == VERB_ERASE || verb == VERB_KEEP;
}

/* All targets there are, and one place more for acts that take none. */
static struct set
targets_of(const struct common *common, enum version version, const struct duty *duty)
{
    struct interval *all = ARENA_NEW(common->arena, struct interval);
    *all = (struct interval){0, common->first[KIND_COUNT] + 1};
    return duty->targets.count > 0 ? common_set(common, version, duty->targets)
                                   : (struct set){all, 1};
}

static struct condition_bits
states_only(const struct common *common, struct condition_bits when)
{
    struct condition_bits since = {{0, 0}, {0, 0}};
    for (unsigned i = 0; i < common->state_count; i++)
        if (common->state_place[i] < common->first[KIND_FACT])
            since.need[i / 64] |= when.need[i / 64] & UINT64_C(1) << i % 64;
    return since;
}

static void
add_term(struct comparing *c, struct term term, const struct box *box)
{
    c->boxes[c->count] = *box;
    c->terms[c->count++] = term;
}

/* A term for each thing that can start the clock first. */
static void
add_starts(struct comparing *c, struct term term, const struct box *box)
{
    struct set starts = common_set(c->rules->common, term.version, term.duty->after);
    if (starts.count == 0 || term.duty->last) {
        term.clock = term.duty->last ? CLOCK_LAST : CLOCK_OWN;
        term.starts = starts;
        add_term(c, term, box);
        return;
    }
    term.clock = term.duty->timing.form == TIMING_BEFORE ? CLOCK_BEFORE : CLOCK_FIRST;
    for (size_t i = 0; i < starts.count; i++)
        for (uint32_t at = starts.at[i].low; at < starts.at[i].high; at++) {
            struct interval *one = ARENA_NEW(c->rules->common->arena, struct interval);
            *one = (struct interval){at, at + 1};
            term.starts = (struct set){one, 1};
            add_term(c, term, box);
        }
}

static void
collect(struct comparing *c, enum version version, enum verb verb)
{
    const struct common *common = c->rules->common;
    const struct model *model = common->side[version].model;
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        if (duty->verb != verb || (duty->when.need & duty->when.forbid) != 0)
            continue;
        struct box box = {{common_set(common, version, duty->actors),
                           common_set(common, version, duty->objects),
                           targets_of(common, version, duty)},
                          false};
        struct condition_bits when = common_condition(common, version, duty->when);
        struct condition_bits since = {{0, 0}, {0, 0}};
        if (is_erasing(verb))
            since = states_only(common, when);
        add_starts(c, (struct term){duty, version, when, since, CLOCK_OWN, {NULL, 0}}, &box);
    }
}

/* Whether two terms count from the same: a condition less lets the clock start no later. */
static bool
same_clock(const struct term *a, const struct term *b)
{
    if (a->clock != b->clock || !set_same(a->starts, b->starts))
        return false;
    return a->clock != CLOCK_OWN || ((b->since.need[0] & ~a->since.need[0]) == 0 &&
                                     (b->since.need[1] & ~a->since.need[1]) == 0);
}

/* Whether the other version's term leaves nothing to tell of this one: an old limit against a new
 * one that is no later, a new one against an old one that is no later than it. Of times to keep the
 * longer one is the one that counts. */
static bool
is_as_good(const struct common *common, const struct term *term, const struct term *other,
           struct difference *difference)
{
    bool from_old = term->version == OLD, keep = term->duty->verb == VERB_KEEP;
    *difference = from_old ? lengths_compare(common, term->duty->timing, other->duty->timing)
                           : lengths_compare(common, other->duty->timing, term->duty->timing);
    return from_old != keep ? !difference->later : !difference->earlier;
}

/* Findings ---------------------------------------------------------------------------------------
 */

static struct text
clock_words(const struct comparing *c, const struct term *term)
{
    const struct common *common = c->rules->common;
    struct buffer out = buffer_in(common->arena);
    if (term->clock == CLOCK_OWN) {
        bool since = (term->since.need[0] | term->since.need[1]) != 0;
        if (is_erasing(term->duty->verb) && !since)
            buffer_string(&out, " after its collection");
        return buffer_text(&out);
    }
    buffer_add(&out, term->clock == CLOCK_BEFORE ? TEXT(" before ")
                     : term->clock == CLOCK_LAST ? TEXT(" after the last ")
                                                 : TEXT(" after "));
    for (size_t i = 0; i < term->starts.count; i++)
        for (uint32_t at = term->starts.at[i].low; at < term->starts.at[i].high; at++) {
            buffer_add(&out, at == term->starts.at[0].low ? TEXT("") : TEXT(" or "));
            word_clock(&out, common, at);
        }
    return buffer_text(&out);
}

static void
say_duty(struct buffer *out, const struct common *common, const struct row *row)
{
    struct set targets = row->axis[2];
    bool any = targets.count > 0 && targets.at[targets.count - 1].high > common->first[KIND_COUNT];
    if (row->verb == VERB_DO) {
        buffer_string(out, "act on the request ");
        word_places(out, common, row->axis[1], "and");
        return;
    }
    word_act(out, common, row->verb, row->axis[1], any ? (struct set){NULL, 0} : targets, "and");
}

static struct text
kept_words(const struct rows *rows, const struct row *row)
{
    const struct common *common = rows->rules->common;
    struct buffer out = buffer_in(common->arena);
    bool gone = row->timing[NEW].form == TIMING_NONE;
    word_places(&out, common, row->axis[1], "and");
    buffer_add(&out, gone ? TEXT(" need no longer be kept for at least ")
                          : TEXT(" must now be kept for at least "));
    word_time(&out, row->timing[gone ? OLD : NEW]);
    if (!gone && row->timing[OLD].form != TIMING_NONE) {
        buffer_string(&out, " instead of ");
        word_time(&out, row->timing[OLD]);
    }
    buffer_format(&out, "%.*s%s%.*s.", TEXT_ARGS(row->clock), row->when.length > 0 ? " " : "",
                  TEXT_ARGS(row->when));
    return sentence_case(&out);
}

static void
say_limit(struct buffer *out, struct timing timing)
{
    buffer_add(out, timing.form == TIMING_AT_ONCE  ? TEXT(" ")
                    : timing.form == TIMING_BEFORE ? TEXT(" at least ")
                                                   : TEXT(" within "));
    word_time(out, timing);
}

/* "We must now …", "We no longer must …" */
static struct text
owed_words(const struct rows *rows, const struct row *row)
{
    const struct common *common = rows->rules->common;
    struct buffer out = buffer_in(common->arena);
    bool dropped = row->kind == FOUND_DUTY_DROPPED;
    word_actors(&out, common, row->axis[0]);
    buffer_add(&out, dropped ? TEXT(" no longer must ") : TEXT(" must now "));
    say_duty(&out, common, row);
    say_limit(&out, row->timing[dropped ? OLD : NEW]);
    buffer_format(&out, "%.*s%s%.*s.", TEXT_ARGS(row->clock), row->when.length > 0 ? " " : "",
                  TEXT_ARGS(row->when));
    return sentence_case(&out);
}

/* "We now have 45 days instead of 1 month to …" */
static struct text
time_words(const struct rows *rows, const struct row *row)
{
    const struct common *common = rows->rules->common;
    struct buffer out = buffer_in(common->arena);
    bool longer = row->kind == FOUND_LONGER, once = row->timing[OLD].form == TIMING_AT_ONCE;
    word_actors(&out, common, row->axis[0]);
    if (row->timing[NEW].form == TIMING_AT_ONCE || row->timing[NEW].form == TIMING_BEFORE) {
        buffer_string(&out, " must now ");
        say_duty(&out, common, row);
        buffer_add(&out, longer ? TEXT(" only") : TEXT(""));
        say_limit(&out, row->timing[NEW]);
    } else {
        buffer_format(&out, " now have %s", longer ? "" : "only ");
        word_time(&out, row->timing[NEW]);
        buffer_string(&out, " to ");
        say_duty(&out, common, row);
    }
    buffer_format(&out, "%.*s%s%.*s, instead of ", TEXT_ARGS(row->clock),
                  row->when.length > 0 ? " " : "", TEXT_ARGS(row->when));
    if (once)
        buffer_string(&out, "having to do it ");
    word_time(&out, row->timing[OLD]);
    if (row->later > 0)
        buffer_format(&out, ": up to %lld day%s %s", (long long)row->later,
                      row->later == 1 ? "" : "s", longer ? "later" : "earlier");
    buffer_char(&out, '.');
    return sentence_case(&out);
}

static bool
begins_if(struct text text)
{
    return text_starts(text, TEXT("if "));
}

static void
add_row(struct comparing *c, enum finding_kind kind, const struct term *term,
        const struct term *partner, struct difference difference, struct cube wide)
{
    const struct common *common = c->rules->common;
    struct buffer when = buffer_in(common->arena), meaning = buffer_in(common->arena);
    struct row row = {.kind = kind,
                      .clause = NONE,
                      .verb = term->duty->verb,
                      .clock = clock_words(c, term),
                      .clock_place = NONE,
                      .start = difference.start,
                      .later = difference.days,
                      .example = duty_example};
    bool keep = term->duty->verb == VERB_KEEP;
    row.words = keep                                            ? kept_words
                : kind == FOUND_LONGER || kind == FOUND_SHORTER ? time_words
                                                                : owed_words;
    row.timing[term->version] = term->duty->timing;
    if (partner)
        row.timing[partner->version] = partner->duty->timing;
    if (term->clock != CLOCK_OWN && term->starts.count > 0)
        row.clock_place = term->starts.at[0].low;
    else if (term->duty->verb == VERB_DO)
        row.clock_place = c->cell->axis[1].at[0].low;
    row.given = term->when;
    word_case(&when, &c->cases, wide);
    row.when = buffer_text(&when);
    if ((term->since.need[0] | term->since.need[1]) != 0 && begins_if(row.when))
        row.when =
            arena_format(common->arena, "once %.*s", (int)row.when.length - 3, row.when.data + 3);
    for (int v = OLD; v <= NEW; v++) {
        buffer_char(&meaning, ' ');
        mean_time(&meaning, row.timing[v]);
    }
    buffer_add(&meaning, row.clock);
    mean_case(&meaning, &c->cases, wide);
    row.meaning = buffer_text(&meaning);
    memcpy(row.axis, c->cell->axis, sizeof row.axis);
    /* What was due about a word that is gone goes with it. */
    const struct term *named = partner && partner->version == NEW ? partner : term;
    row.edit = edit_behind(c->rules->edits, named->version, named->duty->sentence,
                           named->duty->clause, c->cell->axis);
    const struct edit *edit = &c->rules->edits->list.at[row.edit];
    if (edit->form != EDIT_SYMBOL || edit->symbol[NEW] != NONE)
        *VECTOR_PUSH(common->arena, &c->rows.list) = row;
}

/* What a term comes to when the other version has none, or none as good, in some case. */
static enum finding_kind
kind_of(const struct term *term, bool partner)
{
    bool old = term->version == OLD;
    if (term->duty->verb == VERB_KEEP)
        return old ? FOUND_KEPT_SHORTER : FOUND_KEPT_LONGER;
    if (partner)
        return old ? FOUND_LONGER : FOUND_SHORTER;
    return old ? FOUND_DUTY_DROPPED : FOUND_DUTY_ADDED;
}

/* Holds one term against those of the other version. */
static void
compare_term(struct comparing *c, uint32_t number)
{
    const struct term *term = &c->terms[number], *partner = NULL;
    struct cubes as_good = {.list = {NULL, 0, 0}};
    struct difference difference = {false, false, 0, 0}, best = difference;
    struct cube found;
    for (size_t i = 0; i < c->cell->count; i++) {
        const struct term *other = &c->terms[c->cell->boxes[i]];
        bool older = term->version == OLD;
        if (other->version == term->version ||
            !(older ? same_clock(term, other) : same_clock(other, term)))
            continue;
        if (is_as_good(c->rules->common, term, other, &difference)) {
            *VECTOR_PUSH(c->cases.arena, &as_good.list) = cases_possible(&c->cases, other->when);
        } else if (!partner || difference.days < best.days) {
            partner = other;
            best = difference;
        }
    }
    c->cases.said.list.count = 0;
    bool lacking =
        cases_outside(&c->cases, cases_possible(&c->cases, term->when), &as_good, true, &found);
    if (lacking && !(partner && kind_of(term, true) == FOUND_SHORTER && best.later))
        add_row(c, kind_of(term, partner != NULL), term, partner, best,
                cases_certain(&c->cases, term->when));
}

static void
compare_cell(void *context, const struct region *cell)
{
    struct comparing *c = context;
    c->cell = cell;
    cases_begin(&c->cases, c->rules->common, c->rules->common->arena);
    for (size_t i = 0; i < cell->count; i++)
        cases_add(&c->cases, c->terms[cell->boxes[i]].version, MODE_NEVER,
                  c->terms[cell->boxes[i]].when);
    cases_ready(&c->cases);
    for (size_t i = 0; i < cell->count; i++)
        if (c->boxes[cell->boxes[i]].changed)
            compare_term(c, cell->boxes[i]);
}

/* All that a term says, as bytes. */
static struct text
key_of(const struct comparing *c, uint32_t number)
{
    const struct term *term = &c->terms[number];
    struct buffer out = buffer_in(c->rules->common->arena);
    const uint32_t head[4] = {term->clock, term->duty->timing.form, term->duty->timing.amount,
                              term->duty->timing.unit};
    buffer_add(&out, (struct text){(const char *)head, sizeof head});
    buffer_add(&out, (struct text){(const char *)&term->when, sizeof term->when});
    for (unsigned axis = 0; axis <= AXES; axis++) {
        struct set set = axis < AXES ? c->boxes[number].axis[axis] : term->starts;
        buffer_format(&out, "%zu,", set.count);
        buffer_add(&out, (struct text){(const char *)set.at, set.count * sizeof *set.at});
    }
    return buffer_text(&out);
}

/* What only one version has. */
static void
mark_changed(struct comparing *c)
{
    struct arena *arena = c->rules->common->arena;
    struct names names = names_in(arena);
    uint8_t *has = ARENA_ARRAY(arena, c->count + 1, uint8_t);
    uint32_t *same = ARENA_ARRAY(arena, c->count + 1, uint32_t);
    for (uint32_t i = 0; i < c->count; i++) {
        same[i] = names_add(&names, key_of(c, i), i);
        has[same[i]] |= (uint8_t)(1 << c->terms[i].version);
    }
    for (uint32_t i = 0; i < c->count; i++)
        c->boxes[i].changed = has[same[i]] != 3;
}

static size_t
terms_most(const struct common *common)
{
    size_t most = 1;
    for (int v = OLD; v <= NEW; v++)
        for (size_t i = 0; i < common->side[v].model->duty_count; i++)
            most += set_size(common->side[v].model->duties[i].after) + 1;
    return most;
}

void
duties_compare(struct rules *rules)
{
    struct comparing c = {.rules = rules, .rows = {.rules = rules}};
    size_t most = terms_most(rules->common);
    c.terms = ARENA_ARRAY(rules->common->arena, most, struct term);
    c.boxes = ARENA_ARRAY(rules->common->arena, most, struct box);
    for (int verb = 0; verb < VERB_COUNT; verb++) {
        c.count = 0;
        collect(&c, OLD, (enum verb)verb);
        collect(&c, NEW, (enum verb)verb);
        mark_changed(&c);
        cells_visit(rules->common->arena, c.boxes, c.count, compare_cell, &c);
    }
    rows_finish(&c.rows);
}
