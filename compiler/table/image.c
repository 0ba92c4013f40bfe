#include "compiler/table/wide.h"

#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"
#include "runtime/avow.h"
#include "runtime/core/sha256.h"

#include <stdlib.h>

_Static_assert((int)VERB_QUESTIONS == (int)TABLE_VERBS && (int)KIND_COUNT == (int)TABLE_KINDS,
               "the table has a row for each verb and kind");
_Static_assert((int)TABLE_ABI == (int)AVOW_ABI, "one version");

/* One text; an entry begins with it, or it is the second of one. */
static void
add_text(struct build *build, struct text text, bool begins_entry)
{
    VECTOR_PUSH(build->arena, &build->texts)->text = text;
    if (begins_entry)
        *VECTOR_PUSH(build->arena, &build->entries) = (uint32_t)build->texts.count - 1;
}

/* What sorts by its bytes as the text does by its characters and numbers: before each number how
 * many digits it has, as a digit (more than 8: 9, and how many more). "9" comes before "10". */
static struct text
order_of(struct build *build, struct text text)
{
    struct buffer out = buffer_in(build->arena);
    for (size_t i = 0, digits = 0; i<text.length; i++, digits -= digits> 0) {
        size_t end = i;
        while (digits == 0 && end < text.length && text.data[end] >= '0' && text.data[end] <= '9')
            end++;
        if (digits == 0 && end > i) {
            digits = end - i;
            for (size_t more = digits; more > 0; more -= more > 8 ? 8 : more)
                buffer_char(&out, (char)('0' + (more > 8 ? 9 : more)));
        }
        buffer_char(&out, text.data[i]);
    }
    return (struct text){out.data, out.length};
}

/* In the order of their numbers: see enum table_text. */
static void
add_texts(struct build *build)
{
    const struct model *model = build->model;
    add_text(build, model->settings->policy, true);
    add_text(build, model->settings->title, true);
    add_text(build, model->settings->language, true);
    add_text(build, model->settings->revision, true);
    add_text(build, model->calendar->tzdata, true);
    add_text(build, order_of(build, model->settings->revision), true);
    for (uint32_t i = 0; i < model->first_leaf[KIND_COUNT]; i++) {
        add_text(build, leaf(model, i)->name, true);
        add_text(build, leaf(model, i)->url, false);
        add_text(build, leaf(model, i)->label, false);
        if (leaf(model, i)->kind == KIND_STATE)
            add_text(build, leaf(model, i)->formerly, false);
    }
    for (size_t i = 0; i < model->clause_count; i++) {
        const struct clause *clause = &model->clauses[i];
        bool same = text_equal(clause->anchor, clause->name);
        add_text(build, clause->name, true);
        add_text(build, same ? TEXT("") : clause->anchor, false);
        add_text(build, clause->words, false);
    }
    for (size_t i = 0; i < model->section_count; i++)
        add_text(build, model->sections[i].title, true);
}

/* The leaves that a verb takes; its rules are still to be found. */
static struct verb_rules
axes_of_verb(const struct model *model, enum verb verb)
{
    const struct verb_form *form = &verb_forms[verb];
    return (struct verb_rules){
        .verb = verb,
        .axis = {
            kind_leaves(model, KIND_SYSTEM),
            {model->first_leaf[form->object], model->first_leaf[form->object + 1]},
            {model->first_leaf[form->target_first], model->first_leaf[form->target_last + 1]}}};
}

static bool
is_zero(const uint32_t *words, size_t count)
{
    while (count > 0 && words[count - 1] == 0)
        count--;
    return count == 0;
}

/* Maps of which nothing is told apart are parts of one of zeros, which comes first. */
static void
add_zero_map(struct build *build)
{
    uint32_t most = 0;
    for (enum verb verb = 0; verb < VERB_QUESTIONS; verb++) {
        struct verb_rules rules = axes_of_verb(build->model, verb);
        for (unsigned axis = 0; axis < AXES; axis++)
            if (rules.axis[axis].high - rules.axis[axis].low > most)
                most = rules.axis[axis].high - rules.axis[axis].low;
    }
    for (uint32_t i = 0; i < most; i++)
        add_word(build, SECTION_MAPS, 0);
}

void
index_map(struct build *build, const struct verb_rules *rules, unsigned axis, const uint32_t *words)
{
    uint32_t low = rules->axis[axis].low, count = rules->axis[axis].high - low;
    uint32_t map =
        (is_zero(words, count) ? 0 : pool_place(build, &build->maps, words, count)) - low;
    uint32_t *row = build->row[rules->verb];
    if (axis == 0) {
        row[VERB_ACTOR_MAP] = map;
        return;
    }
    row += axis == 1 ? VERB_OBJECT : VERB_TARGET;
    row[AXIS_FIRST] = low;
    row[AXIS_COUNT] = count;
    row[AXIS_MAP] = map;
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Rules of equal effect come next to each other. */
static int
by_citation(const void *a, const void *b)
{
    const struct rule *x = *(const struct rule *const *)a, *y = *(const struct rule *const *)b;
    if (x->mode != y->mode)
        return x->mode < y->mode ? -1 : 1;
    if (x->clause != y->clause)
        return compare_numbers(x->clause, y->clause);
    if (x->when.need != y->when.need)
        return compare_numbers(x->when.need, y->when.need);
    if (x->when.forbid != y->when.forbid)
        return compare_numbers(x->when.forbid, y->when.forbid);
    return (x > y) - (x < y);
}

static struct verb_rules
rules_of_verb(struct build *build, enum verb verb)
{
    const struct model *model = build->model;
    struct verb_rules rules = axes_of_verb(model, verb);
    VECTOR(const struct rule *) found = {0};
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->verb == verb && (rule->when.need & rule->when.forbid) == 0)
            *VECTOR_PUSH(build->arena, &found) = rule;
    }
    if (found.count > 1)
        qsort(found.at, found.count, sizeof *found.at, by_citation);
    rules.at = found.at;
    rules.count = found.count;
    return rules;
}

/* Cells can tell only the first cases apart: wide verbs have theirs behind those of plain ones. */
static void
add_verbs(struct build *build)
{
    struct verb_rules rules[VERB_QUESTIONS];
    for (enum verb verb = 0; verb < VERB_QUESTIONS; verb++) {
        rules[verb] = rules_of_verb(build, verb);
        build->wide[verb] = !index_plain(build, &rules[verb]);
    }
    for (enum verb verb = 0; verb < VERB_QUESTIONS; verb++)
        if (build->wide[verb])
            index_wide(build, &rules[verb]);
}

/* The groups of each leaf, and what ends the sections of wide verbs. */
static void
finish_wide(struct build *build)
{
    uint32_t path[TABLE_PATH_MAX];
    uint32_t leaves = build->model->first_leaf[KIND_COUNT];
    if (build->section[SECTION_WIDE].count == 0)
        return;
    for (uint32_t i = 0; i < leaves; i++) {
        uint32_t count = path_of(build->model, i, path);
        add_word(build, SECTION_PATHS, (uint32_t)build->section[SECTION_NODES].count);
        for (uint32_t k = 0; k < count; k++)
            add_word(build, SECTION_NODES, group_node(build->model, path[k]));
    }
    add_zeros(build, SECTION_NODES, TABLE_PATH_MAX);
    add_zeros(build, SECTION_FORMS, (TABLE_FORMS_MAX - 1) * FORM_WORDS);
}

/* The first case is that of points without rules; there is always a set. */
static void
begin_sections(struct build *build)
{
    build->cases.section = SECTION_CASES;
    build->maps.section = SECTION_MAPS;
    build->rules.section = SECTION_RULES;
    build->sets.section = SECTION_SETS;
    index_case(build, NULL, 0, true);
    index_set(build, (struct set){NULL, 0});
}

static void
add_sections(struct build *build)
{
    const struct model *model = build->model;
    add_zero_map(build);
    add_verbs(build);
    finish_wide(build);
    for (size_t i = 0; i < model->one_of_count; i++)
        add_pair(build, SECTION_ONE_OF, model->one_of[i]);
    for (size_t i = 0; i < model->clause_count; i++) {
        uint32_t section = model->clauses[i].section;
        add_word(build, SECTION_CLAUSES, section == NONE ? 0 : model->sections[section].number);
    }
    index_duties(build);
    index_states(build);
    index_calendar(build);
}

/* Places in words of `section`, each `every` words, starting with word `from`, become places in the
 * image. */
static void
move_places(struct build *build, enum table_section section, size_t from, size_t every,
            uint32_t start)
{
    word_vector *words = &build->section[section];
    for (size_t i = from; i < words->count; i += every)
        words->at[i] += start;
}

/* The same where 0 is no place, and flags may be. */
static void
move_some(struct build *build, enum table_section section, size_t from, size_t every,
          uint32_t start)
{
    word_vector *words = &build->section[section];
    for (size_t i = from; i < words->count; i += every)
        if ((words->at[i] & TABLE_VALUE) != 0)
            words->at[i] += start - 1;
}

static void
move_rows(struct build *build, const uint32_t *starts)
{
    uint32_t one_of = build->model->one_of_count > 0 ? CELLS_ONE_OF : 0;
    for (unsigned verb = 0; verb < TABLE_VERBS; verb++) {
        uint32_t *row = build->row[verb];
        row[VERB_ACTOR_MAP] += starts[SECTION_MAPS];
        row[VERB_OBJECT + AXIS_MAP] += starts[SECTION_MAPS];
        row[VERB_TARGET + AXIS_MAP] += starts[SECTION_MAPS];
        row[VERB_CELLS] += build->wide[verb] ? starts[SECTION_WIDE] : starts[SECTION_CELLS] * 4;
        row[VERB_CELLS] |= one_of | (build->wide[verb] ? CELLS_WIDE : 0);
    }
}

static void
move_all(struct build *build, const uint32_t *starts)
{
    move_rows(build, starts);
    move_some(build, SECTION_CASES, CASE_RUN, CASE_WORDS, starts[SECTION_RULES]);
    for (unsigned axis = 0; axis < AXES; axis++)
        move_some(build, SECTION_RULES, ITEM_ACTORS + axis, ITEM_WORDS, starts[SECTION_SETS]);
    move_some(build, SECTION_SLOTS, SLOT_CASE, SLOT_WORDS, starts[SECTION_CASES]);
    move_some(build, SECTION_DUTIES, DUTY_AFTER, DUTY_WORDS, starts[SECTION_SETS]);
    move_some(build, SECTION_DUTIES, DUTY_OBJECTS, DUTY_WORDS, starts[SECTION_SETS]);
    for (unsigned set = STATE_OWNERS; set <= STATE_UNTIL; set++)
        move_some(build, SECTION_STATES, set, STATE_WORDS, starts[SECTION_SETS]);
    move_places(build, SECTION_WIDE, WIDE_FORMS, WIDE_WORDS, starts[SECTION_FORMS]);
    move_places(build, SECTION_WIDE, WIDE_SLOTS, WIDE_WORDS, starts[SECTION_SLOTS]);
    move_places(build, SECTION_PATHS, 0, 1, starts[SECTION_NODES]);
}

/* Too large for 32-bit places: then it is too large for this machine. */
static uint32_t
place(struct build *build, size_t number)
{
    if (number > UINT32_MAX)
        arena_array(build->arena, SIZE_MAX, 2);
    return (uint32_t)number;
}

/* Where texts begin in the image, and where each of them does. */
static void
lay_out_texts(struct build *build, struct image *image)
{
    struct image_text *texts = build->texts.at;
    size_t words = AT_CELLS + build->entries.count, at = 0, entry = 0;
    for (unsigned i = 0; i < SECTION_COUNT; i++)
        words += build->section[i].count;
    words += words & 1;
    size_t start = (size_t)place(build, words) * 4;
    for (size_t i = 0; i < build->texts.count; i++) {
        texts[i].offset = place(build, at);
        if (entry < build->entries.count && build->entries.at[entry] == i) {
            add_word(build, SECTION_TEXTS, place(build, start + at));
            entry++;
        }
        at += texts[i].text.length + 1;
    }
    image->texts = texts;
    image->text_count = build->texts.count;
    image->text_size = (at + 4 + 7) / 8 * 8;
    image->word_count = words;
}

static void
put_hash(uint32_t *words, const uint8_t hash[32])
{
    for (unsigned i = 0; i < 32; i++)
        words[i / 4] |= (uint32_t)hash[i] << 8 * (i % 4);
}

/* Days of 400 years, and a first of March before every date that begins such a cycle. */
enum { CYCLE = 146097, CYCLE_START = -719468 - CYCLE };

/* The calendar's bounds, in days and seconds from the midnight (UTC) before it begins. */
static void
put_calendar(uint32_t *words, const struct calendar *calendar)
{
    int64_t day = calendar_first_day(calendar), valid = calendar->valid_until;
    int64_t last = calendar_local(calendar, calendar->until).day;
    words[AT_ZONE_DAY] = (uint32_t)day;
    words[AT_CYCLE_DAYS] = (uint32_t)((day - CYCLE_START) % CYCLE);
    words[AT_ZONE_FROM] = (uint32_t)(calendar->from - day * SECONDS_PER_DAY);
    words[AT_ZONE_UNTIL] = (uint32_t)(calendar->until - day * SECONDS_PER_DAY);
    words[AT_VALID_UNTIL] = (uint32_t)((valid < last ? valid : last) - day);
    words[AT_WORKING_DAYS] = calendar->working_days | (uint32_t)calendar->cut_off * 60 << 8;
}

static void
put_header(const struct build *build, uint32_t *words, const uint32_t *starts)
{
    const struct model *model = build->model;
    struct interval actors = kind_leaves(model, KIND_SYSTEM);
    words[AT_MAGIC] = TABLE_MAGIC_LOW;
    words[AT_MAGIC + 1] = TABLE_MAGIC_HIGH;
    words[AT_ABI] = TABLE_ABI;
    words[AT_EFFECTIVE] = (uint32_t)civil_day(model->settings->effective);
    put_hash(words + AT_CONTENT, model->content_hash);
    put_hash(words + AT_VOCABULARY, model->vocabulary_hash);
    words[AT_CLAUSE_COUNT] = (uint32_t)model->clause_count;
    words[AT_SECTION_NUMBERS] = (uint32_t)model->section_count + 1;
    put_calendar(words, model->calendar);
    words[AT_ACTOR_COUNT] = actors.high - actors.low;
    memcpy(words + AT_SECTIONS, starts, (SECTION_COUNT + 1) * sizeof *starts);
    for (unsigned i = 0; i <= KIND_COUNT; i++)
        words[AT_FIRST_LEAF + i] = model->first_leaf[i];
    memcpy(words + AT_VERBS, build->row, sizeof build->row);
}

static void
put_bytes(uint8_t *bytes, const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++, bytes += 4) {
        uint32_t word = words[i];
        bytes[0] = (uint8_t)word;
        bytes[1] = (uint8_t)(word >> 8);
        bytes[2] = (uint8_t)(word >> 16);
        bytes[3] = (uint8_t)(word >> 24);
    }
}

/* Puts the sections and the texts in their places; each section's memory is free then. */
static void
put_sections(struct build *build, const struct image *image, const uint32_t *starts, uint8_t *bytes)
{
    uint8_t *texts = bytes + image->word_count * 4;
    for (unsigned i = 0; i < SECTION_COUNT; i++) {
        word_vector *section = &build->section[i];
        put_bytes(bytes + starts[i] * (size_t)4, section->at, section->count);
        arena_release(build->arena, section->at, section->room * sizeof *section->at);
    }
    for (size_t i = 0; i < image->text_count; i++)
        if (image->texts[i].text.length > 0)
            memcpy(texts + image->texts[i].offset, image->texts[i].text.data,
                   image->texts[i].text.length);
}

/* Puts the parts together, and the SHA-256 of what stands behind the seal into it. */
static void
assemble(struct build *build, struct image *image, const uint32_t keys[4])
{
    uint32_t starts[SECTION_COUNT + 1] = {AT_CELLS}, words[AT_CELLS] = {0};
    for (unsigned i = 0; i < SECTION_COUNT; i++)
        starts[i + 1] = starts[i] + (uint32_t)build->section[i].count;
    move_all(build, starts);
    size_t size = place(build, image->word_count * 4 + image->text_size);
    uint8_t hash[32], *bytes = arena_alloc(build->arena, size);
    put_header(build, words, starts);
    memcpy(words + AT_NAME_KEYS, keys, 4 * sizeof *keys);
    words[AT_SIZE] = (uint32_t)size;
    put_bytes(bytes, words, AT_CELLS);
    put_sections(build, image, starts, bytes);
    avow_sha256(bytes + TABLE_SEALED_FROM, size - TABLE_SEALED_FROM, hash);
    put_hash(words + AT_SEAL, hash);
    put_bytes(bytes + AT_SEAL * 4, words + AT_SEAL, sizeof hash / 4);
    image->bytes = (struct text){(const char *)bytes, size};
}

struct image
image_make(struct arena *arena, const struct model *model)
{
    struct build *build = ARENA_NEW(arena, struct build);
    struct image image = {0};
    uint32_t keys[4];
    build->arena = arena;
    build->model = model;
    begin_sections(build);
    add_sections(build);
    add_texts(build);
    index_names(build, keys);
    lay_out_texts(build, &image);
    assemble(build, &image, keys);
    return image;
}
