/* The rule at the end of a zone file, in the form of POSIX's TZ variable: two offsets and when
 * they change each year ("CET-1CEST,M3.5.0,M10.5.0/3"). */
#ifndef AVOW_MODEL_POSIX_ZONE_H
#define AVOW_MODEL_POSIX_ZONE_H

#include "compiler/model/model.h"

enum posix_day_form {
    POSIX_JULIAN, /* day 1 to 365, 29 February not counted */
    POSIX_DAY,    /* day 0 to 365 */
    POSIX_WEEKDAY /* the weekday in the week (5: the last) of the month */
};

struct posix_day {
    enum posix_day_form form;
    uint16_t day;
    uint8_t month, week, weekday; /* weekday 0 is Sunday */
    int32_t time;                 /* seconds after midnight, from -167 to 167 hours */
};

struct posix_zone {
    int32_t standard, summer; /* seconds east of UTC */
    bool has_summer;
    struct posix_day begin, end; /* of summer time */
};

/* False if it is no such rule. A rule without dates for its summer time is refused too. */
bool posix_zone_read(struct text text, struct posix_zone *zone);

/* The two changes of a year, the earlier first; at one instant the beginning of summer time last,
 * since the new year's summer time follows the old one's end. */
void posix_zone_changes(const struct posix_zone *zone, int64_t year, struct zone_change pair[2]);

int32_t posix_zone_offset(const struct posix_zone *zone, int64_t instant);

/* The year of an instant in UTC. */
int64_t posix_zone_year(int64_t instant);

#endif
