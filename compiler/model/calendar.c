#include "compiler/model/calendar.h"

#include "compiler/model/civil.h"
#include "compiler/model/yaml.h"
#include "compiler/model/zone.h"

#include <stdlib.h>

enum {
    YEARS_BEFORE = 1, /* of the zone, before and after the policy takes effect */
    YEARS_AFTER = 25,
    NO_CUT_OFF = 24 * 60,
    RANGE_MAX = 366,
    HOLIDAYS_MAX = 20000,
    EVERY_DAY = 0x7F
};

struct reading {
    struct arena *arena;
    const struct yaml *root;
    struct calendar *calendar;
    struct diagnostics *diagnostics;
    VECTOR(int32_t) holidays;
};

static void
wrong(struct reading *r, const struct yaml *at, const char *problem, const char *mend)
{
    diagnose(r->diagnostics, E_CALENDAR, at->span, "%s", problem);
    diagnose_fix(r->diagnostics, "%s", mend);
}

static void
read_zone(struct reading *r, const struct yaml *value)
{
    struct calendar *calendar = r->calendar;
    if (value->kind != YAML_SCALAR) {
        wrong(r, value, "the time zone must be a single name", "Write “zone: Europe/Berlin”");
        return;
    }
    struct zone zone = zone_read(r->arena, value->text, calendar->from, calendar->until);
    if (zone.problem.length > 0) {
        diagnose(r->diagnostics, E_CALENDAR, value->span, "%.*s", TEXT_ARGS(zone.problem));
        diagnose_fix(r->diagnostics, "%.*s", TEXT_ARGS(zone.mend));
        return;
    }
    calendar->zone = zone.name;
    calendar->changes = zone.changes;
    calendar->change_count = zone.change_count;
    calendar->tzdata = zone_version(r->arena);
}

static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};

static void
read_weekday(struct reading *r, const struct yaml *value)
{
    unsigned number = 0;
    while (number < 7 && (value->kind != YAML_SCALAR ||
                          !text_equal_folded(value->text, text_of(weekdays[number]))))
        number++;
    if (number == 7)
        wrong(r, value, "this is no day of the week",
              "Write the days in English: monday, tuesday, wednesday, thursday, friday, saturday, "
              "sunday");
    else if ((r->calendar->working_days >> number & 1) != 0)
        wrong(r, value, "this day of the week stands here twice", "Leave one of the two out");
    else
        r->calendar->working_days |= (uint8_t)(1u << number);
}

static void
read_working_days(struct reading *r, const struct yaml *value)
{
    r->calendar->working_days = 0;
    if (value->kind != YAML_LIST || value->count == 0)
        wrong(r, value, "the working days must be a list of at least one day",
              "Write “working-days: [monday, tuesday, wednesday, thursday, friday]”");
    for (const struct yaml *m = value->kind == YAML_LIST ? value->child : NULL; m; m = m->next)
        read_weekday(r, m);
    if (r->calendar->working_days == 0)
        r->calendar->working_days = EVERY_DAY;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void
read_cut_off(struct reading *r, const struct yaml *value)
{
    const char *t = value->text.data;
    int minutes = -1;
    if (value->kind == YAML_SCALAR && value->text.length == 5 && is_digit(t[0]) && is_digit(t[1]) &&
        t[2] == ':' && is_digit(t[3]) && is_digit(t[4]) && t[3] < '6')
        minutes = ((t[0] - '0') * 10 + (t[1] - '0')) * 60 + (t[3] - '0') * 10 + (t[4] - '0');
    if (minutes < 0 || minutes > NO_CUT_OFF)
        wrong(r, value, "the cut-off must be a time of day",
              "Write hours and minutes in quotation marks, as in “cut-off: \"17:00\"”");
    else
        r->calendar->cut_off = (uint16_t)minutes;
}

static void
add_holidays(struct reading *r, const struct yaml *value, struct date from, struct date to)
{
    int64_t first = civil_day(from), last = civil_day(to);
    if (last < first) {
        wrong(r, value, "these holidays end before they begin", "Write the earlier day first");
    } else if (last - first >= RANGE_MAX) {
        wrong(r, value, "these holidays last longer than a year", "Check the years");
    } else if (r->holidays.count + RANGE_MAX > HOLIDAYS_MAX) {
        if (r->holidays.count < HOLIDAYS_MAX)
            wrong(r, value, "there are more holidays than a calendar takes",
                  "Leave out the years that the policy does not need");
        r->holidays.count = HOLIDAYS_MAX;
    } else {
        for (int64_t day = first; day <= last; day++)
            *VECTOR_PUSH(r->arena, &r->holidays) = (int32_t)day;
    }
}

/* "2026-12-24", or "2026-12-24 to 2026-12-31". */
static void
read_holiday(struct reading *r, const struct yaml *value)
{
    static const char between[] = " to ";
    enum { DATE = 10, BETWEEN = sizeof between - 1 };
    struct date from, to;
    struct text t = value->text;
    bool single = value->kind == YAML_SCALAR && civil_read(t, &from);
    bool range = value->kind == YAML_SCALAR && t.length == 2 * DATE + BETWEEN &&
                 civil_read((struct text){t.data, DATE}, &from) &&
                 memcmp(t.data + DATE, between, BETWEEN) == 0 &&
                 civil_read((struct text){t.data + DATE + BETWEEN, DATE}, &to);
    if (single || range)
        add_holidays(r, value, from, single ? from : to);
    else
        wrong(r, value, "this is no date that exists, and no range of dates",
              "Write it as in “2026-12-25” or “2026-12-24 to 2026-12-31”");
}

static void
read_holidays(struct reading *r, const struct yaml *value)
{
    if (value->kind != YAML_LIST) {
        wrong(r, value, "the holidays must be a list of dates",
              "Write one date a line, each behind a hyphen");
        return;
    }
    for (const struct yaml *m = value->child; m; m = m->next)
        read_holiday(r, m);
}

static void
read_valid_until(struct reading *r, const struct yaml *value)
{
    struct date date;
    if (value->kind == YAML_SCALAR && civil_read(value->text, &date))
        r->calendar->valid_until = (int32_t)civil_day(date);
    else
        wrong(r, value, "this is no date that exists", "Write it as in “valid-until: 2028-12-31”");
}

static const struct key {
    const char *name;
    void (*read)(struct reading *reading, const struct yaml *value);
    const char *needed; /* an example if it may not be missing */
} keys[] = {
    {"zone", read_zone, "zone: Europe/Berlin"},
    {"working-days", read_working_days,
     "working-days: [monday, tuesday, wednesday, thursday, friday]"},
    {"cut-off", read_cut_off, NULL},
    {"holidays", read_holidays, NULL},
    {"valid-until", read_valid_until, NULL},
};

enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static const struct key *
key_near(struct text name, unsigned limit)
{
    for (unsigned distance = 0; distance <= limit; distance++)
        for (size_t i = 0; i < KEY_COUNT; i++)
            if (text_distance(name, text_of(keys[i].name), distance) <= distance)
                return &keys[i];
    return NULL;
}

static void
read_member(struct reading *r, const struct yaml *member)
{
    const struct key *key = key_near(member->key->text, 0);
    if (key) {
        key->read(r, member);
        return;
    }
    diagnose(r->diagnostics, E_CALENDAR, member->key->span, "a calendar has no setting “%.*s”",
             TEXT_ARGS(member->key->text));
    key = key_near(member->key->text, 2);
    if (key)
        diagnose_fix(r->diagnostics, "Write “%s”", key->name);
    else
        diagnose_fix(r->diagnostics,
                     "Use zone, working-days, cut-off, holidays or valid-until, or leave it out");
}

static void
look_for_missing(struct reading *r, const struct span *wanted_by)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (!keys[i].needed || yaml_get(r->root, keys[i].name))
            continue;
        diagnose(r->diagnostics, E_CALENDAR, *wanted_by, "the calendar does not say its %s",
                 keys[i].name);
        diagnose_fix(r->diagnostics, "Add a line to it, such as “%s”", keys[i].needed);
    }
    const struct yaml *holidays = yaml_get(r->root, "holidays");
    if (holidays && !yaml_get(r->root, "valid-until")) {
        diagnose(r->diagnostics, E_CALENDAR, holidays->key->span,
                 "the calendar does not say until when its holidays are complete");
        diagnose_why(r->diagnostics,
                     "Past that day a deadline in business days would be counted wrongly");
        diagnose_fix(r->diagnostics, "Add a line such as “valid-until: 2028-12-31”");
    }
}

static int
by_day(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void
keep_holidays(struct reading *r)
{
    struct calendar *calendar = r->calendar;
    int32_t *days = r->holidays.at;
    if (r->holidays.count > 1)
        qsort(days, r->holidays.count, sizeof *days, by_day);
    for (size_t i = 0; i < r->holidays.count; i++)
        if (calendar->holiday_count == 0 || days[calendar->holiday_count - 1] != days[i])
            days[calendar->holiday_count++] = days[i];
    calendar->holidays = days;
    const struct yaml *until = yaml_get(r->root, "valid-until");
    if (until && calendar->holiday_count > 0 &&
        days[calendar->holiday_count - 1] > calendar->valid_until)
        wrong(r, until, "a holiday of the calendar is later than this day",
              "Write the last day of the years whose holidays are all listed");
}

static struct text
name_of(struct text path)
{
    size_t begin = path.length;
    while (begin > 0 && path.data[begin - 1] != '/')
        begin--;
    struct text name = {path.data + begin, path.length - begin};
    for (size_t i = name.length; i > 1; i--)
        if (name.data[i - 1] == '.')
            return (struct text){name.data, i - 1};
    return name;
}

static int64_t
instant_of(struct date effective, int32_t years)
{
    struct date date = civil_is_date(effective) ? effective : (struct date){1970, 1, 1};
    return civil_add_months(civil_day(date), (int64_t)years * 12) * SECONDS_PER_DAY;
}

static struct calendar *
without_file(struct arena *arena, const struct settings *settings)
{
    struct calendar *calendar = ARENA_NEW(arena, struct calendar);
    *calendar = (struct calendar){.zone = TEXT("UTC"),
                                  .name = TEXT(""),
                                  .tzdata = TEXT(""),
                                  .working_days = EVERY_DAY,
                                  .cut_off = NO_CUT_OFF,
                                  .from = instant_of(settings->effective, -YEARS_BEFORE),
                                  .until = instant_of(settings->effective, YEARS_AFTER)};
    calendar->valid_until = (int32_t)civil_day((struct date){YEAR_MAX, 12, 31});
    struct zone utc = zone_read(arena, calendar->zone, calendar->from, calendar->until);
    calendar->changes = utc.changes;
    calendar->change_count = utc.change_count;
    return calendar;
}

const struct calendar *
calendar_load(struct arena *arena, struct sources *sources, const struct settings *settings,
              uint32_t policy_source, struct diagnostics *diagnostics)
{
    struct calendar *calendar = without_file(arena, settings);
    if (settings->calendar.length == 0)
        return calendar;
    calendar->business = true; /* also if it cannot be read: that is one mistake, not two */
    calendar->name = name_of(settings->calendar);
    struct text path = path_beside(arena, sources->list.at[policy_source].path, settings->calendar);
    uint32_t source =
        yaml_load(arena, sources, path, &settings->calendar_span, E_CALENDAR, diagnostics);
    if (source == NONE)
        return calendar;
    struct reading reading = {.arena = arena, .calendar = calendar, .diagnostics = diagnostics};
    reading.root = yaml_read(arena, sources, source, E_CALENDAR, diagnostics);
    if (!reading.root)
        return calendar;
    for (const struct yaml *m = reading.root->child; m; m = m->next)
        read_member(&reading, m);
    look_for_missing(&reading, &settings->calendar_span);
    keep_holidays(&reading);
    int64_t before = floor_div(calendar->from, SECONDS_PER_DAY) - 1;
    if (calendar->valid_until < before) /* no deadline is counted from an earlier day */
        calendar->valid_until = (int32_t)before;
    return calendar;
}

struct civil_time
calendar_local(const struct calendar *calendar, int64_t instant)
{
    int64_t local = instant + zone_offset(calendar->changes, calendar->change_count, instant);
    int64_t day = floor_div(local, SECONDS_PER_DAY);
    return (struct civil_time){day, (int32_t)(local - day * SECONDS_PER_DAY)};
}

int64_t
calendar_instant(const struct calendar *calendar, struct civil_time time)
{
    return zone_instant(calendar->changes, calendar->change_count,
                        time.day * SECONDS_PER_DAY + time.second);
}

bool
calendar_is_working(const struct calendar *calendar, int64_t day)
{
    if ((calendar->working_days >> civil_weekday(day) & 1) == 0)
        return false;
    size_t low = 0, high = calendar->holiday_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calendar->holidays[middle] == day)
            return false;
        if (calendar->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return true;
}

struct text
calendar_words(struct arena *arena, const struct calendar *calendar, int64_t instant)
{
    struct civil_time time = calendar_local(calendar, instant);
    struct date date = civil_date(time.day);
    return arena_format(arena, "%04d-%02d-%02d %02d:%02d", (int)date.year, date.month, date.day,
                        (int)time.second / 3600, (int)time.second / 60 % 60);
}
