/* Deadlines. The rules are those of language.md, "Duties"; see also avow_when_due.
 *
 * Time runs in seconds, and days, from the calendar's first midnight (ZONE_DAY), so that a division
 * is one of 32-bit numbers: small machines have no other. Neither what the table says nor what the
 * caller says is trusted to be small: sums are made by add, which may wrap around; that gives a
 * useless instant and does no harm. */
#include "runtime/core/read.h"

enum { DAY = 86400, AMOUNT_MAX = 1000000, OFFSET_MAX = 200000 };

/* An instant, or why there is none: then `at` is a bound, or nothing if its clock has not started.
 */
struct instant {
    int64_t at;             /* Unix seconds */
    avow_due_reason reason; /* AVOW_DUE_CERTAIN: it is known */
};

static int64_t
add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t
zone_start(const uint32_t *table)
{
    return (int64_t)(int32_t)table[AT_ZONE_DAY] * DAY;
}

/* What was counted from the start of the calendar, in Unix seconds; a bound at its end. */
static struct instant
absolute(const uint32_t *table, int64_t since)
{
    uint32_t until = table[AT_ZONE_UNTIL];
    int known = since < (int64_t)until;
    return (struct instant){add(zone_start(table), known ? since : (int64_t)until),
                            known ? AVOW_DUE_CERTAIN : AVOW_DUE_PAST_ZONES};
}

/* The last change of the zone by then. */
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

/* Seconds that clocks show, counted from a midnight four days early so that they are positive. */
static uint32_t
local_of(const uint32_t *table, uint32_t since)
{
    return since + (uint32_t)offset_of(table, change_at(table, since)) + 4 * DAY;
}

/* The instant of a local time; one that clocks show twice or skip takes the earlier of the two that
 * could be meant. The first stretch of time whose clocks reach it has it or, if they jumped over
 * it, follows the jump: then the offset behind the jump gives the earlier instant. */
static struct instant
instant_of(const uint32_t *table, int64_t local)
{
    const uint32_t *zone = table + table_start(table, SECTION_ZONE);
    uint32_t i = change_at(table, local - 2 * OFFSET_MAX);
    for (;; i++) {
        int64_t since = local - offset_of(table, i);
        if (i + 1 >= table_length(table, SECTION_ZONE) || since < (int64_t)zone[i + 1])
            return absolute(table, since);
        since = local - offset_of(table, i + 1);
        if (since < (int64_t)zone[i + 1])
            return absolute(table, since);
    }
}

static struct instant
end_of_day(const uint32_t *table, int64_t day)
{
    return instant_of(table, day * DAY + DAY - 1);
}

static int
is_holiday(const uint32_t *table, uint32_t day)
{
    const uint32_t *days = table + table_start(table, SECTION_HOLIDAYS);
    uint32_t low = 0, high = 2 * table_length(table, SECTION_HOLIDAYS), end = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((days[middle / 2] >> middle % 2 * 16 & 0xffff) < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && (days[low / 2] >> low % 2 * 16 & 0xffff) == day;
}

static struct instant
end_of_working_day(const uint32_t *table, uint32_t local, uint32_t amount)
{
    uint32_t working = table[AT_WORKING_DAYS];
    int32_t day = (int32_t)(local / DAY) - 4 + (local % DAY > (working >> 8) * 60);
    int32_t last = (int32_t)(local_of(table, table[AT_ZONE_UNTIL]) / DAY) - 4;
    uint32_t weekday = (uint32_t)((int32_t)table[AT_ZONE_DAY] % 7 + 7 + 3 + 7 + day % 7) % 7;
    for (; amount > 0;
         amount -= (working >> weekday & 1) != 0 && !is_holiday(table, (uint32_t)day)) {
        day++;
        weekday = weekday == 6 ? 0 : weekday + 1; /* 0 is Monday; 1970-01-01 was a Thursday */
        if (day > last)
            return absolute(table, INT64_MAX);
        if (day > (int32_t)table[AT_VALID_UNTIL]) {
            struct instant known = end_of_day(table, (int32_t)table[AT_VALID_UNTIL]);
            known.reason = AVOW_DUE_PAST_HOLIDAYS;
            return known;
        }
    }
    return end_of_day(table, day);
}

/* Days from the first of March of a year 0 to the first of a month; months are counted from there
 * too, so that a leap day ends its year. */
static int64_t
month_start(uint32_t month)
{
    uint32_t year = month / 12;
    return (int64_t)(365 * (uint64_t)year + year / 4 - year / 100 + year / 400 +
                     (153 * (month % 12) + 2) / 5);
}

/* The same day of the month that many months on; past the end of that month, its last day. */
static int64_t
add_months(const uint32_t *table, uint32_t day, uint32_t months)
{
    /* The year 0 begins a cycle of 400 years (146097 days), and lies before every day. */
    const uint32_t shift = table[AT_ZONE_DAY] + 719468u + 146097u * 100;
    uint32_t days = day + shift, month = days / 146097 * 4800;
    while (month_start(month + 1) <= days)
        month += month_start(month + 13) <= days ? 12 : 1;
    int64_t of_month = days - month_start(month);
    int64_t first = month_start(month + months), next = month_start(month + months + 1);
    return (first + of_month < next ? first + of_month : next - 1) - shift;
}

/* The end of the day that civil units lead to. */
static struct instant
end_of_units(const uint32_t *table, uint32_t local, uint32_t unit, uint32_t amount)
{
    int64_t day = (int64_t)(local / DAY) - 4;
    if (unit >= DUTY_MONTHS)
        return end_of_day(
            table, add_months(table, (uint32_t)day, unit == DUTY_YEARS ? amount * 12 : amount));
    return end_of_day(table, day + (unit == DUTY_WEEKS ? amount * 7 : amount));
}

NOINLINE static struct instant
instant_after(const uint32_t *table, int64_t start, uint32_t unit, uint32_t amount)
{
    int64_t since = add(start, -zone_start(table)), seconds = (int64_t)amount * 3600;
    if (unit <= DUTY_HOURS) {
        int overflow = unit == DUTY_HOURS && start > INT64_MAX - seconds;
        return (struct instant){overflow ? INT64_MAX : start + (unit == DUTY_HOURS ? seconds : 0),
                                overflow ? AVOW_DUE_PAST_ZONES : AVOW_DUE_CERTAIN};
    }
    if (since < (int64_t)table[AT_ZONE_FROM] || start < zone_start(table))
        return (struct instant){INT64_MIN, AVOW_DUE_PAST_ZONES};
    if (since >= (int64_t)table[AT_ZONE_UNTIL])
        return absolute(table, since);
    if (amount > AMOUNT_MAX)
        amount = AMOUNT_MAX; /* past every calendar all the same */
    uint32_t local = local_of(table, (uint32_t)since);
    return unit == DUTY_BUSINESS_DAYS ? end_of_working_day(table, local, amount)
                                      : end_of_units(table, local, unit, amount);
}

/* The first moment of one thing, or of anything in a set that is not 0; or the last of it. */
static struct instant
moment_of(const uint32_t *table, const avow_due_question *q, uint32_t set, uint32_t what, int last)
{
    struct instant found = {0, AVOW_DUE_NOT_STARTED};
    for (const avow_moment *m = q->moments; m < q->moments + q->count; m++) {
        if (set != 0 ? m->what == AVOW_NONE || !avow_core_in_set(table, set, m->what)
                     : m->what != what)
            continue;
        if (found.reason != AVOW_DUE_CERTAIN || (last ? m->at > found.at : m->at < found.at))
            found = (struct instant){m->at, AVOW_DUE_CERTAIN};
    }
    return found;
}

/* Since when all those states hold. */
static struct instant
holding_since(const uint32_t *table, const avow_due_question *q, uint64_t states)
{
    struct instant all = {INT64_MIN, AVOW_DUE_CERTAIN};
    for (uint32_t state = table[AT_FIRST_LEAF + AVOW_STATE]; states != 0; states >>= 1, state++) {
        if ((states & 1) == 0)
            continue;
        struct instant one = moment_of(table, q, 0, state, 1);
        all.reason |= one.reason;
        if (one.at > all.at)
            all.at = one.at;
    }
    return all;
}

static struct instant
clock_of(const uint32_t *table, const uint32_t *duty, const avow_due_question *q)
{
    uint32_t facts = table[AT_FIRST_LEAF + AVOW_FACT] - table[AT_FIRST_LEAF + AVOW_STATE];
    uint64_t states = facts < 64 ? ((uint64_t)1 << facts) - 1 : UINT64_MAX;
    uint64_t needed = table_pair(duty + DUTY_WANT) & states;
    uint32_t kind = duty[DUTY_KIND] & 0xff, after = duty[DUTY_AFTER];
    if (after == 0 && kind != DUTY_DO && needed != 0)
        return holding_since(table, q, needed);
    return moment_of(table, q, after, kind == DUTY_DO ? q->what : AVOW_NONE,
                     (int)(duty[DUTY_KIND] >> 16));
}

static uint32_t
unit_of(const uint32_t *duty)
{
    return duty[DUTY_KIND] >> 8 & 0xff;
}

/* A question, and what its duties come to. */
struct search {
    const uint32_t *table;
    const avow_due_question *q;
    avow_states states;
    uint64_t missing; /* unknown states of all duties that possibly bind */
};

/* What a question comes to for one duty. */
struct candidate {
    const uint32_t *duty; /* NULL: none */
    struct instant instant;
    uint64_t missing;
};

/* Whether a counts more than b: of keeps the one that ends later, or may; of others that which
 * binds earlier: what has not started after everything else, what is known before a bound at the
 * same instant, and what is certain before what is possible. */
static int
counts_more(const struct candidate *a, const struct candidate *b, uint32_t kind)
{
    avow_due_reason x = a->instant.reason, y = b->instant.reason;
    if (kind == DUTY_KEEP)
        return y == 0 && (x != 0 || a->instant.at > b->instant.at);
    if (x == AVOW_DUE_NOT_STARTED || y == AVOW_DUE_NOT_STARTED)
        return x != AVOW_DUE_NOT_STARTED;
    if (a->instant.at != b->instant.at)
        return a->instant.at < b->instant.at;
    if ((x == 0) != (y == 0))
        return x == 0;
    return a->missing == 0 && b->missing != 0;
}

/* Where the list of a leaf is noted. */
static const uint32_t *
list_of(const uint32_t *table, uint32_t what)
{
    const uint32_t *lists = table + table_start(table, SECTION_DUTY_LISTS);
    uint32_t data = table[AT_FIRST_LEAF + AVOW_DATA + 1];
    uint32_t first = table[AT_FIRST_LEAF + AVOW_REQUEST];
    if (table_length(table, SECTION_DUTY_LISTS) == 2)
        return lists; /* the one for all */
    return lists + (what < data ? what : what - first + data);
}

/* The duty of this kind that counts: to keep only one that binds for certain. */
NOINLINE static void
find_duty(struct search *search, uint32_t kind, struct candidate *best)
{
    const uint32_t *table = search->table;
    const uint32_t *list = list_of(table, search->q->what);
    best->duty = NULL;
    for (uint32_t i = list[0]; i < list[1]; i++) {
        struct candidate this = {.duty = table + table[i]};
        uint64_t mask = table_pair(this.duty + DUTY_MASK);
        uint64_t differ = search->states.yes ^ table_pair(this.duty + DUTY_WANT);
        if ((this.duty[DUTY_KIND] & 0xff) != kind || (differ & mask & search->states.known) != 0 ||
            !avow_core_in_set(table, this.duty[DUTY_OBJECTS], search->q->what))
            continue;
        this.missing = mask & ~search->states.known;
        search->missing |= this.missing;
        this.instant = clock_of(table, this.duty, search->q);
        if (kind == DUTY_KEEP && (this.missing != 0 || this.instant.reason != 0))
            continue;
        if (this.instant.reason == 0)
            this.instant =
                instant_after(table, this.instant.at, unit_of(this.duty), this.duty[DUTY_AMOUNT]);
        if (best->duty == NULL || counts_more(&this, best, kind))
            *best = this;
    }
}

/* Fills in what the candidate says. */
static void
settle(avow_due *due, const struct candidate *c)
{
    due->clause = c->duty[DUTY_CLAUSE];
    due->reason = (uint8_t)c->instant.reason;
    if (due->reason != AVOW_DUE_CERTAIN)
        return;
    due->kind = unit_of(c->duty) == DUTY_AT_ONCE ? AVOW_DUE_AT_ONCE : AVOW_DUE_AT;
    due->at = c->instant.at;
    if (c->missing != 0)
        due->reason = AVOW_DUE_POSSIBLE;
}

avow_due
avow_when_due(const avow_table *opaque, const avow_due_question *q)
{
    avow_due due = {AVOW_DUE_UNKNOWN, AVOW_DUE_BAD_QUESTION, 0, AVOW_NONE, 0, 0};
    const uint32_t *table = words_of(opaque);
    struct candidate first, keep = {.duty = NULL};
    if (table == NULL || q == NULL || (q->count > 0 && q->moments == NULL))
        return due;
    struct search search = {table, q, q->states, 0};
    int request = q->what - table[AT_FIRST_LEAF + AVOW_REQUEST] < avow_count(opaque, AVOW_REQUEST);
    if ((!request && q->what >= avow_count(opaque, AVOW_DATA)) ||
        !avow_core_complete(table, &search.states))
        return due;
    find_duty(&search, request ? DUTY_DO : DUTY_ERASE, &first);
    due.kind = AVOW_DUE_NOTHING;
    due.reason = AVOW_DUE_CERTAIN;
    if (first.duty == NULL)
        return due;
    due.kind = AVOW_DUE_UNKNOWN;
    if (!request)
        find_duty(&search, DUTY_KEEP, &keep);
    due.missing = search.missing;
    settle(&due, &first);
    if (keep.duty == NULL || first.instant.reason == AVOW_DUE_NOT_STARTED ||
        (keep.instant.reason == 0 && keep.instant.at <= first.instant.at))
        return due;
    due.kind = AVOW_DUE_UNKNOWN;
    due.at = 0;
    settle(&due, &keep);
    if (due.kind == AVOW_DUE_AT)
        due.reason = AVOW_DUE_KEPT;
    return due;
}
