/* Reads a calendar: the zone, working days, cut-off and holidays that deadlines are counted by. */
#ifndef AVOW_MODEL_CALENDAR_H
#define AVOW_MODEL_CALENDAR_H

#include "compiler/model/model.h"

/* The calendar that the front matter names (its path is relative to the policy file), or UTC with
 * every day a working day when it names none. Never NULL: after a report, what could be read. */
const struct calendar *calendar_load(struct arena *arena, struct sources *sources,
                                     const struct settings *settings, uint32_t policy_source,
                                     struct diagnostics *diagnostics);

/* The civil day and the second of it (0 to 86399) that the calendar's clocks show. */
struct civil_time {
    int64_t day; /* since 1970-01-01 */
    int32_t second;
};

struct civil_time calendar_local(const struct calendar *calendar, int64_t instant);

/* The instant of a civil time; see zone_instant for those that are doubled or skipped. */
int64_t calendar_instant(const struct calendar *calendar, struct civil_time time);

/* "2026-03-09 23:59": what those clocks show. */
struct text calendar_words(struct arena *arena, const struct calendar *calendar, int64_t instant);

bool calendar_is_working(const struct calendar *calendar, int64_t day);

#endif
