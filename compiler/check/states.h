/* Questions about all assignments of states at once. Of each one-of group exactly one member
 * holds. */
#ifndef AVOW_CHECK_STATES_H
#define AVOW_CHECK_STATES_H

#include "compiler/model/model.h"

struct cube_list {
    const struct cube *at;
    size_t count;
};

enum search_result { SEARCH_NONE, SEARCH_FOUND, SEARCH_TOO_LONG };

/* Looks for an assignment in `within` that lies in none of the cubes. On FOUND, *found is a cube
 * of which every possible assignment is one. `steps` is what may still be spent; it is counted
 * down, and at 0 the search gives up. */
enum search_result states_outside(const struct model *model, struct cube within,
                                  struct cube_list cubes, size_t *steps, struct cube *found);

/* Whether any assignment at all lies in the cube. */
bool states_possible(const struct model *model, struct cube cube);

/* Both cubes; empty (need meets forbid) if they are apart. */
static inline struct cube
cube_both(struct cube a, struct cube b)
{
    return (struct cube){a.need | b.need, a.forbid | b.forbid};
}

#endif
