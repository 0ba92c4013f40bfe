/* avowd done: a request is carried out. */
#include "runtime/agent/words.h"

static int
work(struct session *session)
{
    avow_store_error error = {0};
    if (avow_store_done(session->store, session->call->operands[0], &error) != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    return with_store(call, true, work);
}

const struct command done_command = {
    .name = "done",
    .summary = "record that a request is carried out",
    .forms = "RECEIPT",
    .about =
        "Records that the request behind a receipt is carried out, with all equal requests of\n"
        "this person before it. Twice is once.\n",
    .status =
        "Exit status: 0 recorded; 1 there is no such receipt; 2 wrong use, or it could not be\n"
        "recorded; 3 it is not certain whether it was: do it again.\n",
    .least = 1,
    .most = 1,
    .wanted = "one receipt is needed, as 'avowd record' printed it",
    .run = run,
};
