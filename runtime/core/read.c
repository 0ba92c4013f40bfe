#include "runtime/core/read.h"

avow_text
avow_core_text(const uint32_t *table, uint32_t number, enum table_part part)
{
    const char *data = (const char *)table + table[table_start(table, SECTION_TEXTS) + number];
    const char *end = data;
    for (uint32_t more = (uint32_t)part; *end != 0 || more-- != 0; end++)
        if (*end == 0)
            data = end + 1;
    return (avow_text){data, (size_t)(end - data)};
}

int
avow_core_in_set(const uint32_t *table, uint32_t set, uint32_t leaf)
{
    const uint32_t *at = table + set;
    if (set == 0)
        return 1;
    for (; at[0] <= leaf; at += 2)
        if (leaf < at[1])
            return 1;
    return 0;
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
