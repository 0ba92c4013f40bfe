#include "compiler/model/grants.h"

#include <stdlib.h>

/* Comparing ---------------------------------------------------------------------------------- */

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_sets(struct set a, struct set b)
{
    for (size_t i = 0; i < a.count && i < b.count; i++) {
        int order = compare_numbers(a.at[i].low, b.at[i].low);
        if (order == 0)
            order = compare_numbers(a.at[i].high, b.at[i].high);
        if (order != 0)
            return order;
    }
    return compare_numbers(a.count, b.count);
}

static int
compare_cubes(struct cube a, struct cube b)
{
    int order = compare_numbers(a.need, b.need);
    return order != 0 ? order : compare_numbers(a.forbid, b.forbid);
}

static int
compare_terms(const struct terms *a, const struct terms *b)
{
    int order = compare_cubes(a->when, b->when);
    for (size_t i = 0; order == 0 && i < a->unless_count && i < b->unless_count; i++)
        order = compare_cubes(a->unless[i], b->unless[i]);
    return order != 0 ? order : compare_numbers(a->unless_count, b->unless_count);
}

bool
terms_same(const struct terms *a, const struct terms *b)
{
    return compare_terms(a, b) == 0;
}

bool
terms_empty(const struct terms *terms)
{
    return terms->when.need == 0 && terms->when.forbid == 0 && terms->unless_count == 0;
}

/* Merging ------------------------------------------------------------------------------------ */

/* The part of a grant that merging unites; everything else must be the same. */
enum part { PART_OBJECTS, PART_TARGETS, PART_ACTORS };

static struct set *
part_of(struct grant *grant, enum part part)
{
    return part == PART_OBJECTS   ? &grant->objects
           : part == PART_TARGETS ? &grant->targets
                                  : &grant->actors;
}

static int
compare_but(const struct grant *a, const struct grant *b, enum part part)
{
    int order = compare_terms(&a->terms, &b->terms);
    if (order == 0 && part != PART_TARGETS)
        order = compare_sets(a->targets, b->targets);
    if (order == 0 && part != PART_OBJECTS)
        order = compare_sets(a->objects, b->objects);
    if (order == 0 && part != PART_ACTORS)
        order = compare_sets(a->actors, b->actors);
    return order;
}

static int
compare_for_merge(const struct grant *a, const struct grant *b, enum part part)
{
    int order = compare_but(a, b, part);
    return order != 0 ? order : compare_numbers(a->rule, b->rule);
}

static int
by_objects(const void *a, const void *b)
{
    return compare_for_merge(a, b, PART_OBJECTS);
}

static int
by_targets(const void *a, const void *b)
{
    return compare_for_merge(a, b, PART_TARGETS);
}

static int
by_actors(const void *a, const void *b)
{
    return compare_for_merge(a, b, PART_ACTORS);
}

/* The union of one part of count grants; at once, so that many stay cheap. */
static struct set
unite(struct arena *arena, struct grant *grants, size_t count, enum part part)
{
    if (count == 1)
        return *part_of(grants, part);
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += part_of(&grants[i], part)->count;
    struct interval *all = ARENA_ARRAY(arena, total, struct interval);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct set *set = part_of(&grants[i], part);
        if (set->count > 0)
            memcpy(all + at, set->at, set->count * sizeof *all);
        at += set->count;
    }
    return set_from(all, total);
}

static void
merge(struct arena *arena, struct grants *grants, enum part part)
{
    static int (*const orders[])(const void *, const void *) = {by_objects, by_targets, by_actors};
    struct grant *list = grants->list.at;
    size_t count = grants->list.count, kept = 0;
    if (count > 1)
        qsort(list, count, sizeof *list, orders[part]);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && compare_but(&list[i], &list[next], part) == 0;)
            next++;
        struct grant merged = list[i];
        *part_of(&merged, part) = unite(arena, &list[i], next - i, part);
        list[kept++] = merged;
    }
    grants->list.count = kept;
}

/* Narrowing ---------------------------------------------------------------------------------- */

static bool
single(uint64_t bits)
{
    return bits != 0 && (bits & (bits - 1)) == 0;
}

static void
add_unless(struct arena *arena, struct terms *terms, struct cube never)
{
    for (size_t i = 0; i < terms->unless_count; i++)
        if (compare_cubes(terms->unless[i], never) == 0)
            return;
    struct cube *unless = ARENA_ARRAY(arena, terms->unless_count + 1, struct cube);
    if (terms->unless_count > 0)
        memcpy(unless, terms->unless, terms->unless_count * sizeof *unless);
    unless[terms->unless_count] = never;
    terms->unless = unless;
    terms->unless_count++;
}

/* States that cannot hold beside those needed: the other members of a one-of group. */
static uint64_t
excluded(const struct model *model, uint64_t need)
{
    uint64_t others = 0;
    for (size_t i = 0; i < model->one_of_count; i++)
        if (model->one_of[i] & need)
            others |= model->one_of[i] & ~need;
    return others;
}

/* Whether a prohibition's states can be while the terms hold. */
static bool
terms_meet(const struct model *model, const struct terms *terms, struct cube never)
{
    uint64_t no = terms->when.forbid | excluded(model, terms->when.need);
    return (never.need & no) == 0 && (never.forbid & terms->when.need) == 0;
}

/* The same terms without what follows from the rest of them. */
static struct terms
simplified(const struct model *model, struct arena *arena, struct terms terms)
{
    struct terms simple = {terms.when, NULL, 0};
    simple.when.forbid &= ~excluded(model, terms.when.need);
    for (size_t i = 0; i < terms.unless_count; i++)
        if (terms_meet(model, &simple, terms.unless[i]))
            add_unless(arena, &simple, terms.unless[i]);
    return simple;
}

/* The same terms with one more case, which meets them, in which they do not hold; false if nothing
 * is left of them. */
static bool
terms_unless(const struct model *model, struct arena *arena, struct terms *terms, struct cube never)
{
    uint64_t no = terms->when.forbid | excluded(model, terms->when.need);
    never.need &= ~terms->when.need;
    never.forbid &= ~no;
    if (never.need == 0 && never.forbid == 0)
        return false;
    if (never.forbid == 0 && single(never.need)) {
        terms->when.forbid |= never.need;
        return true;
    }
    if (never.need == 0 && single(never.forbid)) {
        terms->when.need |= never.forbid;
        terms->when.forbid &= ~excluded(model, terms->when.need);
        return true;
    }
    add_unless(arena, terms, never);
    return true;
}

static bool
never_meets(const struct model *model, const struct rule *never, const struct grant *grant)
{
    return set_meets(never->objects, grant->objects) && set_meets(never->targets, grant->targets) &&
           set_meets(never->actors, grant->actors) && terms_meet(model, &grant->terms, never->when);
}

static struct set
never_part(const struct rule *never, enum part part)
{
    return part == PART_OBJECTS   ? never->objects
           : part == PART_TARGETS ? never->targets
                                  : never->actors;
}

/* Takes out of *inside what a prohibition does not reach along one part, and keeps that as a grant
 * of its own. */
static void
split(struct arena *arena, struct grants *grants, struct grant *inside, const struct rule *never,
      enum part part)
{
    struct set reached = never_part(never, part);
    struct set outside = set_minus(arena, *part_of(inside, part), reached);
    if (outside.count == 0)
        return;
    struct grant *rest = VECTOR_PUSH(arena, &grants->list);
    *rest = *inside;
    *part_of(rest, part) = outside;
    *part_of(inside, part) = set_both(arena, *part_of(inside, part), reached);
}

static void
narrow(const struct model *model, struct arena *arena, struct grants *grants,
       const struct rule *never)
{
    size_t count = grants->list.count;
    for (size_t i = 0; i < count; i++) {
        struct grant inside = grants->list.at[i];
        if (!never_meets(model, never, &inside))
            continue;
        split(arena, grants, &inside, never, PART_ACTORS);
        split(arena, grants, &inside, never, PART_OBJECTS);
        split(arena, grants, &inside, never, PART_TARGETS);
        if (!terms_unless(model, arena, &inside.terms, never->when))
            inside.objects.count = 0; /* nothing is left: swept up below */
        grants->list.at[i] = inside;
        grants->overflow |= inside.terms.unless_count > UNLESS_MAX;
    }
    size_t kept = 0;
    for (size_t i = 0; i < grants->list.count; i++)
        if (grants->list.at[i].objects.count > 0)
            grants->list.at[kept++] = grants->list.at[i];
    grants->list.count = kept;
    grants->overflow |= kept > GRANTS_MAX;
}

/* A grant that another one without terms says too. */
static bool
is_covered(const struct grants *grants, size_t index)
{
    const struct grant *inner = &grants->list.at[index];
    for (size_t i = 0; i < grants->list.count; i++) {
        const struct grant *outer = &grants->list.at[i];
        if (i != index && terms_empty(&outer->terms) && outer->objects.count > 0 &&
            set_within(inner->actors, outer->actors) &&
            set_within(inner->objects, outer->objects) &&
            set_within(inner->targets, outer->targets))
            return true;
    }
    return false;
}

static void
drop_covered(struct grants *grants)
{
    size_t kept = 0;
    for (size_t i = 0; i < grants->list.count; i++)
        if (is_covered(grants, i))
            grants->list.at[i].objects.count = 0;
    for (size_t i = 0; i < grants->list.count; i++)
        if (grants->list.at[i].objects.count > 0)
            grants->list.at[kept++] = grants->list.at[i];
    grants->list.count = kept;
}

/* Gathering ---------------------------------------------------------------------------------- */

static int
by_page(const void *a, const void *b)
{
    const struct grant *left = a, *right = b;
    int order = compare_numbers(left->rule, right->rule);
    if (order == 0)
        order = compare_sets(left->targets, right->targets);
    return order != 0 ? order : compare_for_merge(left, right, PART_ACTORS);
}

/* Merges what can be, drops what is said twice, and gives up on what is too much. */
static void
settle(struct arena *arena, struct grants *grants)
{
    merge(arena, grants, PART_ACTORS);
    merge(arena, grants, PART_OBJECTS);
    merge(arena, grants, PART_TARGETS);
    merge(arena, grants, PART_OBJECTS); /* what has come to have the same targets */
    if (grants->list.count > GRANTS_MAX)
        grants->overflow = true;
    if (grants->overflow) {
        grants->list.count = 0;
        return;
    }
    drop_covered(grants);
    if (grants->list.count > 1)
        qsort(grants->list.at, grants->list.count, sizeof *grants->list.at, by_page);
}

static struct grant
grant_of(const struct model *model, uint32_t rule_index, struct set targets)
{
    const struct rule *rule = &model->rules[rule_index];
    return (struct grant){
        .actors = rule->actors,
        .objects = rule->objects,
        .targets = targets,
        .terms = {rule->when, NULL, 0},
        .clause = rule->clause,
        .rule = rule_index,
    };
}

/* How many rules from index `first` on are one permission of one sentence, in several cases. */
static uint32_t
cases_from(const struct model *model, uint32_t first)
{
    const struct rule *rule = &model->rules[first];
    uint32_t next = first + 1;
    while (next < model->rule_count && model->rules[next].sentence == rule->sentence &&
           model->rules[next].mode == rule->mode &&
           set_same(model->rules[next].actors, rule->actors) &&
           set_same(model->rules[next].objects, rule->objects) &&
           set_same(model->rules[next].targets, rule->targets))
        next++;
    return next - first;
}

/* "except if a and b" has become two rules, "if not a" and "if not b". Makes one again: cases that
 * differ in one state each hold unless all of these stand against them. */
static bool
fold_cases(const struct model *model, uint32_t first, uint32_t count, struct cube *when,
           struct cube *unless)
{
    *when = (struct cube){UINT64_MAX, UINT64_MAX};
    *unless = (struct cube){0, 0};
    for (uint32_t i = first; i < first + count; i++) {
        when->need &= model->rules[i].when.need;
        when->forbid &= model->rules[i].when.forbid;
    }
    for (uint32_t i = first; i < first + count; i++) {
        uint64_t need = model->rules[i].when.need & ~when->need;
        uint64_t forbid = model->rules[i].when.forbid & ~when->forbid;
        if ((need && forbid) || !single(need | forbid))
            return false;
        unless->need |= forbid;
        unless->forbid |= need;
    }
    return count > 1 && (unless->need & unless->forbid) == 0;
}

static void
gather_allowed(const struct model *model, struct arena *arena, enum verb verb,
               const struct scope *scope, struct grants *grants)
{
    const struct set objects = {&scope->objects, scope->objects.low < scope->objects.high};
    const struct set targets = {&scope->targets, scope->targets.low < scope->targets.high};
    for (uint32_t i = 0, count = 1; i < model->rule_count; i += count, count = 1) {
        if (model->rules[i].verb != verb || model->rules[i].mode != MODE_MAY)
            continue;
        struct grant grant = grant_of(model, i, set_both(arena, model->rules[i].targets, targets));
        grant.objects = set_both(arena, grant.objects, objects);
        if (scope->actors)
            grant.actors = set_both(arena, grant.actors, *scope->actors);
        if (grant.targets.count == 0 || grant.objects.count == 0 || grant.actors.count == 0)
            continue;
        struct cube when, unless;
        uint32_t cases = cases_from(model, i);
        if (fold_cases(model, i, cases, &when, &unless)) {
            count = cases;
            grant.terms.when = when;
            add_unless(arena, &grant.terms, unless);
        }
        *VECTOR_PUSH(arena, &grants->list) = grant;
    }
    merge(arena, grants, PART_OBJECTS);
    merge(arena, grants, PART_TARGETS);
}

struct grants
grants_allowed(const struct model *model, struct arena *arena, enum verb verb,
               struct interval targets)
{
    return grants_within(model, arena, verb, (struct scope){{0, UINT32_MAX}, targets, NULL});
}

struct grants
grants_within(const struct model *model, struct arena *arena, enum verb verb, struct scope scope)
{
    struct grants grants = {0};
    gather_allowed(model, arena, verb, &scope, &grants);
    grants.overflow = grants.list.count > GRANTS_MAX;
    for (size_t i = 0; i < model->rule_count && !grants.overflow; i++)
        if (model->rules[i].verb == verb && model->rules[i].mode == MODE_NEVER)
            narrow(model, arena, &grants, &model->rules[i]);
    for (size_t i = 0; i < grants.list.count; i++) {
        /* Who acts does not matter to the reader, and would keep equal permissions apart. */
        grants.list.at[i].actors = (struct set){NULL, 0};
        grants.list.at[i].terms = simplified(model, arena, grants.list.at[i].terms);
    }
    settle(arena, &grants);
    return grants;
}

struct grants
grants_never(const struct model *model, struct arena *arena, enum verb verb)
{
    struct grants grants = {0};
    for (uint32_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->verb == verb && rule->mode == MODE_NEVER && rule->when.need == 0 &&
            rule->when.forbid == 0 && rule->targets.count > 0)
            *VECTOR_PUSH(arena, &grants.list) = grant_of(model, i, rule->targets);
    }
    settle(arena, &grants);
    return grants;
}

struct grants
grants_both(struct arena *arena, struct grants a, struct grants b)
{
    struct grants both = {0};
    both.overflow = a.overflow || b.overflow;
    for (size_t i = 0; i < a.list.count; i++)
        *VECTOR_PUSH(arena, &both.list) = a.list.at[i];
    for (size_t i = 0; i < b.list.count; i++)
        *VECTOR_PUSH(arena, &both.list) = b.list.at[i];
    settle(arena, &both);
    return both;
}
