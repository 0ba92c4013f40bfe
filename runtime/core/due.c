/* Deadlines. The rules are those of language.md, "Duties"; see also avow_when_due.
 *
 * Time runs in seconds, and days, from the calendar's first midnight (ZONE_DAY), so that a division
 * is one of 32-bit numbers: small machines have no other. Neither what the table says nor what the
 * caller says is trusted to be small: sums are made by add, or of numbers without sign, which may
 * wrap around; that gives a useless instant and does no harm. */
#include "runtime/core/read.h"

enum { DAY = 86400, AMOUNT_MAX = 1000000 };

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
    int64_t until = table[AT_ZONE_UNTIL];
    if (since < until)
        return (struct instant){add(zone_start(table), since), AVOW_DUE_CERTAIN};
    return (struct instant){add(zone_start(table), until), AVOW_DUE_PAST_ZONES};
}

/* When the zone changes again behind change i; never behind the last. */
static int64_t
change_after(const uint32_t *table, uint32_t i)
{
    uint32_t next = table_start(table, SECTION_ZONE) + i + 1;
    return next < table_start(table, SECTION_ZONE + 1) ? (int64_t)table[next] : INT64_MAX;
}

static int32_t
offset_of(const uint32_t *table, uint32_t change)
{
    uint32_t period = table_length(table, SECTION_OFFSETS);
    return (int32_t)table[table_start(table, SECTION_OFFSETS) + change % period];
}

/* Seconds that clocks show. */
static uint32_t
local_of(const uint32_t *table, uint32_t since)
{
    uint32_t i = 0;
    while (since >= change_after(table, i))
        i++;
    return since + (uint32_t)offset_of(table, i);
}

/* The last instant of a day. Where clocks show its last second twice, or skip it, the earlier of
 * the two that could be meant: the first stretch of time whose clocks reach it has it or, if they
 * jumped over it, follows the jump, and then the offset behind the jump gives the earlier one. */
static struct instant
end_of_day(const uint32_t *table, int64_t day)
{
    for (uint32_t i = 0;; i++) {
        int64_t change = change_after(table, i), local = day * DAY + DAY - 1;
        int64_t since = local - offset_of(table, i);
        if (since >= change)
            since = local - offset_of(table, i + 1);
        if (since < change)
            return absolute(table, since);
    }
}

/* A holiday by its number, counted from the start of the image; TABLE_NONE behind the last. */
static uint32_t
holiday_at(const uint32_t *table, uint32_t i)
{
    uint32_t end = table_start(table, SECTION_HOLIDAYS + 1);
    return i / 2 < end ? table[i / 2] >> i % 2 * 16 & 0xffff : TABLE_NONE;
}

/* The end of the nth working day on, or of the day before the nth one back; not further back than
 * the first day. Days only rise or only fall, so that no holiday is passed more than twice. */
static struct instant
end_of_working_day(const uint32_t *table, uint32_t local, int32_t amount)
{
    uint32_t working = table[AT_WORKING_DAYS], valid = table[AT_VALID_UNTIL] & 0xffff;
    uint32_t first = table_start(table, SECTION_HOLIDAYS) * 2, holiday = first, back = amount < 0;
    uint32_t day = local / DAY + (!back && local % DAY > working >> 8);
    while (amount != 0 && (day > 0 || !back)) {
        day += back ? UINT32_MAX : 1;
        if (day > valid) {
            struct instant known = end_of_day(table, valid);
            if (known.reason == AVOW_DUE_CERTAIN)
                known.reason = AVOW_DUE_PAST_HOLIDAYS;
            return known;
        }
        while (holiday_at(table, holiday) < day)
            holiday++;
        while (holiday > first && holiday_at(table, holiday - 1) >= day)
            holiday--;
        if ((working >> day % 7 & 1) != 0 && holiday_at(table, holiday) != day)
            amount += back ? 1 : -1;
    }
    return end_of_day(table, (int64_t)day - back);
}

/* Days to the first of a month. Days and months are counted from the first of March of a year
 * divisible by 400, so that a leap day ends its year. */
NOINLINE static uint32_t
month_start(uint32_t month)
{
    uint32_t year = month / 12;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month % 12) + 2) / 5;
}

/* The same day of the month that many months on; past the end of that month, its last day. Months
 * back are a number that wraps around; where they lead before all that is counted, a day before. */
static int64_t
add_months(const uint32_t *table, uint32_t day, uint32_t months)
{
    uint32_t shift = table[AT_CYCLE_DAYS] & 0x3ffff, days = day + shift, month = 0;
    while (month_start(month + 1) <= days)
        month += month_start(month + 12) <= days ? 12 : 1;
    if ((int32_t)(month + months) < 0)
        return -1;
    uint32_t there = month_start(month + months) + days - month_start(month);
    uint32_t next = month_start(month + months + 1);
    return (int64_t)(there < next ? there : next - 1) - shift;
}

static struct instant
hours_after(int64_t start, int32_t hours)
{
    int64_t at = add(start, (int64_t)hours * 3600);
    if (hours < 0 ? at > start : at < start)
        return (struct instant){hours < 0 ? INT64_MIN : INT64_MAX, AVOW_DUE_PAST_ZONES};
    return (struct instant){at, AVOW_DUE_CERTAIN};
}

/* The end of the day that units lead to, or, back in time, of the day before it. */
static struct instant
end_of_units(const uint32_t *table, uint32_t local, uint32_t unit, int32_t amount)
{
    int64_t day = local / DAY;
    if (unit == DUTY_BUSINESS_DAYS)
        return end_of_working_day(table, local, amount);
    if (unit == DUTY_WEEKS || unit == DUTY_YEARS)
        amount *= unit == DUTY_WEEKS ? 7 : 12;
    if (unit >= DUTY_MONTHS)
        day = add_months(table, local / DAY, (uint32_t)amount);
    else
        day += amount;
    return end_of_day(table, day - (amount < 0));
}

/* A negative amount leads back: then a bound is no earlier than anything. */
NOINLINE static struct instant
instant_after(const uint32_t *table, int64_t start, uint32_t unit, int32_t amount)
{
    int64_t since = add(start, -zone_start(table)), from = table[AT_ZONE_FROM];
    struct instant due = {INT64_MIN, AVOW_DUE_PAST_ZONES};
    if (unit <= DUTY_HOURS)
        return hours_after(start, amount);
    if (since < from || start < zone_start(table))
        return due;
    if (amount > AMOUNT_MAX || amount < -AMOUNT_MAX)
        amount = amount < 0 ? -AMOUNT_MAX : AMOUNT_MAX; /* past every calendar all the same */
    due = absolute(table, since);
    if (due.reason == AVOW_DUE_CERTAIN)
        due = end_of_units(table, local_of(table, (uint32_t)since), unit, amount);
    if (amount < 0 && due.at < add(zone_start(table), from))
        due.reason = AVOW_DUE_PAST_ZONES;
    if (amount < 0 && due.reason != AVOW_DUE_CERTAIN)
        due.at = INT64_MIN;
    return due;
}

/* A question, and what its duties come to. */
struct search {
    const uint32_t *table;
    const avow_due_question *q;
    avow_states states;
    uint64_t missing; /* unknown states of all duties that possibly bind */
};

/* The first moment of one thing, or of anything in a set that is not 0; or the last of it. */
NOINLINE static struct instant
moment_of(const struct search *search, uint32_t set, uint32_t what, int last)
{
    const avow_due_question *q = search->q;
    struct instant found = {0, AVOW_DUE_NOT_STARTED};
    for (const avow_moment *m = q->moments; m < q->moments + q->count; m++) {
        if (set == 0 ? m->what != what
                     : m->what >= table_leaves(search->table) ||
                           !avow_core_in_set(search->table, set, m->what))
            continue;
        if (found.reason != AVOW_DUE_CERTAIN || (last ? m->at > found.at : m->at < found.at))
            found = (struct instant){m->at, AVOW_DUE_CERTAIN};
    }
    return found;
}

/* When the clock of a duty starts: with what stands behind "after", or with the request or event;
 * else when all states that the duty needs hold; else when the data was collected. */
NOINLINE static struct instant
clock_of(const struct search *search, const uint32_t *duty)
{
    const uint32_t *table = search->table;
    uint32_t after = duty[DUTY_AFTER], state = table[AT_FIRST_LEAF + AVOW_STATE];
    uint64_t needed = table_pair(duty + DUTY_WANT);
    int last = (int)duty[DUTY_LAST];
    struct instant all = {INT64_MIN, AVOW_DUE_NOT_STARTED};
    if (duty[DUTY_KIND] < DUTY_ERASE)
        return moment_of(search, after, search->q->what, last);
    for (; after == 0 && state < table[AT_FIRST_LEAF + AVOW_FACT]; state++, needed >>= 1) {
        if ((needed & 1) == 0)
            continue;
        struct instant one = moment_of(search, 0, state, 1);
        if (one.reason != AVOW_DUE_CERTAIN)
            return one;
        if (one.at >= all.at)
            all = one;
    }
    return all.reason == AVOW_DUE_CERTAIN ? all : moment_of(search, after, AVOW_NONE, last);
}

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

/* The duty of this kind that counts: to keep only one that binds for certain. */
NOINLINE static void
find_duty(struct search *search, uint32_t kind, struct candidate *best)
{
    const uint32_t *table = search->table;
    const uint32_t *duty = table + table_start(table, SECTION_DUTIES);
    const uint32_t *end = table + table_start(table, SECTION_DUTIES + 1);
    best->duty = NULL;
    for (; duty < end; duty += DUTY_WORDS) {
        uint64_t mask = table_pair(duty + DUTY_MASK), known = search->states.known;
        uint64_t differ = search->states.yes ^ table_pair(duty + DUTY_WANT);
        if (duty[DUTY_KIND] != kind || (differ & mask & known) != 0 ||
            !avow_core_in_set(table, duty[DUTY_OBJECTS], search->q->what))
            continue;
        struct candidate this = {duty, clock_of(search, duty), mask & ~known};
        search->missing |= this.missing;
        if (kind == DUTY_KEEP && (this.missing != 0 || this.instant.reason != 0))
            continue;
        if (this.instant.reason == 0)
            this.instant =
                instant_after(table, this.instant.at, duty[DUTY_UNIT], (int32_t)duty[DUTY_AMOUNT]);
        if (best->duty == NULL || counts_more(&this, best, kind))
            *best = this;
    }
}

/* Whether what was asked for makes sense; makes the states complete. */
static int
is_question(struct search *search)
{
    const uint32_t *first = search->table + AT_FIRST_LEAF;
    uint32_t what = search->q->what;
    return (search->q->count == 0 || search->q->moments != NULL) &&
           (what < first[AVOW_DATA + 1] ||
            what - first[AVOW_REQUEST] < first[AVOW_EVENT + 1] - first[AVOW_REQUEST]) &&
           avow_core_complete(search->table, &search->states);
}

avow_due
avow_when_due(const avow_table *opaque, const avow_due_question *q)
{
    avow_due due = {AVOW_DUE_UNKNOWN, AVOW_DUE_BAD_QUESTION, 0, AVOW_NONE, 0, 0};
    if (opaque == NULL || q == NULL)
        return due;
    struct search search = {words_of(opaque), q, q->states, 0};
    if (!is_question(&search))
        return due;
    const uint32_t *leaves = search.table + AT_FIRST_LEAF;
    int erase = q->what < leaves[AVOW_DATA + 1], kept = 0;
    struct candidate counts, keep;
    find_duty(&search,
              erase                          ? DUTY_ERASE
              : q->what < leaves[AVOW_EVENT] ? DUTY_DO
                                             : DUTY_TELL,
              &counts);
    due.kind = AVOW_DUE_NOTHING;
    due.reason = AVOW_DUE_CERTAIN;
    if (counts.duty == NULL)
        return due;
    if (erase) {
        find_duty(&search, DUTY_KEEP, &keep);
        kept = keep.duty != NULL && counts.instant.reason != AVOW_DUE_NOT_STARTED &&
               (keep.instant.reason != 0 || keep.instant.at > counts.instant.at);
        if (kept)
            counts = keep;
    }
    due.kind = AVOW_DUE_UNKNOWN;
    due.reason = (uint8_t)counts.instant.reason;
    due.clause = counts.duty[DUTY_CLAUSE];
    due.missing = search.missing;
    if (due.reason != AVOW_DUE_CERTAIN)
        return due;
    due.kind = counts.duty[DUTY_UNIT] == DUTY_AT_ONCE ? AVOW_DUE_AT_ONCE : AVOW_DUE_AT;
    due.reason = kept ? AVOW_DUE_KEPT : counts.missing != 0 ? AVOW_DUE_POSSIBLE : AVOW_DUE_CERTAIN;
    due.at = counts.instant.at;
    return due;
}
