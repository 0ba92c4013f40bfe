#include "compiler/sql/decide.h"

#include "compiler/model/resolve.h"

#include <stdlib.h>

struct search {
    const struct model *model;
    struct arena *arena;
    struct question point;
    uint64_t known; /* states that can be known */
    VECTOR(struct cube) found;
    uint64_t wanted;
    size_t steps;
};

enum { STEPS_MOST = 1 << 16 };

static bool
implies(struct cube narrow, struct cube wide)
{
    return (wide.need & ~narrow.need) == 0 && (wide.forbid & ~narrow.forbid) == 0;
}

/* What is left out of the search at a branch: states that stay unknown. */
static void
branch(struct search *search, struct cube cube, uint64_t unknown)
{
    struct question q = search->point;
    q.yes = cube.need;
    q.known = cube.need | cube.forbid;
    if (search->steps++ >= STEPS_MOST || search->found.count > DECISION_MOST)
        return;
    for (size_t i = 0; i < search->found.count; i++)
        if (implies(cube, search->found.at[i]))
            return;
    struct answer answer = answer_make(search->model, search->arena, q);
    if (answer.verdict == VERDICT_ALLOWED) {
        *VECTOR_PUSH(search->arena, &search->found) = cube;
        return;
    }
    search->wanted |= answer.missing & ~search->known;
    uint64_t open = answer.missing & search->known & ~unknown;
    uint64_t bit = open & (~open + 1);
    if (bit == 0) /* whatever becomes known, it stays refused */
        return;
    branch(search, cube, unknown | bit);
    branch(search, (struct cube){cube.need, cube.forbid | bit}, unknown);
    branch(search, (struct cube){cube.need | bit, cube.forbid}, unknown);
}

static int
by_bits(const void *a, const void *b)
{
    const struct cube *x = a, *y = b;
    if (x->need != y->need)
        return x->need < y->need ? -1 : 1;
    return (x->forbid > y->forbid) - (x->forbid < y->forbid);
}

/* Without those that another one contains, in an order of their own. */
static struct decision
least(struct arena *arena, const struct cube *cubes, size_t count)
{
    struct cube *kept = ARENA_ARRAY(arena, count + 1, struct cube);
    struct decision decision = {.cubes = kept};
    for (size_t i = 0; i < count; i++) {
        bool covered = cube_empty(cubes[i]);
        for (size_t j = 0; j < count && !covered; j++)
            covered =
                j != i && implies(cubes[i], cubes[j]) && (!implies(cubes[j], cubes[i]) || j < i);
        if (!covered)
            kept[decision.count++] = cubes[i];
    }
    if (decision.count > 1)
        qsort(kept, decision.count, sizeof *kept, by_bits);
    if (decision.count <= DECISION_MOST)
        return decision;
    return (struct decision){.too_large = true};
}

struct decision
decide(const struct model *model, struct arena *arena, struct question point, uint64_t known)
{
    struct search search = {.model = model, .arena = arena, .point = point, .known = known};
    branch(&search, (struct cube){0}, 0);
    struct decision decision = least(arena, search.found.at, search.found.count);
    if (search.steps >= STEPS_MOST || search.found.count > DECISION_MOST)
        decision = (struct decision){.too_large = true};
    decision.wanted = search.wanted;
    return decision;
}

struct decision
decision_never(void)
{
    return (struct decision){0};
}

struct decision
decision_always(struct arena *arena)
{
    return (struct decision){.cubes = ARENA_NEW(arena, struct cube), .count = 1};
}

struct decision
decision_both(struct arena *arena, struct decision a, struct decision b)
{
    size_t count = 0;
    struct cube *cubes = ARENA_ARRAY(arena, a.count * b.count + 1, struct cube);
    for (size_t i = 0; i < a.count; i++)
        for (size_t j = 0; j < b.count; j++)
            cubes[count++] = (struct cube){a.cubes[i].need | b.cubes[j].need,
                                           a.cubes[i].forbid | b.cubes[j].forbid};
    struct decision both = least(arena, cubes, count);
    both.wanted = a.wanted | b.wanted;
    both.too_large |= a.too_large || b.too_large;
    return both;
}

struct decision
decision_either(struct arena *arena, struct decision a, struct decision b)
{
    struct cube *cubes = ARENA_ARRAY(arena, a.count + b.count + 1, struct cube);
    if (a.count > 0)
        memcpy(cubes, a.cubes, a.count * sizeof *cubes);
    if (b.count > 0)
        memcpy(cubes + a.count, b.cubes, b.count * sizeof *cubes);
    struct decision either = least(arena, cubes, a.count + b.count);
    either.wanted = a.wanted | b.wanted;
    either.too_large |= a.too_large || b.too_large;
    return either;
}

bool
decision_same(struct decision a, struct decision b)
{
    return a.count == b.count &&
           (a.count == 0 || memcmp(a.cubes, b.cubes, a.count * sizeof *a.cubes) == 0);
}
