/* Texts of a table. */
#ifndef AVOW_CORE_TEXT_H
#define AVOW_CORE_TEXT_H

#include "runtime/avow.h"
#include "runtime/core/table.h"

static inline const uint32_t *
words_of(const avow_table *table)
{
    return (const uint32_t *)(const void *)table;
}

static inline avow_text
text_at(const uint32_t *table, uint32_t number)
{
    const uint32_t *at = table + table_start(table, SECTION_TEXTS) + number;
    return (avow_text){(const char *)table + at[0], (size_t)at[1] - at[0] - 1};
}

/* The same, with no data if it is empty. */
static inline avow_text
text_or_none(const uint32_t *table, uint32_t number)
{
    avow_text text = text_at(table, number);
    return text.length != 0 ? text : (avow_text){NULL, 0};
}

/* Of an entry of two texts the first: the name. */
static inline avow_text
name_at(const uint32_t *table, uint32_t number)
{
    avow_text name = text_at(table, number);
    name.length = 0;
    while (name.data[name.length] != 0)
        name.length++;
    return name;
}

/* The second: label or words. */
static inline avow_text
words_at(const uint32_t *table, uint32_t number)
{
    avow_text both = text_at(table, number), name = name_at(table, number);
    return (avow_text){both.data + name.length + 1, both.length - name.length - 1};
}

/* Numbers of the first entries of their sort: see enum table_text. */
static inline uint32_t
first_clause(const uint32_t *table)
{
    return TEXT_NAMES + table_leaves(table);
}

static inline uint32_t
first_section_title(const uint32_t *table)
{
    uint32_t names = first_clause(table), clauses = table[AT_CLAUSE_COUNT];
    return names + (table[AT_ANCHORS] == names ? 1 : 2) * clauses;
}

static inline uint32_t
first_address(const uint32_t *table)
{
    return first_section_title(table) + table[AT_SECTION_COUNT];
}

#endif
