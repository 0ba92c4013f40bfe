/* What the doctor finds, one line each, and where it looks. */
#ifndef AVOW_AGENT_FINDINGS_H
#define AVOW_AGENT_FINDINGS_H

#include "runtime/agent/session.h"
#include "runtime/store/engine.h"

#include <time.h>

struct findings {
    bool bad;   /* something is */
    time_t now; /* by the clock that is looked at */
};

enum finding { FINDING_OK, FINDING_WARN, FINDING_BAD };

/* A line to standard output; with control characters in it as '?'. */
void find(struct findings *findings, enum finding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether others can put something else in the place of the policy. */
void find_policy_file(struct findings *findings, const char *path);

/* What is said of the calendar: how long its holidays and zone are known. */
void find_calendar(struct findings *findings, const avow_table *table);

/* A file of passwords for PostgreSQL, if one is read. */
void find_password_file(struct findings *findings, const char *url);

/* A file that seems to be written later than now; others are passed over. */
void find_later_file(struct findings *findings, const char *path);

/* The ledger against the clock, its anchor, and what of it was written out. */
void find_ledger(struct findings *findings, struct session *session, struct engine *engine);

#endif
