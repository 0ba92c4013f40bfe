/* Duties with a deadline, and the calendar they are counted by. */
#include "compiler/model/civil.h"
#include "compiler/table/build.h"

static uint32_t
unit_of(struct timing timing)
{
    static const uint32_t units[] = {
        [UNIT_HOUR] = DUTY_HOURS,
        [UNIT_DAY] = DUTY_DAYS,
        [UNIT_BUSINESS_DAY] = DUTY_BUSINESS_DAYS,
        [UNIT_WEEK] = DUTY_WEEKS,
        [UNIT_MONTH] = DUTY_MONTHS,
        [UNIT_YEAR] = DUTY_YEARS,
    };
    return timing.form == TIMING_AT_ONCE ? DUTY_AT_ONCE : units[timing.unit];
}

/* What the deadline is asked for: of a duty to tell, what is told. */
static struct set
asked_about(const struct duty *duty)
{
    return duty->verb == VERB_TELL ? duty->targets : duty->objects;
}

/* DUTY_KINDS for an act that has no deadline of its own. */
static uint32_t
kind_of(enum verb verb)
{
    switch (verb) {
    case VERB_DO:
        return DUTY_DO;
    case VERB_TELL:
        return DUTY_TELL;
    case VERB_ERASE:
        return DUTY_ERASE;
    case VERB_KEEP:
        return DUTY_KEEP;
    default:
        return DUTY_KINDS;
    }
}

static uint32_t
amount_of(struct timing timing)
{
    return timing.form == TIMING_AT_ONCE  ? 0
           : timing.form == TIMING_BEFORE ? 0u - timing.amount
                                          : timing.amount;
}

/* Whether a duty sets a deadline that can be asked for. */
static bool
has_deadline(const struct duty *duty)
{
    return kind_of(duty->verb) != DUTY_KINDS && duty->timing.form != TIMING_NONE &&
           asked_about(duty).count > 0 && (duty->when.need & duty->when.forbid) == 0;
}

static void
add_duty(struct build *build, const struct duty *duty)
{
    uint64_t mask = duty->when.need | duty->when.forbid, want = duty->when.need;
    uint32_t words[DUTY_WORDS] = {
        [DUTY_KIND] = kind_of(duty->verb),
        [DUTY_UNIT] = unit_of(duty->timing),
        [DUTY_LAST] = duty->last,
        [DUTY_AMOUNT] = amount_of(duty->timing),
        [DUTY_MASK] = (uint32_t)mask,
        [DUTY_MASK + 1] = (uint32_t)(mask >> 32),
        [DUTY_WANT] = (uint32_t)want,
        [DUTY_WANT + 1] = (uint32_t)(want >> 32),
        [DUTY_CLAUSE] = duty->clause,
        [DUTY_AFTER] = duty->after.count > 0 ? index_set(build, duty->after) : 0,
        [DUTY_OBJECTS] = index_set(build, asked_about(duty)),
    };
    for (size_t i = 0; i < DUTY_WORDS; i++)
        add_word(build, SECTION_DUTIES, words[i]);
}

void
index_duties(struct build *build)
{
    const struct model *model = build->model;
    for (size_t i = 0; i < model->duty_count; i++)
        if (has_deadline(&model->duties[i]))
            add_duty(build, &model->duties[i]);
}

/* Offsets repeat, summer by summer: the shortest run of them that does is enough. */
static size_t
period_of(const uint32_t *offsets, size_t count)
{
    for (size_t period = 1; period < count && period <= 8; period++) {
        size_t i = period;
        while (i < count && offsets[i] == offsets[i - period])
            i++;
        if (i == count)
            return period;
    }
    return count;
}

/* Clocks show another day than the first of the calendar's by then, whatever the zone. */
enum { CLOCKS_DIFFER = 2 };

int64_t
calendar_first_day(const struct calendar *calendar)
{
    int64_t day = floor_div(calendar->from, SECONDS_PER_DAY) - CLOCKS_DIFFER;
    return day - (int64_t)civil_weekday(day);
}

/* Those within the zone's years: no other day is ever looked for. */
static void
add_holidays(struct build *build)
{
    const struct calendar *calendar = build->model->calendar;
    word_vector *words = &build->section[SECTION_HOLIDAYS];
    int64_t first = calendar_first_day(calendar);
    int64_t last = floor_div(calendar->until, SECONDS_PER_DAY) + 1;
    size_t count = 0;
    for (size_t i = 0; i < calendar->holiday_count; i++) {
        int64_t day = calendar->holidays[i];
        if (day < first || day > last)
            continue;
        if (count++ % 2 == 0) /* twice, until the next takes the upper half */
            add_word(build, SECTION_HOLIDAYS, (uint32_t)(day - first) * 0x10001u);
        else
            words->at[words->count - 1] =
                (words->at[words->count - 1] & 0xffff) | (uint32_t)(day - first) << 16;
    }
}

void
index_calendar(struct build *build)
{
    const struct calendar *calendar = build->model->calendar;
    int64_t start = calendar_first_day(calendar) * SECONDS_PER_DAY;
    uint32_t *offsets = ARENA_ARRAY(build->arena, calendar->change_count + 1, uint32_t);
    size_t count = 0;
    for (size_t i = 0; i < calendar->change_count; i++) {
        const struct zone_change *change = &calendar->changes[i];
        if (change->instant >= calendar->until)
            break;
        word_vector *zone = &build->section[SECTION_ZONE];
        if (change->instant <= calendar->from && count > 0)
            zone->count = count = 0; /* over before the calendar begins */
        int64_t since = change->instant <= calendar->from ? 0 : change->instant - start;
        add_word(build, SECTION_ZONE, (uint32_t)since);
        offsets[count++] = (uint32_t)change->offset;
    }
    size_t period = period_of(offsets, count);
    for (size_t i = 0; i < period; i++)
        add_word(build, SECTION_OFFSETS, offsets[i]);
    add_holidays(build);
}
