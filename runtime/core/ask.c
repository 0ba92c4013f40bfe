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
    n.against |= found[CASE_RUN] & CASE_NO_NEVER;
    m.against |= found[CASE_RUN] & CASE_NO_MAY;
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
plain_case(const uint32_t *table, const struct place *place)
{
    uint32_t cells = place->cells & CELLS_PLACE;
    uint32_t cell = table_byte(table, cells + place->actor + place->object + place->target);
    return table + table_start(table, SECTION_CASES) + (size_t)cell * CASE_WORDS;
}

/* The node by which a form of this level names a leaf. */
static inline uint32_t
node_of(const uint32_t *table, uint32_t leaf, uint32_t level)
{
    if (level < LEVEL_GROUP)
        return level == LEVEL_LEAF ? leaf + 1 : 0;
    return table[table[table_start(table, SECTION_PATHS) + leaf] + level - LEVEL_GROUP];
}

/* SLOT_CASE of a point in one form of a wide verb, or 0. */
static HOT uint32_t
probe(const uint32_t *table, const uint32_t *wide, const uint32_t *form, avow_point point)
{
    uint32_t actor = node_of(table, point.actor, form[FORM_ACTOR]);
    uint32_t object = node_of(table, point.object, form[FORM_OBJECT]);
    uint32_t target = node_of(table, point.target, form[FORM_TARGET]);
    uint32_t place = table_slot_hash(actor, object, target) & wide[WIDE_SLOT_MASK];
    const uint32_t *slot = table + wide[WIDE_SLOTS] + (size_t)place * SLOT_WORDS;
    while (slot[SLOT_CASE] != 0 && (slot[SLOT_OBJECT] != object || slot[SLOT_TARGET] != target ||
                                    slot[SLOT_ACTOR] != actor))
        slot += SLOT_WORDS;
    return slot[SLOT_CASE];
}

/* The next case of a point in a wide verb, and takes those forms away that need not be tried any
 * more; without any, the case without rules. Finer forms come first. */
static HOT const uint32_t *
wide_case(const uint32_t *table, const uint32_t *wide, avow_point point, uint32_t *forms)
{
    while (*forms != 0) {
        uint32_t i = lowest_bit(*forms);
        const uint32_t *form = table + wide[WIDE_FORMS] + (size_t)i * FORM_WORDS;
        uint32_t found = probe(table, wide, form, point);
        *forms &= *forms - 1;
        if ((found & SLOT_COMPLETE) != 0)
            *forms &= ~form[FORM_WITHIN];
        if (found != 0)
            return table + (found & TABLE_VALUE);
    }
    return table + table_start(table, SECTION_CASES);
}

/* What the rules of one mode come to. */
struct tally {
    int hits;         /* a prohibition if it possibly holds, a permission if it certainly does */
    int certain;      /* one holds for certain */
    uint32_t clause;  /* first one that hits, from inquiry.from on; or AVOW_NONE */
    uint64_t missing; /* of those that possibly hold */
};

/* A question on its way through all of its rules. */
struct inquiry {
    const uint32_t *table;
    avow_question question;
    uint32_t from; /* clauses before this one are not cited */
    struct tally never, may, rest;
};

static void
count_rule(struct inquiry *q, struct tally *tally, const uint32_t *rule, uint32_t clause)
{
    struct fit how = fit(rule, q->question.states);
    if (how.against != 0)
        return;
    tally->missing |= how.missing;
    tally->certain |= how.missing == 0;
    if (tally == &q->may && how.missing != 0)
        return;
    tally->hits = 1;
    if (clause >= q->from && clause < tally->clause)
        tally->clause = clause;
}

static void
count_case(struct inquiry *q, const uint32_t *found)
{
    avow_point point = q->question.point;
    const uint32_t *table = q->table, *item = table + (found[CASE_RUN] & TABLE_VALUE);
    if ((found[CASE_RUN] & CASE_NO_NEVER) == 0)
        count_rule(q, &q->never, found + CASE_NEVER, found[CASE_NEVER + RULE_CLAUSE]);
    if ((found[CASE_RUN] & CASE_NO_MAY) == 0)
        count_rule(q, &q->may, found + CASE_MAY, found[CASE_MAY + RULE_CLAUSE]);
    for (uint32_t clause = item == table ? TABLE_LAST : 0; (clause & TABLE_LAST) == 0;
         item += ITEM_WORDS) {
        clause = item[ITEM_RULE + RULE_CLAUSE];
        struct tally *tally = (clause & ITEM_MAY) != 0    ? &q->may
                              : (clause & ITEM_REST) != 0 ? &q->rest
                                                          : &q->never;
        if (avow_core_in_set(table, item[ITEM_ACTORS], point.actor) &&
            avow_core_in_set(table, item[ITEM_OBJECTS], point.object) &&
            avow_core_in_set(table, item[ITEM_TARGETS], point.target))
            count_rule(q, tally, item + ITEM_RULE, clause & TABLE_VALUE);
    }
}

/* Where no permission hits, what forbids the rest is a prohibition like any other; but what a
 * permission lacks could lift it. */
static void
settle_rest(struct inquiry *q)
{
    if (q->may.hits || !q->rest.hits)
        return;
    q->never.hits = 1;
    q->never.certain |= q->rest.certain && q->may.missing == 0;
    q->never.missing |= q->rest.missing | q->may.missing;
    if (q->rest.clause < q->never.clause)
        q->never.clause = q->rest.clause;
}

/* Tries every rule of the point. */
static avow_reason
inquire(struct inquiry *q, const uint32_t *table, const avow_question *question, uint32_t from)
{
    const struct tally nothing = {0, 0, AVOW_NONE, 0};
    struct place place;
    q->table = table;
    q->question = *question;
    q->from = from;
    q->never = q->may = q->rest = nothing;
    if (!locate(q->table, q->question.point, &place))
        return AVOW_REASON_BAD_POINT;
    if (!avow_core_complete(q->table, &q->question.states))
        return AVOW_REASON_BAD_STATES;
    int plain = (place.cells & CELLS_WIDE) == 0;
    if (plain)
        count_case(q, plain_case(q->table, &place));
    const uint32_t *wide = q->table + (place.cells & CELLS_PLACE);
    for (uint32_t forms = plain ? 0 : place.actor & place.object & place.target; forms != 0;)
        count_case(q, wide_case(q->table, wide, q->question.point, &forms));
    settle_rest(q);
    return AVOW_REASON_NONE;
}

/* The answer for any question. Apart, so that avow_ask needs no stack for what is rare. */
NOINLINE static avow_answer
ask_any(const uint32_t *table, avow_point point, avow_states states)
{
    struct inquiry q; /* begun by inquire, member by member: an initialiser would call memset */
    avow_reason bad = inquire(&q, table, &(avow_question){point, states}, 0);
    if (bad != AVOW_REASON_NONE)
        return refuse(bad);
    return conclude((struct findings){
        .forbidden = (uint64_t)0 - (uint64_t)q.never.hits,
        .allowed = (uint64_t)0 - (uint64_t)q.may.hits,
        .never = q.never.clause,
        .may = q.may.clause,
        .never_missing = q.never.certain ? 0 : q.never.missing,
        .may_missing = q.may.missing,
    });
}

/* The answer in a wide verb, if one case decides. */
NOINLINE static avow_answer
ask_wide(const uint32_t *table, avow_point point, avow_states states, uint32_t forms)
{
    uint32_t cells = table[AT_VERBS + point.verb * VERB_WORDS + VERB_CELLS];
    const uint32_t *wide = table + (cells & CELLS_PLACE);
    const uint32_t *found = wide_case(table, wide, point, &forms);
    if (forms != 0 || (found[CASE_RUN] & CASE_GENERAL) != 0)
        return ask_any(table, point, states);
    return decide(found, states);
}

avow_answer
avow_ask(const avow_table *opaque, avow_point point, avow_states states)
{
    const uint32_t *table = words_of(opaque);
    struct place place;
    if (table == NULL)
        return refuse(AVOW_REASON_NO_TABLE);
    if (!QUICK)
        return ask_any(table, point, states);
    if (!locate(table, point, &place))
        return refuse(AVOW_REASON_BAD_POINT);
    if ((place.cells & CELLS_ONE_OF) != 0)
        return ask_any(table, point, states);
    if ((place.cells & CELLS_WIDE) != 0)
        return ask_wide(table, point, states, place.actor & place.object & place.target);
    const uint32_t *found = plain_case(table, &place);
    if ((found[CASE_RUN] & CASE_GENERAL) != 0)
        return ask_any(table, point, states);
    return decide(found, states);
}

uint32_t
avow_next_clause(const avow_table *opaque, const avow_question *question, uint32_t previous)
{
    if (opaque == NULL || question == NULL || previous == AVOW_NONE)
        return AVOW_NONE;
    struct inquiry q;
    if (inquire(&q, words_of(opaque), question, previous + 1) != AVOW_REASON_NONE)
        return AVOW_NONE;
    return q.never.hits ? q.never.clause : q.may.clause;
}
