/* States that follow from states. */
#ifndef AVOW_CORE_STATES_H
#define AVOW_CORE_STATES_H

#include "runtime/avow.h"
#include "runtime/core/table.h"

/* Bits of a one-of group made known by a known yes. 0 if two members hold, or none does. */
static inline int
states_complete(const uint32_t *table, avow_states *states)
{
    const uint32_t *at = table + table_start(table, SECTION_ONE_OF);
    const uint32_t *end = at + table_length(table, SECTION_ONE_OF);
    uint64_t yes = states->yes & states->known, known = states->known;
    int good = 1;
    for (; at < end; at += 2) {
        uint64_t group = table_pair(at), chosen = yes & group;
        good &= (chosen & (chosen - 1)) == 0 && (chosen != 0 || (known & group) != group);
        known |= chosen != 0 ? group : 0;
    }
    states->yes = yes;
    states->known = known;
    return good;
}

#endif
