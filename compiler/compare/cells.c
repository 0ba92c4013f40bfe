#include "compiler/compare/cells.h"

#include <stdlib.h>

/* The places of an axis that the same boxes have: found by walking over the ends of their sets. */
struct stretch {
    struct interval places;
    uint32_t class;
};

struct class
{
    struct set places;
    const uint32_t *boxes;
    size_t count;
};

struct edge {            /* a box begins or ends to have the places from here on */
    uint32_t place, box; /* the box as a number in the list that is looked at */
};

struct cutting {
    struct arena *arena;
    const struct box *boxes;
    void (*visit)(void *context, const struct region *cell);
    void *context;
    struct region cell;
};

struct sweep { /* over one axis of some boxes */
    struct arena *arena;
    VECTOR(struct edge) edges;
    VECTOR(struct stretch) stretches;
    VECTOR(struct class) classes;
    struct names by_boxes; /* the numbers of a class, as bytes -> class */
    bool *in;
    uint32_t *now;
};

static int
by_place(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static int
by_class(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return (x->places.low > y->places.low) - (x->places.low < y->places.low);
}

static void
collect_edges(struct sweep *sweep, const struct box *boxes, const uint32_t *list, size_t count,
              unsigned axis)
{
    for (uint32_t i = 0; i < count; i++) {
        struct set set = boxes[list[i]].axis[axis];
        for (size_t k = 0; k < set.count; k++) {
            *VECTOR_PUSH(sweep->arena, &sweep->edges) = (struct edge){set.at[k].low, i};
            *VECTOR_PUSH(sweep->arena, &sweep->edges) = (struct edge){set.at[k].high, i};
        }
    }
    if (sweep->edges.count > 0)
        qsort(sweep->edges.at, sweep->edges.count, sizeof *sweep->edges.at, by_place);
}

/* Enters a stretch into the class of its boxes. */
static void
add_stretch(struct sweep *sweep, struct interval places, const uint32_t *list, size_t count)
{
    size_t have = 0;
    for (uint32_t i = 0; i < count; i++)
        if (sweep->in[i])
            sweep->now[have++] = list[i];
    uint32_t number = names_find(
        &sweep->by_boxes, (struct text){(const char *)sweep->now, have * sizeof *sweep->now});
    if (number == NONE) {
        uint32_t *kept = ARENA_ARRAY(sweep->arena, have, uint32_t);
        memcpy(kept, sweep->now, have * sizeof *kept);
        number = (uint32_t)sweep->classes.count;
        *VECTOR_PUSH(sweep->arena, &sweep->classes) = (struct class){{NULL, 0}, kept, have};
        (void)names_add(&sweep->by_boxes, (struct text){(const char *)kept, have * sizeof *kept},
                        number);
    }
    *VECTOR_PUSH(sweep->arena, &sweep->stretches) = (struct stretch){places, number};
}

/* The sets of the classes out of their stretches. */
static void
gather(struct sweep *sweep)
{
    struct stretch *at = sweep->stretches.at;
    size_t count = sweep->stretches.count;
    if (count > 0)
        qsort(at, count, sizeof *at, by_class);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && at[end].class == at[i].class; end++)
            ;
        struct interval *places = ARENA_ARRAY(sweep->arena, end - i, struct interval);
        for (size_t k = i; k < end; k++)
            places[k - i] = at[k].places;
        sweep->classes.at[at[i].class].places = set_from(places, end - i);
    }
}

/* The classes of one axis that lie in a changed box. */
static struct sweep
classes_of(const struct cutting *cutting, const uint32_t *list, size_t count, unsigned axis)
{
    struct sweep sweep = {.arena = cutting->arena, .by_boxes = names_in(cutting->arena)};
    size_t changed = 0;
    sweep.in = ARENA_ARRAY(sweep.arena, count + 1, bool);
    sweep.now = ARENA_ARRAY(sweep.arena, count + 1, uint32_t);
    collect_edges(&sweep, cutting->boxes, list, count, axis);
    for (size_t e = 0; e < sweep.edges.count; e++) {
        const struct edge *edge = &sweep.edges.at[e];
        bool *in = &sweep.in[edge->box];
        *in = !*in;
        if (cutting->boxes[list[edge->box]].changed)
            changed += *in ? 1 : (size_t)-1;
        if (changed > 0 && e + 1 < sweep.edges.count && edge[1].place != edge->place)
            add_stretch(&sweep, (struct interval){edge->place, edge[1].place}, list, count);
    }
    gather(&sweep);
    return sweep;
}

/* The depth is that of the axes. */
static void
cut(struct cutting *cutting, const uint32_t *list, size_t count, unsigned axis)
{
    struct sweep sweep = classes_of(cutting, list, count, axis);
    for (size_t i = 0; i < sweep.classes.count; i++) {
        const struct class *class = &sweep.classes.at[i];
        cutting->cell.axis[axis] = class->places;
        if (axis + 1 < AXES) {
            cut(cutting, class->boxes, class->count, axis + 1);
            continue;
        }
        cutting->cell.boxes = class->boxes;
        cutting->cell.count = class->count;
        cutting->visit(cutting->context, &cutting->cell);
    }
}

void
cells_visit(struct arena *arena, const struct box *boxes, size_t count,
            void (*visit)(void *context, const struct region *cell), void *context)
{
    struct cutting cutting = {.arena = arena, .boxes = boxes, .visit = visit, .context = context};
    uint32_t *all = ARENA_ARRAY(arena, count + 1, uint32_t);
    for (uint32_t i = 0; i < count; i++)
        all[i] = i;
    cut(&cutting, all, count, 0);
}
