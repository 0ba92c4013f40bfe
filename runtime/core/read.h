/* What more than one part of the core reads from a table. The names have the prefix of the library
 * because they are seen by whoever links it statically. */
#ifndef AVOW_CORE_READ_H
#define AVOW_CORE_READ_H

#include "runtime/avow.h"
#include "runtime/core/compiler.h"
#include "runtime/core/table.h"

static inline const uint32_t *
words_of(const avow_table *table)
{
    return (const uint32_t *)(const void *)table;
}

/* A text by the number of its entry; of an entry that has several, one of them. */
avow_text avow_core_text(const uint32_t *table, uint32_t number, enum table_part part);

/* Whether a leaf is in the set at this word; 0 is all leaves. */
int avow_core_in_set(const uint32_t *table, uint32_t set, uint32_t leaf);

/* Makes the other members of a one-of group known to be false where one is known to hold. 0 if two
 * members hold, or all are known not to. */
int avow_core_complete(const uint32_t *table, avow_states *states);

static inline uint32_t
first_clause(const uint32_t *table)
{
    return TEXT_NAMES + table_leaves(table);
}

static inline uint32_t
first_section_title(const uint32_t *table)
{
    return first_clause(table) + table[AT_CLAUSE_COUNT];
}

#endif
