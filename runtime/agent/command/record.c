/* avowd record: a request was received, or an event happened. */
#include "runtime/agent/words.h"

enum { RECORD, AT, DONE, EVIDENCE, REFERENCE, BY };

static const struct flag flags[] = {
    {"record", "NAMESPACE:ID", "the record of data that is meant, such as tickets:4711"},
    {"at", "TIME", "when it was received, as in 2026-03-07T10:00:00Z; by default now"},
    {"done", NULL, "it is carried out already"},
    {"evidence", "TEXT", "what shows it; needed by consent"},
    {"reference", "TEXT", "your own number of it, without personal data"},
    {"by", "SOURCE",
     "who says so: person, staff or import; by default the person.\n"
     "Staff and imports can refuse for somebody, and agree only\n"
     "where nothing was ever recorded"},
    {0},
};

static avow_store_code
read_event(const struct call *call, avow_event *event, avow_store_error *error)
{
    *event = (avow_event){.what = call->operands[0],
                          .record = words_record(call->flag[RECORD]),
                          .evidence = call->flag[EVIDENCE],
                          .reference = call->flag[REFERENCE],
                          .done = call->flag[DONE] != NULL};
    avow_store_code code = words_source(call->flag[BY], &event->source, error);
    if (code == AVOW_STORE_OK && call->flag[AT])
        code = words_time(call->flag[AT], &event->received, error);
    if (code == AVOW_STORE_OK && call->operand_count == 2)
        code = words_address(call->operands[1], &event->subject, error);
    return code;
}

static int
work(struct session *session)
{
    const struct call *call = session->call;
    avow_event event;
    avow_recorded recorded;
    avow_store_error error = {0};
    if (read_event(call, &event, &error) != AVOW_STORE_OK ||
        avow_store_record(session->store, &event, &recorded, &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    if (!recorded.recorded) {
        complain(call, "not recorded: an earlier word of this person stands, and only the person, "
                       "with evidence, can change it");
        return EXIT_NO;
    }
    printf("recorded %s\n", recorded.receipt);
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    if (call->operand_count == 1 && !call->flag[RECORD])
        return wrong_use(call, "whose? Name the person by an address, or the data with --record");
    return with_store(call, true, work);
}

const struct command record_command = {
    .name = "record",
    .summary = "record a request or an event, and give its receipt",
    .forms = "[OPTION]... WHAT ADDRESS\n--record=NAMESPACE:ID [OPTION]... WHAT",
    .about = "Records that a request of the policy was received or an event happened. Prints\n"
             "'recorded RECEIPT' when it is on disk: from then on every answer follows it.\n",
    .examples =
        "  avowd --store=sqlite:consent.db --policy=shop.avow record stop-mail joe@shop.example\n",
    .status =
        "Exit status: 0 recorded; 1 not permitted, since it would overrule a no; 2 wrong use, or\n"
        "it could not be recorded; 3 it is not certain whether it was: record it again.\n",
    .flags = flags,
    .least = 1,
    .most = 2,
    .wanted = "what happened, and the address of whom, are needed",
    .run = run,
};
