/* avowd duties: requests that wait to be done, by when they are due. */
#include "runtime/agent/words.h"

#include <time.h>

enum { BEFORE };

static const struct flag flags[] = {
    {"before", "TIME", "only those due until then, as in 2026-03-07T10:00:00Z"},
    {0},
};

enum { MICROS = 1000000 };

struct shown {
    int64_t now;
    bool overdue;
};

/* Until when, as a time or in a word. */
static const char *
due_words(avow_due due, char text[TIME_TEXT])
{
    if (due.kind == AVOW_DUE_NOTHING)
        return "no-time";
    return due.kind == AVOW_DUE_UNKNOWN ? "not-known" : words_of_time(due.at, text);
}

static avow_store_code
show(void *context, const avow_duty *duty)
{
    struct shown *shown = context;
    char due[TIME_TEXT], received[TIME_TEXT];
    bool timed = duty->due.kind == AVOW_DUE_AT || duty->due.kind == AVOW_DUE_AT_ONCE;
    bool late = timed && duty->due.at < shown->now;
    shown->overdue |= late;
    printf("%s\t%s\t%s\t%s\t%s\t%s\n", late ? "overdue" : "due", due_words(duty->due, due),
           duty->request, duty->receipt, words_of_time(duty->received / MICROS, received),
           duty->reference);
    return AVOW_STORE_OK;
}

static int
work(struct session *session)
{
    avow_store_error error = {0};
    int64_t until = INT64_MAX;
    const char *before = session->call->flag[BEFORE];
    struct shown shown = {.now = time(NULL)};
    if (before && words_time(before, &until, &error) != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    if (avow_store_duties(session->store, before ? until / MICROS : until, show, &shown, &error) !=
        AVOW_STORE_OK)
        return store_failed(session->call, &error);
    return shown.overdue ? EXIT_NO : EXIT_FINE;
}

static int
run(const struct call *call)
{
    return with_store(call, true, work);
}

const struct command duties_command = {
    .name = "duties",
    .summary = "requests that wait to be done, and those that are overdue",
    .forms = "[OPTION]...",
    .about =
        "Lists the requests that wait to be done, in the order in which they are due. A line has,\n"
        "parted by tabs, 'due' or 'overdue', until when, the request, its receipt, when it was\n"
        "received and your reference. 'avowd done RECEIPT' ends one.\n",
    .status = "Exit status: 0 none is overdue; 1 some are; 2 wrong use, or they cannot be read.\n",
    .flags = flags,
    .least = 0,
    .most = 0,
    .wanted = "options only, no words; --before=TIME is one",
    .run = run,
};
