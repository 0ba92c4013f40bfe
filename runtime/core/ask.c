/* Decisions. See table.h for how a question finds its case. */
#include "runtime/core/read.h"

/* The first eight bytes of an avow_answer as a number: verdict, reason from bit 8, possible from
 * 16, clause from 32. Kept whole: stored field by field it would be read back by the caller in one
 * load, which has to wait for all of the stores. */
static inline avow_answer
make_answer(uint64_t head, uint64_t missing)
{
#if LITTLE_ENDIAN_WORDS
    union {
        uint64_t numbers[2];
        avow_answer answer;
    } both = {{head, missing}};
    return both.answer;
#else
    return (avow_answer){.verdict = (uint8_t)head,
                         .reason = (uint8_t)(head >> 8),
                         .possible = (uint8_t)(head >> 16),
                         .clause = (uint32_t)(head >> 32),
                         .missing = missing};
#endif
}

#define HEAD(verdict, reason) ((uint64_t)(verdict) | (uint64_t)(reason) << 8)
#define NO_CLAUSE ((uint64_t)AVOW_NONE << 32)
#define POSSIBLE ((uint64_t)1 << 16)

_Static_assert((AVOW_REASON_UNKNOWN | AVOW_REASON_CLAUSE) == AVOW_REASON_UNKNOWN &&
                   (AVOW_REASON_UNKNOWN | AVOW_REASON_NO_CLAUSE) == AVOW_REASON_UNKNOWN,
               "conclude puts the one over the others");

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
    uint64_t forbidden, allowed; /* all bits or none */
    uint32_t never, may;         /* first clause that hits */
    uint64_t never_missing;      /* of prohibitions, unless one hits for certain */
    uint64_t may_missing;        /* of permissions that possibly hold; any if allowed */
};

static HOT avow_answer
conclude(struct findings f)
{
    const uint64_t forbidden = HEAD(AVOW_FORBIDDEN, AVOW_REASON_CLAUSE);
    const uint64_t allowed = HEAD(AVOW_ALLOWED, AVOW_REASON_CLAUSE);
    const uint64_t unstated = HEAD(AVOW_UNSTATED, AVOW_REASON_NO_CLAUSE) | NO_CLAUSE;
    uint64_t head = choose(f.allowed, allowed | (uint64_t)f.may << 32, unstated);
    head = choose(f.forbidden, forbidden | (uint64_t)f.never << 32, head);
    uint64_t missing = choose(f.forbidden, f.never_missing, f.may_missing & ~f.allowed);
    uint64_t unknown = ~if_zero(missing);
    /* Both other reasons have only bits that AVOW_REASON_UNKNOWN has too. */
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
static HOT avow_answer
decide(const uint32_t *found, avow_states states)
{
    const uint32_t *never = found + CASE_NEVER, *may = found + CASE_MAY;
    struct fit n = fit(never, states), m = fit(may, states);
    n.against |= found[CASE_LIST] & CASE_NO_NEVER;
    m.against |= found[CASE_LIST] & CASE_NO_MAY;
    return conclude((struct findings){
        .forbidden = if_zero(n.against),
        .allowed = if_zero(m.against | m.missing),
        .never = never[RULE_CLAUSE],
        .may = may[RULE_CLAUSE],
        .never_missing = n.missing,
        .may_missing = m.missing & if_zero(m.against),
    });
}

/* Where a point leads to in the table. */
struct place {
    uint32_t cells;                 /* VERB_CELLS */
    uint32_t actor, object, target; /* words of the maps */
};

static HOT int
locate(const uint32_t *table, avow_point point, struct place *place)
{
    if (point.verb >= TABLE_VERBS)
        return 0;
    const uint32_t *row = table + AT_VERBS + (size_t)point.verb * VERB_WORDS;
    const uint32_t *object = row + VERB_OBJECT, *target = row + VERB_TARGET;
    if (point.actor - table[AT_FIRST_LEAF + AVOW_SYSTEM] >= table[AT_ACTOR_COUNT] ||
        point.object - object[AXIS_FIRST] >= object[AXIS_COUNT] ||
        point.target - target[AXIS_FIRST] >= target[AXIS_COUNT])
        return 0;
    place->cells = row[VERB_CELLS];
    place->actor = table[(uint32_t)(row[VERB_ACTOR_MAP] + point.actor)];
    place->object = table[(uint32_t)(object[AXIS_MAP] + point.object)];
    place->target = table[(uint32_t)(target[AXIS_MAP] + point.target)];
    return 1;
}

/* The case of a point in a plain verb. */
static HOT const uint32_t *
case_of(const uint32_t *table, const struct place *place)
{
    uint32_t cells = place->cells & CELLS_PLACE;
    uint32_t cell = table_byte(table, cells + place->actor + place->object + place->target);
    return table + table[cells / 4 - 1] + (size_t)cell * CASE_WORDS;
}

/* The node by which a form of this level names a leaf; TABLE_NONE if the leaf is not that deep. */
static uint32_t
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

/* A question on its way through more than one case or rule. */
struct inquiry {
    const uint32_t *table;
    avow_point point;
    avow_states states;
    uint32_t leaves[BOX_WORDS]; /* of the point, by axis */
    const uint32_t *wide;       /* of a wide verb */
    uint32_t forms;             /* of a wide verb: still to be tried */
    const uint32_t *next;       /* of a plain verb: the case, then NULL */
    uint32_t from;              /* clauses before this one are not looked for */
    uint32_t never, may;        /* first clause that hits, or AVOW_NONE */
    uint64_t never_missing, may_missing;
    int forbidden, certain; /* a prohibition hits; for certain */
};

static avow_reason
begin(struct inquiry *q)
{
    struct place place;
    if (!locate(q->table, q->point, &place))
        return AVOW_REASON_BAD_POINT;
    if (!avow_core_complete(q->table, &q->states))
        return AVOW_REASON_BAD_STATES;
    q->leaves[BOX_ACTOR] = q->point.actor;
    q->leaves[BOX_OBJECT] = q->point.object;
    q->leaves[BOX_TARGET] = q->point.target;
    if ((place.cells & CELLS_WIDE) != 0) {
        q->wide = q->table + (place.cells & CELLS_PLACE);
        q->forms = place.actor & place.object & place.target;
    } else {
        q->next = case_of(q->table, &place);
    }
    return AVOW_REASON_NONE;
}

/* The case of a point in one form of a wide verb, with SLOT_COMPLETE, or 0. */
static uint32_t
probe(const struct inquiry *q, uint32_t levels)
{
    const uint32_t *wide = q->wide;
    uint32_t nodes[BOX_WORDS];
    for (unsigned axis = 0; axis < BOX_WORDS; axis++, levels >>= 8)
        nodes[axis] = node_of(q->table, q->leaves[axis], levels & 0xff);
    uint32_t place = table_slot_hash(nodes[0], nodes[1], nodes[2]);
    for (uint32_t i = 0; i <= wide[WIDE_REACH]; i++, place++) {
        uint32_t number = place & wide[WIDE_SLOT_MASK];
        const uint32_t *slot = q->table + wide[WIDE_SLOTS] + number * SLOT_WORDS;
        if (slot[SLOT_CASE] == 0)
            break;
        if (slot[SLOT_OBJECT] == nodes[BOX_OBJECT] && slot[SLOT_TARGET] == nodes[BOX_TARGET] &&
            slot[SLOT_ACTOR] == nodes[BOX_ACTOR])
            return slot[SLOT_CASE];
    }
    return 0;
}

/* The next case of the point, or NULL: one in a plain verb, in a wide one as many as forms have
 * something on it. Finer forms come first. */
static const uint32_t *
next_case(struct inquiry *q)
{
    const uint32_t *found = q->next;
    q->next = NULL;
    for (uint32_t i = 0; q->forms >> i != 0; i++) {
        const uint32_t *form = q->table + q->wide[WIDE_FORMS] + (size_t)i * FORM_WORDS;
        if ((q->forms >> i & 1) == 0)
            continue;
        uint32_t word = probe(q, form[FORM_LEVELS]);
        q->forms &= ~((word & SLOT_COMPLETE) != 0 ? form[FORM_WITHIN] : (uint32_t)1 << i);
        if (word != 0)
            return q->table + (word & ~SLOT_COMPLETE);
        if (q->forms == 0)
            break;
    }
    return found;
}

static int
in_box(const struct inquiry *q, uint32_t box)
{
    const uint32_t *sets = q->table + table_start(q->table, SECTION_BOXES) + box * BOX_WORDS;
    for (unsigned axis = 0; axis < BOX_WORDS; axis++)
        if (!avow_core_in_set(q->table, sets[axis], q->leaves[axis]))
            return 0;
    return 1;
}

static void
count_rule(struct inquiry *q, const uint32_t *rule, int may)
{
    struct fit how = fit(rule, q->states);
    if (how.against != 0)
        return;
    *(may ? &q->may_missing : &q->never_missing) |= how.missing;
    if (may && how.missing != 0)
        return;
    q->forbidden |= !may;
    q->certain |= how.missing == 0 && !may;
    uint32_t *first = may ? &q->may : &q->never, clause = rule[RULE_CLAUSE];
    if (clause >= q->from && clause < *first)
        *first = clause;
}

static void
count_case(struct inquiry *q, const uint32_t *found)
{
    uint32_t list = found[CASE_LIST];
    const uint32_t *bounds = q->table + table_start(q->table, SECTION_LISTS) + (list & CASE_NUMBER);
    if ((list & CASE_NUMBER) == 0) {
        if ((list & CASE_NO_NEVER) == 0)
            count_rule(q, found + CASE_NEVER, 0);
        if ((list & CASE_NO_MAY) == 0)
            count_rule(q, found + CASE_MAY, 1);
        return;
    }
    for (uint32_t at = bounds[0]; at < bounds[1]; at += ITEM_WORDS) {
        uint32_t rule = q->table[at + ITEM_RULE];
        if (in_box(q, q->table[at + ITEM_BOX]))
            count_rule(q, q->table + (rule & ~ITEM_MAY), (rule & ITEM_MAY) != 0);
    }
}

/* The answer for a point of a wide verb, with one-of groups, or with more rules than two. Apart, so
 * that avow_ask needs no stack for what is rare. */
NOINLINE static avow_answer
ask_special(const uint32_t *table, avow_point point, avow_states states)
{
    struct inquiry q = {.table = table, .point = point, .states = states};
    avow_reason bad = begin(&q);
    if (bad != AVOW_REASON_NONE)
        return refuse(bad);
    const uint32_t *found = next_case(&q);
    if (found != NULL && q.forms == 0 && (found[CASE_LIST] & CASE_GENERAL) == 0)
        return decide(found, q.states);
    q.never = q.may = AVOW_NONE;
    for (; found != NULL; found = next_case(&q))
        count_case(&q, found);
    return conclude((struct findings){
        .forbidden = (uint64_t)0 - (uint64_t)q.forbidden,
        .allowed = ~if_zero(q.may ^ AVOW_NONE),
        .never = q.never,
        .may = q.may,
        .never_missing = q.certain ? 0 : q.never_missing,
        .may_missing = q.may_missing,
    });
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
    const uint32_t *found = case_of(table, &place);
    if ((found[CASE_LIST] & CASE_GENERAL) != 0)
        return ask_special(table, point, states);
    return decide(found, states);
}

uint32_t
avow_next_clause(const avow_table *opaque, const avow_question *question, uint32_t previous)
{
    if (opaque == NULL || question == NULL || previous == AVOW_NONE)
        return AVOW_NONE;
    struct inquiry q = {.table = words_of(opaque),
                        .point = question->point,
                        .states = question->states,
                        .from = previous + 1,
                        .never = AVOW_NONE,
                        .may = AVOW_NONE};
    if (begin(&q) != AVOW_REASON_NONE)
        return AVOW_NONE;
    for (const uint32_t *at = next_case(&q); at != NULL; at = next_case(&q))
        count_case(&q, at);
    return q.forbidden ? q.never : q.may;
}
