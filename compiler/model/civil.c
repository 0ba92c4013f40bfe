#include "compiler/model/civil.h"

bool
civil_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

uint8_t
civil_month_length(int64_t year, uint8_t month)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return (uint8_t)(lengths[month - 1] + (month == 2 && civil_is_leap(year)));
}

bool
civil_is_date(struct date date)
{
    return date.year >= YEAR_MIN && date.year <= YEAR_MAX && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= civil_month_length(date.year, date.month);
}

enum {
    DAYS_IN_ERA = 146097, /* 400 years */
    EPOCH = 719468        /* days from 0000-03-01 to 1970-01-01 */
};

/* Years are taken to begin in March, so that the leap day is the last of a year and the lengths of
 * the months before it follow 153 days in five months. */
int64_t
civil_day(struct date date)
{
    int64_t year = (int64_t)date.year - (date.month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = (date.month + 9) % 12;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_IN_ERA + day_of_era - EPOCH;
}

struct date
civil_date(int64_t day)
{
    int64_t shifted = day + EPOCH;
    int64_t era = floor_div(shifted, DAYS_IN_ERA);
    int64_t day_of_era = shifted - era * DAYS_IN_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_IN_ERA - 1)) /
        365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct date date = {.day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1),
                        .month = (uint8_t)(month < 10 ? month + 3 : month - 9)};
    date.year = (int32_t)(year_of_era + era * 400 + (date.month <= 2));
    return date;
}

unsigned
civil_weekday(int64_t day)
{
    return (unsigned)(day + 3 - 7 * floor_div(day + 3, 7)); /* 1970-01-01 was a Thursday */
}

int64_t
civil_add_months(int64_t day, int64_t months)
{
    struct date date = civil_date(day);
    int64_t month = (int64_t)date.year * 12 + (date.month - 1) + months;
    int64_t year = floor_div(month, 12);
    date.year = (int32_t)year;
    date.month = (uint8_t)(month - year * 12 + 1);
    uint8_t length = civil_month_length(date.year, date.month);
    if (date.day > length)
        date.day = length;
    return civil_day(date);
}

/* count decimal digits at t, or -1. */
static int
digits(struct text t, size_t at, size_t count)
{
    int number = 0;
    for (size_t i = at; i < at + count; i++) {
        if (t.data[i] < '0' || t.data[i] > '9')
            return -1;
        number = number * 10 + (t.data[i] - '0');
    }
    return number;
}

bool
civil_read(struct text text, struct date *date)
{
    if (text.length != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (year < 0 || month < 0 || day < 0)
        return false;
    struct date read = {year, (uint8_t)month, (uint8_t)day};
    if (!civil_is_date(read))
        return false;
    *date = read;
    return true;
}
