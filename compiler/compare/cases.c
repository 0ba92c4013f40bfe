#include "compiler/compare/cases.h"

void
cases_begin(struct cases *cases, const struct common *common, struct arena *arena)
{
    cases->common = common;
    cases->arena = arena;
    cases->count = 0;
    memset(cases->local, 0, sizeof cases->local);
    for (int v = OLD; v <= NEW; v++)
        for (int mode = 0; mode <= MODE_REST; mode++)
            cases->rules[v][mode].list.count = 0;
    cases->absurd.list.count = cases->said.list.count = 0;
    cases->steps = STEPS_MOST;
    cases->overflow = false;
}

/* The number of a state here. */
static unsigned
local_of(struct cases *cases, unsigned state)
{
    if (cases->local[state] == 0) {
        if (cases->count == LOCAL_MOST) {
            cases->overflow = true;
            return 0;
        }
        cases->state[cases->count] = (uint8_t)state;
        cases->local[state] = (uint8_t)++cases->count;
    }
    return cases->local[state] - 1u;
}

static void
number_states(struct cases *cases, const uint64_t bits[2])
{
    for (unsigned half = 0; half < 2; half++)
        for (uint64_t left = bits[half]; left != 0; left &= left - 1)
            (void)local_of(cases, half * 64 + (unsigned)__builtin_ctzll(left));
}

static uint64_t
as_local(const struct cases *cases, const uint64_t bits[2], bool yes)
{
    uint64_t found = 0;
    for (unsigned half = 0; half < 2; half++)
        for (uint64_t left = bits[half]; left != 0; left &= left - 1) {
            unsigned at = cases->local[half * 64 + (unsigned)__builtin_ctzll(left)];
            if (at > 0)
                found |= yes ? bit_yes(at - 1) : bit_no(at - 1);
        }
    return found;
}

struct cube
cases_certain(const struct cases *cases, struct condition_bits when)
{
    return (struct cube){as_local(cases, when.need, true) | as_local(cases, when.forbid, false), 0};
}

struct cube
cases_possible(const struct cases *cases, struct condition_bits when)
{
    return (struct cube){0, as_local(cases, when.need, false) | as_local(cases, when.forbid, true)};
}

void
cases_add(struct cases *cases, enum version version, enum mode mode, struct condition_bits when)
{
    number_states(cases, when.need);
    number_states(cases, when.forbid);
    *VECTOR_PUSH(cases->arena, &cases->rules[version][mode].list) =
        mode == MODE_MAY ? cases_certain(cases, when) : cases_possible(cases, when);
}

static void
add_absurd(struct cases *cases, uint64_t need, uint64_t forbid)
{
    *VECTOR_PUSH(cases->arena, &cases->absurd.list) = (struct cube){need, forbid};
}

/* Of facts of which exactly one holds: not two do, and not none; where one is known to, the others
 * are known not to. */
static void
add_group(struct cases *cases, enum version version, uint64_t group)
{
    uint64_t none = 0;
    bool whole = true;
    uint8_t members[64];
    unsigned count = 0;
    for (uint64_t left = group; left != 0; left &= left - 1) {
        unsigned at = cases->local[cases->common->side[version].state[__builtin_ctzll(left)]];
        whole &= at > 0;
        if (at > 0)
            members[count++] = (uint8_t)(at - 1);
    }
    for (unsigned i = 0; i < count; i++) {
        none |= bit_no(members[i]);
        for (unsigned k = 0; k < count; k++)
            if (k != i)
                add_absurd(cases, bit_yes(members[i]), bit_no(members[k]));
    }
    if (whole && count > 0)
        add_absurd(cases, none, 0);
}

/* Groups are the new version's; those that only the old one has are its. */
void
cases_ready(struct cases *cases)
{
    for (unsigned i = 0; i < cases->count; i++)
        add_absurd(cases, bit_yes(i) | bit_no(i), 0);
    for (int v = NEW; v >= OLD; v--) {
        const struct model *model = cases->common->side[v].model;
        for (size_t i = 0; i < model->one_of_count; i++) {
            uint32_t first =
                model->first_leaf[KIND_STATE] + (uint32_t)__builtin_ctzll(model->one_of[i]);
            uint32_t place = cases->common->side[v].place[first];
            if (v == NEW || !common_has(cases->common, NEW, place))
                add_group(cases, (enum version)v, model->one_of[i]);
        }
    }
}

static bool
apart(struct cube a, struct cube b)
{
    return (a.need & b.forbid) != 0 || (a.forbid & b.need) != 0;
}

/* Looks for a case in the cube outside all that stand in cases->outside. Decides one bit more each
 * time, so that it nests 64 times at most. */
static bool
search(struct cases *cases, struct cube at, struct cube *found)
{
    const struct cube *meets = NULL;
    for (size_t i = 0; i < cases->outside.list.count; i++) {
        const struct cube *cube = &cases->outside.list.at[i];
        cases->steps -= cases->steps > 0;
        if (apart(at, *cube))
            continue;
        if ((cube->need & ~at.need) == 0 && (cube->forbid & ~at.forbid) == 0)
            return false;
        meets = meets ? meets : cube;
    }
    if (cases->steps == 0)
        cases->overflow = true;
    if (cases->overflow)
        return false;
    if (!meets) {
        *found = at;
        return true;
    }
    uint64_t open = (meets->need | meets->forbid) & ~(at.need | at.forbid);
    uint64_t bit = open & (~open + 1);
    bool leave = (meets->forbid & bit) != 0;
    struct cube with = {at.need | (leave ? bit : 0), at.forbid | (leave ? 0 : bit)};
    struct cube other = {at.need | (leave ? 0 : bit), at.forbid | (leave ? bit : 0)};
    return search(cases, with, found) || search(cases, other, found);
}

static void
stay_outside(struct cases *cases, const struct cubes *list)
{
    for (size_t i = 0; i < list->list.count; i++)
        *VECTOR_PUSH(cases->arena, &cases->outside.list) = list->list.at[i];
}

/* Also outside what is no case, what was said, and, if states must be known, where one is not. */
static void
stay_in_cases(struct cases *cases, bool known)
{
    stay_outside(cases, &cases->absurd);
    stay_outside(cases, &cases->said);
    for (unsigned i = 0; known && i < cases->count; i++)
        *VECTOR_PUSH(cases->arena, &cases->outside.list) = (struct cube){0, bit_yes(i) | bit_no(i)};
}

bool
cases_outside(struct cases *cases, struct cube within, const struct cubes *list, bool known,
              struct cube *found)
{
    cases->outside.list.count = 0;
    stay_outside(cases, list);
    stay_in_cases(cases, known);
    return (within.need & within.forbid) == 0 && search(cases, within, found);
}

/* One way to come to an outcome: a rule of one mode holds, and none of some others. */
struct way {
    int some;      /* mode, or -1 */
    unsigned none; /* modes as bits */
};

enum { NEVERS = 1 << MODE_NEVER, MAYS = 1 << MODE_MAY, RESTS = 1 << MODE_REST, WAYS_MOST = 2 };

static unsigned
ways_to(enum outcome outcome, struct way ways[WAYS_MOST])
{
    switch (outcome) {
    case IS_ALLOWED:
        ways[0] = (struct way){MODE_MAY, NEVERS};
        return 1;
    case IS_NOT_ALLOWED:
        ways[0] = (struct way){MODE_NEVER, 0};
        ways[1] = (struct way){-1, MAYS};
        return 2;
    case IS_FORBIDDEN:
        ways[0] = (struct way){MODE_NEVER, 0};
        ways[1] = (struct way){MODE_REST, MAYS};
        return 2;
    default:
        ways[0] = (struct way){-1, NEVERS | MAYS | RESTS};
        return 1;
    }
}

static void
exclude_modes(struct cases *cases, enum version version, unsigned modes)
{
    for (int mode = 0; mode <= MODE_REST; mode++)
        if ((modes >> mode & 1) != 0)
            stay_outside(cases, &cases->rules[version][mode]);
}

/* The cubes of which one must hold; a way that needs none has one that always does. */
static size_t
choices(const struct cases *cases, enum version version, struct way way, const struct cube **at)
{
    static const struct cube always = {0, 0};
    *at = way.some < 0 ? &always : cases->rules[version][way.some].list.at;
    return way.some < 0 ? 1 : cases->rules[version][way.some].list.count;
}

static bool
find_by(struct cases *cases, struct cube within, bool known, struct way before, struct way after,
        struct cube *found)
{
    const struct cube *old, *new;
    size_t old_count = choices(cases, OLD, before, &old);
    size_t new_count = choices(cases, NEW, after, &new);
    cases->outside.list.count = 0;
    exclude_modes(cases, OLD, before.none);
    exclude_modes(cases, NEW, after.none);
    stay_in_cases(cases, known);
    for (size_t i = 0; i < old_count; i++)
        for (size_t k = 0; k < new_count; k++) {
            struct cube both = cube_and(within, cube_and(old[i], new[k]));
            if ((both.need & both.forbid) == 0 && search(cases, both, found))
                return true;
        }
    return false;
}

bool
cases_find(struct cases *cases, struct cube within, bool known, enum outcome before,
           enum outcome after, struct cube *found)
{
    struct way old[WAYS_MOST], new[WAYS_MOST];
    unsigned old_count = ways_to(before, old), new_count = ways_to(after, new);
    for (unsigned i = 0; i < old_count; i++)
        for (unsigned k = 0; k < new_count; k++)
            if (find_by(cases, within, known, old[i], new[k], found))
                return true;
    return false;
}

/* One version alone, the other as it may be. */
static bool
some_case(struct cases *cases, struct cube within, bool known, enum version version,
          enum outcome outcome)
{
    struct way ways[WAYS_MOST], any = {-1, 0};
    struct cube found;
    unsigned count = ways_to(outcome, ways);
    for (unsigned i = 0; i < count; i++)
        if (version == OLD ? find_by(cases, within, known, ways[i], any, &found)
                           : find_by(cases, within, known, any, ways[i], &found))
            return true;
    return false;
}

static bool
always(struct cases *cases, struct cube within, bool known, enum version version,
       enum outcome outcome)
{
    static const enum outcome others[][2] = {[IS_ALLOWED] = {IS_NOT_ALLOWED, IS_NOT_ALLOWED},
                                             [IS_NOT_ALLOWED] = {IS_ALLOWED, IS_ALLOWED},
                                             [IS_FORBIDDEN] = {IS_ALLOWED, IS_UNSTATED},
                                             [IS_UNSTATED] = {IS_ALLOWED, IS_FORBIDDEN}};
    return !some_case(cases, within, known, version, others[outcome][0]) &&
           !some_case(cases, within, known, version, others[outcome][1]);
}

/* A case as the states that it names: those that hold, do not, and are not known. */
static struct cube
whole_case(const struct cases *cases, struct cube found)
{
    struct cube whole = {0, 0};
    for (unsigned i = 0; i < cases->count; i++) {
        uint64_t bits = bit_yes(i) | bit_no(i);
        whole.need |= found.need & bits;
        if ((found.need & bits) == 0)
            whole.forbid |= bits;
    }
    return whole;
}

struct cube
cases_widen(struct cases *cases, struct cube found, enum outcome before, enum outcome after)
{
    struct cube wide = whole_case(cases, found);
    bool known = wide.forbid == 0;
    size_t said = cases->said.list.count;
    cases->said.list.count = 0;
    for (unsigned i = 0; i < cases->count; i++) {
        uint64_t bits = bit_yes(i) | bit_no(i);
        struct cube wider = {wide.need & ~bits, wide.forbid & ~bits};
        if (always(cases, wider, known, OLD, before) && always(cases, wider, known, NEW, after) &&
            !cases->overflow)
            wide = wider;
    }
    cases->said.list.count = said;
    return wide;
}
