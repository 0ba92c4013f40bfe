/* Whether this version keeps the promise that its readers are told of a change in good time. */
#include "compiler/check/internal.h"
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"
#include "compiler/model/due.h"
#include "compiler/model/events.h"
#include "compiler/model/locale.h"

/* The event that a new version takes effect, or NONE if no rule speaks of it. */
static uint32_t
change_leaf(const struct model *model)
{
    uint32_t found = names_find(&model->by_name, TEXT(EVENT_CHANGE));
    bool event = found != NONE && model->symbols[found].kind == KIND_EVENT;
    return event && !model->symbols[found].group ? model->symbols[found].leaves.low : NONE;
}

/* By when people must hear of a version that takes effect on a day. */
static struct instant
notice_before(const struct model *model, const struct duty *duty, int64_t day)
{
    int64_t start = calendar_instant(model->calendar, (struct civil_time){day, 0});
    return due_instant(model->calendar, start, duty->timing);
}

/* The duty to tell people of a change that is due first, or NULL. */
static const struct duty *
strictest(const struct model *model, int64_t effective)
{
    const struct duty *first = NULL;
    uint32_t change = change_leaf(model);
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        if (duty->timing.form != TIMING_BEFORE || verb_forms[duty->verb].object != KIND_PERSON ||
            !set_has(duty->after, change))
            continue;
        if (!first ||
            notice_before(model, duty, effective).at < notice_before(model, first, effective).at)
            first = duty;
    }
    return first;
}

static int64_t
last_second(const struct model *model, int64_t day)
{
    return calendar_instant(model->calendar, (struct civil_time){day, SECONDS_PER_DAY - 1});
}

/* Whether what was made known on one day is in good time for another: all of the first day is. */
static bool
in_time(const struct model *model, const struct duty *duty, int64_t announced, int64_t effective)
{
    struct instant by = notice_before(model, duty, effective);
    return by.exact && last_second(model, announced) <= by.at;
}

/* The first day on which what is made known on a day may take effect, or -1. */
static int64_t
earliest_effect(const struct model *model, const struct duty *duty, int64_t announced)
{
    int64_t low = announced, high = calendar_local(model->calendar, model->calendar->until).day - 1;
    if (duty->timing.unit == UNIT_BUSINESS_DAY && high > model->calendar->valid_until)
        high = model->calendar->valid_until;
    if (low >= high || !in_time(model, duty, announced, high))
        return -1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (in_time(model, duty, announced, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

static struct text
day_text(struct checking *c, int64_t day)
{
    struct date date = civil_date(day);
    return arena_format(c->arena, "%04d-%02u-%02u", (int)date.year, date.month, date.day);
}

/* Nothing says when the version was made known. */
static void
report_silence(struct checking *c, const struct duty *duty, int64_t effective)
{
    const struct model *model = c->model;
    struct instant by = notice_before(model, duty, effective);
    diagnose(c->diagnostics, E_NO_NOTICE, sentence_place(model, duty->sentence),
             "readers are promised notice of a change, and it is not said when this version was "
             "made known");
    diagnose_why(c->diagnostics, "Only with that day can it be checked that the promise is kept");
    if (by.exact) {
        int64_t day = calendar_local(model->calendar, by.at).day;
        if (last_second(model, day) > by.at)
            day--;
        diagnose_fix(c->diagnostics,
                     "Add “announced: %.*s” or an earlier day to the front matter, or “announced: "
                     "first” if this is the first version of the policy",
                     TEXT_ARGS(day_text(c, day)));
    } else {
        diagnose_fix(c->diagnostics,
                     "Add “announced:” and the day to the front matter, or “announced: first” if "
                     "this is the first version of the policy");
    }
    diagnose_see(c->diagnostics, model->settings->effective_span, "it takes effect on this day");
}

static void
report_unknown(struct checking *c, const struct duty *duty, avow_due_reason reason)
{
    bool holidays = reason == AVOW_DUE_PAST_HOLIDAYS;
    diagnose(c->diagnostics, E_NOTICE, c->model->settings->effective_span,
             "it cannot be said whether this version was made known in time: %s",
             holidays ? "the calendar does not know the holidays before it"
                      : "the time zone is known for one year before it only");
    diagnose_fix(c->diagnostics, holidays ? "Complete the calendar up to this day"
                                          : "Promise notice of less than a year");
    diagnose_see(c->diagnostics, sentence_place(c->model, duty->sentence),
                 "the notice that is promised");
}

static void
report_late(struct checking *c, const struct duty *duty, int64_t announced, int64_t effective)
{
    const struct model *model = c->model;
    struct text span = locale_duration(model->locale, c->arena, duty->timing);
    int64_t earliest = earliest_effect(model, duty, announced);
    diagnose(c->diagnostics, E_NOTICE, model->settings->effective_span,
             "less than “%.*s” lies between %.*s, when this version was made known, and %.*s, when "
             "it takes effect",
             TEXT_ARGS(span), TEXT_ARGS(day_text(c, announced)), TEXT_ARGS(day_text(c, effective)));
    diagnose_why(c->diagnostics, "Readers are promised that they hear of a change that long before "
                                 "it; neither of the two days is counted");
    if (earliest >= 0)
        diagnose_fix(c->diagnostics, "Write “effective: %.*s” or a later day",
                     TEXT_ARGS(day_text(c, earliest)));
    else
        diagnose_fix(c->diagnostics, "Let it take effect later");
    diagnose_see(c->diagnostics, sentence_place(model, duty->sentence),
                 "the notice that is promised");
}

void
check_notice(struct checking *c)
{
    const struct settings *settings = c->model->settings;
    int64_t effective = civil_day(settings->effective);
    const struct duty *duty = strictest(c->model, effective);
    if (!duty || settings->first_version)
        return;
    if (settings->announced.year == 0) {
        report_silence(c, duty, effective);
        return;
    }
    int64_t announced = civil_day(settings->announced);
    if (in_time(c->model, duty, announced, effective))
        return;
    struct instant by = notice_before(c->model, duty, effective);
    if (by.exact)
        report_late(c, duty, announced, effective);
    else
        report_unknown(c, duty, by.reason);
}
