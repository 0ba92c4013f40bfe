/* An image in the making: one growing array of words for each section. Words that are places are
 * counted from the start of the section they point into until image_make puts sections together;
 * those that may be none are counted from 1. */
#ifndef AVOW_TABLE_BUILD_H
#define AVOW_TABLE_BUILD_H

#include "compiler/table/image.h"

#include "compiler/base/vector.h"
#include "runtime/core/table.h"

typedef VECTOR(uint32_t) word_vector;

/* Runs of words that are kept once however often they are asked for. */
struct pool {
    enum table_section section;
    struct pool_slot *slots;
    size_t room, count;
};

struct build {
    struct arena *arena;
    const struct model *model;
    word_vector section[SECTION_COUNT];
    struct pool cases, maps, rules, sets;
    VECTOR(struct image_text) texts;
    word_vector entries; /* the texts that entries of SECTION_TEXTS begin with */
    uint32_t row[TABLE_VERBS][VERB_WORDS];
    bool wide[TABLE_VERBS];
};

static inline void
add_word(struct build *build, enum table_section section, uint32_t word)
{
    *VECTOR_PUSH(build->arena, &build->section[section]) = word;
}

void add_zeros(struct build *build, enum table_section section, size_t count);
void add_pair(struct build *build, enum table_section section, uint64_t pair);

/* Where in its section such a run of words begins; added if it was not there. */
uint32_t pool_place(struct build *build, struct pool *pool, const uint32_t *words, size_t count);

/* Takes back what was added since the section had so many words. */
void pool_cut(struct build *build, struct pool *pool, size_t words);

/* The place of a set, from 1. */
uint32_t index_set(struct build *build, struct set set);

/* The three axes of a verb: actors, objects, targets. */
enum { AXES = 3 };

struct verb_rules {
    enum verb verb;
    struct interval axis[AXES];
    const struct rule *const *at; /* by mode, each in page order: see by_citation */
    size_t count;
};

static inline struct set
rule_set(const struct rule *rule, unsigned axis)
{
    return axis == 0 ? rule->actors : axis == 1 ? rule->objects : rule->targets;
}

/* A rule of a case, and the sets that its points are in if not all of the case's are: places from
 * 1, or 0. */
struct item {
    const struct rule *rule;
    uint32_t sets[AXES];
};

/* The case of points with these rules, in order of citation. `whole`: these points have no other
 * rules. */
uint32_t index_case(struct build *build, const struct item *items, size_t count, bool whole);

/* The two ways to index a verb. Plain gives up, and changes nothing, when it would need more than a
 * fixed number of words for each rule, or more cases than cells can tell apart; wide never does. */
bool index_plain(struct build *build, const struct verb_rules *rules);
void index_wide(struct build *build, const struct verb_rules *rules);

/* Enters a map for one axis of a verb: one word for each leaf of its range. */
void index_map(struct build *build, const struct verb_rules *rules, unsigned axis,
               const uint32_t *words);

/* The further parts. Names gives the keys of their hash. */
void index_names(struct build *build, uint32_t keys[4]);
void index_duties(struct build *build);
void index_states(struct build *build);
void index_calendar(struct build *build);
/* AT_ZONE_DAY */
int64_t calendar_first_day(const struct calendar *calendar);

#endif
