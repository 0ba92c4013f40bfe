/* The reference evaluator and the core at every point, and at moments for deadlines. */
#ifndef AVOW_TESTS_COMPARE_H
#define AVOW_TESTS_COMPARE_H

#include "tests/equivalence/subject.h"
#include "tests/equivalence/walk.h"

#include <stdio.h>

struct tally {
    uint64_t points, cases, deadlines;
    uint64_t verdicts[4]; /* by enum verdict: that no kind of answer was never seen */
};

/* Walks all points; false after printing the first difference. Writes each point with its digest to
 * points if that is not NULL. */
bool compare_answers(const struct subject *subject, struct tally *tally, FILE *points);

/* Random moments and states for every request and data. */
bool compare_deadlines(const struct subject *subject, uint64_t seed, struct tally *tally);

/* Questions that are none: numbers of the wrong kind, past the end, verbs that do not exist. */
bool compare_bad_points(const struct subject *subject, uint64_t seed, struct tally *tally);

#endif
