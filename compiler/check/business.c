/* Whether whoever reads the page can count business days: in which time zone, and until what hour a
 * request counts as received on its day. */
#include "compiler/check/internal.h"
#include "compiler/model/locale.h"

enum { NO_CUT_OFF = 1440 };

/* Whether the words have the piece, not behind a digit or letter. */
static bool
has_piece(struct text words, struct text piece)
{
    size_t from = 0;
    const char *found;
    while (piece.length > 0 && from < words.length &&
           (found = memchr(words.data + from, piece.data[0], words.length - from))) {
        from = (size_t)(found - words.data) + 1;
        if (!text_starts((struct text){found, words.length - from + 1}, piece))
            continue;
        char before = found > words.data ? found[-1] : ' ';
        bool inside = (before >= '0' && before <= '9') || (before >= 'a' && before <= 'z');
        if (!inside)
            return true;
    }
    return false;
}

enum { WAYS = 11 };

/* The hour in the ways that pages write it: 17:00, 17.00, 17h00, 5 pm, 5pm, 5:30 p, 17 Uhr. */
static void
write_hour(struct arena *arena, unsigned minutes, struct text ways[WAYS])
{
    unsigned hour = minutes / 60, minute = minutes % 60, twelve = (hour + 11) % 12 + 1;
    char half = hour < 12 ? 'a' : 'p';
    const struct text written[WAYS] = {
        arena_format(arena, "%u:%02u", hour, minute),
        arena_format(arena, "%02u:%02u", hour, minute),
        arena_format(arena, "%u.%02u", hour, minute),
        arena_format(arena, "%uh%02u", hour, minute),
        arena_format(arena, "%u:%02u %c", twelve, minute, half),
        arena_format(arena, "%u.%02u %c", twelve, minute, half),
        minute == 0 ? arena_format(arena, "%u %cm", twelve, half) : TEXT(""),
        minute == 0 ? arena_format(arena, "%u %c.m", twelve, half) : TEXT(""),
        minute == 0 ? arena_format(arena, "%u%cm", twelve, half) : TEXT(""),
        minute == 0 ? arena_format(arena, "%u Uhr", hour) : TEXT(""),
        minute == 0 && hour == 12 ? TEXT("noon") : TEXT(""),
    };
    memcpy(ways, written, sizeof written);
}

static bool
has_hour(struct text words, const struct text ways[WAYS])
{
    for (size_t i = 0; i < WAYS; i++)
        if (has_piece(words, ways[i]))
            return true;
    return false;
}

/* "New York" of "America/New_York" */
static struct text
city(struct arena *arena, struct text zone)
{
    size_t begin = zone.length;
    while (begin > 0 && zone.data[begin - 1] != '/')
        begin--;
    struct buffer out = buffer_in(arena);
    for (size_t i = begin; i < zone.length; i++)
        buffer_char(&out, zone.data[i] == '_' ? ' ' : zone.data[i]);
    return buffer_text(&out);
}

static bool
names_a_zone(const struct model *model, struct text words)
{
    struct text last[TONE_WORDS] = {TEXT("")}, word;
    size_t count = 0;
    for (size_t at = 0; words_next(words, &at, &word);) {
        count += count < TONE_WORDS;
        memmove(last + 1, last, (count - 1) * sizeof *last);
        last[0] = word;
        if (locale_tone(model->locale, TONE_TIME_ZONE, last, count) > 0)
            return true;
    }
    return false;
}

struct published {
    bool zone, hour;
};

static struct published
what_is_published(struct checking *c)
{
    const struct model *model = c->model;
    const struct calendar *calendar = model->calendar;
    struct published p = {false, calendar->cut_off >= NO_CUT_OFF};
    struct text place = city(c->arena, calendar->zone), ways[WAYS];
    write_hour(c->arena, calendar->cut_off, ways);
    for (size_t i = 0; i < model->clause_count && !(p.zone && p.hour); i++) {
        struct text words = model->clauses[i].words;
        p.zone = p.zone || has_piece(words, calendar->zone) || has_piece(words, place) ||
                 names_a_zone(model, words);
        p.hour = p.hour || has_hour(words, ways);
    }
    return p;
}

static void
report(struct checking *c, const struct duty *duty, struct published p)
{
    const struct calendar *calendar = c->model->calendar;
    unsigned hour = calendar->cut_off / 60u, minute = calendar->cut_off % 60u;
    const char *missing = p.hour   ? "their time zone"
                          : p.zone ? "the hour at which they end"
                                   : "their time zone and the hour at which they end";
    diagnose(c->diagnostics, W_BUSINESS_DAYS, duty->timing.span,
             "the page counts in business days and does not tell %s", missing);
    if (p.hour)
        diagnose_why(c->diagnostics,
                     "A day begins and ends by the clock of “%.*s”, which only "
                     "the calendar says",
                     TEXT_ARGS(calendar->zone));
    else
        diagnose_why(c->diagnostics,
                     "What arrives after %u:%02u in “%.*s” counts for the next day, which only the "
                     "calendar says",
                     hour, minute, TEXT_ARGS(calendar->zone));
    diagnose_fix(c->diagnostics,
                 "Declare values, as in “value zone is \"Irish time\".” and “value closing is "
                 "\"%u:%02u\".”, and publish them",
                 p.hour ? 17 : hour, p.hour ? 0 : minute);
}

void
check_business_days(struct checking *c)
{
    const struct model *model = c->model;
    for (uint32_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        bool counted = duty->timing.form != TIMING_NONE && duty->timing.form != TIMING_AT_ONCE;
        if (!counted || duty->timing.unit != UNIT_BUSINESS_DAY)
            continue;
        struct published p = what_is_published(c);
        if (!p.zone || !p.hour)
            report(c, duty, p);
        return;
    }
}
