#include "compiler/table/wide.h"

enum { FREE_COMBINATIONS = 16 };

uint32_t
group_node(const struct model *model, uint32_t symbol)
{
    return model->first_leaf[KIND_COUNT] + 1 + symbol;
}

uint32_t
path_of(const struct model *model, uint32_t leaf, uint32_t symbols[TABLE_PATH_MAX])
{
    uint32_t count = 0;
    uint32_t at = model->symbols[model->leaf_symbol[leaf]].parent;
    for (; at != NONE && count < TABLE_PATH_MAX; at = model->symbols[at].parent)
        symbols[count++] = at;
    for (uint32_t i = 0; i < count / 2; i++) {
        uint32_t symbol = symbols[i];
        symbols[i] = symbols[count - 1 - i];
        symbols[count - 1 - i] = symbol;
    }
    return count;
}

static struct term
any_term(struct interval axis)
{
    return (struct term){LEVEL_ANY, 0, axis};
}

static struct term
leaf_term(uint32_t leaf)
{
    return (struct term){LEVEL_LEAF, leaf + 1, {leaf, leaf + 1}};
}

static struct term
group_term(const struct model *model, uint32_t symbol, uint32_t depth)
{
    return (struct term){LEVEL_GROUP + depth, group_node(model, symbol),
                         model->symbols[symbol].leaves};
}

struct term
term_at(const struct build *build, struct interval axis, struct term term, uint32_t level)
{
    uint32_t path[TABLE_PATH_MAX];
    if (level == LEVEL_ANY)
        return any_term(axis);
    if (level == term.level)
        return term;
    uint32_t depth = level - LEVEL_GROUP;
    if (level != LEVEL_LEAF && depth < path_of(build->model, term.leaves.low, path) &&
        (term.level == LEVEL_LEAF || (term.level >= LEVEL_GROUP && level < term.level)))
        return group_term(build->model, path[depth], depth);
    return (struct term){LEVEL_ANY, TABLE_NONE, axis};
}

/* The largest group that begins at this leaf and ends by high; else the leaf. */
static struct term
largest_from(const struct model *model, uint32_t leaf, uint32_t high)
{
    uint32_t path[TABLE_PATH_MAX];
    uint32_t count = path_of(model, leaf, path);
    for (uint32_t i = 0; i < count; i++) {
        struct interval leaves = model->symbols[path[i]].leaves;
        if (leaves.low == leaf && leaves.high <= high && leaves.high - leaf > 1)
            return group_term(model, path[i], i);
    }
    return leaf_term(leaf);
}

/* The smallest group that has all of an interval; else the whole axis. */
static struct term
smallest_around(const struct model *model, struct interval axis, struct interval leaves)
{
    uint32_t path[TABLE_PATH_MAX];
    for (uint32_t i = path_of(model, leaves.low, path); i-- > 0;) {
        struct interval group = model->symbols[path[i]].leaves;
        if (group.high >= leaves.high)
            return group_term(model, path[i], i);
    }
    return any_term(axis);
}

/* Groups and leaves that make up the set; false if that takes more than most. */
static bool
cover_exactly(struct build *build, struct set set, size_t most, struct keys *keys, unsigned axis)
{
    keys->terms[axis].count = 0;
    for (size_t i = 0; i < set.count; i++) {
        uint32_t leaf = set.at[i].low;
        while (leaf < set.at[i].high) {
            struct term term = largest_from(build->model, leaf, set.at[i].high);
            if (keys->terms[axis].count == most)
                return false;
            *VECTOR_PUSH(build->arena, &keys->terms[axis]) = term;
            leaf = term.leaves.high;
        }
    }
    return true;
}

static void
cover_by_any(struct build *build, struct interval range, struct keys *keys, unsigned axis)
{
    keys->terms[axis].count = 0;
    *VECTOR_PUSH(build->arena, &keys->terms[axis]) = any_term(range);
}

/* Groups that have the set and more: what remains of a group when something was taken out. */
static void
cover_loosely(struct build *build, struct interval range, struct set set, struct keys *keys,
              unsigned axis)
{
    keys->terms[axis].count = 0;
    for (size_t i = 0; i < set.count; i++) {
        struct term term = smallest_around(build->model, range, set.at[i]);
        size_t count = keys->terms[axis].count;
        while (count > 0 && keys->terms[axis].at[count - 1].leaves.low >= term.leaves.low)
            count--; /* within the new one, or the same */
        keys->terms[axis].count = count;
        if (count > 0 && keys->terms[axis].at[count - 1].leaves.high >= term.leaves.high)
            continue;
        *VECTOR_PUSH(build->arena, &keys->terms[axis]) = term;
    }
}

static void
cover_axis(struct build *build, struct interval range, struct set set, struct keys *keys,
           unsigned axis)
{
    uint32_t size = set_size(set), all = range.high - range.low;
    keys->exact[axis] = size == all;
    if (size == all || (size > FREE_COMBINATIONS && size > all / 2)) {
        cover_by_any(build, range, keys, axis);
        return;
    }
    keys->exact[axis] = cover_exactly(build, set, FREE_COMBINATIONS + 4 * set.count, keys, axis);
    if (!keys->exact[axis])
        cover_loosely(build, range, set, keys, axis);
}

/* Leaves in place of small groups save the core a form to look into. */
static void
spell_out(struct build *build, struct set set, struct keys *keys, unsigned axis)
{
    keys->terms[axis].count = 0;
    for (size_t i = 0; i < set.count; i++)
        for (uint32_t leaf = set.at[i].low; leaf < set.at[i].high; leaf++)
            *VECTOR_PUSH(build->arena, &keys->terms[axis]) = leaf_term(leaf);
}

static size_t
combinations(const struct keys *keys)
{
    return keys->terms[0].count * keys->terms[1].count * keys->terms[2].count;
}

static bool
names_groups(const struct keys *keys, unsigned axis)
{
    for (size_t i = 0; i < keys->terms[axis].count; i++)
        if (keys->terms[axis].at[i].level >= LEVEL_GROUP)
            return true;
    return false;
}

void
keys_of(struct build *build, const struct verb_rules *rules, const struct rule *rule,
        struct keys *keys)
{
    size_t most = FREE_COMBINATIONS;
    for (unsigned axis = 0; axis < AXES; axis++) {
        struct set set = rule_set(rule, axis);
        cover_axis(build, rules->axis[axis], set, keys, axis);
        most += 4 * set.count;
    }
    while (combinations(keys) > most) {
        unsigned worst = 0;
        for (unsigned axis = 1; axis < AXES; axis++)
            if (keys->terms[axis].count > keys->terms[worst].count)
                worst = axis;
        cover_by_any(build, rules->axis[worst], keys, worst);
        keys->exact[worst] =
            set_size(rule_set(rule, worst)) == rules->axis[worst].high - rules->axis[worst].low;
    }
    for (unsigned axis = 0; axis < AXES; axis++) {
        struct set set = rule_set(rule, axis);
        size_t others = combinations(keys) / keys->terms[axis].count;
        if (keys->exact[axis] && names_groups(keys, axis) &&
            others * set_size(set) <= FREE_COMBINATIONS)
            spell_out(build, set, keys, axis);
    }
}
