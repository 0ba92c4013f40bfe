/* The cases of one class of points: each of its states holds, does not, or nobody knows. A case is
 * an assignment of two bits a state, "it is known to hold" and "it is known not to"; so what rules
 * say with three values is said with two, and a set of cases is a list of cubes. */
#ifndef AVOW_COMPARE_CASES_H
#define AVOW_COMPARE_CASES_H

#include "compiler/compare/common.h"

enum { LOCAL_MOST = 32, STEPS_MOST = 1 << 18 };

enum outcome { IS_ALLOWED, IS_NOT_ALLOWED, IS_FORBIDDEN, IS_UNSTATED };

struct cubes {
    VECTOR(struct cube) list;
};

struct cases {
    const struct common *common;
    struct arena *arena;
    uint8_t local[STATES_MOST]; /* number of a state here, plus 1 */
    uint8_t state[LOCAL_MOST];  /* and back */
    unsigned count;
    struct cubes rules[2][MODE_REST + 1]; /* by version and mode */
    struct cubes absurd;                  /* what no case is */
    struct cubes outside;                 /* scratch */
    struct cubes said;                    /* found before, and not to be found again */
    size_t steps;                         /* left */
    bool overflow; /* too many states, or too much work: nothing that is said may be relied on */
};

void cases_begin(struct cases *cases, const struct common *common, struct arena *arena);

/* Adds a rule of either version that has the points. */
void cases_add(struct cases *cases, enum version version, enum mode mode,
               struct condition_bits when);

/* Once all rules are there. */
void cases_ready(struct cases *cases);

/* A case within a cube in which the old version comes to one outcome and the new to the other;
 * `known`: in which every state is known. False if there is none. */
bool cases_find(struct cases *cases, struct cube within, bool known, enum outcome before,
                enum outcome after, struct cube *found);

/* A case that holds for a condition, as a cube: certainly, or (for a prohibition) possibly. */
struct cube cases_certain(const struct cases *cases, struct condition_bits when);
struct cube cases_possible(const struct cases *cases, struct condition_bits when);

/* A case within a cube and outside all of a list. */
bool cases_outside(struct cases *cases, struct cube within, const struct cubes *list, bool known,
                   struct cube *found);

/* The largest cube around a case in which everything is as in it, as long as it may be named with
 * known states alone: what decides it. */
struct cube cases_widen(struct cases *cases, struct cube found, enum outcome before,
                        enum outcome after);

static inline struct cube
cube_and(struct cube a, struct cube b)
{
    return (struct cube){a.need | b.need, a.forbid | b.forbid};
}

static inline uint64_t
bit_yes(unsigned local)
{
    return UINT64_C(1) << local;
}

static inline uint64_t
bit_no(unsigned local)
{
    return UINT64_C(1) << (local + 32);
}

#endif
