/* Deadlines in words. */
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"
#include "compiler/question/say.h"

/* "Monday, 2026-03-09 23:59 (Europe/Berlin)" */
static void
add_instant(struct buffer *out, const struct model *model, int64_t at)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    struct civil_time time = calendar_local(model->calendar, at);
    buffer_format(out, "%s, %.*s (%.*s)", days[civil_weekday(time.day)],
                  TEXT_ARGS(calendar_words(out->arena, model->calendar, at)),
                  TEXT_ARGS(model->calendar->zone));
}

static const char *
participle(enum verb verb)
{
    switch (verb) {
    case VERB_DO:
        return "done";
    case VERB_KEEP:
        return "kept";
    case VERB_TELL:
        return "told";
    default:
        return "erased";
    }
}

static void
add_unknown(struct buffer *out, const struct due *due)
{
    switch (due->reason) {
    case AVOW_DUE_NOT_STARTED:
        buffer_string(out, "nothing in the question starts the clock. Ask with what starts it, as "
                           "in “if received 2026-03-07 10:00”");
        break;
    case AVOW_DUE_PAST_HOLIDAYS:
        buffer_string(out, "the day lies past the holidays that the calendar knows");
        break;
    case AVOW_DUE_PAST_ZONES:
        buffer_string(out, "the day lies outside the years for which the time zone is known");
        break;
    default:
        buffer_string(out, "what is given cannot be so");
        break;
    }
}

void
say_due(struct buffer *out, const struct model *model, const struct asked *asked, uint32_t what,
        struct due due)
{
    struct text name = leaf(model, what)->name;
    bool keep = asked->verb == VERB_KEEP;
    switch (due.kind) {
    case AVOW_DUE_NOTHING:
        buffer_format(out, "No duty of the policy says when %.*s must be %s.\n", TEXT_ARGS(name),
                      participle(asked->verb));
        return;
    case AVOW_DUE_AT_ONCE:
        buffer_format(out, "%.*s must be %s at once: ", TEXT_ARGS(name), participle(asked->verb));
        add_instant(out, model, due.at);
        break;
    case AVOW_DUE_AT:
        buffer_format(out, "%.*s must be %s %s ", TEXT_ARGS(name), participle(asked->verb),
                      keep ? "until" : "by");
        add_instant(out, model, due.at);
        break;
    case AVOW_DUE_UNKNOWN:
        buffer_format(out, "It cannot be said when %.*s must be %s: ", TEXT_ARGS(name),
                      participle(asked->verb));
        add_unknown(out, &due);
        break;
    }
    buffer_string(out, ".\n");
    if (due.reason == AVOW_DUE_KEPT)
        buffer_string(out, "  It must be kept until then, and erased after that.\n");
    if (due.missing != 0 && due.kind != AVOW_DUE_UNKNOWN) {
        buffer_string(out, "  It is not known ");
        say_whether(out, model, due.missing);
        buffer_string(out, "; this is the earliest that could bind.\n");
    }
    if (due.clause != NONE)
        say_clause(out, model, "Clause", due.clause);
}
