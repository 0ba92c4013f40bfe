/* An entry of the table by hand. */
#ifndef TESTS_BENCH_DECISION_ENTRY_H
#define TESTS_BENCH_DECISION_ENTRY_H

#include <stdint.h>

enum { HAND_NO_CLAUSE = 0xff };

/* What rules a place of the table has: at most one prohibition and one permission, each with the
 * states that must hold and must not. */
struct hand_entry {
    uint8_t never_need, never_forbid, never_clause;
    uint8_t may_need, may_forbid, may_clause;
};

#endif
