#include "compiler/compare/duties.h"

#include "compiler/compare/wording.h"

/* Rights as boxes of persons and requests. */
struct held_right {
    const struct right *right;
    struct condition_bits when;
    enum version version;
};

struct comparing {
    struct rules *rules;
    struct rows rows;
    struct cases cases;
    struct held_right *rights;
    struct box *boxes;
    size_t count;
    const struct region *cell;
};

static void
collect(struct comparing *c, enum version version)
{
    const struct common *common = c->rules->common;
    const struct model *model = common->side[version].model;
    struct interval *one = ARENA_NEW(common->arena, struct interval);
    *one = (struct interval){0, 1};
    for (size_t i = 0; i < model->right_count; i++) {
        const struct right *right = &model->rights[i];
        if ((right->when.need & right->when.forbid) != 0)
            continue;
        c->boxes[c->count] = (struct box){{common_set(common, version, right->persons),
                                           common_set(common, version, right->requests),
                                           {one, 1}},
                                          true};
        c->rights[c->count++] =
            (struct held_right){right, common_condition(common, version, right->when), version};
    }
}

/* A contact as the new policy knows it; NONE if it does not. */
static uint32_t
new_contact(const struct common *common, enum version version, uint32_t symbol)
{
    return version == NEW ? symbol : common->side[OLD].symbol[symbol];
}

/* Whether the request may be made through a contact of the other version. */
static bool
has_contact(const struct comparing *c, const struct held_right *right, enum version of,
            uint32_t symbol)
{
    uint32_t wanted = new_contact(c->rules->common, of, symbol);
    for (size_t i = 0; i < right->right->contact_count; i++)
        if (wanted != NONE &&
            new_contact(c->rules->common, right->version, right->right->contacts[i]) == wanted)
            return true;
    return right->right->contact_count == 0;
}

static struct text
right_words(const struct rows *rows, const struct row *row)
{
    const struct common *common = rows->rules->common;
    struct buffer out = buffer_in(common->arena);
    bool contact = row->clock.length > 0;
    word_places(&out, common, row->axis[0], "and");
    switch (row->kind) {
    case FOUND_RIGHT_REMOVED:
    case FOUND_CONTACT_LOST:
        buffer_string(&out, " can no longer request ");
        break;
    case FOUND_RIGHT_NARROWED:
        buffer_string(&out, " can now be refused ");
        break;
    default:
        buffer_string(&out, " can now request ");
    }
    word_places(&out, common, row->axis[1], row->kind == FOUND_RIGHT_REMOVED ? "or" : "and");
    if (contact)
        buffer_format(&out, "%s through “%.*s”", row->kind == FOUND_CONTACT_ADDED ? " also" : "",
                      TEXT_ARGS(row->clock));
    buffer_format(&out, "%s%.*s.", row->when.length > 0 ? " " : "", TEXT_ARGS(row->when));
    return sentence_case(&out);
}

static void
add_row(struct comparing *c, enum finding_kind kind, const struct held_right *right,
        struct text contact, struct cube wide)
{
    struct arena *arena = c->rules->common->arena;
    struct buffer when = buffer_in(arena), meaning = buffer_in(arena);
    struct row row = {
        .words = right_words, .kind = kind, .verb = VERB_DO, .clause = NONE, .clock = contact};
    word_case(&when, &c->cases, wide);
    row.when = buffer_text(&when);
    buffer_format(&meaning, " %.*s", TEXT_ARGS(contact));
    mean_case(&meaning, &c->cases, wide);
    row.meaning = buffer_text(&meaning);
    memcpy(row.axis, c->cell->axis, sizeof row.axis);
    row.edit = edit_behind(c->rules->edits, right->version, right->right->sentence,
                           right->right->clause, c->cell->axis);
    *VECTOR_PUSH(arena, &c->rows.list) = row;
}

/* A case in which a right holds and none of the other version does: it is refused only where its
 * condition is certainly false. */
static bool
is_lacking(struct comparing *c, const struct held_right *right, bool *any, struct cube *found)
{
    struct cubes others = {.list = {NULL, 0, 0}};
    *any = false;
    for (size_t i = 0; i < c->cell->count; i++) {
        const struct held_right *other = &c->rights[c->cell->boxes[i]];
        if (other->version == right->version)
            continue;
        *any = true;
        *VECTOR_PUSH(c->cases.arena, &others.list) = cases_possible(&c->cases, other->when);
    }
    return cases_outside(&c->cases, cases_possible(&c->cases, right->when), &others, true, found);
}

/* Contacts through which no right of the other version can be had. */
static void
compare_contacts(struct comparing *c, const struct held_right *right)
{
    const struct model *model = c->rules->common->side[right->version].model;
    for (size_t k = 0; k < right->right->contact_count; k++) {
        uint32_t symbol = right->right->contacts[k];
        bool there = false;
        for (size_t i = 0; i < c->cell->count && !there; i++) {
            const struct held_right *other = &c->rights[c->cell->boxes[i]];
            there =
                other->version != right->version && has_contact(c, other, right->version, symbol);
        }
        if (!there)
            add_row(c, right->version == OLD ? FOUND_CONTACT_LOST : FOUND_CONTACT_ADDED, right,
                    model->symbols[symbol].label, (struct cube){0, 0});
    }
}

static void
compare_right(struct comparing *c, const struct held_right *right)
{
    bool any, old = right->version == OLD;
    struct cube found;
    bool lacking = is_lacking(c, right, &any, &found);
    if (lacking && !any)
        add_row(c, old ? FOUND_RIGHT_REMOVED : FOUND_RIGHT_ADDED, right, (struct text){NULL, 0},
                old ? (struct cube){0, 0} : cases_certain(&c->cases, right->when));
    else if (lacking)
        add_row(c, old ? FOUND_RIGHT_NARROWED : FOUND_RIGHT_ADDED, right, (struct text){NULL, 0},
                found);
    if (any)
        compare_contacts(c, right);
}

/* Whoever could ask any way at all, and can no longer. */
static void
compare_any_way(struct comparing *c)
{
    const struct held_right *free[2] = {NULL, NULL}, *first[2] = {NULL, NULL};
    for (size_t i = 0; i < c->cell->count; i++) {
        const struct held_right *right = &c->rights[c->cell->boxes[i]];
        first[right->version] = right;
        if (right->right->contact_count == 0)
            free[right->version] = right;
    }
    if (free[OLD] && first[NEW] && !free[NEW])
        add_row(c, FOUND_CONTACT_LOST, first[NEW], TEXT("any other way"), (struct cube){0, 0});
}

static void
compare_cell(void *context, const struct region *cell)
{
    struct comparing *c = context;
    c->cell = cell;
    cases_begin(&c->cases, c->rules->common, c->rules->common->arena);
    for (size_t i = 0; i < cell->count; i++)
        cases_add(&c->cases, c->rights[cell->boxes[i]].version, MODE_NEVER,
                  c->rights[cell->boxes[i]].when);
    cases_ready(&c->cases);
    for (size_t i = 0; i < cell->count; i++)
        compare_right(c, &c->rights[cell->boxes[i]]);
    compare_any_way(c);
}

void
rights_compare(struct rules *rules)
{
    struct comparing c = {.rules = rules, .rows = {.rules = rules}};
    struct arena *arena = rules->common->arena;
    size_t most = rules->common->side[OLD].model->right_count +
                  rules->common->side[NEW].model->right_count + 1;
    c.rights = ARENA_ARRAY(arena, most, struct held_right);
    c.boxes = ARENA_ARRAY(arena, most, struct box);
    collect(&c, OLD);
    collect(&c, NEW);
    cells_visit(arena, c.boxes, c.count, compare_cell, &c);
    rows_finish(&c.rows);
}
