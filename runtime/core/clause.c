/* What a table says of itself and of its clauses. */
#include "runtime/core/text.h"

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
    c.name = name_at(table, first_clause(table) + clause);
    c.words = words_at(table, first_clause(table) + clause);
    c.anchor = c.name;
    if (table[AT_ANCHORS] != first_clause(table))
        c.anchor = text_at(table, table[AT_ANCHORS] + clause);
    c.section = table[table_start(table, SECTION_CLAUSES) + clause];
    if (c.section != 0)
        c.section_title = text_at(table, first_section_title(table) + c.section - 1);
    return c;
}

static void
read_hash(const uint32_t *words, uint8_t hash[32])
{
    for (unsigned i = 0; i < 32; i++)
        hash[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
}

avow_identity
avow_identify(const avow_table *opaque)
{
    const uint32_t *table = words_of(opaque);
    avow_identity identity;
    if (table == NULL) {
        volatile unsigned char *bytes = (volatile unsigned char *)&identity; /* no call of memset */
        for (size_t i = 0; i < sizeof identity; i++)
            bytes[i] = 0;
        return identity;
    }
    identity.policy = text_at(table, TEXT_POLICY);
    identity.title = text_at(table, TEXT_TITLE);
    identity.language = text_at(table, TEXT_LANGUAGE);
    identity.revision = text_at(table, TEXT_REVISION);
    identity.tzdata = text_at(table, TEXT_TZDATA);
    identity.effective = (int32_t)table[AT_EFFECTIVE];
    read_hash(table + AT_CONTENT, identity.content);
    read_hash(table + AT_VOCABULARY, identity.vocabulary);
    return identity;
}
