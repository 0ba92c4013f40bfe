/* The leaves of a set, one after the other. */
#ifndef AVOW_CHECK_WALK_H
#define AVOW_CHECK_WALK_H

#include "compiler/model/model.h"

struct walk {
    struct set set;
    size_t part;
    uint32_t leaf;
};

static inline struct walk
walk_from_start(struct set set)
{
    return (struct walk){set, 0, set.count > 0 ? set.at[0].low : 0};
}

static inline bool
walk_ended(const struct walk *walk)
{
    return walk->part == walk->set.count;
}

static inline void
walk_on(struct walk *walk)
{
    if (++walk->leaf < walk->set.at[walk->part].high)
        return;
    if (++walk->part < walk->set.count)
        walk->leaf = walk->set.at[walk->part].low;
}

#endif
