#include "compiler/question/matrix.h"

#include "compiler/question/say.h"

#include <stdlib.h>

/* The leaves of an axis that the same rules have: found by walking over the ends of their sets. */
struct class
{
    struct set leaves;
    const uint32_t *rules; /* numbers, rising */
    size_t count;
};

typedef VECTOR(struct class) class_vector;

struct gathering {
    const struct model *model;
    struct arena *arena;
    enum verb verb;
    bool expand;
    struct matrix *matrix;
    struct set actors, objects; /* of the classes that are being refined */
};

static struct set
rule_part(const struct rule *rule, enum part part)
{
    return part == PART_ACTOR ? rule->actors : part == PART_OBJECT ? rule->objects : rule->targets;
}

struct edge { /* a rule begins or ends to have the leaves from here on */
    uint32_t leaf;
    uint32_t rule; /* place in the list of those that are looked at */
};

static int
by_leaf(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->leaf != y->leaf)
        return x->leaf < y->leaf ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* Adds a stretch of leaves to the class with these rules. */
static void
add_stretch(struct gathering *g, class_vector *classes, struct interval stretch,
            const uint32_t *rules, size_t count)
{
    struct interval *one = ARENA_NEW(g->arena, struct interval);
    *one = stretch;
    for (size_t i = 0; i < classes->count; i++) {
        struct class *class = &classes->at[i];
        if (class->count == count && memcmp(class->rules, rules, count * sizeof *rules) == 0) {
            class->leaves = set_union(g->arena, class->leaves, (struct set){one, 1});
            return;
        }
    }
    uint32_t *copy = ARENA_ARRAY(g->arena, count, uint32_t);
    memcpy(copy, rules, count * sizeof *rules);
    *VECTOR_PUSH(g->arena, classes) = (struct class){{one, 1}, copy, count};
}

/* The classes of one axis among some rules; leaves that none has are left out. */
static class_vector
classes_of(struct gathering *g, enum part part, const uint32_t *rules, size_t count)
{
    VECTOR(struct edge) edges = {0};
    class_vector classes = {0};
    uint32_t *now = ARENA_ARRAY(g->arena, count + 1, uint32_t);
    bool *in = ARENA_ARRAY(g->arena, count + 1, bool);
    for (uint32_t i = 0; i < count; i++) {
        struct set set = rule_part(&g->model->rules[rules[i]], part);
        for (size_t k = 0; k < set.count; k++) {
            *VECTOR_PUSH(g->arena, &edges) = (struct edge){set.at[k].low, i};
            *VECTOR_PUSH(g->arena, &edges) = (struct edge){set.at[k].high, i};
        }
    }
    if (edges.count > 0)
        qsort(edges.at, edges.count, sizeof *edges.at, by_leaf);
    for (size_t e = 0; e < edges.count; e++) {
        in[edges.at[e].rule] = !in[edges.at[e].rule];
        if (e + 1 == edges.count || edges.at[e + 1].leaf == edges.at[e].leaf)
            continue;
        size_t have = 0;
        for (uint32_t i = 0; i < count; i++)
            if (in[i])
                now[have++] = rules[i];
        if (have > 0)
            add_stretch(g, &classes, (struct interval){edges.at[e].leaf, edges.at[e + 1].leaf}, now,
                        have);
    }
    return classes;
}

static int
by_effect(const void *a, const void *b)
{
    const struct effect *x = a, *y = b;
    if (x->mode != y->mode)
        return x->mode < y->mode ? -1 : 1;
    if (x->clause != y->clause)
        return x->clause < y->clause ? -1 : 1;
    return memcmp(&x->when, &y->when, sizeof x->when);
}

static bool
always(struct cube when)
{
    return (when.need | when.forbid) == 0;
}

/* What forbids the rest is a plain prohibition where no permission is, and nothing where one always
 * holds. */
static void
settle_rest(struct effect *effects, size_t count)
{
    bool mays = false;
    for (size_t i = 0; i < count; i++)
        mays |= effects[i].mode == MODE_MAY;
    for (size_t i = 0; i < count && !mays; i++)
        effects[i].mode = MODE_NEVER;
    if (!mays)
        qsort(effects, count, sizeof *effects, by_effect);
}

/* Where a prohibition always holds, permissions and other conditions do not matter; where a
 * permission always holds, other permissions and what forbids the rest do not. */
static size_t
only_what_matters(struct effect *effects, size_t count, enum standing *standing)
{
    bool any[3] = {false}, settled[3] = {false}; /* by mode: there is one; one always holds */
    settle_rest(effects, count);
    for (size_t i = 0; i < count; i++) {
        any[effects[i].mode] = true;
        settled[effects[i].mode] |= always(effects[i].when);
    }
    bool never = settled[MODE_NEVER], may = settled[MODE_MAY];
    *standing = never || !any[MODE_MAY]   ? STANDING_NO
                : may && !any[MODE_NEVER] ? STANDING_YES
                                          : STANDING_DEPENDS;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        enum mode mode = effects[i].mode;
        if ((never && mode != MODE_NEVER) || (may && mode == MODE_REST) ||
            (settled[mode] && !always(effects[i].when)))
            continue;
        if (kept == 0 || by_effect(&effects[kept - 1], &effects[i]) != 0)
            effects[kept++] = effects[i];
    }
    return kept;
}

static bool
same_effects(const struct matrix_row *a, const struct matrix_row *b)
{
    if (a->verb != b->verb || a->standing != b->standing || a->effect_count != b->effect_count)
        return false;
    for (size_t i = 0; i < a->effect_count; i++)
        if (by_effect(&a->effects[i], &b->effects[i]) != 0)
            return false;
    return true;
}

/* Puts rows from `from` on together that differ in one part only. */
static void
merge(struct gathering *g, size_t from, enum part open)
{
    struct matrix_row *rows = g->matrix->rows.at;
    size_t kept = from;
    for (size_t i = from; i < g->matrix->rows.count; i++) {
        size_t k = from;
        for (; k < kept; k++) {
            bool fits = same_effects(&rows[k], &rows[i]);
            for (enum part part = 0; part < PART_COUNT && fits; part++)
                fits = part == open || set_same(rows[k].parts[part], rows[i].parts[part]);
            if (fits)
                break;
        }
        if (k == kept)
            rows[kept++] = rows[i];
        else
            rows[k].parts[open] = set_union(g->arena, rows[k].parts[open], rows[i].parts[open]);
    }
    g->matrix->rows.count = kept;
}

static void
add_row(struct gathering *g, const struct class *class)
{
    struct effect *effects = ARENA_ARRAY(g->arena, class->count, struct effect);
    size_t count = 0;
    for (size_t i = 0; i < class->count; i++) {
        const struct rule *rule = &g->model->rules[class->rules[i]];
        if ((rule->when.need & rule->when.forbid) == 0)
            effects[count++] = (struct effect){rule->when, rule->clause, rule->mode};
    }
    if (count == 0)
        return;
    qsort(effects, count, sizeof *effects, by_effect);
    struct matrix_row row = {.verb = g->verb, .effects = effects};
    row.effect_count = only_what_matters(effects, count, &row.standing);
    row.parts[PART_ACTOR] = g->actors;
    row.parts[PART_OBJECT] = g->objects;
    row.parts[PART_TARGET] = class->leaves;
    if (g->matrix->rows.count == MATRIX_MOST)
        g->matrix->overflow = true;
    else
        *VECTOR_PUSH(g->arena, &g->matrix->rows) = row;
}

static void
gather_objects(struct gathering *g, const struct class *actors)
{
    class_vector objects = classes_of(g, PART_OBJECT, actors->rules, actors->count);
    size_t from = g->matrix->rows.count;
    for (size_t o = 0; o < objects.count; o++) {
        size_t begin = g->matrix->rows.count;
        g->objects = objects.at[o].leaves;
        class_vector targets = classes_of(g, PART_TARGET, objects.at[o].rules, objects.at[o].count);
        for (size_t t = 0; t < targets.count; t++)
            add_row(g, &targets.at[t]);
        merge(g, begin, PART_TARGET);
    }
    merge(g, from, PART_OBJECT);
}

static void
gather_verb(struct gathering *g)
{
    VECTOR(uint32_t) rules = {0};
    for (uint32_t i = 0; i < g->model->rule_count; i++)
        if (g->model->rules[i].verb == g->verb)
            *VECTOR_PUSH(g->arena, &rules) = i;
    class_vector actors = classes_of(g, PART_ACTOR, rules.at, rules.count);
    size_t from = g->matrix->rows.count;
    for (size_t a = 0; a < actors.count; a++) {
        g->actors = actors.at[a].leaves;
        gather_objects(g, &actors.at[a]);
    }
    merge(g, from, PART_ACTOR);
}

/* A row for each point of the rows so far. */
static void
expand(struct gathering *g)
{
    struct matrix *matrix = g->matrix, whole = *matrix;
    matrix->rows.at = NULL;
    matrix->rows.count = matrix->rows.room = 0;
    for (size_t i = 0; i < whole.rows.count; i++) {
        const struct matrix_row *row = &whole.rows.at[i];
        uint64_t size = 1;
        for (enum part part = 0; part < PART_COUNT; part++)
            size *= set_size(row->parts[part]);
        for (uint64_t p = 0; p < size; p++) {
            uint64_t rest = p;
            if (matrix->rows.count == MATRIX_MOST) {
                matrix->overflow = true;
                return;
            }
            struct matrix_row *one = VECTOR_PUSH(g->arena, &matrix->rows);
            *one = *row;
            for (int part = PART_COUNT - 1; part >= 0; part--) {
                struct set set = row->parts[part];
                uint32_t nth = (uint32_t)(rest % set_size(set));
                rest /= set_size(set);
                size_t k = 0;
                for (; nth >= set.at[k].high - set.at[k].low; k++)
                    nth -= set.at[k].high - set.at[k].low;
                struct interval *leaf = ARENA_NEW(g->arena, struct interval);
                *leaf = (struct interval){set.at[k].low + nth, set.at[k].low + nth + 1};
                one->parts[part] = (struct set){leaf, 1};
            }
        }
    }
}

static int
by_place(const void *a, const void *b)
{
    const struct matrix_row *x = a, *y = b;
    if (x->verb != y->verb)
        return x->verb < y->verb ? -1 : 1;
    for (enum part part = 0; part < PART_COUNT; part++)
        if (x->parts[part].at[0].low != y->parts[part].at[0].low)
            return x->parts[part].at[0].low < y->parts[part].at[0].low ? -1 : 1;
    return (int)x->standing - (int)y->standing;
}

struct matrix
matrix_make(const struct model *model, struct arena *arena, bool expanded)
{
    struct matrix matrix = {.overflow = false};
    struct gathering g = {.model = model, .arena = arena, .matrix = &matrix};
    for (g.verb = 0; g.verb < VERB_QUESTIONS; g.verb++)
        gather_verb(&g);
    if (expanded)
        expand(&g);
    if (matrix.rows.count > 0)
        qsort(matrix.rows.at, matrix.rows.count, sizeof *matrix.rows.at, by_place);
    return matrix;
}

/* Whether no permission could hold in such a case anyway. */
static bool
goes_without_saying(const struct matrix_row *row, struct cube when)
{
    for (size_t i = 0; i < row->effect_count; i++) {
        struct cube may = row->effects[i].when;
        if (row->effects[i].mode == MODE_MAY &&
            ((may.need | when.need) & (may.forbid | when.forbid)) == 0)
            return false;
    }
    return true;
}

/* "customer is subscribed and region.eu, or order is hidden": when one of a mode holds. */
static size_t
add_conditions(struct buffer *out, const struct model *model, const struct matrix_row *row,
               enum mode mode)
{
    size_t count = 0;
    for (size_t i = 0; i < row->effect_count; i++) {
        struct cube when = row->effects[i].when;
        bool again = mode == MODE_NEVER && goes_without_saying(row, when);
        if (row->effects[i].mode != mode || always(when))
            continue;
        for (size_t k = 0; k < i; k++)
            again |= row->effects[k].mode == mode &&
                     memcmp(&row->effects[k].when, &when, sizeof when) == 0;
        if (again)
            continue;
        if (count++ > 0)
            buffer_string(out, ", or ");
        say_states(out, model, when.need | when.forbid, when.need);
    }
    return count;
}

void
matrix_when(struct buffer *out, const struct model *model, const struct matrix_row *row)
{
    if (row->standing != STANDING_DEPENDS) {
        buffer_add(out, row->standing == STANDING_YES ? TEXT("yes") : TEXT("no"));
        return;
    }
    struct buffer may = buffer_in(out->arena), never = buffer_in(out->arena);
    size_t permitted = add_conditions(&may, model, row, MODE_MAY);
    size_t forbidden = add_conditions(&never, model, row, MODE_NEVER);
    if (permitted > 0)
        buffer_format(out, "if %.*s", TEXT_ARGS(buffer_text(&may)));
    if (forbidden > 0)
        buffer_format(out, "%s%.*s", permitted > 0 ? ", but never if " : "yes, but never if ",
                      TEXT_ARGS(buffer_text(&never)));
}

void
matrix_clauses(struct buffer *out, const struct model *model, const struct matrix_row *row)
{
    bool first = true;
    for (size_t i = 0; i < row->effect_count; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= row->effects[k].clause == row->effects[i].clause;
        if (again)
            continue;
        buffer_add(out, first ? TEXT("") : TEXT(", "));
        buffer_add(out, model->clauses[row->effects[i].clause].name);
        first = false;
    }
}
