/* Sets of leaves, by number. */
#ifndef AVOW_CORE_SET_H
#define AVOW_CORE_SET_H

#include "runtime/core/table.h"

static inline int
in_set(const uint32_t *table, uint32_t set, uint32_t leaf)
{
    const uint32_t *bounds = table + table_start(table, SECTION_SETS) + set;
    uint32_t low = bounds[0], high = bounds[1]; /* the first interval that ends behind leaf */
    while (low < high) {
        uint32_t middle = low + (high - low) / 4 * 2;
        if (table[middle + 1] <= leaf)
            low = middle + 2;
        else
            high = middle;
    }
    return low < bounds[1] && table[low] <= leaf;
}

#endif
