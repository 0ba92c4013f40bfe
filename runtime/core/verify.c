/* Bundles are hostile: what is written here holds for every table that avow_open has let through,
 * and (by construction) for those of generated code, and is what the rest of the core relies on
 * when it follows a number without looking.
 *
 *  - Sections lie behind the header in their order, and end where the texts begin.
 *  - A word that is a place points at the start of a record of the section it is meant for; a
 *    number of a list, set or box is below their count; each list and set lies in its section.
 *  - Every sum that a point can form from the maps of a verb is a cell, or a set of its forms.
 *  - Slots of a wide verb and of names can all be reached, and none beyond them.
 *  - Clauses, leaves and section numbers are below their counts; there is a text for each, inside
 *    the image, with a NUL behind it.
 *  - Zone changes and offsets are at least one. Times may be anything: due.c adds them up so that
 *    no sum overflows, and no loop over days is longer than 2^32 seconds.
 *
 * It is not made sure that the table says what a policy said: that is for signatures. */
#include "runtime/core/read.h"

/* How a word of a record is checked: what it must be less than, and what else it may be. */
enum check {
    PLACE = 1,  /* it is a word of the image: a record of another section starts there */
    NUMBER = 2, /* it is less than the records of another section */
    LIST = 4,   /* it is less than the lists of an index */
    HEADER = 8, /* it is less than this word of the header */
    FROM_1 = 16,
    OR_NONE = 32, /* or it is TABLE_NONE */
    OR_0 = 64,
    FLAG = 128 /* it has flags in its highest bits: three for LIST, else one */
};

/* Words of a record; of an index or a plain array 1. */
static const uint8_t record_words[SECTION_COUNT] = {
    [SECTION_RULES] = RULE_WORDS, [SECTION_CASES] = CASE_WORDS, [SECTION_CELLS] = 1,
    [SECTION_MAPS] = 1,           [SECTION_LISTS] = 1,          [SECTION_ITEMS] = ITEM_WORDS,
    [SECTION_BOXES] = BOX_WORDS,  [SECTION_SETS] = 1,           [SECTION_INTERVALS] = 2,
    [SECTION_WIDE] = WIDE_WORDS,  [SECTION_FORMS] = FORM_WORDS, [SECTION_SLOTS] = SLOT_WORDS,
    [SECTION_PATHS] = 1,          [SECTION_NODES] = 1,          [SECTION_ONE_OF] = 2,
    [SECTION_SHIFTS] = 1,         [SECTION_NAMES] = 1,          [SECTION_CLAUSES] = 1,
    [SECTION_DUTY_LISTS] = 1,     [SECTION_DUTY_ITEMS] = 1,     [SECTION_DUTIES] = DUTY_WORDS,
    [SECTION_ZONE] = 1,           [SECTION_OFFSETS] = 1,        [SECTION_HOLIDAYS] = 1,
    [SECTION_TEXTS] = 1,
};

static const struct word_check {
    uint8_t section, word, check, other;
} word_checks[] = {
    {SECTION_RULES, RULE_CLAUSE, NUMBER, SECTION_CLAUSES},
    {SECTION_CASES, CASE_NEVER + RULE_CLAUSE, NUMBER | OR_NONE, SECTION_CLAUSES},
    {SECTION_CASES, CASE_MAY + RULE_CLAUSE, NUMBER | OR_NONE, SECTION_CLAUSES},
    {SECTION_CASES, CASE_LIST, LIST | FLAG, SECTION_LISTS},
    {SECTION_ITEMS, ITEM_RULE, PLACE | FLAG, SECTION_RULES},
    {SECTION_ITEMS, ITEM_BOX, NUMBER, SECTION_BOXES},
    {SECTION_BOXES, BOX_ACTOR, LIST, SECTION_SETS},
    {SECTION_BOXES, BOX_OBJECT, LIST, SECTION_SETS},
    {SECTION_BOXES, BOX_TARGET, LIST, SECTION_SETS},
    {SECTION_SLOTS, SLOT_CASE, PLACE | OR_0 | FLAG, SECTION_CASES},
    {SECTION_CLAUSES, 0, HEADER | OR_0 | FROM_1, AT_SECTION_COUNT},
    {SECTION_DUTY_ITEMS, 0, PLACE, SECTION_DUTIES},
    {SECTION_DUTIES, DUTY_CLAUSE, NUMBER, SECTION_CLAUSES},
    {SECTION_DUTIES, DUTY_AFTER, LIST, SECTION_SETS},
    {SECTION_DUTIES, DUTY_OBJECTS, LIST, SECTION_SETS},
};

/* Sections that rise from the start of another to its end. */
static const uint8_t indexes[][2] = {
    {SECTION_LISTS, SECTION_ITEMS},
    {SECTION_SETS, SECTION_INTERVALS},
    {SECTION_PATHS, SECTION_NODES},
    {SECTION_DUTY_LISTS, SECTION_DUTY_ITEMS},
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

/* Whether so many records of a section begin with this word. */
static int
has_records(const struct checked *c, uint32_t word, uint32_t section, uint32_t count)
{
    uint32_t at = word - start(c, section), all = length(c, section);
    return at < all && at % record_words[section] == 0 &&
           count <= (all - at) / record_words[section];
}

static int
check_word(const struct checked *c, const struct word_check *check)
{
    uint32_t how = check->check, other = check->other;
    uint32_t step = (how & (PLACE | NUMBER)) != 0 ? record_words[other] : 1;
    uint32_t least = (how & FROM_1) != 0, none = (how & OR_NONE) != 0;
    uint32_t mask = UINT32_MAX, limit;
    if ((how & FLAG) != 0)
        mask = (how & LIST) != 0 ? CASE_NUMBER : ~ITEM_MAY;
    if ((how & HEADER) != 0)
        limit = c->table[other];
    else
        limit = length(c, other) / step - ((how & LIST) != 0);
    if ((how & PLACE) != 0)
        least = start(c, other);
    else
        step = 1;
    uint32_t at = start(c, check->section) + check->word;
    for (; at < start(c, check->section + 1); at += record_words[check->section]) {
        uint32_t word = c->table[at] & mask, number = word - least;
        if ((word != 0 || (how & OR_0) == 0) &&
            (number / step + none >= limit + none || number % step != 0))
            return 0;
    }
    return 1;
}

static int
rises(const uint32_t *at, uint32_t count)
{
    for (; count > 1; at++, count--)
        if (at[0] > at[1])
            return 0;
    return 1;
}

/* An index rises in whole records from the start of another section to its end. */
static int
check_index(const struct checked *c, uint32_t section, uint32_t other)
{
    const uint32_t *at = c->table + start(c, section);
    uint32_t count = length(c, section), first = start(c, other);
    if (count == 0) /* only of paths: see check_forms */
        return section == SECTION_PATHS;
    for (uint32_t i = 0; i < count; i++)
        if ((at[i] - first) % record_words[other] != 0)
            return 0;
    return at[0] == first && at[count - 1] == start(c, other + 1) && rises(at, count);
}

static int
check_sections(const struct checked *c)
{
    if (start(c, 0) != AT_RULES || start(c, SECTION_COUNT) > c->words ||
        !rises(c->table + AT_SECTIONS, SECTION_COUNT + 1))
        return 0;
    for (uint32_t i = 0; i < SECTION_COUNT; i++)
        if (length(c, i) % record_words[i] != 0)
            return 0;
    return 1;
}

/* Kinds, and sections that are asked by numbers from elsewhere or divided by. */
static int
check_lengths(const struct checked *c)
{
    const uint32_t *first = c->table + AT_FIRST_LEAF;
    uint32_t paths = length(c, SECTION_PATHS), duties = length(c, SECTION_DUTY_LISTS);
    uint32_t listed = first[AVOW_DATA + 1] + first[AVOW_REQUEST + 1] - first[AVOW_REQUEST];
    return first[0] == 0 && rises(first, TABLE_KINDS + 1) &&
           first[TABLE_KINDS] < (uint32_t)1 << 28 && length(c, SECTION_NAMES) > 0 &&
           length(c, SECTION_ZONE) > 0 && length(c, SECTION_OFFSETS) > 0 &&
           (paths == 0 || paths == first[TABLE_KINDS] + 1) && (duties == 2 || duties == listed + 1);
}

static int
check_words(const struct checked *c)
{
    int good = 1;
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        good &= check_index(c, indexes[i][0], indexes[i][1]);
    for (size_t i = 0; i < sizeof word_checks / sizeof *word_checks; i++)
        good &= check_word(c, &word_checks[i]);
    return good;
}

/* Slots are leaves, or empty. */
static int
check_names(const struct checked *c)
{
    uint32_t at = start(c, SECTION_NAMES), leaves = table_leaves(c->table);
    int bytes = length(c, SECTION_SHIFTS) == 0;
    for (uint32_t i = 0; i < length(c, SECTION_NAMES) * (bytes ? 4 : 1); i++) {
        uint32_t leaf = bytes ? table_byte(c->table, at * 4 + i) : c->table[at + i];
        if (leaf >= leaves && leaf != (bytes ? 0xff : TABLE_NONE))
            return 0;
    }
    return 1;
}

/* Texts lie behind the words, one behind the other. */
static int
check_texts(const struct checked *c)
{
    const uint32_t *at = c->table + start(c, SECTION_TEXTS);
    uint32_t titles = c->table[AT_SECTION_COUNT], first = first_section_title(c->table);
    uint32_t place = c->words * 4;
    if (titles >= (uint32_t)1 << 28 || length(c, SECTION_TEXTS) != first + titles + 1 ||
        at[0] != place)
        return 0;
    for (uint32_t i = 0; i < first + titles; i++, place = at[i]) {
        const char *bytes = (const char *)c->table + place;
        uint32_t size = at[i + 1] - place, parts = i >= TEXT_NAMES && i < first ? PART_LAST : 0;
        if (at[i + 1] <= place || at[i + 1] > c->table[AT_SIZE] || bytes[size - 1] != 0)
            return 0;
        for (; parts > 0; parts--)
            while (size > 0 && (size--, *bytes++ != 0)) {
            }
        if (size == 0)
            return 0; /* these are three texts */
    }
    return 1;
}

static int
check_forms(const struct checked *c)
{
    uint32_t levels = 0;
    for (uint32_t at = start(c, SECTION_FORMS); at < start(c, SECTION_FORMS + 1); at += FORM_WORDS)
        levels |= c->table[at + FORM_LEVELS];
    /* Levels of groups have bits above those of LEVEL_LEAF, and need paths. */
    return (levels & 0xfefefefe) == 0 || length(c, SECTION_PATHS) > 0;
}

/* The largest word that the maps of a verb add up to, and the forms that are in all of them. */
struct extent {
    uint64_t most;
    uint32_t forms;
};

static int
add_map(const struct checked *c, uint32_t first, uint32_t count, uint32_t map,
        struct extent *extent)
{
    uint32_t leaves = table_leaves(c->table), place = map + first, most = 0, forms = 0;
    if (first > leaves || count > leaves - first ||
        (count > 0 && !has_records(c, place, SECTION_MAPS, count)))
        return 0;
    for (; count > 0; place++, count--) {
        uint32_t word = c->table[place];
        most = word > most ? word : most;
        forms |= word;
    }
    extent->most += most;
    extent->forms &= forms;
    return 1;
}

static int
check_plain(const struct checked *c, uint32_t cells, uint64_t last)
{
    uint32_t most = 0;
    if (cells / 4 <= start(c, SECTION_CELLS) || cells % 4 != 0 ||
        cells + last >= (uint64_t)start(c, SECTION_CELLS + 1) * 4)
        return 0;
    for (uint32_t i = 0; i <= last; i++) {
        uint32_t cell = table_byte(c->table, cells + i);
        most = cell > most ? cell : most;
    }
    return has_records(c, c->table[cells / 4 - 1], SECTION_CASES, most + 1);
}

static int
check_wide(const struct checked *c, uint32_t at, uint32_t forms)
{
    const uint32_t *wide = c->table + at;
    return has_records(c, at, SECTION_WIDE, 1) && wide[WIDE_FORM_COUNT] <= TABLE_FORMS_MAX &&
           (uint64_t)forms >> wide[WIDE_FORM_COUNT] == 0 &&
           wide[WIDE_REACH] <= wide[WIDE_SLOT_MASK] &&
           has_records(c, wide[WIDE_FORMS], SECTION_FORMS, wide[WIDE_FORM_COUNT]) &&
           has_records(c, wide[WIDE_SLOTS], SECTION_SLOTS, wide[WIDE_SLOT_MASK]) &&
           has_records(c, wide[WIDE_SLOTS] + wide[WIDE_SLOT_MASK] * SLOT_WORDS, SECTION_SLOTS, 1);
}

static int
check_verb(const struct checked *c, const uint32_t *row)
{
    struct extent extent = {0, UINT32_MAX};
    const uint32_t *object = row + VERB_OBJECT, *target = row + VERB_TARGET;
    uint32_t cells = row[VERB_CELLS], place = cells & CELLS_PLACE;
    if (!add_map(c, c->table[AT_FIRST_LEAF + AVOW_SYSTEM], c->table[AT_ACTOR_COUNT],
                 row[VERB_ACTOR_MAP], &extent) ||
        !add_map(c, object[AXIS_FIRST], object[AXIS_COUNT], object[AXIS_MAP], &extent) ||
        !add_map(c, target[AXIS_FIRST], target[AXIS_COUNT], target[AXIS_MAP], &extent))
        return 0;
    if ((cells & CELLS_SPECIAL) == 0 &&
        ((cells & CELLS_WIDE) != 0 || length(c, SECTION_ONE_OF) > 0))
        return 0;
    if ((cells & CELLS_WIDE) != 0)
        return check_wide(c, place, extent.forms);
    return object[AXIS_COUNT] == 0 || target[AXIS_COUNT] == 0 || check_plain(c, place, extent.most);
}

/* Each relies on those before it. */
static int
check_structure(const uint32_t *table, uint32_t words)
{
    struct checked c = {table, words};
    int good = check_sections(&c) && check_lengths(&c) && check_words(&c) && check_names(&c) &&
               check_texts(&c) && check_forms(&c);
    for (uint32_t verb = 0; good && verb < TABLE_VERBS; verb++)
        good = check_verb(&c, table + AT_VERBS + verb * VERB_WORDS);
    return good;
}

/* A word as it stands in a bundle; bytes are aligned. */
static uint32_t
bundle_word(const unsigned char *bytes, uint32_t word)
{
    const unsigned char *p = bytes + (size_t)word * 4;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
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
    if (size < AT_RULES * 4 || size < bundle_word(bytes, AT_SIZE))
        return AVOW_ERROR_SHORT;
    avow_sha256(bytes + TABLE_SEALED_FROM, size - TABLE_SEALED_FROM, seal);
    for (unsigned i = 0; i < 32; i++)
        differ |= (uint8_t)(seal[i] ^ bytes[AT_SEAL * 4 + i]);
    if (differ != 0)
        return AVOW_ERROR_HASH;
    return size == bundle_word(bytes, AT_SIZE) ? AVOW_OK : AVOW_ERROR_STRUCTURE;
}

/* How many words come before the texts: where the first of these begins says so. 0 if that lies
 * outside. */
static uint32_t
count_words(const unsigned char *bytes, size_t size)
{
    uint32_t texts = bundle_word(bytes, AT_SECTIONS + SECTION_TEXTS);
    if (texts < AT_RULES || texts >= size / 4)
        return 0;
    uint32_t first = bundle_word(bytes, texts);
    return first <= size && first % 8 == 0 && first / 4 > texts ? first / 4 : 0;
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
    uint32_t words = count_words(bytes, size);
    for (uint32_t i = 0; !LITTLE_ENDIAN_WORDS && i < words; i++)
        table[i] = bundle_word(bytes, i);
    if (words == 0 || !check_structure(table, words)) {
        *error = AVOW_ERROR_STRUCTURE;
        return NULL;
    }
    return (const avow_table *)memory;
}
