/* From names to numbers and back. */
#include "runtime/core/read.h"

/* The leaf of this name, or AVOW_NONE. */
static HOT uint32_t
leaf_of(const uint32_t *table, const char *name, size_t length)
{
    struct table_ends ends = table_ends(name, length);
    uint64_t hash = table_name_hash(ends, name, length, table + AT_NAME_KEYS);
    uint32_t shift = table[table_start(table, SECTION_SHIFTS) +
                           table_name_shift(hash, table_length(table, SECTION_SHIFTS))];
    uint32_t leaf = table[table_start(table, SECTION_NAMES) +
                          table_name_slot(hash, shift, table_length(table, SECTION_NAMES))];
    if (leaf == TABLE_NONE)
        return AVOW_NONE;
    uint32_t place = table[table_start(table, SECTION_TEXTS) + TEXT_NAMES + leaf];
    const char *found = (const char *)table + place; /* the name, and more behind its NUL */
    if (length >= table[AT_SIZE] - place || found[length] != 0)
        return AVOW_NONE;
    struct table_ends its = table_ends(found, length);
    uint64_t differ = (ends.head ^ its.head) | (ends.tail ^ its.tail);
    for (size_t i = 8; i + 8 < length; i += 8)
        differ |= table_piece(found + i, 8) ^ table_piece(name + i, 8);
    return differ == 0 ? leaf : AVOW_NONE;
}

/* The leaf of this name within a range. "us" is two leaves of one name, of which the hash knows the
 * actor; no act has a part that could be either. */
static HOT uint32_t
leaf_in(const uint32_t *table, uint32_t first, uint32_t count, const char *name, size_t length)
{
    uint32_t leaf = name == NULL ? AVOW_NONE : leaf_of(table, name, length);
    uint32_t audience = table[AT_FIRST_LEAF + AVOW_AUDIENCE];
    if (leaf == table[AT_FIRST_LEAF + AVOW_SYSTEM] && audience - first < count)
        leaf = audience;
    return leaf - first < count ? leaf : AVOW_NONE;
}

/* The verbs by a hash that keeps them apart, as table_piece reads them. */
static const struct verb_name {
    uint64_t piece;
    uint32_t length, verb;
} verb_names[16] = {
    [0] = {0x65726f74726f7473, 5, AVOW_STORE}, [2] = {0x7478657474786574, 4, AVOW_MESSAGE},
    [3] = {0x6c69616d69616d65, 5, AVOW_EMAIL}, [4] = {0x6572616872616873, 5, AVOW_SHARE},
    [9] = {0x6c6c61636c6c6163, 4, AVOW_CALL},  [10] = {0x657375, 3, AVOW_USE},
    [11] = {0x776f6873776f6873, 4, AVOW_SHOW}, [14] = {0x7463656c6c6c6f63, 7, AVOW_COLLECT},
    [15] = {0x74736f7074736f70, 4, AVOW_POST},
};

static HOT uint32_t
verb_of(const char *name, size_t length)
{
    if (name == NULL || length > 8)
        return AVOW_NONE;
    uint64_t piece = table_piece(name, length);
    const struct verb_name *verb = &verb_names[((uint32_t)piece * 0xc2ce6f45u) >> 28];
    return verb->piece == piece && verb->length == length ? verb->verb : AVOW_NONE;
}

avow_point
avow_find_point(const avow_table *opaque, const avow_named_point *named)
{
    const uint32_t *table = words_of(opaque);
    avow_point point = {AVOW_NONE, AVOW_NONE, AVOW_NONE, AVOW_NONE};
    if (table == NULL || named == NULL)
        return point;
    point.actor = leaf_in(table, table[AT_FIRST_LEAF + AVOW_SYSTEM], table[AT_ACTOR_COUNT],
                          named->actor, named->actor_length);
    point.verb = verb_of(named->verb, named->verb_length);
    if (point.verb >= TABLE_VERBS)
        return point;
    const uint32_t *object = table + AT_VERBS + point.verb * VERB_WORDS + VERB_OBJECT;
    const uint32_t *target = object + AXIS_WORDS;
    point.object =
        leaf_in(table, object[AXIS_FIRST], object[AXIS_COUNT], named->object, named->object_length);
    point.target =
        leaf_in(table, target[AXIS_FIRST], target[AXIS_COUNT], named->target, named->target_length);
    return point;
}

uint32_t
avow_count(const avow_table *opaque, avow_kind kind)
{
    const uint32_t *table = words_of(opaque);
    if (table == NULL || (uint32_t)kind >= TABLE_KINDS)
        return 0;
    return table[AT_FIRST_LEAF + kind + 1] - table[AT_FIRST_LEAF + kind];
}

avow_id
avow_first(const avow_table *opaque, avow_kind kind)
{
    return avow_count(opaque, kind) > 0 ? words_of(opaque)[AT_FIRST_LEAF + kind] : AVOW_NONE;
}

avow_id
avow_find(const avow_table *opaque, avow_kind kind, const char *name, size_t length)
{
    uint32_t count = avow_count(opaque, kind);
    if (count == 0)
        return AVOW_NONE;
    return leaf_in(words_of(opaque), words_of(opaque)[AT_FIRST_LEAF + kind], count, name, length);
}

static avow_text
text_of(const avow_table *opaque, avow_id id, enum table_part part)
{
    const uint32_t *table = words_of(opaque);
    if (table == NULL || id >= table_leaves(table))
        return (avow_text){NULL, 0};
    return avow_core_text(table, TEXT_NAMES + id, part);
}

avow_text
avow_name(const avow_table *table, avow_id id)
{
    return text_of(table, id, PART_NAME);
}

avow_text
avow_label(const avow_table *table, avow_id id)
{
    return text_of(table, id, PART_LAST);
}

avow_text
avow_address(const avow_table *table, avow_id id)
{
    avow_text address = text_of(table, id, PART_SECOND);
    return address.length != 0 ? address : (avow_text){NULL, 0};
}

uint64_t
avow_bit(const avow_table *opaque, avow_id id)
{
    const uint32_t *table = words_of(opaque);
    uint32_t first = table == NULL ? 0 : table[AT_FIRST_LEAF + AVOW_STATE];
    if (table == NULL || id - first >= table[AT_FIRST_LEAF + AVOW_FACT + 1] - first)
        return 0;
    return (uint64_t)1 << ((id - first) & 63);
}
