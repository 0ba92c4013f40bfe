/* Makes the k-th call of the C library fail that the store, or a library that it uses, makes. The
 * calls are those of this program's own process: it defines them itself. */
#ifndef TESTS_STORE_INJECT_H
#define TESTS_STORE_INJECT_H

#include <stdbool.h>

struct inject {
    bool armed;
    bool memory;   /* the calls that allocate; else those that work on files */
    bool for_good; /* that call and all after it; else only that one */
    int error; /* an errno; ENOSPC also cuts a write short. Only calls that can fail by it count */
    long at;   /* which call, from 1; 0: none fails, they are counted */
    long count;
    const char *hit; /* the first call that failed, or NULL */
};

extern struct inject inject;

#endif
