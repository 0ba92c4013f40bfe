#include "compiler/check/states.h"

/* Adds what follows from one-of groups: a member that holds excludes the others, and the last one
 * left holds. False if nothing is possible then. */
static bool
close_groups(const struct model *model, struct cube *cube)
{
    for (size_t i = 0; i < model->one_of_count; i++) {
        uint64_t group = model->one_of[i];
        uint64_t chosen = cube->need & group, left = group & ~cube->forbid;
        if (left != 0 && (left & (left - 1)) == 0)
            chosen |= left;
        if (left == 0 || (chosen & (chosen - 1)) != 0)
            return false;
        if (chosen != 0) {
            cube->need |= chosen;
            cube->forbid |= group & ~chosen;
        }
    }
    return (cube->need & cube->forbid) == 0;
}

bool
states_possible(const struct model *model, struct cube cube)
{
    return close_groups(model, &cube);
}

static bool
apart(struct cube a, struct cube b)
{
    return (a.need & b.forbid) != 0 || (a.forbid & b.need) != 0 || (b.need & b.forbid) != 0;
}

/* One state more that is decided on the way to an assignment. */
struct branch {
    struct cube before; /* all that was decided above */
    uint64_t bit;
    bool second; /* the other value is being tried */
    bool first_value;
};

struct search {
    const struct model *model;
    struct cube_list cubes;
    size_t *steps;
    struct branch path[64]; /* each decides a state more, and there are 64 */
    size_t depth;
};

enum look { LOOK_COVERED, LOOK_FREE, LOOK_SPLIT };

/* Compares a cube with the list: inside one of them, clear of all, or between; then *first is one
 * that it meets. */
static enum look
look(struct search *s, struct cube at, const struct cube **first)
{
    *first = NULL;
    for (size_t i = 0; i < s->cubes.count; i++) {
        const struct cube *cube = &s->cubes.at[i];
        *s->steps -= *s->steps > 0;
        if (apart(at, *cube))
            continue;
        if ((cube->need & ~at.need) == 0 && (cube->forbid & ~at.forbid) == 0)
            return LOOK_COVERED;
        if (!*first)
            *first = cube;
    }
    return *first ? LOOK_SPLIT : LOOK_FREE;
}

static struct cube
with(struct cube cube, uint64_t bit, bool value)
{
    *(value ? &cube.need : &cube.forbid) |= bit;
    return cube;
}

/* Goes back to the last state whose other value was not tried; false if there is none. */
static bool
turn(struct search *s, struct cube *at)
{
    while (s->depth > 0) {
        struct branch *branch = &s->path[s->depth - 1];
        if (!branch->second) {
            branch->second = true;
            *at = with(branch->before, branch->bit, !branch->first_value);
            return true;
        }
        s->depth--;
    }
    return false;
}

/* Decides a state that the cube asks for and that is open: first so that the cube is left. */
static struct cube
split(struct search *s, struct cube at, const struct cube *cube)
{
    uint64_t open = (cube->need | cube->forbid) & ~(at.need | at.forbid);
    uint64_t bit = open & (~open + 1);
    bool value = (cube->forbid & bit) != 0;
    s->path[s->depth++] = (struct branch){at, bit, false, value};
    return with(at, bit, value);
}

enum search_result
states_outside(const struct model *model, struct cube within, struct cube_list cubes, size_t *steps,
               struct cube *found)
{
    struct search s = {.model = model, .cubes = cubes, .steps = steps};
    struct cube at = within;
    for (;;) {
        const struct cube *cube = NULL;
        if (*steps == 0)
            return SEARCH_TOO_LONG;
        --*steps;
        enum look seen = close_groups(model, &at) ? look(&s, at, &cube) : LOOK_COVERED;
        if (seen == LOOK_FREE) {
            *found = at;
            return SEARCH_FOUND;
        }
        if (seen == LOOK_SPLIT)
            at = split(&s, at, cube);
        else if (!turn(&s, &at))
            return SEARCH_NONE;
    }
}
