/* When a request must have been acted on, or data be gone: the reference for avow_when_due of the
 * runtime, which must give the same for every question.
 *
 * Which duties: for a request those to do it, for data those to erase it, wherever from, for an
 * event those to tell anybody about it. A duty binds unless its condition is certainly false
 * (Kleene, as answer.h).
 *
 * Clock of a duty: with `after`, the first of the moments of those requests and events; with `after
 * last`, the last of them: a later report moves the clock. With `before`, the first of the moments
 * for which those events are planned. Without, of a duty to tell the first of the moments of what
 * is told; of a request the first receipt; of erase and keep the first collection, or if the
 * condition asks for states (not facts, not negated) the latest of the moments from which those
 * hold; of several moments of one state the last. A duty whose clock has no moment has not started.
 *
 * Instant of a duty: `at once` its start; hours exact; days, weeks, months and years the last
 * second (23:59:59) of the civil day that many after the day of the start, the end of the month if
 * that has no such day; business days the last second of the nth working day after the day of the
 * start, which is the next civil day if the start is later than the cut-off. A start outside the
 * calendar's zone years, an instant at or past their end, or a working day past the last known
 * holiday cannot be computed; what is known is a bound: no earlier than anything, the end of the
 * zone years, the end of the last day with known holidays.
 *
 * Before an event: hours are exact. Else the day of the event is not counted, nor is the day of the
 * instant: whole days lie between them. Days, weeks, months and years the last second before the
 * civil day that many before the day of the event, the end of the month if that has no such day;
 * business days the last second before the nth working day before the day of the event, at
 * whatever time of day the event is. An event outside the zone years, an instant before them, or
 * one for which a day past the last known holiday would have to be counted cannot be computed; the
 * bound is: no earlier than anything.
 *
 * Keep: a duty to keep that certainly binds and has started moves every erasure that would be due
 * before its end to that end; if its end cannot be computed, neither can the answer. One that
 * possibly binds, or has not started, moves nothing: the earliest candidate binds.
 *
 * Answer: the earliest instant (or bound) of the duties that have started; of equal ones a computed
 * before a bound, a certain before a possible, then page order. A bound is UNKNOWN with its reason.
 * None started: UNKNOWN, NOT_STARTED, the first duty's clause. None binds: NOTHING. `missing` holds
 * the unknown states of all duties (keep included) that possibly bind; 0 for NOTHING. */
#ifndef AVOW_MODEL_DUE_H
#define AVOW_MODEL_DUE_H

#include "compiler/model/model.h"
#include "runtime/avow.h"

struct due_question {
    uint32_t what; /* leaf of a request, of data or of an event */
    const struct moment_of *moments;
    size_t count;
    uint64_t yes, known; /* as in struct question */
};

struct due {
    avow_due_kind kind;     /* UNKNOWN with BAD_QUESTION for a wrong leaf or impossible states */
    avow_due_reason reason; /* of AT: CERTAIN, POSSIBLE, or KEPT (which outranks POSSIBLE) */
    uint32_t clause;        /* of the duty, of the keep if KEPT; NONE if NOTHING or BAD_QUESTION */
    int64_t at;             /* of AT and AT_ONCE, else 0 */
    uint64_t missing;
};

struct due due_make(const struct model *model, struct due_question question);

/* The same for any act that is a duty: about `what` (of the kind of the verb's object) and, if any
 * are given, these targets. The clock of a duty to tell about an event is, without `after`, that
 * event. */
struct due due_of_act(const struct model *model, enum verb verb, struct set targets,
                      struct due_question question);

/* A start plus a length of time. */
struct instant {
    int64_t at;             /* the instant, or the bound */
    bool exact;             /* false: a bound */
    avow_due_reason reason; /* of a bound */
};

struct instant due_instant(const struct calendar *calendar, int64_t start, struct timing timing);

#endif
