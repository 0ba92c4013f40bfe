/* The wide index of a verb: a hash table from what rules name to cases. It takes words in
 * proportion to the names that the rules were written with, whatever these cover. */
#include "compiler/table/wide.h"

/* An entry takes over the rules of coarser ones, so that the core need not look for them, while
 * it has no more than this in all. */
enum { MOST_MERGED = 24, MOST_GROUP_FORMS = TABLE_FORMS_MAX - 8, MOST_REACH = 15, MOST_HOLES = 8 };

struct link {       /* one rule of an entry */
    uint32_t rule;  /* index into the verb's rules: the order of citation */
    uint32_t tests; /* bit for each axis whose set must be looked into */
    uint32_t next;  /* link + 1, or 0 */
    bool own;       /* in a case: of its own entry, not of a coarser one */
};

struct entry {
    struct term term[AXES];
    uint32_t levels; /* see levels_of */
    uint32_t form;
    uint32_t first, last; /* links + 1 */
    uint32_t count;
    uint32_t found; /* SLOT_CASE, the place from 1 */
};

struct slot {
    uint32_t entry; /* + 1, or 0: empty */
    uint32_t hash;
};

struct wide {
    struct build *build;
    const struct verb_rules *rules;
    VECTOR(struct entry) entries;
    VECTOR(struct link) links;
    struct slot *slots; /* by the hash of an entry's nodes */
    size_t room;
    uint32_t forms[TABLE_FORMS_MAX]; /* levels */
    uint32_t within[TABLE_FORMS_MAX];
    uint32_t form_count, group_forms;
    uint32_t (*sets)[AXES]; /* by rule: places from 1, or 0: not yet made */
};

/* The levels of all axes in one number. */
static uint32_t
levels_of(const struct term term[AXES])
{
    return term[0].level | term[1].level << 8 | term[2].level << 16;
}

static uint32_t
hash_of(const struct term term[AXES])
{
    return table_slot_hash(term[0].node, term[1].node, term[2].node);
}

static bool
is_of(const struct wide *wide, struct slot slot, const struct term term[AXES])
{
    const struct term *own = wide->entries.at[slot.entry - 1].term;
    return own[0].node == term[0].node && own[1].node == term[1].node &&
           own[2].node == term[2].node;
}

/* The entry's slot or the empty one where it would be. */
static struct slot *
slot_of(const struct wide *wide, const struct term term[AXES], uint32_t hash)
{
    size_t at = hash & (wide->room - 1);
    for (; wide->slots[at].entry != 0; at = (at + 1) & (wide->room - 1))
        if (wide->slots[at].hash == hash && is_of(wide, wide->slots[at], term))
            break;
    return &wide->slots[at];
}

/* The entry with these nodes, or NULL. */
static const struct entry *
entry_at(const struct wide *wide, const struct term term[AXES])
{
    const struct slot *slot = slot_of(wide, term, hash_of(term));
    return slot->entry == 0 ? NULL : &wide->entries.at[slot->entry - 1];
}

static void
widen(struct wide *wide)
{
    size_t room = wide->room == 0 ? 256 : wide->room * 2;
    struct slot *slots = ARENA_ARRAY(wide->build->arena, room, struct slot);
    for (size_t i = 0; i < wide->room; i++) {
        size_t at = wide->slots[i].hash & (room - 1);
        if (wide->slots[i].entry == 0)
            continue;
        while (slots[at].entry != 0)
            at = (at + 1) & (room - 1);
        slots[at] = wide->slots[i];
    }
    arena_release(wide->build->arena, wide->slots, wide->room * sizeof *slots);
    wide->slots = slots;
    wide->room = room;
}

static struct entry *
entry_of(struct wide *wide, const struct term term[AXES])
{
    if ((wide->entries.count + 1) * 2 > wide->room)
        widen(wide);
    uint32_t hash = hash_of(term);
    struct slot *slot = slot_of(wide, term, hash);
    if (slot->entry == 0) {
        struct entry *entry = VECTOR_PUSH(wide->build->arena, &wide->entries);
        memcpy(entry->term, term, sizeof entry->term);
        entry->levels = levels_of(term);
        *slot = (struct slot){(uint32_t)wide->entries.count, hash};
    }
    return &wide->entries.at[slot->entry - 1];
}

/* Whether entries may be named like this: a form of its own for ever more depths of groups would
 * not be looked into in bounded time. */
static bool
admit_form(struct wide *wide, uint32_t levels)
{
    bool groups = (levels & 0xff) >= LEVEL_GROUP || (levels >> 8 & 0xff) >= LEVEL_GROUP ||
                  levels >> 16 >= LEVEL_GROUP;
    for (uint32_t i = 0; i < wide->form_count; i++)
        if (wide->forms[i] == levels)
            return true;
    if (groups && wide->group_forms == MOST_GROUP_FORMS)
        return false;
    wide->group_forms += groups;
    wide->forms[wide->form_count++] = levels;
    return true;
}

static void
enter(struct wide *wide, uint32_t rule, const struct keys *keys, const struct term named[AXES])
{
    struct term term[AXES];
    uint32_t tests = 0;
    memcpy(term, named, sizeof term);
    bool admitted = admit_form(wide, levels_of(term));
    for (unsigned axis = 0; axis < AXES; axis++) {
        bool widened = !admitted && term[axis].level >= LEVEL_GROUP;
        if (widened)
            term[axis] = (struct term){LEVEL_ANY, 0, wide->rules->axis[axis]};
        if (widened || !keys->exact[axis])
            tests |= 1u << axis;
    }
    if (!admitted)
        admit_form(wide, levels_of(term));
    struct entry *entry = entry_of(wide, term);
    if (entry->last != 0 && wide->links.at[entry->last - 1].rule == rule)
        return;
    *VECTOR_PUSH(wide->build->arena, &wide->links) = (struct link){rule, tests, 0, false};
    uint32_t number = (uint32_t)wide->links.count;
    if (entry->last == 0)
        entry->first = number;
    else
        wide->links.at[entry->last - 1].next = number;
    entry->last = number;
    entry->count++;
}

/* The few leaves of an axis that a set has not; false if they are more. */
static bool
holes_of(struct interval axis, struct set set, struct term holes[MOST_HOLES], size_t *count)
{
    *count = 0;
    for (size_t i = 0; i <= set.count; i++) {
        uint32_t leaf = i == 0 ? axis.low : set.at[i - 1].high;
        uint32_t end = i == set.count ? axis.high : set.at[i].low;
        for (; leaf < end; leaf++) {
            if (*count == MOST_HOLES)
                return false;
            holes[(*count)++] = (struct term){LEVEL_LEAF, leaf + 1, {leaf, leaf + 1}};
        }
    }
    return true;
}

/* A rule about all leaves of an axis but a few is entered under all. Where the few have entries of
 * their own, these are found first, and no set needs to be looked into: see holes_are_covered. */
static void
enter_holes(struct wide *wide, const struct keys *keys, const struct term named[AXES],
            const struct rule *rule)
{
    for (unsigned axis = 0; axis < AXES; axis++) {
        struct term holes[MOST_HOLES], term[AXES];
        size_t count;
        if (keys->exact[axis] || named[axis].level != LEVEL_ANY ||
            !holes_of(wide->rules->axis[axis], rule_set(rule, axis), holes, &count))
            continue;
        memcpy(term, named, sizeof term);
        for (size_t i = 0; i < count; i++) {
            term[axis] = holes[i];
            if (admit_form(wide, levels_of(term)))
                entry_of(wide, term);
        }
    }
}

static void
enter_all(struct wide *wide)
{
    struct keys keys = {0};
    for (uint32_t i = 0; i < wide->rules->count; i++) {
        keys_of(wide->build, wide->rules, wide->rules->at[i], &keys);
        for (size_t a = 0; a < keys.terms[0].count; a++)
            for (size_t o = 0; o < keys.terms[1].count; o++)
                for (size_t t = 0; t < keys.terms[2].count; t++) {
                    struct term term[AXES] = {keys.terms[0].at[a], keys.terms[1].at[o],
                                              keys.terms[2].at[t]};
                    enter(wide, i, &keys, term);
                    enter_holes(wide, &keys, term, wide->rules->at[i]);
                }
    }
}

static uint32_t
fineness(uint32_t levels)
{
    uint32_t sum = 0;
    for (unsigned shift = 0; shift <= 16; shift += 8) {
        uint32_t level = levels >> shift & 0xff;
        sum += level == LEVEL_ANY ? 0 : level == LEVEL_LEAF ? 100 : level;
    }
    return sum;
}

static bool
coarser_or_same(uint32_t levels, uint32_t than)
{
    for (unsigned shift = 0; shift <= 16; shift += 8) {
        uint32_t a = levels >> shift & 0xff, b = than >> shift & 0xff;
        bool coarser = a == LEVEL_ANY || a == b || b == LEVEL_LEAF;
        if (!coarser && !(a >= LEVEL_GROUP && b >= LEVEL_GROUP && a < b))
            return false;
    }
    return true;
}

/* Finest first; equally fine ones in order of appearance. */
static void
sort_forms(struct wide *wide)
{
    for (uint32_t i = 1; i < wide->form_count; i++)
        for (uint32_t k = i; k > 0 && fineness(wide->forms[k]) > fineness(wide->forms[k - 1]);
             k--) {
            uint32_t form = wide->forms[k];
            wide->forms[k] = wide->forms[k - 1];
            wide->forms[k - 1] = form;
        }
    for (uint32_t i = 0; i < wide->form_count; i++)
        for (uint32_t k = 0; k < wide->form_count; k++)
            if (coarser_or_same(wide->forms[k], wide->forms[i]))
                wide->within[i] |= 1u << k;
    for (size_t i = 0; i < wide->entries.count; i++)
        for (uint32_t k = 0; k < wide->form_count; k++)
            if (wide->forms[k] == wide->entries.at[i].levels)
                wide->entries.at[i].form = k;
}

/* Entries that have all points of this one: itself and those of coarser forms. */
static size_t
find_coarser(const struct wide *wide, const struct entry *entry,
             const struct entry *found[TABLE_FORMS_MAX])
{
    size_t count = 0;
    for (uint32_t form = 0; form < wide->form_count; form++) {
        struct term term[AXES];
        if ((wide->within[entry->form] >> form & 1) == 0)
            continue;
        for (unsigned axis = 0; axis < AXES; axis++)
            term[axis] = term_at(wide->build, wide->rules->axis[axis], entry->term[axis],
                                 wide->forms[form] >> 8 * axis & 0xff);
        found[count] = entry_at(wide, term);
        count += found[count] != NULL;
    }
    return count;
}

/* How the leaves of a term lie to a set. */
enum overlap { OVERLAP_NONE, OVERLAP_SOME, OVERLAP_ALL };

static enum overlap
overlap(struct interval leaves, struct set set)
{
    size_t low = 0, high = set.count; /* the first interval that ends behind leaves.low */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set.at[middle].high <= leaves.low)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == set.count || set.at[low].low >= leaves.high)
        return OVERLAP_NONE;
    return set.at[low].low <= leaves.low && set.at[low].high >= leaves.high ? OVERLAP_ALL
                                                                            : OVERLAP_SOME;
}

static uint32_t
place_of_set(struct wide *wide, uint32_t rule, unsigned axis)
{
    uint32_t *place = &wide->sets[rule][axis];
    if (*place == 0)
        *place = index_set(wide->build, rule_set(wide->rules->at[rule], axis));
    return *place;
}

static bool
is_complete(const struct wide *wide, const struct entry *entry)
{
    const struct entry *coarser[TABLE_FORMS_MAX];
    size_t count = find_coarser(wide, entry, coarser), total = 0;
    for (size_t i = 0; i < count; i++)
        total += coarser[i]->count;
    return total <= MOST_MERGED;
}

/* Whether every point that an entry has and a rule's set has not is decided by a finer entry. */
static bool
holes_are_covered(const struct wide *wide, const struct entry *entry, unsigned axis, struct set set)
{
    struct term holes[MOST_HOLES], term[AXES];
    size_t count;
    if (entry->term[axis].level != LEVEL_ANY ||
        !holes_of(wide->rules->axis[axis], set, holes, &count))
        return false;
    memcpy(term, entry->term, sizeof term);
    for (size_t i = 0; i < count; i++) {
        term[axis] = holes[i];
        const struct entry *finer = entry_at(wide, term);
        if (!finer || !is_complete(wide, finer))
            return false;
    }
    return true;
}

/* Writes the item of a rule in an entry; false if no point of the entry is in the rule's sets. */
static bool
make_item(struct wide *wide, const struct entry *entry, struct link link, struct item *item)
{
    *item = (struct item){wide->rules->at[link.rule], {0}};
    for (unsigned axis = 0; axis < AXES; axis++) {
        if ((link.tests >> axis & 1) == 0)
            continue;
        struct set set = rule_set(wide->rules->at[link.rule], axis);
        switch (overlap(entry->term[axis].leaves, set)) {
        case OVERLAP_NONE:
            return false;
        case OVERLAP_SOME:
            if (!link.own || !holes_are_covered(wide, entry, axis, set))
                item->sets[axis] = place_of_set(wide, link.rule, axis);
            break;
        case OVERLAP_ALL:
            break;
        }
    }
    return true;
}

static size_t
add_links(const struct wide *wide, const struct entry *entry, bool own, struct link *links,
          size_t count)
{
    for (uint32_t at = entry->first; at != 0; at = wide->links.at[at - 1].next) {
        struct link link = wide->links.at[at - 1];
        size_t k = count++;
        link.own = own;
        for (; k > 0 && links[k - 1].rule > link.rule; k--)
            links[k] = links[k - 1];
        links[k] = link;
    }
    return count;
}

static void
finish_entry(struct wide *wide, struct entry *entry)
{
    const struct entry *coarser[TABLE_FORMS_MAX];
    size_t count = find_coarser(wide, entry, coarser), total = 0;
    for (size_t i = 0; i < count; i++)
        total += coarser[i]->count;
    bool complete = total <= MOST_MERGED;
    struct arena *arena = wide->build->arena;
    size_t room = complete ? MOST_MERGED : entry->count;
    struct link few[MOST_MERGED];
    struct item few_items[MOST_MERGED];
    struct link *links = complete ? few : ARENA_ARRAY(arena, room, struct link);
    struct item *items = complete ? few_items : ARENA_ARRAY(arena, room, struct item);
    size_t link_count = 0, item_count = 0;
    if (!complete)
        link_count = add_links(wide, entry, true, links, 0);
    for (size_t i = 0; complete && i < count; i++)
        link_count = add_links(wide, coarser[i], coarser[i] == entry, links, link_count);
    for (size_t i = 0; i < link_count; i++)
        item_count += make_item(wide, entry, links[i], &items[item_count]);
    uint32_t place = index_case(wide->build, items, item_count, false) + 1;
    entry->found = place | (complete ? SLOT_COMPLETE : 0);
}

/* Slots with so many places, and an empty one behind the last. */
struct slots {
    size_t room, count;
    size_t reach; /* how far behind its place an entry stands at most */
};

static void
place_entry(const struct entry *entry, uint32_t *words, struct slots *slots)
{
    const struct term *term = entry->term;
    size_t place = hash_of(term) & (slots->room - 1), at = place;
    while (words[at * SLOT_WORDS + SLOT_CASE] != 0)
        at++;
    uint32_t *slot = words + at * SLOT_WORDS;
    slot[SLOT_ACTOR] = term[0].node;
    slot[SLOT_OBJECT] = term[1].node;
    slot[SLOT_TARGET] = term[2].node;
    slot[SLOT_CASE] = entry->found;
    slots->reach = at - place > slots->reach ? at - place : slots->reach;
    slots->count = at + 2 > slots->count ? at + 2 : slots->count;
}

/* Fills words of zeros with room for most slots. */
static struct slots
place_slots(const struct wide *wide, size_t room, uint32_t *words)
{
    struct slots slots = {room, room + 1, 0};
    for (size_t i = 0; i < wide->entries.count; i++)
        place_entry(&wide->entries.at[i], words, &slots);
    return slots;
}

/* Twice the room of the entries, or more if one would be too far from its place. They are made
 * where they stay, at the end of their section. */
static struct slots
make_slots(const struct wide *wide)
{
    word_vector *section = &wide->build->section[SECTION_SLOTS];
    size_t begin = section->count, room = 8;
    while (room < wide->entries.count * 2)
        room *= 2;
    for (int tries = 0;; tries++, room *= 2) {
        size_t most = (room + wide->entries.count + 1) * SLOT_WORDS;
        add_zeros(wide->build, SECTION_SLOTS, most);
        struct slots slots = place_slots(wide, room, section->at + begin);
        section->count = begin + slots.count * SLOT_WORDS;
        if (slots.reach <= MOST_REACH || tries == 2)
            return slots;
        section->count = begin;
    }
}

static void
add_slots(struct wide *wide)
{
    struct build *build = wide->build;
    build->row[wide->rules->verb][VERB_CELLS] = (uint32_t)build->section[SECTION_WIDE].count;
    add_word(build, SECTION_WIDE, (uint32_t)build->section[SECTION_FORMS].count);
    add_word(build, SECTION_WIDE, (uint32_t)build->section[SECTION_SLOTS].count);
    add_word(build, SECTION_WIDE, (uint32_t)make_slots(wide).room - 1);
    for (uint32_t i = 0; i < wide->form_count; i++) {
        for (unsigned axis = 0; axis < AXES; axis++)
            add_word(build, SECTION_FORMS, wide->forms[i] >> 8 * axis & 0xff);
        add_word(build, SECTION_FORMS, wide->within[i]);
    }
}

/* For each leaf of an axis the forms that have an entry which names it. */
static void
add_form_map(struct wide *wide, unsigned axis)
{
    struct build *build = wide->build;
    struct interval range = wide->rules->axis[axis];
    uint32_t *of_leaf = ARENA_ARRAY(build->arena, range.high - range.low + 1, uint32_t);
    uint32_t *of_group = ARENA_ARRAY(build->arena, build->model->symbol_count + 1, uint32_t);
    uint32_t of_any = 0, path[TABLE_PATH_MAX];
    for (size_t i = 0; i < wide->entries.count; i++) {
        const struct term *term = &wide->entries.at[i].term[axis];
        uint32_t bit = 1u << wide->entries.at[i].form;
        if (term->level == LEVEL_ANY)
            of_any |= bit;
        else if (term->level == LEVEL_LEAF)
            of_leaf[term->leaves.low - range.low] |= bit;
        else
            of_group[term->node - group_node(build->model, 0)] |= bit;
    }
    for (uint32_t leaf = range.low; leaf < range.high; leaf++) {
        uint32_t count = path_of(build->model, leaf, path);
        of_leaf[leaf - range.low] |= of_any;
        for (uint32_t i = 0; i < count; i++)
            of_leaf[leaf - range.low] |= of_group[path[i]];
    }
    index_map(build, wide->rules, axis, of_leaf);
}

/* The next verb's, or the whole image's. */
static void
release(const struct wide *wide)
{
    struct arena *arena = wide->build->arena;
    arena_release(arena, wide->entries.at, wide->entries.room * sizeof *wide->entries.at);
    arena_release(arena, wide->links.at, wide->links.room * sizeof *wide->links.at);
    arena_release(arena, wide->slots, wide->room * sizeof *wide->slots);
    arena_release(arena, wide->sets, (wide->rules->count + 1) * sizeof *wide->sets);
}

void
index_wide(struct build *build, const struct verb_rules *rules)
{
    struct wide wide = {.build = build, .rules = rules};
    wide.sets = arena_array(build->arena, rules->count + 1, sizeof *wide.sets);
    enter_all(&wide);
    sort_forms(&wide);
    for (size_t i = 0; i < wide.entries.count; i++)
        finish_entry(&wide, &wide.entries.at[i]);
    add_slots(&wide);
    for (unsigned axis = 0; axis < AXES; axis++)
        add_form_map(&wide, axis);
    release(&wide);
}
