/* The plain index of a verb: a cell for every combination of classes. A class of an axis is a set
 * of leaves that no rule of the verb tells apart. */
#include "compiler/table/build.h"

#include <stdlib.h>

/* What a verb may take: enough for every policy that people write by hand, and never more than a
 * fixed number of words for each rule. A test makes them least, so that small policies become wide.
 */
#ifndef CELLS_FREE
#define CELLS_FREE 512
#define CELLS_A_RULE 8
#endif

static size_t
most_cells(const struct verb_rules *rules)
{
    return CELLS_FREE + CELLS_A_RULE * rules->count;
}

static size_t
most_entries(const struct verb_rules *rules)
{
    return 4096 + 16 * rules->count;
}

/* Pairs grouped by key: those of key k are value[first[k]] .. value[first[k + 1]], in the order in
 * which they were entered. */
struct pair {
    uint32_t key, value;
};

typedef VECTOR(struct pair) pair_vector;

struct groups {
    size_t *first;
    uint32_t *value;
};

static struct groups
group(struct arena *arena, const pair_vector *pairs, size_t keys)
{
    struct groups groups = {ARENA_ARRAY(arena, keys + 2, size_t),
                            ARENA_ARRAY(arena, pairs->count + 1, uint32_t)};
    for (size_t i = 0; i < pairs->count; i++)
        groups.first[pairs->at[i].key + 2]++;
    for (size_t k = 2; k < keys + 2; k++)
        groups.first[k] += groups.first[k - 1];
    for (size_t i = 0; i < pairs->count; i++)
        groups.value[groups.first[pairs->at[i].key + 1]++] = pairs->at[i].value;
    return groups;
}

/* One axis cut at every bound of every rule's set. */
struct cuts {
    uint32_t *at; /* rising; the first and the last are the bounds of the axis */
    size_t count; /* of pieces */
};

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static struct cuts
cut_axis(struct arena *arena, const struct verb_rules *rules, unsigned axis)
{
    size_t room = 2, count = 0;
    for (size_t i = 0; i < rules->count; i++)
        room += 2 * rule_set(rules->at[i], axis).count;
    uint32_t *at = ARENA_ARRAY(arena, room, uint32_t);
    at[count++] = rules->axis[axis].low;
    at[count++] = rules->axis[axis].high;
    for (size_t i = 0; i < rules->count; i++) {
        struct set set = rule_set(rules->at[i], axis);
        for (size_t k = 0; k < set.count; k++) {
            at[count++] = set.at[k].low;
            at[count++] = set.at[k].high;
        }
    }
    qsort(at, count, sizeof *at, by_number);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (at[i] != at[kept - 1])
            at[kept++] = at[i];
    return (struct cuts){at, kept - 1};
}

static size_t
piece_of(const struct cuts *cuts, uint32_t leaf)
{
    size_t low = 0, high = cuts->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (cuts->at[middle] <= leaf)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Which pieces every rule has: key piece, value rule. False if there are too many. */
static bool
cover_pieces(struct arena *arena, const struct verb_rules *rules, unsigned axis,
             const struct cuts *cuts, pair_vector *pairs)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct set set = rule_set(rules->at[i], axis);
        for (size_t k = 0; k < set.count; k++) {
            size_t piece = piece_of(cuts, set.at[k].low);
            for (; piece < cuts->count && cuts->at[piece] < set.at[k].high; piece++) {
                if (pairs->count == most_entries(rules))
                    return false;
                *VECTOR_PUSH(arena, pairs) = (struct pair){(uint32_t)piece, (uint32_t)i};
            }
        }
    }
    return true;
}

struct classes {
    struct cuts cuts;
    uint32_t *of_piece;
    uint32_t count;
    struct groups of_rule; /* key rule, value class; each once */
};

/* Pieces that the same rules have are of one class. */
static void
join_pieces(struct arena *arena, struct classes *classes, const pair_vector *pairs)
{
    struct groups rules = group(arena, pairs, classes->cuts.count);
    struct names known = names_in(arena);
    classes->of_piece = ARENA_ARRAY(arena, classes->cuts.count, uint32_t);
    for (size_t i = 0; i < classes->cuts.count; i++) {
        const uint32_t *first = rules.value + rules.first[i];
        size_t size = (rules.first[i + 1] - rules.first[i]) * sizeof *first;
        struct text key = {(const char *)first, size};
        classes->of_piece[i] = names_add(&known, key, classes->count);
        if (classes->of_piece[i] == classes->count)
            classes->count++;
    }
}

static bool
find_classes(struct arena *arena, const struct verb_rules *rules, unsigned axis,
             struct classes *classes)
{
    pair_vector pairs = {0}, found = {0};
    classes->cuts = cut_axis(arena, rules, axis);
    if (!cover_pieces(arena, rules, axis, &classes->cuts, &pairs))
        return false;
    join_pieces(arena, classes, &pairs);
    uint32_t *last_rule = ARENA_ARRAY(arena, classes->count, uint32_t);
    for (size_t i = 0; i < pairs.count; i++) {
        uint32_t rule = pairs.at[i].value, class = classes->of_piece[pairs.at[i].key];
        if (last_rule[class] == rule + 1)
            continue;
        last_rule[class] = rule + 1;
        *VECTOR_PUSH(arena, &found) = (struct pair){rule, class};
    }
    classes->of_rule = group(arena, &found, rules->count);
    return true;
}

/* Which cells every rule has: key cell, value rule. False if there are too many. */
static bool
cover_cells(struct arena *arena, const struct verb_rules *rules, const struct classes *classes,
            pair_vector *pairs)
{
    const struct classes *a = &classes[0], *o = &classes[1], *t = &classes[2];
    for (size_t i = 0; i < rules->count; i++) {
        for (size_t x = a->of_rule.first[i]; x < a->of_rule.first[i + 1]; x++)
            for (size_t y = o->of_rule.first[i]; y < o->of_rule.first[i + 1]; y++)
                for (size_t z = t->of_rule.first[i]; z < t->of_rule.first[i + 1]; z++) {
                    uint32_t row = t->of_rule.value[z] * o->count + o->of_rule.value[y];
                    uint32_t cell = row * a->count + a->of_rule.value[x];
                    if (pairs->count == most_entries(rules))
                        return false;
                    *VECTOR_PUSH(arena, pairs) = (struct pair){cell, (uint32_t)i};
                }
    }
    return true;
}

/* The case of each cell. False, and nothing was added, if there are too many. */
static bool
find_cases(struct build *build, const struct verb_rules *rules, const struct groups *groups,
           size_t cells, uint32_t *cases)
{
    size_t before = build->section[SECTION_CASES].count;
    size_t runs_before = build->section[SECTION_RULES].count;
    struct item *items = ARENA_ARRAY(build->arena, rules->count + 1, struct item);
    for (size_t cell = 0; cell < cells; cell++) {
        size_t count = 0;
        for (size_t i = groups->first[cell]; i < groups->first[cell + 1]; i++)
            items[count++] = (struct item){rules->at[groups->value[i]], {0}};
        cases[cell] = index_case(build, items, count, true) / CASE_WORDS;
        if (cases[cell] >= TABLE_CASES_MAX) {
            pool_cut(build, &build->cases, before);
            pool_cut(build, &build->rules, runs_before);
            return false;
        }
    }
    return true;
}

static void
add_cells(struct build *build, const uint32_t *cases, size_t cells)
{
    for (size_t i = 0; i < cells; i += 4) {
        uint32_t word = 0;
        for (size_t k = i; k < i + 4 && k < cells; k++)
            word |= cases[k] << 8 * (k - i);
        add_word(build, SECTION_CELLS, word);
    }
}

static void
add_class_map(struct build *build, const struct verb_rules *rules, unsigned axis,
              const struct classes *classes, uint32_t factor)
{
    uint32_t low = rules->axis[axis].low, high = rules->axis[axis].high;
    uint32_t *words = ARENA_ARRAY(build->arena, high - low + 1, uint32_t);
    for (size_t piece = 0; piece < classes->cuts.count; piece++)
        for (uint32_t leaf = classes->cuts.at[piece]; leaf < classes->cuts.at[piece + 1]; leaf++)
            words[leaf - low] = classes->of_piece[piece] * factor;
    index_map(build, rules, axis, words);
}

bool
index_plain(struct build *build, const struct verb_rules *rules)
{
    struct classes classes[AXES] = {0};
    pair_vector pairs = {0};
    size_t cells = 1;
    for (unsigned axis = 0; axis < AXES; axis++) {
        if (!find_classes(build->arena, rules, axis, &classes[axis]))
            return false;
        cells *= classes[axis].count;
        if (cells > most_cells(rules))
            return false;
    }
    if (!cover_cells(build->arena, rules, classes, &pairs))
        return false;
    struct groups groups = group(build->arena, &pairs, cells);
    uint32_t *cases = ARENA_ARRAY(build->arena, cells + 1, uint32_t), factor = 1;
    if (!find_cases(build, rules, &groups, cells, cases))
        return false;
    for (unsigned axis = 0; axis < AXES; axis++) {
        add_class_map(build, rules, axis, &classes[axis], factor);
        factor *= classes[axis].count;
    }
    build->row[rules->verb][VERB_CELLS] = (uint32_t)build->section[SECTION_CELLS].count * 4;
    add_cells(build, cases, cells);
    return true;
}
