/* What a table says of itself and of its clauses. */
#include "runtime/core/read.h"

uint32_t
avow_clause_count(const avow_table *opaque)
{
    return opaque == NULL ? 0 : words_of(opaque)[AT_CLAUSE_COUNT];
}

avow_clause
avow_clause_at(const avow_table *opaque, uint32_t clause)
{
    const uint32_t *table = words_of(opaque);
    avow_clause c = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0};
    if (clause >= avow_clause_count(opaque))
        return c;
    c.name = avow_core_text(table, first_clause(table) + clause, PART_NAME);
    c.anchor = avow_core_text(table, first_clause(table) + clause, PART_SECOND);
    c.words = avow_core_text(table, first_clause(table) + clause, PART_LAST);
    if (c.anchor.length == 0)
        c.anchor = c.name;
    c.section = table[table_start(table, SECTION_CLAUSES) + clause];
    if (c.section != 0)
        c.section_title =
            avow_core_text(table, first_section_title(table) + c.section - 1, PART_NAME);
    return c;
}

avow_identity
avow_identify(const avow_table *opaque)
{
    static const uint8_t texts[] = {
        [TEXT_POLICY] = offsetof(avow_identity, policy),
        [TEXT_TITLE] = offsetof(avow_identity, title),
        [TEXT_LANGUAGE] = offsetof(avow_identity, language),
        [TEXT_REVISION] = offsetof(avow_identity, revision),
        [TEXT_TZDATA] = offsetof(avow_identity, tzdata),
    };
    const uint32_t *table = words_of(opaque);
    avow_identity identity;
    volatile unsigned char *bytes = (volatile unsigned char *)&identity; /* no call of memset */
    for (size_t i = 0; i < sizeof identity; i++)
        bytes[i] = 0;
    if (table == NULL)
        return identity;
    for (uint32_t i = 0; i < sizeof texts; i++)
        *(avow_text *)(void *)((char *)&identity + texts[i]) = avow_core_text(table, i, PART_NAME);
    identity.effective = (int32_t)table[AT_EFFECTIVE];
    for (uint32_t i = 0; i < 32; i++) {
        identity.content[i] = (uint8_t)table_byte(table, AT_CONTENT * 4 + i);
        identity.vocabulary[i] = (uint8_t)table_byte(table, AT_VOCABULARY * 4 + i);
    }
    return identity;
}
