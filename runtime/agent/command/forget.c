/* avowd forget: erase what is known of somebody, except the refusals. */
#include "runtime/agent/words.h"

enum { EVIDENCE };

static const struct flag flags[] = {
    {"evidence", "TEXT", "what asks for it"},
    {0},
};

static int
work(struct session *session)
{
    const struct call *call = session->call;
    avow_identity_text who;
    avow_store_error error = {0};
    if (words_address(call->operands[0], &who, &error) != AVOW_STORE_OK ||
        avow_store_forget(session->store, who, call->flag[EVIDENCE], &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    return with_store(call, true, work);
}

const struct command forget_command = {
    .name = "forget",
    .summary = "erase what is known of somebody; refusals stay",
    .forms = "[OPTION]... ADDRESS",
    .about = "Erases evidence, references, consent and links of somebody. What was refused stays\n"
             "refused; of that only hashes remain, from which nobody can tell the address.\n",
    .status = "Exit status: 0 erased; 2 wrong use, or it could not be erased; 3 it is not certain\n"
              "whether it was: do it again.\n",
    .flags = flags,
    .least = 1,
    .most = 1,
    .wanted = "one address is needed",
    .run = run,
};
