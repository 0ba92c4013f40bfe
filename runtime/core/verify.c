/* Bundles are hostile: what is written here holds for every table that avow_open has let through,
 * and (by construction) for those of generated code, and is what the rest of the core relies on
 * when it follows a number without looking.
 *
 *  - Sections lie behind the header in their order, and end where the texts begin.
 *  - A word that is a place points at the start of a record of the section it is meant for; a
 *    number of a list, set or box is below their count; each list and set lies in its section.
 *  - Every sum that a point can form from the maps of a verb is a cell, or a set of its forms.
 *  - Slots are a power of two; so are the two parts of the hash of names.
 *  - Clauses, leaves and section numbers are below their counts; there is a text for each, inside
 *    the image, with a NUL behind it.
 *  - Times are so small that no sum of them overflows, and the calendar covers at most 126 years.
 *
 * It is not made sure that the table says what a policy said: that is for signatures. */
#include "runtime/core/text.h"

struct checked {
    const uint32_t *table;
    uint32_t words; /* of the image, before texts */
    int good;
};

static void
need(struct checked *c, int condition)
{
    c->good &= condition;
}

static uint32_t
start(const struct checked *c, enum table_section section)
{
    return table_start(c->table, section);
}

static uint32_t
length(const struct checked *c, enum table_section section)
{
    return table_length(c->table, section);
}

/* Whether word begins one of the records of a section. */
static int
begins(const struct checked *c, uint32_t word, enum table_section section, uint32_t size)
{
    uint32_t at = word - start(c, section);
    return at < length(c, section) && at % size == 0;
}

static int
is_power(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static uint32_t
kind_size(const struct checked *c, avow_kind kind)
{
    return c->table[AT_FIRST_LEAF + kind + 1] - c->table[AT_FIRST_LEAF + kind];
}

static uint32_t
list_count(const struct checked *c, enum table_section section)
{
    return length(c, section) - 1;
}

/* An index into another section: rises from its start to its end. */
static void
check_index(struct checked *c, enum table_section index, enum table_section section, uint32_t size)
{
    const uint32_t *at = c->table + start(c, index);
    uint32_t count = length(c, index), low = start(c, section);
    need(c, count >= 2 && at[0] == low && length(c, section) % size == 0);
    for (uint32_t i = 1; c->good && i < count; i++)
        need(c, at[i] >= at[i - 1] && (at[i] - low) % size == 0);
    need(c, c->good && at[count - 1] == low + length(c, section));
}

static void
check_sections(struct checked *c)
{
    const uint32_t *starts = c->table + AT_SECTIONS;
    need(c, starts[0] == AT_RULES);
    for (unsigned i = 0; i < SECTION_COUNT; i++)
        need(c, starts[i] <= starts[i + 1]);
    need(c, starts[SECTION_COUNT] <= c->words);
}

static void
check_kinds(struct checked *c)
{
    const uint32_t *first = c->table + AT_FIRST_LEAF;
    need(c, first[0] == 0 && first[TABLE_KINDS] < (uint32_t)1 << 28);
    for (unsigned i = 0; i < TABLE_KINDS; i++)
        need(c, first[i] <= first[i + 1]);
    need(c, first[AVOW_FACT + 1] - first[AVOW_STATE] <= 64);
    need(c, kind_size(c, AVOW_SYSTEM) > 0 && kind_size(c, AVOW_AUDIENCE) > 0);
    need(c, c->table[AT_ACTOR_COUNT] == kind_size(c, AVOW_SYSTEM));
}

static void
check_texts(struct checked *c)
{
    const uint32_t *at = c->table + start(c, SECTION_TEXTS);
    const char *bytes = (const char *)c->table;
    uint32_t clauses = c->table[AT_CLAUSE_COUNT], sections = c->table[AT_SECTION_COUNT];
    uint32_t size = c->table[AT_SIZE];
    need(c, clauses < (uint32_t)1 << 28 && sections < (uint32_t)1 << 28);
    uint32_t titles = first_section_title(c->table);
    uint64_t count =
        (uint64_t)titles + sections + kind_size(c, AVOW_EVENT) + kind_size(c, AVOW_CONTACT);
    need(c, c->table[AT_ANCHORS] == first_clause(c->table) ||
                c->table[AT_ANCHORS] == titles - clauses);
    need(c, length(c, SECTION_TEXTS) == count + 1 && length(c, SECTION_CLAUSES) == clauses);
    need(c, c->good && at[0] == c->words * 4);
    for (uint32_t i = 1; c->good && i <= count; i++)
        need(c, at[i] > at[i - 1] && at[i] <= size && bytes[at[i] - 1] == 0);
    uint32_t last = first_clause(c->table) + clauses; /* of those that are two texts */
    for (uint32_t i = TEXT_NAMES; c->good && i < last; i++)
        need(c, at[i] + name_at(c->table, i).length < at[i + 1] - 1);
    for (uint32_t i = 0; c->good && i < clauses; i++)
        need(c, c->table[start(c, SECTION_CLAUSES) + i] <= sections);
}

static void
check_rules(struct checked *c)
{
    const uint32_t *rule = c->table + start(c, SECTION_RULES);
    uint32_t words = length(c, SECTION_RULES);
    need(c, words % RULE_WORDS == 0 && words >= 2 * RULE_WORDS);
    need(c, c->good && rule[RULE_ANSWER] == RULE_NO_NEVER &&
                rule[RULE_WORDS + RULE_ANSWER] == RULE_NO_MAY);
    for (uint32_t at = 0; c->good && at < words; at += RULE_WORDS, rule += RULE_WORDS) {
        if (at < 2 * RULE_WORDS) {
            need(c, table_pair(rule + RULE_MASK) == 0 && rule[RULE_CLAUSE] == TABLE_NONE);
            continue;
        }
        need(c, rule[RULE_ANSWER] == RULE_NEVER || rule[RULE_ANSWER] == RULE_MAY);
        need(c, rule[RULE_CLAUSE] < c->table[AT_CLAUSE_COUNT]);
    }
}

static int
is_rule(const struct checked *c, uint32_t word, uint32_t answer, uint32_t or_answer)
{
    if (!begins(c, word, SECTION_RULES, RULE_WORDS))
        return 0;
    uint32_t is = c->table[word + RULE_ANSWER];
    return is == answer || is == or_answer;
}

static void
check_cases(struct checked *c)
{
    uint32_t words = length(c, SECTION_CASES);
    need(c, words % CASE_WORDS == 0);
    for (uint32_t at = 0; c->good && at < words; at += CASE_WORDS) {
        const uint32_t *found = c->table + start(c, SECTION_CASES) + at;
        need(c, is_rule(c, found[CASE_NEVER], RULE_NEVER, RULE_NO_NEVER));
        need(c, is_rule(c, found[CASE_MAY], RULE_MAY, RULE_NO_MAY));
        need(c, (found[CASE_LIST] & ~CASE_GENERAL) < list_count(c, SECTION_LISTS));
    }
}

static void
check_lists(struct checked *c)
{
    check_index(c, SECTION_LISTS, SECTION_ITEMS, ITEM_WORDS);
    check_index(c, SECTION_SETS, SECTION_INTERVALS, 2);
    uint32_t boxes = length(c, SECTION_BOXES), sets = list_count(c, SECTION_SETS);
    need(c, boxes % BOX_WORDS == 0 && boxes > 0);
    for (uint32_t i = 0; c->good && i < length(c, SECTION_ITEMS); i += ITEM_WORDS) {
        const uint32_t *item = c->table + start(c, SECTION_ITEMS) + i;
        need(c, is_rule(c, item[ITEM_RULE], RULE_NEVER, RULE_MAY));
        need(c, item[ITEM_BOX] < boxes / BOX_WORDS);
    }
    for (uint32_t i = 0; c->good && i < boxes; i++)
        need(c, c->table[start(c, SECTION_BOXES) + i] < sets);
}

static void
check_wide(struct checked *c)
{
    uint32_t words = length(c, SECTION_WIDE);
    need(c, words % WIDE_WORDS == 0);
    for (uint32_t at = 0; c->good && at < words; at += WIDE_WORDS) {
        const uint32_t *wide = c->table + start(c, SECTION_WIDE) + at;
        uint32_t forms = wide[WIDE_FORM_COUNT], mask = wide[WIDE_SLOT_MASK];
        need(c, forms > 0 && forms <= TABLE_FORMS_MAX && is_power(mask + 1));
        need(c, wide[WIDE_REACH] <= mask);
        need(c, begins(c, wide[WIDE_FORMS], SECTION_FORMS, FORM_WORDS) &&
                    forms * FORM_WORDS <= start(c, SECTION_FORMS + 1) - wide[WIDE_FORMS]);
        need(c, begins(c, wide[WIDE_SLOTS], SECTION_SLOTS, SLOT_WORDS) &&
                    ((uint64_t)mask + 1) * SLOT_WORDS <=
                        start(c, SECTION_SLOTS + 1) - wide[WIDE_SLOTS]);
    }
    need(c, length(c, SECTION_SLOTS) % SLOT_WORDS == 0);
    for (uint32_t i = SLOT_CASE; c->good && i < length(c, SECTION_SLOTS); i += SLOT_WORDS) {
        uint32_t found = c->table[start(c, SECTION_SLOTS) + i] & ~SLOT_COMPLETE;
        need(c, found == 0 || begins(c, found, SECTION_CASES, CASE_WORDS));
    }
}

static void
check_paths(struct checked *c)
{
    uint32_t leaves = table_leaves(c->table), groups = 0;
    need(c, length(c, SECTION_FORMS) % FORM_WORDS == 0);
    for (uint32_t i = FORM_LEVELS; c->good && i < length(c, SECTION_FORMS); i += FORM_WORDS) {
        uint32_t levels = c->table[start(c, SECTION_FORMS) + i];
        for (unsigned shift = 0; shift < 24; shift += 8)
            groups |= (levels >> shift & 0xff) >= LEVEL_GROUP;
    }
    if (length(c, SECTION_PATHS) == 0) {
        need(c, groups == 0);
        return;
    }
    need(c, length(c, SECTION_PATHS) == leaves + 1);
    check_index(c, SECTION_PATHS, SECTION_NODES, 1);
}

/* The largest word of a map, and all of their bits. */
struct extent {
    uint32_t most, bits;
};

static struct extent
check_map(struct checked *c, uint32_t map, uint32_t first, uint32_t count)
{
    struct extent extent = {0, 0};
    uint32_t at = map + first - start(c, SECTION_MAPS), words = length(c, SECTION_MAPS);
    need(c, at <= words && count <= words - at);
    for (uint32_t i = 0; c->good && i < count; i++) {
        uint32_t word = c->table[start(c, SECTION_MAPS) + at + i];
        extent.most = word > extent.most ? word : extent.most;
        extent.bits |= word;
    }
    return extent;
}

/* All cells from the first to the last that can be asked for. */
static void
check_cells(struct checked *c, const uint32_t *row, uint32_t first, uint64_t last)
{
    uint32_t cases = row[VERB_CASES], most = 0;
    need(c, first >= start(c, SECTION_CELLS) * 4 &&
                first + last < (uint64_t)start(c, SECTION_CELLS + 1) * 4);
    for (uint32_t i = 0; c->good && i <= last; i++) {
        uint32_t cell = table_byte(c->table, first + i);
        most = cell > most ? cell : most;
    }
    need(c, begins(c, cases, SECTION_CASES, CASE_WORDS) &&
                (most + 1) * CASE_WORDS <= start(c, SECTION_CASES + 1) - cases);
}

static void
check_verb(struct checked *c, const uint32_t *row)
{
    uint32_t leaves = table_leaves(c->table), cells = row[VERB_CELLS] & CELLS_PLACE;
    uint32_t objects = row[VERB_OBJECT_COUNT], targets = row[VERB_TARGET_COUNT];
    need(c, row[VERB_OBJECT_FIRST] <= leaves && objects <= leaves - row[VERB_OBJECT_FIRST]);
    need(c, row[VERB_TARGET_FIRST] <= leaves && targets <= leaves - row[VERB_TARGET_FIRST]);
    struct extent a = check_map(c, row[VERB_ACTOR_MAP], c->table[AT_FIRST_LEAF + AVOW_SYSTEM],
                                c->table[AT_ACTOR_COUNT]);
    struct extent o = check_map(c, row[VERB_OBJECT_MAP], row[VERB_OBJECT_FIRST], objects);
    struct extent t = check_map(c, row[VERB_TARGET_MAP], row[VERB_TARGET_FIRST], targets);
    if ((row[VERB_CELLS] & CELLS_WIDE) != 0) {
        need(c, (row[VERB_CELLS] & CELLS_SPECIAL) != 0);
        need(c, begins(c, cells, SECTION_WIDE, WIDE_WORDS));
        uint32_t forms = c->good ? c->table[cells + WIDE_FORM_COUNT] : 0;
        need(c, ((uint64_t)(a.bits & o.bits & t.bits) >> forms) == 0);
    } else if (objects > 0 && targets > 0) {
        check_cells(c, row, cells, (uint64_t)a.most + o.most + t.most);
    }
}

static void
check_verbs(struct checked *c)
{
    int one_of = length(c, SECTION_ONE_OF) > 0;
    need(c, length(c, SECTION_ONE_OF) % 2 == 0);
    for (uint32_t verb = 0; c->good && verb < TABLE_VERBS; verb++) {
        const uint32_t *row = c->table + AT_VERBS + verb * VERB_WORDS;
        need(c, !one_of || (row[VERB_CELLS] & CELLS_SPECIAL) != 0);
        check_verb(c, row);
    }
}

static void
check_names(struct checked *c)
{
    need(c, is_power(length(c, SECTION_SHIFTS)) && is_power(length(c, SECTION_NAMES)));
    for (uint32_t i = 0; c->good && i < length(c, SECTION_NAMES); i++) {
        uint32_t leaf = c->table[start(c, SECTION_NAMES) + i];
        need(c, leaf == TABLE_NONE || leaf < table_leaves(c->table));
    }
}

static void
check_duties(struct checked *c)
{
    uint32_t words = length(c, SECTION_DUTIES), sets = list_count(c, SECTION_SETS);
    need(c,
         length(c, SECTION_DUTY_LISTS) == kind_size(c, AVOW_DATA) + kind_size(c, AVOW_REQUEST) + 2);
    check_index(c, SECTION_DUTY_LISTS, SECTION_DUTY_ITEMS, 1);
    need(c, words % DUTY_WORDS == 0);
    for (uint32_t i = 0; c->good && i < length(c, SECTION_DUTY_ITEMS); i++)
        need(c, begins(c, c->table[start(c, SECTION_DUTY_ITEMS) + i], SECTION_DUTIES, DUTY_WORDS));
    for (uint32_t at = 0; c->good && at < words; at += DUTY_WORDS) {
        const uint32_t *duty = c->table + start(c, SECTION_DUTIES) + at;
        need(c, (duty[DUTY_KIND] & 0xff) <= DUTY_KEEP && duty[DUTY_KIND] >> 8 <= DUTY_YEARS);
        need(c, duty[DUTY_CLAUSE] < c->table[AT_CLAUSE_COUNT]);
        need(c, duty[DUTY_AFTER] < sets && duty[DUTY_OBJECTS] < sets);
    }
}

static void
check_calendar(struct checked *c)
{
    const int64_t far = (int64_t)1 << 40, longest = 4000000000;
    int64_t from = (int64_t)table_pair(c->table + AT_ZONE_BASE);
    int64_t until = (int64_t)table_pair(c->table + AT_ZONE_UNTIL);
    const uint32_t *zone = c->table + start(c, SECTION_ZONE);
    need(c, from >= -far && until <= far && until >= from);
    int64_t midnight = (int64_t)(int32_t)c->table[AT_ZONE_DAY] * 86400;
    need(c, from >= midnight && from - midnight < 86400);
    need(c, c->good && until - from <= longest);
    need(c, length(c, SECTION_ZONE) > 0 && length(c, SECTION_OFFSETS) > 0);
    need(c, c->good && zone[0] == 0 && c->table[AT_WORKING_DAYS] >> 8 <= 1440);
    for (uint32_t i = 1; c->good && i < length(c, SECTION_ZONE); i++)
        need(c, zone[i] > zone[i - 1]);
    for (uint32_t i = 0; c->good && i < length(c, SECTION_OFFSETS); i++) {
        int32_t offset = (int32_t)c->table[start(c, SECTION_OFFSETS) + i];
        need(c, offset > -200000 && offset < 200000);
    }
}

static int
check_structure(const uint32_t *table, uint32_t words)
{
    static void (*const checks[])(struct checked *) = {
        check_sections, check_kinds, check_texts, check_rules, check_lists,  check_cases,
        check_wide,     check_paths, check_verbs, check_names, check_duties, check_calendar,
    };
    struct checked c = {table, words, 1};
    for (size_t i = 0; i < sizeof checks / sizeof *checks && c.good; i++)
        checks[i](&c);
    return c.good;
}

/* A word as it stands in a bundle. */
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
    for (uint32_t i = 0; i < words; i++)
        if (table[i] != bundle_word(bytes, i))
            table[i] = bundle_word(bytes, i);
    if (words == 0 || !check_structure(table, words)) {
        *error = AVOW_ERROR_STRUCTURE;
        return NULL;
    }
    return (const avow_table *)memory;
}
