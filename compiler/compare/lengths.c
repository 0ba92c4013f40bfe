#include "compiler/compare/lengths.h"

#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"
#include "compiler/model/due.h"

/* Starts that are tried: each day of more than a leap year's turn, early and late in the day. */
enum { DAYS = 1500, HOUR = 3600 };

static bool
same_holidays(const struct calendar *a, const struct calendar *b)
{
    return a->holiday_count == b->holiday_count &&
           (a->holiday_count == 0 ||
            memcmp(a->holidays, b->holidays, a->holiday_count * sizeof *a->holidays) == 0);
}

bool
lengths_same_calendar(const struct common *common)
{
    const struct calendar *a = common->side[OLD].model->calendar;
    const struct calendar *b = common->side[NEW].model->calendar;
    return text_equal(a->zone, b->zone) && a->working_days == b->working_days &&
           a->cut_off == b->cut_off && same_holidays(a, b) && a->valid_until == b->valid_until;
}

/* Days up, so that an hour later is told too. */
static int64_t
days_of(int64_t seconds)
{
    return (seconds + SECONDS_PER_DAY - 1) / SECONDS_PER_DAY;
}

static void
compare_at(const struct common *common, struct timing before, struct timing after, int64_t start,
           struct difference *found)
{
    struct instant old = due_instant(common->side[OLD].model->calendar, start, before);
    struct instant new = due_instant(common->side[NEW].model->calendar, start, after);
    if (!old.exact || !new.exact || old.at == new.at)
        return;
    bool later = new.at > old.at;
    int64_t days = days_of(later ? new.at - old.at : old.at - new.at);
    if ((later && !found->later) || (later == found->later && days > found->days)) {
        found->start = start;
        found->days = days;
    }
    found->later |= later;
    found->earlier |= !later;
}

struct difference
lengths_compare(const struct common *common, struct timing before, struct timing after)
{
    struct difference found = {false, false, 0, 0};
    const struct calendar *calendar = common->side[NEW].model->calendar;
    int64_t day = civil_day(common->side[NEW].model->settings->effective);
    bool alike =
        before.form == after.form && before.unit == after.unit && lengths_same_calendar(common);
    if (alike && before.amount == after.amount)
        return found;
    int64_t count = alike ? 40 : DAYS; /* the same unit: only how much is not known yet */
    for (int64_t i = 0; i < count; i++)
        for (int hour = 10; hour < 24; hour += 13)
            compare_at(common, before, after,
                       calendar_instant(calendar, (struct civil_time){day + i, hour * HOUR}),
                       &found);
    if (alike) {
        bool longer = after.amount > before.amount;
        found.later = longer != (after.form == TIMING_BEFORE);
        found.earlier = !found.later;
    }
    return found;
}
