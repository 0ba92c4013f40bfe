/* The sentence that is being resolved: shared by sentences.c, duties.c and requests.c. */
#ifndef AVOW_MODEL_SENTENCES_H
#define AVOW_MODEL_SENTENCES_H

#include "compiler/model/internal.h"

struct saying {
    struct draft *draft;
    const struct sentence *tree;
    uint32_t clause, sentence; /* indexes in the model */
    struct answered *answered;
};

/* The cubes in which the sentence's condition holds and none of its "except if": at least one.
 * False after a report. */
bool saying_cases(const struct saying *saying, const struct about *about, struct cube **cubes,
                  size_t *count);

/* Of a sentence that makes nothing, which was reported: looks up what it names, no more. */
void saying_look_up(const struct saying *saying);

/* MUST: one duty for each case. */
void duty_say(const struct saying *saying);
/* "person MAY request": one right for each case. */
void right_say(const struct saying *saying);
/* "person MAY choose": the right and the duty for the requests that switch a state. */
void choice_say(const struct saying *saying);
/* Of one that makes nothing, which was reported: what it may have been about is dealt with. */
void choice_forgive(const struct saying *saying);

/* Parts of rights. The persons who have one, as symbols (as many as subjects) and as leaves; the
 * contacts through which. False after a report. */
bool resolve_holders(struct draft *draft, const struct sentence *tree, uint32_t *symbols,
                     struct set *out);
bool resolve_contacts(struct draft *draft, const struct name_list *via, const uint32_t **contacts);

/* What clauses repeat: all of them at once, when every clause is there. */
void repeats_make(struct draft *draft);

/* Which requests somebody must act on. Counted at the ends of intervals, so that a group costs as
 * much as one name. */
struct answered {
    int32_t *done;    /* by "do", one for each request leaf and one more */
    int32_t *clocked; /* by any duty whose clock the request starts */
};

struct answered answered_make(struct draft *draft);
void answered_add(const struct draft *draft, int32_t *counts, struct set requests);
/* Reports the requests that somebody may make, or that switch a state, and nobody must act on. */
void answered_check(struct draft *draft, const struct answered *answered);

#endif
