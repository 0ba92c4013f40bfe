/* Decisions. See table.h for how a question finds its case. */
#include "runtime/core/set.h"
#include "runtime/core/states.h"
#include "runtime/core/text.h"

#if defined(__GNUC__) || defined(__clang__)
#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE __attribute__((always_inline)) inline
#else
#define NOINLINE
#define ALWAYS_INLINE inline
#endif

/* The first eight bytes of an avow_answer as a number: verdict, reason from bit 8, possible from
 * 16, clause from 32. Kept whole: stored field by field it would be read back by the caller in one
 * load, which has to wait for all of the stores. */
static inline avow_answer
make_answer(uint64_t head, uint64_t missing)
{
    return (avow_answer){.verdict = (uint8_t)head,
                         .reason = (uint8_t)(head >> 8),
                         .possible = (uint8_t)(head >> 16),
                         .clause = (uint32_t)(head >> 32),
                         .missing = missing};
}

#define HEAD(verdict, reason) ((uint64_t)(verdict) | (uint64_t)(reason) << 8)
#define NO_CLAUSE ((uint64_t)AVOW_NONE << 32)
#define POSSIBLE ((uint64_t)1 << 16)

static inline avow_answer
refuse(avow_reason reason)
{
    return make_answer(HEAD(AVOW_REFUSED, reason) | NO_CLAUSE, 0);
}

/* All bits if x is 0, else none. Opaque to the compiler, which would turn it into a jump: which way
 * a question goes is as good as random, and a jump guessed wrong costs more than the decision. */
static inline uint64_t
if_zero(uint64_t x)
{
    uint64_t mask = (uint64_t)0 - (x == 0);
#if defined(__GNUC__) || defined(__clang__)
    __asm__("" : "+r"(mask));
#endif
    return mask;
}

static inline uint64_t
choose(uint64_t mask, uint64_t if_set, uint64_t if_clear)
{
    return if_clear ^ ((if_set ^ if_clear) & mask);
}

/* What the prohibitions and the permissions of a point come to. */
struct findings {
    uint64_t forbidden, allowed;   /* all bits or none */
    uint64_t never_head, may_head; /* of the first clause that hits */
    uint64_t never_missing;        /* of prohibitions, unless one hits for certain */
    uint64_t may_missing;          /* of permissions that possibly hold; any if allowed */
};

static inline avow_answer
conclude(struct findings f)
{
    const uint64_t unstated = HEAD(AVOW_UNSTATED, AVOW_REASON_NO_CLAUSE) | NO_CLAUSE;
    uint64_t head = choose(f.forbidden, f.never_head, choose(f.allowed, f.may_head, unstated));
    uint64_t missing = choose(f.forbidden, f.never_missing, f.may_missing & ~f.allowed);
    uint64_t unknown = ~if_zero(missing);
    head &= ~(unknown & HEAD(0, 0xff));
    head |= unknown & (HEAD(0, AVOW_REASON_UNKNOWN) | (f.forbidden & POSSIBLE));
    return make_answer(head, missing);
}

/* The states of a rule that are known and against it, and those that it needs and are unknown. */
struct fit {
    uint64_t against, missing;
};

static inline struct fit
fit(const uint32_t *rule, avow_states states)
{
    uint64_t mask = table_pair(rule + RULE_MASK);
    uint64_t known = mask & states.known;
    uint64_t against = (states.yes ^ table_pair(rule + RULE_WANT)) & known;
    return (struct fit){against, mask ^ known};
}

/* The answer of a case without CASE_GENERAL. */
static ALWAYS_INLINE avow_answer
decide(const uint32_t *table, const uint32_t *found, avow_states states)
{
    const uint32_t *never = table + found[CASE_NEVER], *may = table + found[CASE_MAY];
    struct fit n = fit(never, states), m = fit(may, states);
    uint64_t never_head = table_pair(never + RULE_ANSWER);
    return conclude((struct findings){
        .forbidden = if_zero(n.against | (never_head & RULE_NO_NEVER)),
        .allowed = if_zero(m.against | m.missing),
        .never_head = never_head,
        .may_head = table_pair(may + RULE_ANSWER),
        .never_missing = n.missing,
        .may_missing = m.missing & if_zero(m.against),
    });
}

/* Where a point leads to in the table. */
struct place {
    uint32_t cells, cases;          /* VERB_CELLS, VERB_CASES */
    uint32_t actor, object, target; /* words of the maps */
};

static inline int
locate(const uint32_t *table, avow_point point, struct place *place)
{
    if (point.verb >= TABLE_VERBS)
        return 0;
    const uint32_t *row = table + AT_VERBS + point.verb * VERB_WORDS;
    if (point.actor - table[AT_FIRST_LEAF + AVOW_SYSTEM] >= table[AT_ACTOR_COUNT] ||
        point.object - row[VERB_OBJECT_FIRST] >= row[VERB_OBJECT_COUNT] ||
        point.target - row[VERB_TARGET_FIRST] >= row[VERB_TARGET_COUNT])
        return 0;
    place->cells = row[VERB_CELLS];
    place->cases = row[VERB_CASES];
    place->actor = table[(uint32_t)(row[VERB_ACTOR_MAP] + point.actor)];
    place->object = table[(uint32_t)(row[VERB_OBJECT_MAP] + point.object)];
    place->target = table[(uint32_t)(row[VERB_TARGET_MAP] + point.target)];
    return 1;
}

/* The case of a point in a plain verb. */
static inline uint32_t
case_of(const uint32_t *table, const struct place *place)
{
    uint32_t cell = (place->cells & CELLS_PLACE) + place->actor + place->object + place->target;
    return place->cases + table_byte(table, cell) * CASE_WORDS;
}

/* The node by which a form of this level names a leaf; TABLE_NONE if the leaf is not that deep. */
static inline uint32_t
node_of(const uint32_t *table, uint32_t leaf, uint32_t level)
{
    if (level == LEVEL_ANY)
        return 0;
    if (level == LEVEL_LEAF)
        return leaf + 1;
    const uint32_t *path = table + table_start(table, SECTION_PATHS) + leaf;
    uint32_t depth = level - LEVEL_GROUP;
    return depth < path[1] - path[0] ? table[path[0] + depth] : TABLE_NONE;
}

/* The slot of a point in one form of a wide verb, or NULL. */
static inline const uint32_t *
probe(const uint32_t *table, const uint32_t *wide, uint32_t levels, avow_point point)
{
    uint32_t actor = node_of(table, point.actor, levels & 0xff);
    uint32_t object = node_of(table, point.object, levels >> 8 & 0xff);
    uint32_t target = node_of(table, point.target, levels >> 16 & 0xff);
    uint32_t place = table_slot_hash(actor, object, target);
    for (uint32_t i = 0; i <= wide[WIDE_REACH]; i++, place++) {
        const uint32_t *slot =
            table + wide[WIDE_SLOTS] + (place & wide[WIDE_SLOT_MASK]) * SLOT_WORDS;
        if (slot[SLOT_CASE] == 0)
            return NULL;
        if (slot[SLOT_OBJECT] == object && slot[SLOT_TARGET] == target && slot[SLOT_ACTOR] == actor)
            return slot;
    }
    return NULL;
}

/* Goes through the cases of a point: one in a plain verb, in a wide one as many as forms have
 * something on it. */
struct cases {
    const uint32_t *table, *wide;
    avow_point point;
    uint32_t forms; /* still to be tried */
    uint32_t next;  /* plain: word of the case, then 0 */
};

static inline struct cases
cases_of(const uint32_t *table, const struct place *place, avow_point point)
{
    struct cases cases = {table, NULL, point, 0, 0};
    if ((place->cells & CELLS_WIDE) != 0) {
        cases.wide = table + (place->cells & CELLS_PLACE);
        cases.forms = place->actor & place->object & place->target;
    } else {
        cases.next = case_of(table, place);
    }
    return cases;
}

/* The next case, or NULL. Finer forms come first. */
static inline const uint32_t *
next_case(struct cases *cases)
{
    uint32_t found = cases->next;
    cases->next = 0;
    for (uint32_t i = 0; found == 0 && cases->forms != 0; i++) {
        if ((cases->forms >> i & 1) == 0)
            continue;
        cases->forms ^= (uint32_t)1 << i;
        const uint32_t *form = cases->table + cases->wide[WIDE_FORMS] + i * FORM_WORDS;
        const uint32_t *slot = probe(cases->table, cases->wide, form[FORM_LEVELS], cases->point);
        if (slot == NULL)
            continue;
        if ((slot[SLOT_CASE] & SLOT_COMPLETE) != 0)
            cases->forms &= ~form[FORM_WITHIN];
        found = slot[SLOT_CASE] & ~SLOT_COMPLETE;
    }
    return found != 0 ? cases->table + found : NULL;
}

static int
in_box(const uint32_t *table, uint32_t box, avow_point point)
{
    const uint32_t *at = table + table_start(table, SECTION_BOXES) + box * BOX_WORDS;
    return (at[BOX_ACTOR] == 0 || in_set(table, at[BOX_ACTOR], point.actor)) &&
           (at[BOX_OBJECT] == 0 || in_set(table, at[BOX_OBJECT], point.object)) &&
           (at[BOX_TARGET] == 0 || in_set(table, at[BOX_TARGET], point.target));
}

/* Goes through the rules of one case that have the point. */
struct rules {
    const uint32_t *table;
    avow_point point;
    uint32_t at, end;    /* items of its list */
    uint32_t never, may; /* of a case without a list: words of rules still to be given, or 0 */
};

static struct rules
rules_of(const uint32_t *table, const uint32_t *found, avow_point point)
{
    uint32_t list = found[CASE_LIST] & ~CASE_GENERAL;
    struct rules rules = {table, point, 0, 0, 0, 0};
    if (list != 0) {
        const uint32_t *bounds = table + table_start(table, SECTION_LISTS) + list;
        rules.at = bounds[0], rules.end = bounds[1];
        return rules;
    }
    if (table[found[CASE_NEVER] + RULE_ANSWER] == RULE_NEVER)
        rules.never = found[CASE_NEVER];
    if (table[found[CASE_MAY] + RULE_ANSWER] == RULE_MAY)
        rules.may = found[CASE_MAY];
    return rules;
}

/* The next rule, or NULL. */
static const uint32_t *
next_rule(struct rules *rules)
{
    uint32_t rule = rules->never;
    rules->never = 0;
    if (rule == 0) {
        rule = rules->may;
        rules->may = 0;
    }
    while (rule == 0 && rules->at < rules->end) {
        const uint32_t *item = rules->table + rules->at;
        rules->at += ITEM_WORDS;
        if (item[ITEM_BOX] == 0 || in_box(rules->table, item[ITEM_BOX], rules->point))
            rule = item[ITEM_RULE];
    }
    return rule != 0 ? rules->table + rule : NULL;
}

/* What has been found so far, rule by rule. */
struct tally {
    uint32_t never, may; /* first clause that hits, or AVOW_NONE */
    uint64_t never_missing, may_missing;
    int certain; /* a prohibition hits for certain */
};

static inline uint32_t
smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void
count_rule(struct tally *tally, const uint32_t *rule, avow_states states)
{
    struct fit how = fit(rule, states);
    if (how.against != 0)
        return;
    if (rule[RULE_ANSWER] == RULE_NEVER) {
        tally->never = smaller(tally->never, rule[RULE_CLAUSE]);
        tally->never_missing |= how.missing;
        tally->certain |= how.missing == 0;
    } else if (how.missing == 0) {
        tally->may = smaller(tally->may, rule[RULE_CLAUSE]);
    } else {
        tally->may_missing |= how.missing;
    }
}

/* The answer from all rules of all cases. */
static avow_answer
weigh(struct cases cases, avow_states states)
{
    struct tally tally = {AVOW_NONE, AVOW_NONE, 0, 0, 0};
    for (const uint32_t *at = next_case(&cases); at != NULL; at = next_case(&cases)) {
        struct rules rules = rules_of(cases.table, at, cases.point);
        for (const uint32_t *rule = next_rule(&rules); rule != NULL; rule = next_rule(&rules))
            count_rule(&tally, rule, states);
    }
    return conclude((struct findings){
        .forbidden = ~if_zero(tally.never ^ AVOW_NONE),
        .allowed = ~if_zero(tally.may ^ AVOW_NONE),
        .never_head = HEAD(AVOW_FORBIDDEN, AVOW_REASON_CLAUSE) | (uint64_t)tally.never << 32,
        .may_head = HEAD(AVOW_ALLOWED, AVOW_REASON_CLAUSE) | (uint64_t)tally.may << 32,
        .never_missing = tally.certain ? 0 : tally.never_missing,
        .may_missing = tally.may_missing,
    });
}

/* The answer for a point of a table with wide verbs or one-of groups. Apart, so that avow_ask needs
 * no stack for what most tables do not have. */
NOINLINE static avow_answer
ask_special(const uint32_t *table, avow_point point, avow_states states)
{
    struct place place;
    if (!locate(table, point, &place))
        return refuse(AVOW_REASON_BAD_POINT);
    if (!states_complete(table, &states))
        return refuse(AVOW_REASON_BAD_STATES);
    struct cases cases = cases_of(table, &place, point), rest = cases;
    const uint32_t *found = next_case(&rest);
    if (found != NULL && rest.forms == 0 && (found[CASE_LIST] & CASE_GENERAL) == 0)
        return decide(table, found, states);
    return weigh(cases, states);
}

avow_answer
avow_ask(const avow_table *opaque, avow_point point, avow_states states)
{
    const uint32_t *table = words_of(opaque);
    struct place place;
    if (table == NULL)
        return refuse(AVOW_REASON_NO_TABLE);
    if (!locate(table, point, &place))
        return refuse(AVOW_REASON_BAD_POINT);
    if ((place.cells & CELLS_SPECIAL) != 0)
        return ask_special(table, point, states);
    const uint32_t *found = table + case_of(table, &place);
    if ((found[CASE_LIST] & CASE_GENERAL) != 0)
        return ask_special(table, point, states);
    return decide(table, found, states);
}

/* The next clauses behind one, and whether the point is forbidden. */
struct citing {
    uint32_t previous, never, may;
    int forbidden;
};

static void
cite_rule(struct citing *citing, const uint32_t *rule, avow_states states)
{
    struct fit how = fit(rule, states);
    int is_never = rule[RULE_ANSWER] == RULE_NEVER;
    if (how.against != 0 || (!is_never && how.missing != 0))
        return;
    citing->forbidden |= is_never;
    uint32_t *next = is_never ? &citing->never : &citing->may;
    if (rule[RULE_CLAUSE] > citing->previous)
        *next = smaller(*next, rule[RULE_CLAUSE]);
}

uint32_t
avow_next_clause(const avow_table *opaque, const avow_question *question, uint32_t previous)
{
    const uint32_t *table = words_of(opaque);
    struct place place;
    if (table == NULL || question == NULL || previous == AVOW_NONE)
        return AVOW_NONE;
    avow_states states = question->states;
    if (!locate(table, question->point, &place) || !states_complete(table, &states))
        return AVOW_NONE;
    struct citing citing = {previous, AVOW_NONE, AVOW_NONE, 0};
    struct cases cases = cases_of(table, &place, question->point);
    for (const uint32_t *at = next_case(&cases); at != NULL; at = next_case(&cases)) {
        struct rules rules = rules_of(table, at, question->point);
        for (const uint32_t *rule = next_rule(&rules); rule != NULL; rule = next_rule(&rules))
            cite_rule(&citing, rule, states);
    }
    return citing.forbidden ? citing.never : citing.may;
}
