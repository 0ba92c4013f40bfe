/* Lengths of time, compared as they come out: in different units, and by two calendars. */
#ifndef AVOW_COMPARE_LENGTHS_H
#define AVOW_COMPARE_LENGTHS_H

#include "compiler/compare/common.h"

struct difference {
    bool later, earlier; /* for some start, the new time ends so */
    int64_t start;       /* of the greatest delay, or if there is none advance; Unix seconds */
    int64_t days;        /* that much at most, rounded up */
};

/* An old time limit against a new one, over starts in the years after the new version takes effect.
 * Of times that count back from an event, the later one leaves less time: it is "later" too. */
struct difference lengths_compare(const struct common *common, struct timing before,
                                  struct timing after);

/* Whether both policies count days alike. */
bool lengths_same_calendar(const struct common *common);

#endif
