#include "compiler/compare/common.h"

static const struct symbol *
symbol_at(const struct common *common, enum version version, uint32_t symbol)
{
    return &common->side[version].model->symbols[symbol];
}

static void
join(struct common *common, uint32_t before, uint32_t after)
{
    common->side[OLD].symbol[before] = after;
    common->side[NEW].symbol[after] = before;
}

static bool
is_free(const struct common *common, enum version version, uint32_t symbol)
{
    return symbol != NONE && common->side[version].symbol[symbol] == NONE;
}

/* The old symbol of this name and kind, if it has no partner yet. */
static uint32_t
old_named(const struct common *common, struct text name, enum kind kind)
{
    const struct model *before = common->side[OLD].model;
    uint32_t found = names_find(&before->by_name, name);
    return is_free(common, OLD, found) && before->symbols[found].kind == kind ? found : NONE;
}

/* "us" is two symbols of one name. */
static void
join_us(struct common *common)
{
    const struct model *before = common->side[OLD].model, *after = common->side[NEW].model;
    join(common, before->leaf_symbol[us_actor(before)], after->leaf_symbol[us_actor(after)]);
    join(common, before->leaf_symbol[us_audience(before)], after->leaf_symbol[us_audience(after)]);
}

static void
join_by_name(struct common *common, bool former)
{
    for (uint32_t i = 0; i < common->side[NEW].model->symbol_count; i++) {
        const struct symbol *after = symbol_at(common, NEW, i);
        struct text name = former ? after->formerly : after->name;
        uint32_t before = name.length > 0 ? old_named(common, name, after->kind) : NONE;
        if (before != NONE && is_free(common, NEW, i))
            join(common, before, i);
    }
}

/* What a word is, whatever its name: its kind, label, address and value. A label that was only made
 * of the name says nothing. */
static struct text
definition(struct arena *arena, const struct symbol *symbol)
{
    struct buffer out = buffer_in(arena);
    buffer_format(&out, "%s ", kind_word(symbol->kind));
    buffer_quoted(&out, symbol->label);
    buffer_quoted(&out, symbol->url);
    buffer_quoted(&out, symbol->value);
    return buffer_text(&out);
}

static bool
has_own_label(const struct symbol *symbol)
{
    struct text name = symbol->name, label = symbol->label;
    if (!symbol->declared || name.length != label.length)
        return symbol->declared;
    for (size_t i = 0; i < name.length; i++)
        if (name.data[i] != label.data[i] && name.data[i] != '-')
            return true;
    return false;
}

/* Definitions of one side that have no partner. One that stands there twice tells nothing. */
struct definitions {
    struct names names; /* definition -> symbol */
    bool *twice;        /* by symbol */
};

static struct definitions
free_definitions(const struct common *common, enum version version)
{
    const struct model *model = common->side[version].model;
    struct definitions made = {names_in(common->arena),
                               ARENA_ARRAY(common->arena, model->symbol_count + 1, bool)};
    for (uint32_t i = 0; i < model->symbol_count; i++) {
        if (!is_free(common, version, i) || !has_own_label(&model->symbols[i]))
            continue;
        struct text words = definition(common->arena, &model->symbols[i]);
        uint32_t at = names_add(&made.names, words, i);
        made.twice[at] |= at != i;
    }
    return made;
}

/* The same definition under another name, once on either side. */
static void
join_by_definition(struct common *common)
{
    struct definitions before = free_definitions(common, OLD);
    struct definitions after = free_definitions(common, NEW);
    for (uint32_t i = 0; i < common->side[NEW].model->symbol_count; i++) {
        const struct symbol *symbol = symbol_at(common, NEW, i);
        if (!is_free(common, NEW, i) || !has_own_label(symbol) || after.twice[i])
            continue;
        struct text words = definition(common->arena, symbol);
        uint32_t old = names_find(&before.names, words);
        if (names_find(&after.names, words) == i && is_free(common, OLD, old) &&
            !before.twice[old] && symbol_at(common, OLD, old)->group == symbol->group)
            join(common, old, i);
    }
}

/* A group whose members all went into one new group is that group. */
static void
join_groups(struct common *common)
{
    const struct model *before = common->side[OLD].model, *after = common->side[NEW].model;
    for (uint32_t i = 0; i < before->symbol_count; i++) {
        const struct symbol *group = &before->symbols[i];
        if (!group->group || !is_free(common, OLD, i))
            continue;
        uint32_t first = common->side[OLD].symbol[before->leaf_symbol[group->leaves.low]];
        uint32_t up = first == NONE ? NONE : after->symbols[first].parent;
        while (up != NONE && !is_free(common, NEW, up))
            up = after->symbols[up].parent;
        bool all = up != NONE;
        for (uint32_t l = group->leaves.low; all && l < group->leaves.high; l++) {
            uint32_t member = common->side[OLD].symbol[before->leaf_symbol[l]];
            all = member != NONE &&
                  after->symbols[member].leaves.low >= after->symbols[up].leaves.low &&
                  after->symbols[member].leaves.low < after->symbols[up].leaves.high;
        }
        if (all)
            join(common, i, up);
    }
}

static uint32_t
other_leaf(const struct common *common, enum version version, uint32_t number)
{
    const struct side *side = &common->side[version];
    uint32_t other = side->symbol[side->model->leaf_symbol[number]];
    const struct model *model = common->side[version == OLD ? NEW : OLD].model;
    return other == NONE || model->symbols[other].group ? NONE : model->symbols[other].leaves.low;
}

static void
give_places(struct common *common)
{
    const struct model *before = common->side[OLD].model, *after = common->side[NEW].model;
    uint32_t at = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        common->first[kind] = at;
        for (uint32_t l = after->first_leaf[kind]; l < after->first_leaf[kind + 1]; l++) {
            uint32_t old = other_leaf(common, NEW, l);
            common->side[NEW].place[l] = at;
            common->side[NEW].leaf[at] = l;
            common->side[OLD].leaf[at] = old;
            if (old != NONE)
                common->side[OLD].place[old] = at;
            at++;
        }
        for (uint32_t l = before->first_leaf[kind]; l < before->first_leaf[kind + 1]; l++) {
            if (other_leaf(common, OLD, l) != NONE)
                continue;
            common->side[OLD].place[l] = at;
            common->side[OLD].leaf[at] = l;
            common->side[NEW].leaf[at++] = NONE;
        }
    }
    common->first[KIND_COUNT] = at;
}

static void
number_states(struct common *common)
{
    for (uint32_t place = common->first[KIND_STATE]; place < common->first[KIND_FACT + 1];
         place++) {
        for (int v = OLD; v <= NEW; v++) {
            uint32_t own = common->side[v].leaf[place];
            if (own != NONE)
                common->side[v].state[own - common->side[v].model->first_leaf[KIND_STATE]] =
                    (uint8_t)common->state_count;
        }
        common->state_place[common->state_count++] = place;
    }
}

static void
make_room(struct common *common, enum version version, const struct model *model, size_t places)
{
    struct side *side = &common->side[version];
    struct arena *arena = common->arena;
    size_t own = model->symbol_count + model->first_leaf[KIND_COUNT] + 1;
    side->model = model;
    side->symbol = ARENA_ARRAY(arena, model->symbol_count + 1, uint32_t);
    side->place = ARENA_ARRAY(arena, own, uint32_t);
    side->leaf = ARENA_ARRAY(arena, places + 1, uint32_t);
    side->clause = ARENA_ARRAY(arena, model->clause_count + 1, uint32_t);
    side->renamed = names_in(arena);
    memset(side->symbol, 0xff, model->symbol_count * sizeof *side->symbol);
    memset(side->clause, 0xff, model->clause_count * sizeof *side->clause);
}

void
common_make(struct common *common, struct arena *arena, const struct model *before,
            const struct model *after)
{
    size_t places = before->first_leaf[KIND_COUNT] + (size_t)after->first_leaf[KIND_COUNT];
    memset(common, 0, sizeof *common);
    common->arena = arena;
    make_room(common, OLD, before, places);
    make_room(common, NEW, after, places);
    join_us(common);
    join_by_name(common, false);
    join_by_name(common, true);
    join_by_definition(common);
    join_groups(common);
    give_places(common);
    common->told = ARENA_ARRAY(arena, places + 1, bool);
    number_states(common);
    for (uint32_t i = 0; i < before->symbol_count; i++) {
        uint32_t other = common->side[OLD].symbol[i];
        if (other != NONE && !text_equal(before->symbols[i].name, after->symbols[other].name))
            (void)names_add(&common->side[OLD].renamed, before->symbols[i].name, i);
    }
}

/* Numbers of one counting as those of another; what has none is left out. */
static struct set
mapped(const struct common *common, struct set set, const uint32_t *to)
{
    size_t size = set_size(set), count = 0;
    struct interval *out = ARENA_ARRAY(common->arena, size + 1, struct interval);
    for (size_t i = 0; i < set.count; i++)
        for (uint32_t at = set.at[i].low; at < set.at[i].high; at++) {
            uint32_t next = to[at];
            if (next == NONE)
                continue;
            if (count > 0 && out[count - 1].high == next)
                out[count - 1].high++;
            else
                out[count++] = (struct interval){next, next + 1};
        }
    struct set made = set_from(out, count);
    struct interval *kept = ARENA_ARRAY(common->arena, made.count, struct interval);
    if (made.count > 0)
        memcpy(kept, made.at, made.count * sizeof *kept);
    arena_release(common->arena, out, (size + 1) * sizeof *out);
    return (struct set){kept, made.count};
}

struct set
common_set(const struct common *common, enum version version, struct set leaves)
{
    return mapped(common, leaves, common->side[version].place);
}

struct set
common_leaves(const struct common *common, enum version version, struct set places)
{
    return mapped(common, places, common->side[version].leaf);
}

const struct symbol *
common_symbol(const struct common *common, uint32_t place)
{
    enum version version = common_has(common, NEW, place) ? NEW : OLD;
    return leaf(common->side[version].model, common->side[version].leaf[place]);
}

static void
add_bits(const struct common *common, enum version version, uint64_t states, uint64_t bits[2])
{
    for (; states != 0; states &= states - 1) {
        unsigned at = common->side[version].state[__builtin_ctzll(states)];
        bits[at / 64] |= UINT64_C(1) << at % 64;
    }
}

struct condition_bits
common_condition(const struct common *common, enum version version, struct cube when)
{
    struct condition_bits bits = {{0, 0}, {0, 0}};
    add_bits(common, version, when.need, bits.need);
    add_bits(common, version, when.forbid, bits.forbid);
    return bits;
}
