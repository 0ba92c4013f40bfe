/* Random well-formed policies as source text, for holding the evaluators equal. The same seed
 * always gives the same policy. */
#ifndef AVOW_TESTS_GENERATE_H
#define AVOW_TESTS_GENERATE_H

#include "compiler/base/buffer.h"

/* xorshift64*: small, and the same everywhere. */
struct random {
    uint64_t state;
};

struct random random_from(uint64_t seed);
uint64_t random_next(struct random *random);
/* 0 .. below - 1; below is not 0. */
uint32_t random_below(struct random *random, uint32_t below);
/* True in percent of 100 cases. */
bool random_chance(struct random *random, uint32_t percent);

/* Writes a policy of the id "random-SEED". Every sentence of a clause stands on a line of its own,
 * so that one which happens to be impossible can be taken out. */
void generate_policy(uint64_t seed, struct buffer *out);

#endif
