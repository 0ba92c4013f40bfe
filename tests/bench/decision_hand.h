/* What avow's decisions are measured against: the rules of the seed policy as somebody would write
 * them by hand, for this one policy, with numbers of their own. */
#ifndef TESTS_BENCH_DECISION_HAND_H
#define TESTS_BENCH_DECISION_HAND_H

#include "runtime/avow.h"
#include "tests/bench/decision_entry.h"

/* The same facts as an avow_answer. */
struct hand_answer {
    uint8_t verdict; /* avow_verdict */
    uint8_t possible;
    uint8_t clause;
    uint8_t missing;
};

/* Numbers count from 0 among the actors, the verbs, and the objects and targets that the verb
 * takes; yes and known are bits of states. */
typedef struct hand_answer hand_function(uint32_t actor, uint32_t verb, uint32_t object,
                                         uint32_t target, uint32_t yes, uint32_t known);

/* A row for each actor, verb and object, a column for each target. */
hand_function hand_table;
/* The same table, decided without a branch. */
hand_function hand_straight;
/* A switch of verbs, of objects, of targets, of actors. */
hand_function hand_switch;
/* Four names to numbers by a perfect hash of gperf, then the table. AVOW_REFUSED for a name that is
 * unknown or out of place. */
struct hand_answer hand_names(const avow_named_point *named, uint32_t yes, uint32_t known);

#include "hand_rules.h"

/* The state test, three-valued as avow's. */
static inline struct hand_answer
hand_judge(struct hand_entry e, uint32_t yes, uint32_t known)
{
    uint32_t no = known & ~yes;
    yes &= known;
    if (e.never_clause != HAND_NO_CLAUSE && (e.never_need & no) == 0 &&
        (e.never_forbid & yes) == 0) {
        uint32_t missing = (uint32_t)(e.never_need | e.never_forbid) & ~known;
        return (struct hand_answer){AVOW_FORBIDDEN, missing != 0, e.never_clause, (uint8_t)missing};
    }
    if (e.may_clause == HAND_NO_CLAUSE || (e.may_need & no) != 0 || (e.may_forbid & yes) != 0)
        return (struct hand_answer){AVOW_UNSTATED, 0, HAND_NO_CLAUSE, 0};
    uint32_t missing = (uint32_t)(e.may_need | e.may_forbid) & ~known;
    if (missing != 0)
        return (struct hand_answer){AVOW_UNSTATED, 0, HAND_NO_CLAUSE, (uint8_t)missing};
    return (struct hand_answer){AVOW_ALLOWED, 0, e.may_clause, 0};
}

static inline const struct hand_entry *
hand_entry_of(uint32_t actor, uint32_t verb, uint32_t object, uint32_t target)
{
    return &hand_entries[actor * HAND_PAIRS + hand_first_pair[verb] + object][target];
}

/* hand_table for those who have it in their own file. */
static inline struct hand_answer
hand_inline(uint32_t actor, uint32_t verb, uint32_t object, uint32_t target, uint32_t yes,
            uint32_t known)
{
    return hand_judge(*hand_entry_of(actor, verb, object, target), yes, known);
}

#endif
