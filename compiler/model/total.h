/* How long a chain of clauses takes at most, each of which begins when the one before is done: what
 * a hole {total of CLAUSE} publishes. */
#ifndef AVOW_MODEL_TOTAL_H
#define AVOW_MODEL_TOTAL_H

#include "compiler/model/internal.h"

/* "37 days", "1 month and 30 days"; empty after a report at the hole's place. Nothing is reported
 * if the policy may have lost a duty to an error. */
struct text total_words(struct draft *draft, uint32_t clause, struct span hole, bool duties_lost);

#endif
