/* avowd map: what became of a state that the policy in force does not know. */
#include "runtime/agent/words.h"

enum { EVIDENCE };

static const struct flag flags[] = {
    {"evidence", "TEXT", "who decided it, and why"},
    {0},
};

static int
work(struct session *session)
{
    const struct call *call = session->call;
    avow_store_error error = {0};
    const char *now = call->operand_count == 2 ? call->operands[1] : NULL;
    if (avow_store_map_state(session->store, call->operands[0], now, call->flag[EVIDENCE],
                             &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    say_trust(session);
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    return with_store(call, true, work);
}

const struct command map_command = {
    .name = "map",
    .summary = "say what became of a state that the policy does not have any more",
    .forms = "[OPTION]... STATE [NOW]",
    .about =
        "Says, on record, what became of a state that people have in the store and that the "
        "policy\n"
        "in force does not know: it is called NOW, or without NOW: it means nothing any more.\n"
        "Until that is said, everything about everybody is refused. A policy can say it itself,\n"
        "with 'formerly'.\n",
    .status =
        "Exit status: 0 recorded; 2 wrong use, or it could not be recorded; 3 it is not certain\n"
        "whether it was: do it again.\n",
    .flags = flags,
    .least = 1,
    .most = 2,
    .wanted = "the state's old name is needed, and what it is called now",
    .run = run,
};
