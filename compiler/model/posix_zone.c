#include "compiler/model/posix_zone.h"

#include "compiler/model/civil.h"

struct scanner {
    const char *at, *end;
};

static bool
take(struct scanner *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool
is_digit(const struct scanner *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/* A number of at most three digits, from low to high. */
static bool
take_number(struct scanner *s, int low, int high, int *number)
{
    *number = 0;
    if (!is_digit(s))
        return false;
    for (int count = 0; count < 3 && is_digit(s); count++)
        *number = *number * 10 + (*s->at++ - '0');
    return *number >= low && *number <= high;
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The abbreviation: three letters or more, or anything in angle brackets. */
static bool
take_letters(struct scanner *s)
{
    if (take(s, '<')) {
        while (s->at < s->end && *s->at != '>')
            s->at++;
        return take(s, '>');
    }
    const char *begin = s->at;
    while (s->at < s->end && is_letter(*s->at))
        s->at++;
    return s->at - begin >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
take_time(struct scanner *s, int hours_max, int32_t *seconds)
{
    bool minus = take(s, '-');
    int hours, minutes = 0, rest = 0;
    if (!minus)
        (void)take(s, '+');
    if (!take_number(s, 0, hours_max, &hours))
        return false;
    if (take(s, ':') && !take_number(s, 0, 59, &minutes))
        return false;
    if (take(s, ':') && !take_number(s, 0, 59, &rest))
        return false;
    *seconds = hours * 3600 + minutes * 60 + rest;
    if (minus)
        *seconds = -*seconds;
    return true;
}

static bool
take_weekday(struct scanner *s, struct posix_day *day)
{
    int month, week, weekday;
    if (!take_number(s, 1, 12, &month) || !take(s, '.') || !take_number(s, 1, 5, &week) ||
        !take(s, '.') || !take_number(s, 0, 6, &weekday))
        return false;
    day->form = POSIX_WEEKDAY;
    day->month = (uint8_t)month;
    day->week = (uint8_t)week;
    day->weekday = (uint8_t)weekday;
    return true;
}

static bool
take_day(struct scanner *s, struct posix_day *day)
{
    int number = 0;
    bool read;
    *day = (struct posix_day){.time = 2 * 3600};
    if (take(s, 'M')) {
        read = take_weekday(s, day);
    } else {
        day->form = take(s, 'J') ? POSIX_JULIAN : POSIX_DAY;
        read = take_number(s, day->form == POSIX_JULIAN, 365, &number);
        day->day = (uint16_t)number;
    }
    return read && (!take(s, '/') || take_time(s, 167, &day->time));
}

bool
posix_zone_read(struct text text, struct posix_zone *zone)
{
    struct scanner s = {text.data, text.data + text.length};
    int32_t west;
    *zone = (struct posix_zone){0};
    if (!take_letters(&s) || !take_time(&s, 24, &west))
        return false;
    zone->standard = -west;
    if (s.at == s.end)
        return true;
    zone->has_summer = true;
    zone->summer = zone->standard + 3600;
    if (!take_letters(&s))
        return false;
    if (s.at < s.end && *s.at != ',') {
        if (!take_time(&s, 24, &west))
            return false;
        zone->summer = -west;
    }
    return take(&s, ',') && take_day(&s, &zone->begin) && take(&s, ',') &&
           take_day(&s, &zone->end) && s.at == s.end;
}

static int64_t
day_in_month(const struct posix_day *day, int64_t year)
{
    int64_t first = civil_day((struct date){(int32_t)year, day->month, 1});
    int64_t weekday = (civil_weekday(first) + 1) % 7; /* 0 is Sunday here */
    int64_t date = (day->weekday - weekday + 7) % 7 + 7 * (day->week - 1);
    if (date >= civil_month_length(year, day->month))
        date -= 7;
    return first + date;
}

/* Local seconds of the change in a year, by the clock before it. */
static int64_t
local_change(const struct posix_day *day, int64_t year)
{
    int64_t first = civil_day((struct date){(int32_t)year, 1, 1});
    int64_t number;
    if (day->form == POSIX_WEEKDAY)
        number = day_in_month(day, year);
    else if (day->form == POSIX_DAY)
        number = first + day->day;
    else
        number = first + day->day - 1 + (day->day >= 60 && civil_is_leap(year));
    return number * SECONDS_PER_DAY + day->time;
}

void
posix_zone_changes(const struct posix_zone *zone, int64_t year, struct zone_change pair[2])
{
    struct zone_change begin = {local_change(&zone->begin, year) - zone->standard, zone->summer};
    struct zone_change end = {local_change(&zone->end, year) - zone->summer, zone->standard};
    bool begin_first = begin.instant < end.instant;
    pair[0] = begin_first ? begin : end;
    pair[1] = begin_first ? end : begin;
}

int64_t
posix_zone_year(int64_t instant)
{
    return civil_date(floor_div(instant, SECONDS_PER_DAY)).year;
}

int32_t
posix_zone_offset(const struct posix_zone *zone, int64_t instant)
{
    int32_t offset = zone->standard;
    int64_t year = posix_zone_year(instant);
    for (int64_t y = year - 2; zone->has_summer && y <= year + 1; y++) {
        struct zone_change pair[2];
        posix_zone_changes(zone, y, pair);
        for (size_t i = 0; i < 2; i++)
            if (pair[i].instant <= instant)
                offset = pair[i].offset;
    }
    return offset;
}
