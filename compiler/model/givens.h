/* What is given in an example or a question: states that are said outright, and what was received
 * and happened, which switches states of its own. */
#ifndef AVOW_MODEL_GIVENS_H
#define AVOW_MODEL_GIVENS_H

#include "compiler/model/model.h"

struct givens {
    const struct model *model;
    struct cube said;  /* outright */
    struct cube moved; /* what events made of it; counts before it */
    uint64_t pending;
    int64_t moved_at[64]; /* when an event last moved a state */
    VECTOR(struct moment_of) moments;
};

/* The first instant of what was written (a minute, or a civil day), in Unix seconds. */
int64_t moment_begin(const struct calendar *calendar, const struct moment *moment);
/* The instant behind it. */
int64_t moment_end(const struct calendar *calendar, const struct moment *moment);

/* Adds states that hold and that do not. False, with nothing added, if they contradict what was
 * said before, or the rule that of a one-of group exactly one holds. */
bool givens_say(struct givens *givens, struct cube states);

/* Adds something that happened. A request that was received leaves the states it switches pending,
 * an event switches them; of two events the later counts. */
void givens_happen(struct givens *givens, struct moment_of moment, bool received);

/* What holds in the end: pending before moved before said. */
struct cube givens_states(const struct givens *givens);

#endif
