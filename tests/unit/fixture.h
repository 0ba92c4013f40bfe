/* Models made by hand or by chance, without a policy file: for what a file would be too long. */
#ifndef AVOW_TESTS_FIXTURE_H
#define AVOW_TESTS_FIXTURE_H

#include "compiler/base/vector.h"
#include "compiler/model/model.h"

/* splitmix64 */
struct chance {
    uint64_t state;
};

static inline uint64_t
draw(struct chance *chance)
{
    uint64_t x = chance->state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static inline uint32_t
below(struct chance *chance, uint32_t limit)
{
    return (uint32_t)(draw(chance) % limit);
}

/* Makes the vocabulary first (kinds in their order), then rules, then the model. */
struct fixture {
    struct arena *arena;
    struct chance chance;
    VECTOR(struct symbol) symbols;
    VECTOR(uint32_t) leaf_symbol;
    VECTOR(struct rule) rules;
    VECTOR(struct duty) duties;
    VECTOR(uint64_t) one_of;
    struct settings settings;
    struct calendar calendar;
    struct zone_change zone;
    struct model model;
};

static inline struct fixture *
fixture_new(struct arena *arena, uint64_t seed)
{
    struct fixture *f = ARENA_NEW(arena, struct fixture);
    f->arena = arena;
    f->chance.state = seed;
    f->settings.policy = TEXT("fixture");
    f->settings.title = TEXT("Fixture");
    f->settings.language = TEXT("en");
    f->settings.effective = (struct date){2026, 3, 1};
    f->calendar = (struct calendar){.zone = TEXT("UTC"),
                                    .tzdata = TEXT("2026a"),
                                    .working_days = 0x7f,
                                    .cut_off = 1440,
                                    .valid_until = INT32_MAX,
                                    .from = 1700000000,
                                    .until = 2500000000,
                                    .changes = &f->zone,
                                    .change_count = 1};
    f->zone = (struct zone_change){1700000000, 0};
    return f;
}

static inline uint32_t
add_symbol(struct fixture *f, enum kind kind, struct text name, uint32_t parent, bool group)
{
    uint32_t leaf = (uint32_t)f->leaf_symbol.count, number = (uint32_t)f->symbols.count;
    *VECTOR_PUSH(f->arena, &f->symbols) = (struct symbol){
        .kind = kind,
        .name = name,
        .label = name,
        .group = group,
        .declared = true,
        .parent = parent,
        .owner = NONE,
        .kept_in = NONE,
        .leaves = {leaf, leaf + !group},
    };
    if (!group)
        *VECTOR_PUSH(f->arena, &f->leaf_symbol) = number;
    return number;
}

/* A group is added before its members; this when the last of them was. */
static inline void
close_group(struct fixture *f, uint32_t group)
{
    f->symbols.at[group].leaves.high = (uint32_t)f->leaf_symbol.count;
}

/* So many leaves, in groups nested by chance down to depth; names are kN.a.b.c. */
static inline void
add_tree(struct fixture *f, enum kind kind, uint32_t leaves, uint32_t depth, uint32_t parent)
{
    static uint32_t serial;
    while (leaves > 0) {
        serial++;
        struct text name =
            parent == NONE ? arena_format(f->arena, "%s-%u", kind_word(kind), (unsigned)serial)
                           : arena_format(f->arena, "%.*s.m%u",
                                          TEXT_ARGS(f->symbols.at[parent].name), (unsigned)serial);
        bool group = depth > 0 && leaves > 1 && name.length < 56 && below(&f->chance, 3) == 0;
        uint32_t members = group ? 1 + below(&f->chance, leaves) : 1;
        uint32_t symbol = add_symbol(f, kind, name, parent, group);
        if (group) {
            add_tree(f, kind, members, depth - 1, symbol);
            close_group(f, symbol);
        }
        leaves -= members;
    }
}

/* Ends one kind: call for each, in order, after its leaves. */
static inline void
end_kind(struct fixture *f, enum kind kind)
{
    f->model.first_symbol[kind + 1] = (uint32_t)f->symbols.count;
    f->model.first_leaf[kind + 1] = (uint32_t)f->leaf_symbol.count;
}

/* "us" is the first of the systems and of the audiences. */
static inline void
begin_kind(struct fixture *f, enum kind kind)
{
    if (kind != KIND_AUDIENCE && kind != KIND_SYSTEM)
        return;
    uint32_t us = add_symbol(f, kind, TEXT("us"), NONE, false);
    f->symbols.at[us].built_in = true;
}

/* Leaves of each kind, us not counted; nested down to depth. */
static inline void
add_vocabulary(struct fixture *f, const uint32_t leaves[KIND_COUNT], uint32_t depth)
{
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        begin_kind(f, kind);
        add_tree(f, kind, leaves[kind], kind == KIND_STATE || kind == KIND_FACT ? 0 : depth, NONE);
        end_kind(f, kind);
    }
}

static inline struct set
set_of(struct fixture *f, uint32_t low, uint32_t high)
{
    struct interval *interval = ARENA_NEW(f->arena, struct interval);
    *interval = (struct interval){low, high};
    return (struct set){interval, low < high};
}

static inline void
add_rule(struct fixture *f, enum mode mode, enum verb verb, struct set actors, struct set objects,
         struct set targets, struct cube when, uint32_t clause)
{
    *VECTOR_PUSH(f->arena, &f->rules) =
        (struct rule){mode, verb, actors, objects, targets, when, clause, clause};
}

static inline const struct model *
fixture_model(struct fixture *f, uint32_t clauses)
{
    struct clause *made = ARENA_ARRAY(f->arena, clauses, struct clause);
    struct section *section = ARENA_NEW(f->arena, struct section);
    for (uint32_t i = 0; i < clauses; i++) {
        made[i].name = arena_format(f->arena, "clause-%u", (unsigned)i);
        made[i].anchor = made[i].name;
        made[i].words = arena_format(f->arena, "Words of %u.", (unsigned)i);
        made[i].section = i == 0 ? NONE : 0;
    }
    *section = (struct section){TEXT("part"), TEXT("Part"), TEXT("part"), 1, {0}};
    f->model.arena = f->arena;
    f->model.settings = &f->settings;
    f->model.calendar = &f->calendar;
    f->model.symbols = f->symbols.at;
    f->model.symbol_count = f->symbols.count;
    f->model.leaf_symbol = f->leaf_symbol.at;
    f->model.sections = section;
    f->model.section_count = 1;
    f->model.clauses = made;
    f->model.clause_count = clauses;
    f->model.rules = f->rules.at;
    f->model.rule_count = f->rules.count;
    f->model.duties = f->duties.at;
    f->model.duty_count = f->duties.count;
    f->model.one_of = f->one_of.at;
    f->model.one_of_count = f->one_of.count;
    return &f->model;
}

/* The leaves that a verb takes on an axis: 0 actors, 1 objects, 2 targets. */
static inline struct interval
axis_of(const struct model *model, enum verb verb, unsigned axis)
{
    const struct verb_form *form = &verb_forms[verb];
    if (axis == 0)
        return kind_leaves(model, KIND_SYSTEM);
    if (axis == 1)
        return kind_leaves(model, form->object);
    return (struct interval){model->first_leaf[form->target_first],
                             model->first_leaf[form->target_last + 1]};
}

/* A set as sentences make them: everything, a name, a few names, all but a name, part of a group.
 */
static inline struct set
random_set(struct fixture *f, struct interval range)
{
    struct set all = set_of(f, range.low, range.high), some = {NULL, 0};
    uint32_t shape = below(&f->chance, 8), names = shape < 5 ? 1 : 1 + below(&f->chance, 5);
    if (shape == 0)
        return all;
    for (uint32_t i = 0; i < names; i++) {
        uint32_t leaf = range.low + below(&f->chance, range.high - range.low);
        uint32_t symbol = f->leaf_symbol.at[leaf];
        while (f->symbols.at[symbol].parent != NONE && below(&f->chance, 2) == 0)
            symbol = f->symbols.at[symbol].parent;
        struct interval leaves = f->symbols.at[symbol].leaves;
        some = set_union(f->arena, some, set_of(f, leaves.low, leaves.high));
    }
    struct set rest = shape == 1 ? set_minus(f->arena, all, some) : some;
    if (shape == 2 && set_size(rest) > 1)
        rest = set_minus(f->arena, rest, set_of(f, some.at[0].low, some.at[0].low + 1));
    return rest.count > 0 ? rest : all;
}

static inline struct cube
random_cube(struct fixture *f, uint32_t states)
{
    struct cube cube = {0, 0};
    for (uint32_t n = below(&f->chance, 4); n > 1 && states > 0; n--) {
        uint64_t bit = UINT64_C(1) << below(&f->chance, states);
        if (below(&f->chance, 2) == 0)
            cube.need |= bit;
        else
            cube.forbid |= bit;
    }
    return cube;
}

/* One rule to a clause, or now and then two. */
static inline uint32_t
add_random_rules(struct fixture *f, uint32_t count, enum verb verb_limit)
{
    uint32_t clause = 0;
    uint32_t states = f->model.first_leaf[KIND_FACT + 1] - f->model.first_leaf[KIND_STATE];
    for (uint32_t i = 0; i < count; i++) {
        enum verb verb = (enum verb)below(&f->chance, verb_limit);
        struct set sets[3];
        bool possible = true;
        for (unsigned axis = 0; axis < 3; axis++) {
            struct interval range = axis_of(&f->model, verb, axis);
            possible = possible && range.low < range.high;
            if (possible)
                sets[axis] = random_set(f, range);
        }
        if (possible)
            add_rule(f, below(&f->chance, 2) == 0 ? MODE_NEVER : MODE_MAY, verb, sets[0], sets[1],
                     sets[2], random_cube(f, states), clause);
        clause += below(&f->chance, 4) != 0;
    }
    return clause + 1;
}

#endif
