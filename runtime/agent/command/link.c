/* avowd link: two addresses of one human being. */
#include "runtime/agent/words.h"

enum { EVIDENCE };

static const struct flag flags[] = {
    {"evidence", "TEXT", "what shows it"},
    {0},
};

static int
work(struct session *session)
{
    const struct call *call = session->call;
    avow_identity_text one, other;
    avow_store_error error = {0};
    if (words_address(call->operands[0], &one, &error) != AVOW_STORE_OK ||
        words_address(call->operands[1], &other, &error) != AVOW_STORE_OK ||
        avow_store_link(session->store, one, other, call->flag[EVIDENCE], &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    return with_store(call, true, work);
}

const struct command link_command = {
    .name = "link",
    .summary = "record that two addresses are of one human being",
    .forms = "[OPTION]... ADDRESS ADDRESS",
    .about =
        "Records that two addresses are of one human being: what either has refused or agreed to\n"
        "holds for both. Only 'avowd forget' undoes it.\n",
    .examples =
        "  avowd --store=sqlite:consent.db --policy=shop.avow link id:4711 joe@shop.example\n",
    .status =
        "Exit status: 0 recorded; 2 wrong use, or it could not be recorded; 3 it is not certain\n"
        "whether it was: do it again.\n",
    .flags = flags,
    .least = 2,
    .most = 2,
    .wanted = "two addresses are needed",
    .run = run,
};
