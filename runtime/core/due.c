/* Deadlines. The rules are those of language.md, "Duties"; see also avow_when_due.
 *
 * Time runs in seconds from the start of the calendar (ZONE_BASE), so that a division is one of
 * 32-bit numbers: small machines have no other. */
#include "runtime/core/set.h"
#include "runtime/core/states.h"
#include "runtime/core/text.h"

enum { DAY = 86400, AMOUNT_MAX = 1000000, OFFSET_MAX = 200000 };

/* A start plus a length of time; a bound if it cannot be computed. */
struct instant {
    int64_t at; /* Unix seconds */
    int exact;
    avow_due_reason reason; /* of a bound */
};

static struct instant
exactly(int64_t at)
{
    return (struct instant){at, 1, AVOW_DUE_CERTAIN};
}

static struct instant
bound(int64_t at, avow_due_reason reason)
{
    return (struct instant){at, 0, reason};
}

static int64_t
zone_base(const uint32_t *table)
{
    return (int64_t)table_pair(table + AT_ZONE_BASE);
}

static int64_t
zone_until(const uint32_t *table)
{
    return (int64_t)table_pair(table + AT_ZONE_UNTIL);
}

/* The last change by then, seconds since the base. */
static uint32_t
change_at(const uint32_t *table, int64_t since)
{
    const uint32_t *zone = table + table_start(table, SECTION_ZONE);
    uint32_t low = 0, high = table_length(table, SECTION_ZONE);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if ((int64_t)zone[middle] <= since)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int32_t
offset_of(const uint32_t *table, uint32_t change)
{
    uint32_t period = table_length(table, SECTION_OFFSETS);
    return (int32_t)table[table_start(table, SECTION_OFFSETS) + change % period];
}

/* Seconds between midnight UTC and the base. */
static int64_t
base_second(const uint32_t *table)
{
    return zone_base(table) - (int64_t)(int32_t)table[AT_ZONE_DAY] * DAY;
}

struct civil {
    int32_t day, second;
};

/* What clocks show, of an instant from the base to the end. */
static struct civil
local_of(const uint32_t *table, int64_t instant)
{
    int64_t since = instant - zone_base(table);
    int64_t local = since + base_second(table) + offset_of(table, change_at(table, since));
    uint32_t shifted = (uint32_t)(local + 4 * DAY); /* not negative */
    int32_t day = (int32_t)(shifted / DAY) - 4 + (int32_t)table[AT_ZONE_DAY];
    return (struct civil){day, (int32_t)(shifted % DAY)};
}

/* The instant of a local time; one that clocks show twice or skip takes the earlier of the two that
 * could be meant. The first stretch of time whose clocks reach it has it or, if they jumped over
 * it, follows the jump: then the offset behind the jump gives the earlier instant. */
static int64_t
instant_of(const uint32_t *table, int64_t day, int32_t second)
{
    const uint32_t *zone = table + table_start(table, SECTION_ZONE);
    uint32_t count = table_length(table, SECTION_ZONE);
    int64_t local = (day - (int32_t)table[AT_ZONE_DAY]) * DAY + second - base_second(table);
    uint32_t i = change_at(table, local - 2 * OFFSET_MAX);
    int64_t since = local - offset_of(table, i);
    for (; i + 1 < count && since >= (int64_t)zone[i + 1]; i++) {
        since = local - offset_of(table, i + 1);
        if (since < (int64_t)zone[i + 1])
            break;
    }
    return zone_base(table) + since;
}

static struct instant
end_of_day(const uint32_t *table, int64_t day)
{
    int64_t at = instant_of(table, day, DAY - 1);
    return at < zone_until(table) ? exactly(at) : bound(zone_until(table), AVOW_DUE_PAST_ZONES);
}

static uint32_t
holiday(const uint32_t *table, uint32_t i)
{
    return table[table_start(table, SECTION_HOLIDAYS) + i / 2] >> i % 2 * 16 & 0xffff;
}

static int
is_holiday(const uint32_t *table, int32_t day)
{
    uint32_t since = (uint32_t)day - table[AT_ZONE_DAY];
    uint32_t low = 0, high = 2 * table_length(table, SECTION_HOLIDAYS);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (holiday(table, middle) < since)
            low = middle + 1;
        else
            high = middle;
    }
    return low < 2 * table_length(table, SECTION_HOLIDAYS) && holiday(table, low) == since;
}

static int
is_working(const uint32_t *table, int32_t day)
{
    uint32_t weekday = (uint32_t)(day % 7 + 10) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */
    return (table[AT_WORKING_DAYS] >> weekday & 1) != 0 && !is_holiday(table, day);
}

static struct instant
end_of_working_day(const uint32_t *table, struct civil start, uint32_t amount)
{
    int32_t cut_off = (int32_t)(table[AT_WORKING_DAYS] >> 8) * 60;
    int32_t day = start.day + (start.second > cut_off);
    int32_t last = local_of(table, zone_until(table)).day;
    int32_t known_until = (int32_t)table[AT_VALID_UNTIL];
    while (amount > 0) {
        day++;
        if (day > last)
            return bound(zone_until(table), AVOW_DUE_PAST_ZONES);
        if (day > known_until)
            return bound(end_of_day(table, known_until).at, AVOW_DUE_PAST_HOLIDAYS);
        amount -= is_working(table, day) ? 1 : 0;
    }
    return end_of_day(table, day);
}

/* Years are counted from March, so that a leap day is the last of its year. */
struct date {
    int32_t year;
    uint32_t month, day; /* 0 March .. 11 February; from 0 */
};

static struct date
date_of(int32_t day)
{
    /* Shifted by whole cycles of 400 years (146097 days) to be positive. */
    uint32_t shifted = (uint32_t)(day + 719468 + 146097 * 1000);
    uint32_t cycle = shifted / 146097, rest = shifted % 146097;
    uint32_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    uint32_t of_year = rest - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153;
    return (struct date){(int32_t)(cycle * 400 + year) - 400000, month,
                         of_year - (153 * month + 2) / 5};
}

static int64_t
day_of(struct date date)
{
    uint32_t shifted = (uint32_t)(date.year + 400000), year = shifted % 400;
    uint32_t rest = 365 * year + year / 4 - year / 100 + (153 * date.month + 2) / 5 + date.day;
    return (int64_t)(shifted / 400) * 146097 + rest - 719468 - (int64_t)146097 * 1000;
}

static uint32_t
month_length(int32_t year, uint32_t month)
{
    static const uint8_t lengths[12] = {31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28};
    uint32_t next = (uint32_t)(year + 400001); /* of that February */
    int leap = next % 4 == 0 && (next % 100 != 0 || next % 400 == 0);
    return lengths[month] + (month == 11 && leap ? 1u : 0u);
}

static int64_t
add_months(int32_t day, uint32_t months)
{
    struct date date = date_of(day);
    uint32_t month = date.month + months;
    date.year += (int32_t)(month / 12);
    date.month = month % 12;
    uint32_t length = month_length(date.year, date.month);
    if (date.day >= length)
        date.day = length - 1;
    return day_of(date);
}

static struct instant
instant_after(const uint32_t *table, int64_t start, uint32_t unit, uint32_t amount)
{
    if (unit == DUTY_AT_ONCE)
        return exactly(start);
    if (unit == DUTY_HOURS) {
        int64_t seconds = (int64_t)amount * 3600;
        return start <= INT64_MAX - seconds ? exactly(start + seconds)
                                            : bound(INT64_MAX, AVOW_DUE_PAST_ZONES);
    }
    if (start < zone_base(table))
        return bound(INT64_MIN, AVOW_DUE_PAST_ZONES);
    if (start >= zone_until(table))
        return bound(zone_until(table), AVOW_DUE_PAST_ZONES);
    if (amount > AMOUNT_MAX)
        amount = AMOUNT_MAX; /* past every calendar all the same */
    struct civil local = local_of(table, start);
    switch (unit) {
    case DUTY_BUSINESS_DAYS:
        return end_of_working_day(table, local, amount);
    case DUTY_WEEKS:
        return end_of_day(table, (int64_t)local.day + amount * 7);
    case DUTY_MONTHS:
        return end_of_day(table, add_months(local.day, amount));
    case DUTY_YEARS:
        return end_of_day(table, add_months(local.day, amount * 12));
    default:
        return end_of_day(table, (int64_t)local.day + amount);
    }
}

/* Where the clock of a duty stands. */
struct clock {
    int started;
    int64_t at;
};

/* The first moment of one thing, or of anything in a set; or the last of it. */
static struct clock
clock_from(const uint32_t *table, const avow_due_question *q, uint32_t set, uint32_t what, int last)
{
    struct clock clock = {0, 0};
    for (size_t i = 0; i < q->count; i++) {
        const avow_moment *moment = &q->moments[i];
        int counts = set != 0 ? moment->what != AVOW_NONE && in_set(table, set, moment->what)
                              : moment->what == what;
        if (counts && (!clock.started || (last ? moment->at > clock.at : moment->at < clock.at)))
            clock = (struct clock){1, moment->at};
    }
    return clock;
}

/* Since when all those states hold. */
static struct clock
holding_since(const uint32_t *table, const avow_due_question *q, uint64_t states)
{
    struct clock all = {1, INT64_MIN};
    for (uint32_t state = table[AT_FIRST_LEAF + AVOW_STATE]; states != 0; states >>= 1, state++) {
        if ((states & 1) == 0)
            continue;
        struct clock one = clock_from(table, q, 0, state, 1);
        all.started &= one.started;
        if (one.at > all.at)
            all.at = one.at;
    }
    return all;
}

static struct clock
clock_of(const uint32_t *table, const uint32_t *duty, const avow_due_question *q)
{
    uint32_t facts = table[AT_FIRST_LEAF + AVOW_FACT] - table[AT_FIRST_LEAF + AVOW_STATE];
    uint64_t states = facts < 64 ? ((uint64_t)1 << facts) - 1 : UINT64_MAX;
    uint64_t needed = table_pair(duty + DUTY_WANT) & states;
    if (duty[DUTY_AFTER] != 0)
        return clock_from(table, q, duty[DUTY_AFTER], 0, 0);
    if ((duty[DUTY_KIND] & 0xff) == DUTY_DO)
        return clock_from(table, q, 0, q->what, 0);
    return needed != 0 ? holding_since(table, q, needed) : clock_from(table, q, 0, AVOW_NONE, 0);
}

/* What a question comes to for one duty. */
struct candidate {
    const uint32_t *duty; /* NULL: none */
    struct instant instant;
    int started;
    uint64_t missing;
};

/* Goes through the duties of a leaf in page order: its own list and the one for all. */
struct duties {
    const uint32_t *table, *at[2], *end[2];
};

static struct duties
duties_of(const uint32_t *table, uint32_t what)
{
    const uint32_t *lists = table + table_start(table, SECTION_DUTY_LISTS);
    const uint32_t *first = table + AT_FIRST_LEAF;
    uint32_t data = first[AVOW_DATA + 1] - first[AVOW_DATA];
    uint32_t own = what - first[AVOW_DATA] < data ? what - first[AVOW_DATA]
                                                  : data + what - first[AVOW_REQUEST];
    uint32_t all = data + first[AVOW_REQUEST + 1] - first[AVOW_REQUEST];
    return (struct duties){table,
                           {table + lists[own], table + lists[all]},
                           {table + lists[own + 1], table + lists[all + 1]}};
}

static const uint32_t *
next_duty(struct duties *duties)
{
    int left[2] = {duties->at[0] < duties->end[0], duties->at[1] < duties->end[1]};
    if (!left[0] && !left[1])
        return NULL;
    int which = !left[0] || (left[1] && *duties->at[1] < *duties->at[0]);
    return duties->table + *duties->at[which]++;
}

/* Whether a duty binds at all; what it comes to then. */
static int
consider(const uint32_t *table, const uint32_t *duty, const avow_due_question *q,
         avow_states states, struct candidate *candidate)
{
    uint64_t mask = table_pair(duty + DUTY_MASK), want = table_pair(duty + DUTY_WANT);
    if (((states.yes ^ want) & mask & states.known) != 0)
        return 0;
    if (duty[DUTY_OBJECTS] != 0 && !in_set(table, duty[DUTY_OBJECTS], q->what))
        return 0;
    struct clock clock = clock_of(table, duty, q);
    candidate->duty = duty;
    candidate->started = clock.started;
    candidate->missing = mask & ~states.known;
    candidate->instant = exactly(0);
    if (clock.started)
        candidate->instant =
            instant_after(table, clock.at, duty[DUTY_KIND] >> 8, duty[DUTY_AMOUNT]);
    return 1;
}

static int
is_earlier(const struct candidate *a, const struct candidate *b)
{
    if (b->duty == NULL)
        return 1;
    if (a->started != b->started)
        return a->started;
    if (!a->started)
        return 0;
    if (a->instant.at != b->instant.at)
        return a->instant.at < b->instant.at;
    if (a->instant.exact != b->instant.exact)
        return a->instant.exact;
    return b->missing != 0 && a->missing == 0;
}

/* Of two keeps, whether a counts: an end that cannot be computed could be the later one. */
static int
is_later_keep(const struct candidate *a, const struct candidate *b)
{
    if (b->duty == NULL)
        return 1;
    if (a->instant.exact != b->instant.exact)
        return !a->instant.exact;
    return a->instant.exact && a->instant.at > b->instant.at;
}

static avow_due
make_due(const struct candidate *c, uint64_t missing)
{
    avow_due due = {AVOW_DUE_UNKNOWN, AVOW_DUE_NOT_STARTED, 0, c->duty[DUTY_CLAUSE], 0, missing};
    if (c->started && !c->instant.exact)
        due.reason = (uint8_t)c->instant.reason;
    if (!c->started || !c->instant.exact)
        return due;
    due.kind = c->duty[DUTY_KIND] >> 8 == DUTY_AT_ONCE ? AVOW_DUE_AT_ONCE : AVOW_DUE_AT;
    due.reason = c->missing != 0 ? AVOW_DUE_POSSIBLE : AVOW_DUE_CERTAIN;
    due.at = c->instant.at;
    return due;
}

static avow_due
due_at(const uint32_t *table, const avow_due_question *q, avow_states states, int request)
{
    uint32_t kind = request ? DUTY_DO : DUTY_ERASE;
    struct candidate this, first = {0}, keep = {0};
    uint64_t missing = 0;
    struct duties duties = duties_of(table, q->what);
    for (const uint32_t *duty = next_duty(&duties); duty != NULL; duty = next_duty(&duties)) {
        uint32_t is = duty[DUTY_KIND] & 0xff;
        if ((is != kind && (is != DUTY_KEEP || request)) ||
            !consider(table, duty, q, states, &this))
            continue;
        missing |= this.missing;
        if (is == kind && is_earlier(&this, &first))
            first = this;
        if (is == DUTY_KEEP && this.missing == 0 && this.started && is_later_keep(&this, &keep))
            keep = this;
    }
    if (first.duty == NULL)
        return (avow_due){AVOW_DUE_NOTHING, AVOW_DUE_CERTAIN, 0, AVOW_NONE, 0, 0};
    int kept = keep.duty != NULL && first.started &&
               (!keep.instant.exact || keep.instant.at > first.instant.at);
    avow_due due = make_due(kept ? &keep : &first, missing);
    if (kept && due.kind == AVOW_DUE_AT)
        due.reason = AVOW_DUE_KEPT;
    return due;
}

avow_due
avow_when_due(const avow_table *opaque, const avow_due_question *question)
{
    const uint32_t *table = words_of(opaque);
    const avow_due bad = {AVOW_DUE_UNKNOWN, AVOW_DUE_BAD_QUESTION, 0, AVOW_NONE, 0, 0};
    if (table == NULL || question == NULL || (question->count > 0 && question->moments == NULL))
        return bad;
    const uint32_t *first = table + AT_FIRST_LEAF;
    avow_states states = question->states;
    int request =
        question->what - first[AVOW_REQUEST] < first[AVOW_REQUEST + 1] - first[AVOW_REQUEST];
    int data = question->what - first[AVOW_DATA] < first[AVOW_DATA + 1] - first[AVOW_DATA];
    if ((!request && !data) || !states_complete(table, &states))
        return bad;
    return due_at(table, question, states, request);
}
