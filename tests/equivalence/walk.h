/* Every assignment of the states that can matter at a point, and a digest of all answers to them.
 *
 * Freestanding, so that the same walk runs against a linked C table, a bundle and the core as wasm:
 * two evaluators that give equal digests gave the same verdict, reason, missing states and
 * citations in every case. */
#ifndef AVOW_TESTS_WALK_H
#define AVOW_TESTS_WALK_H

#include "runtime/avow.h"

/* Up to this many states are walked through exhaustively (3^10 assignments). */
enum { WALK_STATES = 10, WALK_SAMPLES = 20000, WALK_OTHERS = 24 };

/* A point of a policy and how to walk it; points files hold these as they are in memory, on
 * little-endian machines. */
struct walk_point {
    uint32_t actor, verb, object, target;
    uint64_t mask;   /* states of rules that can reach the point */
    uint64_t all;    /* every state and fact of the policy */
    uint64_t digest; /* of the reference's answers */
};

struct walk {
    uint64_t mask, all;
    uint64_t random;
    uint64_t yes, known; /* the assignment */
    uint32_t left;       /* samples still to come behind the exhaustive part */
    int exhaustive;      /* still in it */
    int begun;
};

void walk_begin(struct walk *walk, const struct walk_point *point);
/* The next assignment in yes and known; 0 when there is none. */
int walk_next(struct walk *walk);

/* What an evaluator said, in the terms of avow.h; clauses follow with walk_fold. */
uint64_t walk_fold(uint64_t digest, uint64_t value);
uint64_t walk_fold_answer(uint64_t digest, const avow_answer *answer);

/* The digest of a table's answers at a point. */
uint64_t walk_table(const avow_table *table, const struct walk_point *point);

#endif
