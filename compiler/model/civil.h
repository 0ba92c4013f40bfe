/* Days of the proleptic Gregorian calendar, counted from 1970-01-01. */
#ifndef AVOW_MODEL_CIVIL_H
#define AVOW_MODEL_CIVIL_H

#include "compiler/syntax/tree.h"

enum { SECONDS_PER_DAY = 86400 };

/* Years that dates may have; anything else in a policy or calendar is a mistake. */
enum { YEAR_MIN = 1, YEAR_MAX = 9999 };

bool civil_is_leap(int64_t year);
/* 28 to 31; month from 1 to 12. */
uint8_t civil_month_length(int64_t year, uint8_t month);
/* Whether the date exists, between YEAR_MIN and YEAR_MAX. */
bool civil_is_date(struct date date);

/* Number of a date that exists; the year may be any that fits. */
int64_t civil_day(struct date date);
struct date civil_date(int64_t day);

/* 0 Monday ... 6 Sunday */
unsigned civil_weekday(int64_t day);

/* The same day of the month that many months on; past the end of that month, its last day. */
int64_t civil_add_months(int64_t day, int64_t months);

/* The date written as YYYY-MM-DD, nothing before or behind it; false if it is no such date. */
bool civil_read(struct text text, struct date *date);

/* Quotient rounded down, for days of instants before 1970. */
static inline int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

#endif
