/* Duties with a deadline, and the calendar they are counted by. */
#include "compiler/model/civil.h"
#include "compiler/table/build.h"

/* A duty over more leaves than this is not listed for each of them, but in the one list that the
 * core looks through for every question. */
enum { MOST_LISTED = 16 };

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

/* Whether a duty sets a deadline that can be asked for. */
static bool
has_deadline(const struct duty *duty)
{
    return (duty->verb == VERB_DO || duty->verb == VERB_ERASE || duty->verb == VERB_KEEP) &&
           duty->timing.form != TIMING_NONE && duty->objects.count > 0 &&
           (duty->when.need & duty->when.forbid) == 0;
}

static uint32_t
add_duty(struct build *build, const struct duty *duty, bool listed)
{
    uint64_t mask = duty->when.need | duty->when.forbid, want = duty->when.need;
    uint32_t kind = duty->verb == VERB_DO      ? DUTY_DO
                    : duty->verb == VERB_ERASE ? DUTY_ERASE
                                               : DUTY_KEEP;
    uint32_t words[DUTY_WORDS] = {
        [DUTY_KIND] = kind | unit_of(duty->timing) << 8,
        [DUTY_AMOUNT] = duty->timing.form == TIMING_AT_ONCE ? 0 : duty->timing.amount,
        [DUTY_MASK] = (uint32_t)mask,
        [DUTY_MASK + 1] = (uint32_t)(mask >> 32),
        [DUTY_WANT] = (uint32_t)want,
        [DUTY_WANT + 1] = (uint32_t)(want >> 32),
        [DUTY_CLAUSE] = duty->clause,
        [DUTY_AFTER] = duty->after.count > 0 ? index_set(build, duty->after) : 0,
        [DUTY_OBJECTS] = listed ? 0 : index_set(build, duty->objects),
    };
    uint32_t place = (uint32_t)build->section[SECTION_DUTIES].count;
    for (size_t i = 0; i < DUTY_WORDS; i++)
        add_word(build, SECTION_DUTIES, words[i]);
    return place;
}

/* Which list a leaf has: data first, then requests. */
static uint32_t
list_of(const struct model *model, uint32_t leaf)
{
    struct interval data = kind_leaves(model, KIND_DATA);
    return leaf < data.high ? leaf - data.low
                            : leaf - model->first_leaf[KIND_REQUEST] + data.high - data.low;
}

struct listed {
    uint32_t list, duty;
};

typedef VECTOR(struct listed) listed_vector;

static void
list_duty(struct build *build, const struct duty *duty, uint32_t all, listed_vector *listed)
{
    bool few = set_size(duty->objects) <= MOST_LISTED;
    uint32_t place = add_duty(build, duty, few);
    if (!few) {
        *VECTOR_PUSH(build->arena, listed) = (struct listed){all, place};
        return;
    }
    for (size_t i = 0; i < duty->objects.count; i++)
        for (uint32_t leaf = duty->objects.at[i].low; leaf < duty->objects.at[i].high; leaf++)
            *VECTOR_PUSH(build->arena, listed) =
                (struct listed){list_of(build->model, leaf), place};
}

void
index_duties(struct build *build)
{
    const struct model *model = build->model;
    struct interval data = kind_leaves(model, KIND_DATA);
    struct interval requests = kind_leaves(model, KIND_REQUEST);
    uint32_t lists = data.high - data.low + requests.high - requests.low + 1;
    listed_vector listed = {0};
    for (size_t i = 0; i < model->duty_count; i++)
        if (has_deadline(&model->duties[i]))
            list_duty(build, &model->duties[i], lists - 1, &listed);
    uint32_t *first = ARENA_ARRAY(build->arena, (size_t)lists + 2, uint32_t);
    uint32_t *items = ARENA_ARRAY(build->arena, listed.count + 1, uint32_t);
    for (size_t i = 0; i < listed.count; i++)
        first[listed.at[i].list + 2]++;
    for (size_t i = 2; i < (size_t)lists + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < listed.count; i++)
        items[first[listed.at[i].list + 1]++] = listed.at[i].duty;
    for (size_t i = 0; i <= lists; i++)
        add_word(build, SECTION_DUTY_LISTS, first[i]);
    for (size_t i = 0; i < listed.count; i++)
        add_word(build, SECTION_DUTY_ITEMS, items[i]);
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

/* Those within the zone's years: no other day is ever looked for. */
static void
add_holidays(struct build *build)
{
    const struct calendar *calendar = build->model->calendar;
    word_vector *words = &build->section[SECTION_HOLIDAYS];
    int64_t first = floor_div(calendar->from, SECONDS_PER_DAY);
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
    uint32_t *offsets = ARENA_ARRAY(build->arena, calendar->change_count + 1, uint32_t);
    size_t count = 0;
    for (size_t i = 0; i < calendar->change_count; i++) {
        const struct zone_change *change = &calendar->changes[i];
        if (change->instant >= calendar->until)
            break;
        word_vector *zone = &build->section[SECTION_ZONE];
        if (change->instant <= calendar->from && count > 0)
            zone->count = count = 0; /* over before the calendar begins */
        uint64_t since = change->instant <= calendar->from
                             ? 0
                             : (uint64_t)change->instant - (uint64_t)calendar->from;
        add_word(build, SECTION_ZONE, (uint32_t)since);
        offsets[count++] = (uint32_t)change->offset;
    }
    size_t period = period_of(offsets, count);
    for (size_t i = 0; i < period; i++)
        add_word(build, SECTION_OFFSETS, offsets[i]);
    add_holidays(build);
}
