/* Bundles are hostile: what is written here holds for every table that avow_open has let through,
 * and (by construction) for those of generated code, and is what the rest of the core relies on
 * when it follows a number without looking.
 *
 *  - Sections lie behind the header in their order, each a whole number of records, and end before
 *    the texts begin.
 *  - A word that is a place is 0, or points at the start of a record of the section it is meant
 *    for, so far from its end that what is counted from there (forms, nodes) lies in it.
 *  - The last record of a section of runs ends a run; so does the last slot.
 *  - Every sum that a point can form from the maps of a verb is a cell, and every cell a case. The
 *    place of every hash is a slot.
 *  - Clauses, leaves and section numbers are below their counts, or none. There is a text for each,
 *    and so many zeros behind all texts that four can be read from any place in them.
 *  - There is a record for each state, and it has owners.
 *  - There are a zone change, an offset, a name and a shift at least, and paths if there are forms.
 *
 * Numbers of the calendar may be anything: due.c adds them up so that no sum overflows, and no loop
 * over days is longer than 16 bits, nor one over months than 2 * 400 years.
 *
 * It is not made sure that the table says what a policy said: that is for signatures. */
#include "runtime/core/read.h"

/* Words of a record, words at the end of a section at which no place may point, and how many it has
 * at least. */
static const struct shape {
    uint8_t record, tail, least;
} shapes[SECTION_COUNT] = {
    [SECTION_CELLS] = {1, 0, 0},
    [SECTION_CASES] = {CASE_WORDS, 0, CASE_WORDS},
    [SECTION_NAMES] = {1, 0, 1},
    [SECTION_SHIFTS] = {1, 0, 1},
    [SECTION_TEXTS] = {1, 0, 1},
    [SECTION_CLAUSES] = {1, 0, 0},
    [SECTION_PATHS] = {1, 0, 0},
    [SECTION_ONE_OF] = {2, 0, 0},
    [SECTION_ZONE] = {1, 0, 1},
    [SECTION_OFFSETS] = {1, 0, 1},
    [SECTION_HOLIDAYS] = {1, 0, 0},
    [SECTION_DUTIES] = {DUTY_WORDS, 0, 0},
    [SECTION_STATES] = {STATE_WORDS, 0, 0},
    [SECTION_MAPS] = {1, 0, 0},
    [SECTION_SETS] = {1, 0, 1},
    [SECTION_RULES] = {ITEM_WORDS, 0, 0},
    [SECTION_WIDE] = {WIDE_WORDS, 0, 0},
    [SECTION_FORMS] = {FORM_WORDS, (TABLE_FORMS_MAX - 1) * FORM_WORDS, 0},
    [SECTION_SLOTS] = {SLOT_WORDS, 0, 0},
    [SECTION_NODES] = {1, TABLE_PATH_MAX - 1, 0},
};

/* How a word of a record is checked: what it is, and what else it may be. */
enum check {
    PLACE = 1,  /* a place in another section */
    NUMBER = 2, /* less than a word of the header */
    LESS = 4,   /* less than this number */
    OR_0 = 8,
    OR_NONE = 16,
    FLAGS = 32 /* besides it has flags */
};

static const struct word_check {
    uint8_t section, word, check, other;
} word_checks[] = {
    {SECTION_CASES, CASE_RUN, PLACE | OR_0 | FLAGS, SECTION_RULES},
    {SECTION_CASES, CASE_NEVER + RULE_CLAUSE, NUMBER | OR_NONE, AT_CLAUSE_COUNT},
    {SECTION_CASES, CASE_MAY + RULE_CLAUSE, NUMBER | OR_NONE, AT_CLAUSE_COUNT},
    {SECTION_NAMES, 0, NUMBER | OR_NONE, AT_FIRST_LEAF + TABLE_KINDS},
    {SECTION_CLAUSES, 0, NUMBER, AT_SECTION_NUMBERS},
    {SECTION_PATHS, 0, PLACE, SECTION_NODES},
    {SECTION_DUTIES, DUTY_CLAUSE, NUMBER, AT_CLAUSE_COUNT},
    {SECTION_DUTIES, DUTY_AFTER, PLACE | OR_0, SECTION_SETS},
    {SECTION_DUTIES, DUTY_OBJECTS, PLACE | OR_0, SECTION_SETS},
    {SECTION_STATES, STATE_OWNERS, PLACE | FLAGS, SECTION_SETS},
    {SECTION_STATES, STATE_AFTER, PLACE | OR_0, SECTION_SETS},
    {SECTION_STATES, STATE_UNTIL, PLACE | OR_0, SECTION_SETS},
    {SECTION_STATES, STATE_CLAUSE, NUMBER | OR_NONE, AT_CLAUSE_COUNT},
    {SECTION_RULES, ITEM_ACTORS, PLACE | OR_0, SECTION_SETS},
    {SECTION_RULES, ITEM_OBJECTS, PLACE | OR_0, SECTION_SETS},
    {SECTION_RULES, ITEM_TARGETS, PLACE | OR_0, SECTION_SETS},
    {SECTION_RULES, ITEM_RULE + RULE_CLAUSE, NUMBER | FLAGS, AT_CLAUSE_COUNT},
    {SECTION_WIDE, WIDE_FORMS, PLACE, SECTION_FORMS},
    {SECTION_WIDE, WIDE_SLOTS, PLACE, SECTION_SLOTS},
    {SECTION_FORMS, FORM_ACTOR, LESS, LEVEL_END},
    {SECTION_FORMS, FORM_OBJECT, LESS, LEVEL_END},
    {SECTION_FORMS, FORM_TARGET, LESS, LEVEL_END},
    {SECTION_SLOTS, SLOT_CASE, PLACE | OR_0 | FLAGS, SECTION_CASES},
};

struct checked {
    const uint32_t *table;
    uint32_t words; /* of the image, before texts */
};

static uint32_t
start(const struct checked *c, uint32_t section)
{
    return c->table[AT_SECTIONS + section];
}

static uint32_t
length(const struct checked *c, uint32_t section)
{
    return start(c, section + 1) - start(c, section);
}

static int
check_word(const struct checked *c, const struct word_check *check)
{
    uint32_t how = check->check, other = check->other, least = 0, step = 1, limit = other;
    uint32_t end = start(c, check->section + 1);
    if ((how & NUMBER) != 0)
        limit = c->table[other];
    if ((how & PLACE) != 0) {
        least = start(c, other);
        step = shapes[other].record;
        limit = length(c, other);
        limit = limit > shapes[other].tail ? limit - shapes[other].tail : 0;
    }
    for (uint32_t at = start(c, check->section) + check->word; at < end;
         at += shapes[check->section].record) {
        uint32_t word = c->table[at] & ((how & FLAGS) != 0 ? TABLE_VALUE : UINT32_MAX);
        uint32_t number = word - least;
        if ((number >= limit || number % step != 0) && ((how & OR_0) == 0 || word != 0) &&
            ((how & OR_NONE) == 0 || word != TABLE_NONE))
            return 0;
    }
    return 1;
}

static int
check_words(const struct checked *c)
{
    int good = 1;
    for (size_t i = 0; i < sizeof word_checks / sizeof *word_checks; i++)
        good &= check_word(c, &word_checks[i]);
    return good;
}

static int
rises(const uint32_t *at, uint32_t count)
{
    int good = 1;
    for (; count > 1; at++, count--)
        good &= at[0] <= at[1];
    return good;
}

static int
check_sections(const struct checked *c)
{
    int good = start(c, 0) == AT_CELLS && rises(c->table + AT_SECTIONS, SECTION_COUNT + 1);
    for (uint32_t i = 0; i < SECTION_COUNT; i++)
        good &= length(c, i) % shapes[i].record == 0 && length(c, i) >= shapes[i].least;
    return good;
}

/* Kinds, and sections that are asked by numbers from elsewhere or divided by. */
static int
check_lengths(const struct checked *c)
{
    const uint32_t *first = c->table + AT_FIRST_LEAF;
    uint32_t leaves = first[TABLE_KINDS], sections = c->table[AT_SECTION_NUMBERS];
    uint32_t entries = first_section_title(c->table) + sections - 1;
    return first[0] == 0 && rises(first, TABLE_KINDS + 1) && (leaves | sections) < 1u << 28 &&
           sections != 0 && length(c, SECTION_CLAUSES) == c->table[AT_CLAUSE_COUNT] &&
           length(c, SECTION_TEXTS) == entries &&
           length(c, SECTION_STATES) == (first[AVOW_FACT] - first[AVOW_STATE]) * STATE_WORDS &&
           (length(c, SECTION_PATHS) == leaves || length(c, SECTION_FORMS) == 0);
}

static uint32_t
last_word(const struct checked *c, uint32_t section)
{
    return c->table[start(c, section + 1) - 1];
}

/* Runs, texts and cells end, or lie, in what is there for them. */
static int
check_ends(const struct checked *c)
{
    const uint32_t *table = c->table;
    uint32_t text = c->words * 4, last = table[AT_SIZE] - 4;
    uint32_t cases = length(c, SECTION_CASES) / CASE_WORDS;
    /* What stands behind the last set is the last rule, if there is one; both end with this flag.
     */
    int good = (last_word(c, SECTION_SETS) & last_word(c, SECTION_RULES) & TABLE_LAST) != 0 &&
               (length(c, SECTION_SLOTS) == 0 || last_word(c, SECTION_SLOTS) == 0);
    for (uint32_t i = start(c, SECTION_TEXTS); i < start(c, SECTION_TEXTS + 1); i++)
        good &= table[i] >= text && table[i] <= last;
    for (uint32_t i = start(c, SECTION_CELLS) * 4; i < start(c, SECTION_CELLS + 1) * 4; i++)
        good &= table_byte(table, i) < cases;
    return good;
}

/* Checks that a map lies in its section, and adds its largest word to most. */
static int
add_map(const struct checked *c, const uint32_t axis[2], uint32_t map, uint64_t *most)
{
    uint32_t first = axis[AXIS_FIRST], count = axis[AXIS_COUNT], leaves = table_leaves(c->table);
    uint32_t at = map + first, end = start(c, SECTION_MAPS + 1), largest = 0;
    if (first > leaves || count > leaves - first ||
        (count > 0 && (at < start(c, SECTION_MAPS) || at > end || count > end - at)))
        return 0;
    for (; count > 0; at++, count--)
        largest = c->table[at] > largest ? c->table[at] : largest;
    *most += largest;
    return 1;
}

static int
check_wide(const struct checked *c, uint32_t at)
{
    const uint32_t *wide = c->table + at;
    uint32_t number = at - start(c, SECTION_WIDE);
    return number < length(c, SECTION_WIDE) && number % WIDE_WORDS == 0 &&
           wide[WIDE_SLOT_MASK] < (start(c, SECTION_SLOTS + 1) - wide[WIDE_SLOTS]) / SLOT_WORDS;
}

static int
check_verb(const struct checked *c, const uint32_t *row)
{
    const uint32_t actors[] = {c->table[AT_FIRST_LEAF + AVOW_SYSTEM], c->table[AT_ACTOR_COUNT]};
    const uint32_t *object = row + VERB_OBJECT, *target = row + VERB_TARGET;
    uint32_t cells = row[VERB_CELLS] & CELLS_PLACE;
    uint64_t last = cells;
    if (!add_map(c, actors, row[VERB_ACTOR_MAP], &last) ||
        !add_map(c, object, object[AXIS_MAP], &last) ||
        !add_map(c, target, target[AXIS_MAP], &last) ||
        ((row[VERB_CELLS] & CELLS_ONE_OF) == 0 && length(c, SECTION_ONE_OF) > 0))
        return 0;
    if (object[AXIS_COUNT] == 0 || target[AXIS_COUNT] == 0)
        return 1; /* there is no point */
    if ((row[VERB_CELLS] & CELLS_WIDE) != 0)
        return check_wide(c, cells);
    return cells >= (uint64_t)start(c, SECTION_CELLS) * 4 &&
           last < (uint64_t)start(c, SECTION_CELLS + 1) * 4;
}

/* Each relies on those before it. */
static int
check_structure(const uint32_t *table, uint32_t words)
{
    struct checked c = {table, words};
    int good = check_sections(&c) && check_lengths(&c) && check_words(&c) && check_ends(&c);
    for (uint32_t verb = 0; good && verb < TABLE_VERBS; verb++)
        good = check_verb(&c, table + AT_VERBS + verb * VERB_WORDS);
    return good;
}

/* A word as it stands in a bundle. */
static uint32_t
bundle_word(const unsigned char *bytes, uint32_t word)
{
    return table_load_4(bytes + (size_t)word * 4);
}

static avow_error
check_envelope(const unsigned char *bytes, size_t size)
{
    uint8_t seal[32], differ = 0;
    if (((uintptr_t)bytes & 7) != 0)
        return AVOW_ERROR_ALIGNMENT;
    if (bytes == NULL || size < 8)
        return AVOW_ERROR_SHORT;
    if (bundle_word(bytes, AT_MAGIC) != TABLE_MAGIC_LOW ||
        bundle_word(bytes, AT_MAGIC + 1) != TABLE_MAGIC_HIGH)
        return AVOW_ERROR_MAGIC;
    if (size < (AT_ABI + 1) * 4)
        return AVOW_ERROR_SHORT;
    if (bundle_word(bytes, AT_ABI) != TABLE_ABI)
        return AVOW_ERROR_ABI;
    uint32_t image = bundle_word(bytes, AT_SIZE);
    if (image <= AT_CELLS * 4 || size < image)
        return AVOW_ERROR_SHORT;
    avow_sha256(bytes + TABLE_SEALED_FROM, image - TABLE_SEALED_FROM, seal);
    for (unsigned i = 0; i < 32; i++)
        differ |= (uint8_t)(seal[i] ^ bytes[AT_SEAL * 4 + i]);
    if (differ != 0)
        return AVOW_ERROR_HASH;
    return AVOW_OK;
}

const avow_table *
avow_open(void *memory, size_t size, avow_error *error)
{
    unsigned char *bytes = memory;
    uint32_t *table = memory;
    avow_error unused;
    if (error == NULL)
        error = &unused;
    *error = check_envelope(bytes, size);
    if (*error != AVOW_OK)
        return NULL;
    /* Where sections end; texts begin there or behind, and end with zeros. */
    uint32_t words = bundle_word(bytes, AT_SECTIONS + SECTION_COUNT);
    size = bundle_word(bytes, AT_SIZE); /* what stands behind the image is not read */
    int good = words >= AT_CELLS && words < size / 4 && bundle_word(bytes + size - 4, 0) == 0;
    for (uint32_t i = 0; !LITTLE_ENDIAN_WORDS && good && i < words; i++)
        table[i] = bundle_word(bytes, i);
    if (!good || !check_structure(table, words)) {
        *error = AVOW_ERROR_STRUCTURE;
        return NULL;
    }
    return (const avow_table *)memory;
}
