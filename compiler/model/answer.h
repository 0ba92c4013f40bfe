/* The reference semantics of language.md, written down as plainly as possible. Slow on purpose. */
#ifndef AVOW_MODEL_ANSWER_H
#define AVOW_MODEL_ANSWER_H

#include "compiler/model/model.h"

struct question {
    uint32_t actor;          /* leaf of a system */
    enum verb verb;          /* below VERB_QUESTIONS */
    uint32_t object, target; /* leaves of the kinds of the verb */
    uint64_t yes, known;     /* bits of states and facts; yes outside known is ignored */
};

enum verdict { VERDICT_UNSTATED, VERDICT_FORBIDDEN, VERDICT_ALLOWED, VERDICT_BAD_QUESTION };

struct answer {
    enum verdict verdict;
    bool rest;               /* FORBIDDEN, and only by what forbids whatever nothing permits */
    uint64_t missing;        /* states that, if known, could change the answer; see answer_make */
    const uint32_t *clauses; /* cited, in page order, each once */
    size_t clause_count;
};

/* The verdict. Unknown states are taken rule by rule: a NEVER hits if it possibly holds, a MAY only
 * if it certainly does. A NEVER “except as stated” hits if it possibly holds and no MAY hits: one
 * that only possibly holds does not count.
 * `missing` is 0 if the answer is ALLOWED, or FORBIDDEN whatever the unknown states are: by a NEVER
 * that certainly holds, or by one “except as stated” where no MAY possibly holds. Else for
 * FORBIDDEN it has the unknown states of the NEVERs that possibly hit, and if one of those “except
 * as stated” does, of the MAYs that possibly hold; for UNSTATED those of these MAYs. BAD_QUESTION:
 * a group, a leaf of the wrong kind, or two members (or none) of a one-of group. */
struct answer answer_make(const struct model *model, struct arena *arena, struct question question);

/* Bits of a one-of group made known by a known yes; false for a bad question. */
bool states_complete(const struct model *model, uint64_t *yes, uint64_t *known);

/* What was nearest to a permission: the MAY of the same verb with the fewest wrong parts, a wrong
 * state weighing less than a wrong target, object and actor; then page order. */
struct nearest {
    const struct rule *rule; /* NULL if no MAY has the verb */
    bool actor_wrong, object_wrong, target_wrong;
    uint64_t must_hold, must_not_hold; /* states that stand in the way (or are unknown) */
};

struct nearest answer_nearest(const struct model *model, struct question question);

#endif
