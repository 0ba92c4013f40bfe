#include "compiler/model/due.h"

#include "compiler/model/answer.h"
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"

static struct instant
exactly(int64_t at)
{
    return (struct instant){at, true, AVOW_DUE_CERTAIN};
}

static struct instant
bound(int64_t at, avow_due_reason reason)
{
    return (struct instant){at, false, reason};
}

/* Days, weeks ... of civil time; more than that is past any calendar's years all the same. */
enum { AMOUNT_MAX = 1000000 };

static struct instant
end_of_day(const struct calendar *calendar, int64_t day)
{
    int64_t at = calendar_instant(calendar, (struct civil_time){day, SECONDS_PER_DAY - 1});
    if (at >= calendar->until)
        return bound(calendar->until, AVOW_DUE_PAST_ZONES);
    return exactly(at);
}

static struct instant
end_of_working_day(const struct calendar *calendar, struct civil_time start, int64_t amount)
{
    int64_t day = start.day + (start.second > calendar->cut_off * 60);
    int64_t last = calendar_local(calendar, calendar->until).day;
    while (amount > 0) {
        day++;
        if (day > calendar->valid_until && calendar->valid_until < last) {
            struct instant end = end_of_day(calendar, calendar->valid_until);
            return bound(end.at, AVOW_DUE_PAST_HOLIDAYS);
        }
        if (day > last)
            return bound(calendar->until, AVOW_DUE_PAST_ZONES);
        amount -= calendar_is_working(calendar, day);
    }
    return end_of_day(calendar, day);
}

/* The last second before a day begins; the days from there on are left whole. */
static struct instant
before_day(const struct calendar *calendar, int64_t day)
{
    int64_t at = calendar_instant(calendar, (struct civil_time){day - 1, SECONDS_PER_DAY - 1});
    if (at < calendar->from)
        return bound(INT64_MIN, AVOW_DUE_PAST_ZONES);
    return exactly(at);
}

static struct instant
before_working_days(const struct calendar *calendar, int64_t day, int64_t amount)
{
    int64_t first = calendar_local(calendar, calendar->from).day;
    if (day - 1 > calendar->valid_until)
        return bound(INT64_MIN, AVOW_DUE_PAST_HOLIDAYS);
    while (amount > 0) {
        day--;
        if (day < first)
            return bound(INT64_MIN, AVOW_DUE_PAST_ZONES);
        amount -= calendar_is_working(calendar, day);
    }
    return before_day(calendar, day);
}

/* What must be done that long before a planned event. */
static struct instant
instant_before(const struct calendar *calendar, int64_t event, struct timing timing)
{
    int64_t seconds = (int64_t)timing.amount * 3600;
    int64_t amount = timing.amount < AMOUNT_MAX ? timing.amount : AMOUNT_MAX;
    if (timing.unit == UNIT_HOUR)
        return event >= INT64_MIN + seconds ? exactly(event - seconds)
                                            : bound(INT64_MIN, AVOW_DUE_PAST_ZONES);
    if (event < calendar->from || event >= calendar->until)
        return bound(INT64_MIN, AVOW_DUE_PAST_ZONES);
    int64_t day = calendar_local(calendar, event).day;
    switch (timing.unit) {
    case UNIT_BUSINESS_DAY:
        return before_working_days(calendar, day, amount);
    case UNIT_WEEK:
        return before_day(calendar, day - amount * 7);
    case UNIT_MONTH:
        return before_day(calendar, civil_add_months(day, -amount));
    case UNIT_YEAR:
        return before_day(calendar, civil_add_months(day, -amount * 12));
    default:
        return before_day(calendar, day - amount);
    }
}

struct instant
due_instant(const struct calendar *calendar, int64_t start, struct timing timing)
{
    int64_t seconds = (int64_t)timing.amount * 3600;
    int64_t amount = timing.amount < AMOUNT_MAX ? timing.amount : AMOUNT_MAX;
    if (timing.form == TIMING_BEFORE)
        return instant_before(calendar, start, timing);
    if (timing.form == TIMING_AT_ONCE || timing.form == TIMING_NONE)
        return exactly(start);
    if (timing.unit == UNIT_HOUR)
        return start <= INT64_MAX - seconds ? exactly(start + seconds)
                                            : bound(INT64_MAX, AVOW_DUE_PAST_ZONES);
    if (start < calendar->from)
        return bound(INT64_MIN, AVOW_DUE_PAST_ZONES);
    if (start >= calendar->until)
        return bound(calendar->until, AVOW_DUE_PAST_ZONES);
    struct civil_time local = calendar_local(calendar, start);
    switch (timing.unit) {
    case UNIT_BUSINESS_DAY:
        return end_of_working_day(calendar, local, amount);
    case UNIT_WEEK:
        return end_of_day(calendar, local.day + amount * 7);
    case UNIT_MONTH:
        return end_of_day(calendar, civil_add_months(local.day, amount));
    case UNIT_YEAR:
        return end_of_day(calendar, civil_add_months(local.day, amount * 12));
    default:
        return end_of_day(calendar, local.day + amount);
    }
}

/* What a question comes to for one duty. */
struct candidate {
    const struct duty *duty;
    struct instant instant;
    bool started, possible;
};

struct clock {
    bool started;
    int64_t at;
};

/* What is asked: duties of one verb about q.what (NONE: anything) and, if any are named, these
 * targets. */
struct scope {
    const struct model *model;
    struct due_question q;
    enum verb verb;
    struct set targets;
};

/* The first moment of anything in the set. */
static struct clock
first_of(struct due_question q, struct set set)
{
    struct clock clock = {0};
    for (size_t i = 0; i < q.count; i++)
        if (q.moments[i].what != NONE && set_has(set, q.moments[i].what) &&
            (!clock.started || q.moments[i].at < clock.at))
            clock = (struct clock){true, q.moments[i].at};
    return clock;
}

/* The last of them: every later report moves the clock on. */
static struct clock
last_of(struct due_question q, struct set set)
{
    struct clock clock = {0};
    for (size_t i = 0; i < q.count; i++)
        if (q.moments[i].what != NONE && set_has(set, q.moments[i].what) &&
            (!clock.started || q.moments[i].at > clock.at))
            clock = (struct clock){true, q.moments[i].at};
    return clock;
}

static struct clock
first_moment(struct due_question q, uint32_t what)
{
    struct clock clock = {0};
    for (size_t i = 0; i < q.count; i++)
        if (q.moments[i].what == what && (!clock.started || q.moments[i].at < clock.at))
            clock = (struct clock){true, q.moments[i].at};
    return clock;
}

/* Since when all those states hold. */
static struct clock
holding_since(const struct model *model, struct due_question q, uint64_t states)
{
    struct clock all = {true, INT64_MIN};
    for (uint32_t bit = 0; bit < state_count(model); bit++) {
        struct clock one = {0};
        if ((states >> bit & 1) == 0)
            continue;
        for (size_t i = 0; i < q.count; i++)
            if (q.moments[i].what == model->first_leaf[KIND_STATE] + bit &&
                (!one.started || q.moments[i].at > one.at))
                one = (struct clock){true, q.moments[i].at};
        all.started &= one.started;
        if (one.at > all.at)
            all.at = one.at;
    }
    return all;
}

static uint64_t
bits_below(uint32_t count)
{
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* Whoever must be told about an event must be told from then on. */
static struct clock
first_told(const struct scope *scope, const struct duty *duty)
{
    struct set told = scope->targets.count > 0 ? scope->targets : duty->targets;
    return first_of(scope->q, told);
}

static struct clock
clock_of(const struct scope *scope, const struct duty *duty)
{
    const struct model *model = scope->model;
    uint32_t states = model->first_leaf[KIND_FACT] - model->first_leaf[KIND_STATE];
    uint64_t needed = duty->when.need & bits_below(states);
    if (duty->after.count > 0)
        return duty->last ? last_of(scope->q, duty->after) : first_of(scope->q, duty->after);
    if (duty->verb == VERB_DO)
        return first_moment(scope->q, scope->q.what);
    if (duty->verb == VERB_TELL)
        return first_told(scope, duty);
    return needed != 0 ? holding_since(model, scope->q, needed) : first_moment(scope->q, NONE);
}

static bool
is_impossible(struct cube when, uint64_t yes, uint64_t known)
{
    return (when.need & known & ~yes) != 0 || (when.forbid & yes) != 0 ||
           (when.need & when.forbid) != 0;
}

static bool
is_about(const struct scope *scope, const struct duty *duty)
{
    bool elsewhere = scope->targets.count > 0 && duty->targets.count > 0 &&
                     !set_meets(scope->targets, duty->targets);
    return duty->verb == scope->verb && !elsewhere &&
           (scope->q.what == NONE || set_has(duty->objects, scope->q.what));
}

/* Whether the duty binds at all; what it comes to then. */
static bool
consider(const struct scope *scope, const struct duty *duty, struct candidate *candidate)
{
    uint64_t known = scope->q.known;
    if (!is_about(scope, duty) || is_impossible(duty->when, scope->q.yes, known))
        return false;
    struct clock clock = clock_of(scope, duty);
    *candidate = (struct candidate){
        .duty = duty,
        .started = clock.started,
        .possible = ((duty->when.need | duty->when.forbid) & ~known) != 0,
    };
    if (clock.started)
        candidate->instant = due_instant(scope->model->calendar, clock.at, duty->timing);
    return true;
}

static bool
is_earlier(const struct candidate *a, const struct candidate *b)
{
    if (a->started != b->started)
        return a->started;
    if (!a->started)
        return false;
    if (a->instant.at != b->instant.at)
        return a->instant.at < b->instant.at;
    if (a->instant.exact != b->instant.exact)
        return a->instant.exact;
    return b->possible && !a->possible;
}

/* Of two keeps, whether a counts: an end that cannot be computed could be the later one. */
static bool
is_later_keep(const struct candidate *a, const struct candidate *b)
{
    if (a->instant.exact != b->instant.exact)
        return !a->instant.exact;
    return a->instant.exact && a->instant.at > b->instant.at;
}

/* The last end of the keeps that certainly bind and have started; false if there is none. */
static bool
last_keep(const struct scope *scope, struct candidate *last, uint64_t *missing)
{
    bool found = false;
    for (size_t i = 0; i < scope->model->duty_count; i++) {
        const struct duty *duty = &scope->model->duties[i];
        struct candidate keep = {0};
        if (!consider(scope, duty, &keep))
            continue;
        if (keep.possible)
            *missing |= (duty->when.need | duty->when.forbid) & ~scope->q.known;
        if (keep.possible || !keep.started)
            continue;
        if (!found || is_later_keep(&keep, last))
            *last = keep;
        found = true;
    }
    return found;
}

/* The duty that binds first; false if none binds. */
static bool
first_duty(const struct scope *scope, struct candidate *first, uint64_t *missing)
{
    bool found = false;
    for (size_t i = 0; i < scope->model->duty_count; i++) {
        const struct duty *duty = &scope->model->duties[i];
        struct candidate this = {0};
        if (!consider(scope, duty, &this))
            continue;
        if (this.possible)
            *missing |= (duty->when.need | duty->when.forbid) & ~scope->q.known;
        if (!found || is_earlier(&this, first))
            *first = this;
        found = true;
    }
    return found;
}

static struct due
due_of_candidate(const struct candidate *candidate, uint64_t missing)
{
    struct due due = {.clause = candidate->duty->clause, .missing = missing};
    if (!candidate->started || !candidate->instant.exact) {
        due.kind = AVOW_DUE_UNKNOWN;
        due.reason = candidate->started ? candidate->instant.reason : AVOW_DUE_NOT_STARTED;
        return due;
    }
    due.kind = candidate->duty->timing.form == TIMING_AT_ONCE ? AVOW_DUE_AT_ONCE : AVOW_DUE_AT;
    due.reason = candidate->possible ? AVOW_DUE_POSSIBLE : AVOW_DUE_CERTAIN;
    due.at = candidate->instant.at;
    return due;
}

static bool
is_leaf_of(const struct model *model, uint32_t leaf, enum kind kind)
{
    return leaf >= model->first_leaf[kind] && leaf < model->first_leaf[kind + 1];
}

struct due
due_make(const struct model *model, struct due_question question)
{
    struct set any = {NULL, 0};
    struct interval event = {question.what, question.what + 1};
    if (is_leaf_of(model, question.what, KIND_REQUEST))
        return due_of_act(model, VERB_DO, any, question);
    if (is_leaf_of(model, question.what, KIND_DATA))
        return due_of_act(model, VERB_ERASE, any, question);
    if (!is_leaf_of(model, question.what, KIND_EVENT))
        return (struct due){AVOW_DUE_UNKNOWN, AVOW_DUE_BAD_QUESTION, NONE, 0, 0};
    question.what = NONE; /* whoever must be told */
    return due_of_act(model, VERB_TELL, (struct set){&event, 1}, question);
}

struct due
due_of_act(const struct model *model, enum verb verb, struct set targets, struct due_question q)
{
    struct candidate first = {0}, keep = {0};
    uint64_t missing = 0, kept_missing = 0;
    if (!states_complete(model, &q.yes, &q.known))
        return (struct due){AVOW_DUE_UNKNOWN, AVOW_DUE_BAD_QUESTION, NONE, 0, 0};
    struct scope scope = {model, q, verb, targets}, keeps = {model, q, VERB_KEEP, {NULL, 0}};
    if (!first_duty(&scope, &first, &missing))
        return (struct due){AVOW_DUE_NOTHING, AVOW_DUE_CERTAIN, NONE, 0, 0};
    if (verb == VERB_ERASE && last_keep(&keeps, &keep, &kept_missing) && first.started &&
        (!keep.instant.exact || keep.instant.at > first.instant.at)) {
        struct due due = due_of_candidate(&keep, missing | kept_missing);
        if (due.kind == AVOW_DUE_AT)
            due.reason = AVOW_DUE_KEPT;
        return due;
    }
    return due_of_candidate(&first, missing | kept_missing);
}
