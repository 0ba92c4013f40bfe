/* Reads questions from standard input, one a line, and writes one line for each:
 *
 *   number YEAR MONTH DAY     the day's number
 *   date DAY                  its year, month, day and weekday
 *   months DAY COUNT          the number of the day that many months on
 *   zone NAME FROM UNTIL      "ok", or why not; the following are about it
 *   offset INSTANT            seconds east of UTC
 *   instant LOCAL             the instant of a local time
 *   changes                   every change as INSTANT:OFFSET
 *   calendar DAYS CUTOFF VALID HOLIDAY...  working days as a number, minutes, last known day
 *   due START UNIT AMOUNT     the instant, or "past" with the bound
 *   before EVENT UNIT AMOUNT  the same, back from an event */
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"
#include "compiler/model/due.h"
#include "compiler/model/zone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { HOLIDAYS = 4096 };

struct answers {
    struct arena arena;
    struct calendar calendar;
    int32_t holidays[HOLIDAYS];
};

static void
answer_number(const char *line)
{
    int year, month, day;
    if (sscanf(line, "number %d %d %d", &year, &month, &day) == 3)
        printf("%" PRId64 "\n", civil_day((struct date){year, (uint8_t)month, (uint8_t)day}));
}

static void
answer_date(const char *line)
{
    int64_t day;
    if (sscanf(line, "date %" SCNd64, &day) != 1)
        return;
    struct date date = civil_date(day);
    printf("%d %d %d %u\n", (int)date.year, date.month, date.day, civil_weekday(day));
}

static void
answer_months(const char *line)
{
    int64_t day, count;
    if (sscanf(line, "months %" SCNd64 " %" SCNd64, &day, &count) == 2)
        printf("%" PRId64 "\n", civil_add_months(day, count));
}

static void
answer_zone(struct answers *a, const char *line)
{
    char name[128];
    int64_t from, until;
    if (sscanf(line, "zone %127s %" SCNd64 " %" SCNd64, name, &from, &until) != 3)
        return;
    struct zone zone = zone_read(&a->arena, arena_text(&a->arena, text_of(name)), from, until);
    a->calendar.from = from;
    a->calendar.until = until;
    a->calendar.changes = zone.changes;
    a->calendar.change_count = zone.change_count;
    printf("%.*s\n", TEXT_ARGS(zone.problem.length > 0 ? zone.problem : TEXT("ok")));
}

static void
answer_changes(const struct answers *a)
{
    for (size_t i = 0; i < a->calendar.change_count; i++)
        printf("%s%" PRId64 ":%d", i > 0 ? " " : "", a->calendar.changes[i].instant,
               (int)a->calendar.changes[i].offset);
    printf("\n");
}

static void
answer_calendar(struct answers *a, char *line)
{
    char *at = line + sizeof "calendar" - 1;
    struct calendar *calendar = &a->calendar;
    calendar->working_days = (uint8_t)strtol(at, &at, 10);
    calendar->cut_off = (uint16_t)strtol(at, &at, 10);
    calendar->valid_until = (int32_t)strtol(at, &at, 10);
    calendar->holidays = a->holidays;
    for (calendar->holiday_count = 0; calendar->holiday_count < HOLIDAYS;) {
        char *end;
        long day = strtol(at, &end, 10);
        if (end == at)
            break;
        a->holidays[calendar->holiday_count++] = (int32_t)day;
        at = end;
    }
    printf("ok\n");
}

static void
answer_due(const struct answers *a, const char *line)
{
    int64_t start;
    unsigned unit, amount;
    bool back = strncmp(line, "before", 6) == 0;
    if (sscanf(line + (back ? 6 : 3), " %" SCNd64 " %u %u", &start, &unit, &amount) != 3)
        return;
    struct timing timing = {
        .form = back ? TIMING_BEFORE : TIMING_WITHIN, .amount = amount, .unit = (enum unit)unit};
    struct instant due = due_instant(&a->calendar, start, timing);
    printf("%s%" PRId64 "\n", due.exact ? "" : "past ", due.at);
}

static void
answer_in_zone(const struct answers *a, const char *line)
{
    const struct calendar *c = &a->calendar;
    int64_t at;
    if (sscanf(line, "offset %" SCNd64, &at) == 1)
        printf("%d\n", (int)zone_offset(c->changes, c->change_count, at));
    else if (sscanf(line, "instant %" SCNd64, &at) == 1)
        printf("%" PRId64 "\n", zone_instant(c->changes, c->change_count, at));
    else
        printf("what?\n");
}

static void
answer(struct answers *a, char *line)
{
    if (strncmp(line, "number", 6) == 0)
        answer_number(line);
    else if (strncmp(line, "date", 4) == 0)
        answer_date(line);
    else if (strncmp(line, "months", 6) == 0)
        answer_months(line);
    else if (strncmp(line, "zone", 4) == 0)
        answer_zone(a, line);
    else if (strncmp(line, "changes", 7) == 0)
        answer_changes(a);
    else if (strncmp(line, "calendar", 8) == 0)
        answer_calendar(a, line);
    else if (strncmp(line, "due", 3) == 0 || strncmp(line, "before", 6) == 0)
        answer_due(a, line);
    else
        answer_in_zone(a, line);
}

int
main(void)
{
    static char line[HOLIDAYS * 8];
    struct answers *answers = calloc(1, sizeof *answers);
    if (!answers)
        return 1;
    arena_init(&answers->arena);
    if (setjmp(answers->arena.out_of_memory) != 0)
        return 1;
    while (fgets(line, sizeof line, stdin))
        answer(answers, line);
    arena_free(&answers->arena);
    free(answers);
    return 0;
}
