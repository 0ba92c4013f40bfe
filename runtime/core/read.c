#include "runtime/core/read.h"

avow_text
avow_core_text(const uint32_t *table, uint32_t number)
{
    const uint32_t *at = table + table_start(table, SECTION_TEXTS) + number;
    return (avow_text){(const char *)table + at[0], (size_t)at[1] - at[0] - 1};
}

avow_text
avow_core_part(const uint32_t *table, uint32_t number, enum table_part part)
{
    avow_text rest = avow_core_text(table, number);
    for (uint32_t i = (uint32_t)part; i > 0; i--) {
        while (rest.length--, *rest.data++ != 0) {
        }
    }
    if (part != PART_LAST)
        for (rest.length = 0; rest.data[rest.length] != 0; rest.length++) {
        }
    return rest;
}

int
avow_core_in_set(const uint32_t *table, uint32_t set, uint32_t leaf)
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
    return set == 0 || (low < bounds[1] && table[low] <= leaf);
}

int
avow_core_complete(const uint32_t *table, avow_states *states)
{
    const uint32_t *at = table + table_start(table, SECTION_ONE_OF);
    const uint32_t *end = at + table_length(table, SECTION_ONE_OF);
    uint64_t known = states->known, yes = states->yes & known;
    states->yes = yes;
    for (; at < end; at += 2) {
        uint64_t group = table_pair(at), chosen = yes & group;
        if ((chosen & (chosen - 1)) != 0 || (chosen == 0 && (known & group) == group))
            return 0;
        if (chosen != 0)
            states->known |= group;
    }
    return 1;
}
