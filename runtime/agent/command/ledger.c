/* avowd ledger: what happened, in an order that nobody can change unseen. */
#include "runtime/agent/words.h"
#include "runtime/store/store.h"

#include <inttypes.h>
#include <string.h>

enum { EVIDENCE };

static const struct flag flags[] = {
    {"evidence", "TEXT", "of accept-loss: who decided it, and why"},
    {0},
};

static int
accept_loss(struct session *session)
{
    avow_store_error error = {0};
    if (avow_store_accept_loss(session->store, session->call->flag[EVIDENCE], &error) !=
        AVOW_STORE_OK)
        return store_failed(session->call, &error);
    puts("the loss is accepted, on record; the store is trusted as it is now");
    return EXIT_FINE;
}

/* Entries of each part, and whether the store is trusted. */
static int
show_status(struct session *session)
{
    avow_store_error error = {0};
    uint64_t entries = 0;
    struct engine *engine = pool_borrow(session->store, &error);
    avow_store_code code = engine ? AVOW_STORE_OK : error.code;
    for (uint32_t part = 0; code == AVOW_STORE_OK && part < ENGINE_PARTS; part++) {
        struct head head;
        code = engine->ops->head(engine, part, &head, &error);
        entries += code == AVOW_STORE_OK ? head.sequence : 0;
    }
    pool_return(session->store, engine, code != AVOW_STORE_OK);
    if (code != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    printf("%" PRIu64 " entries in %d parts\n", entries, (int)ENGINE_PARTS);
    if (avow_store_trust(session->store, &error) == AVOW_STORE_OK) {
        puts("trusted: not older than its anchor");
        return EXIT_FINE;
    }
    printf("not trusted: %s\n", error.text);
    return EXIT_NO;
}

static int
run(const struct call *call)
{
    const char *what = call->operands[0];
    if (strcmp(what, "status") == 0)
        return with_store(call, true, show_status);
    if (strcmp(what, "accept-loss") == 0)
        return with_store(call, true, accept_loss);
    return wrong_use(call, "'status' or 'accept-loss' is needed, not '%s'", what);
}

const struct command ledger_command = {
    .name = "ledger",
    .summary = "how much is recorded, and whether something is missing",
    .forms = "status\n[OPTION]... accept-loss",
    .about =
        "'status' tells how many entries the ledger has, and whether the store is older than the\n"
        "anchor in the folder of the keys: then entries are missing, and everything is refused.\n"
        "'accept-loss' gives them up, on record; whoever refused in them can be written to again,\n"
        "so put back a newer copy of the database instead if there is one.\n",
    .status = "Exit status: 0 fine; 1 something is missing; 2 wrong use, or it cannot be read.\n",
    .flags = flags,
    .least = 1,
    .most = 1,
    .wanted = "'status' or 'accept-loss' is needed",
    .run = run,
};
