/* avowd ledger: what happened, in an order that nobody can change unseen. */
#include "runtime/agent/progress.h"
#include "runtime/agent/shipped.h"
#include "runtime/agent/words.h"
#include "runtime/store/anchor.h"
#include "runtime/store/replay.h"
#include "runtime/store/store.h"
#include "runtime/store/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

/* Verifying ---------------------------------------------------------------------------------- */

static void
say_problem(void *context, uint32_t part, uint64_t sequence, const char *text)
{
    (void)context;
    printf("part %u, entry %" PRIu64 ": %s\n", (unsigned)part, sequence, text);
}

static bool
say_progress(void *context, uint64_t done, uint64_t all)
{
    const bool *terminal = context;
    if (*terminal)
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " entries", done, all);
    return false;
}

static int
verify(struct session *session)
{
    avow_store *store = session->store;
    avow_store_error error = {0};
    struct head anchored[ENGINE_PARTS];
    struct verify_result result = {0};
    bool terminal = isatty(STDERR_FILENO) == 1;
    struct verify_options options = {
        .problem = say_problem, .progress = say_progress, .context = &terminal};
    avow_store_code code =
        store->keys ? anchor_read(store->keys_folder, store->keys->signing_public, anchored, &error)
                    : fault(&error, AVOW_STORE_KEYS, "%s", store->trust.text);
    options.anchored = code == AVOW_STORE_OK ? anchored : NULL;
    if (code != AVOW_STORE_OK)
        complain(session->call, "the ledger is not held against its anchor: %s", error.text);
    bool bare = code != AVOW_STORE_OK;
    struct engine *engine = pool_borrow(store, &error);
    code = engine ? verify_ledger(engine, &options, &result, &error) : error.code;
    pool_return(store, engine, code != AVOW_STORE_OK);
    if (terminal)
        fputs("\r\033[K", stderr);
    if (code != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    printf("%" PRIu64 " entries, %" PRIu64 " of them erased: %" PRIu64 " problem%s\n",
           result.entries, result.erased, result.problems, result.problems == 1 ? "" : "s");
    return result.problems > 0 || bare ? EXIT_NO : EXIT_FINE;
}

/* Out and in --------------------------------------------------------------------------------- */

/* For the doctor. What went to a terminal or to /dev/null is not kept anywhere. */
static void
note_shipped(const struct session *session, const struct head heads[ENGINE_PARTS])
{
    struct stat is;
    struct shipped shipped = {.at = time(NULL)};
    avow_store_error error = {0};
    if (fstat(STDOUT_FILENO, &is) != 0 || S_ISCHR(is.st_mode) || !print_done() ||
        (S_ISREG(is.st_mode) && fsync(STDOUT_FILENO) != 0))
        return;
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        shipped.sequence[part] = heads[part].sequence;
    if (shipped_write(session->store->keys_folder, &shipped, &error) != AVOW_STORE_OK)
        complain(session->call,
                 "the ledger was written out, and 'avowd doctor' will not know of it: %s",
                 error.text);
}

static int
ship(struct session *session)
{
    avow_store *store = session->store;
    avow_store_error error = {0};
    struct head heads[ENGINE_PARTS];
    struct engine *engine = store->keys ? pool_borrow(store, &error) : NULL;
    if (!store->keys)
        fault(&error, AVOW_STORE_KEYS, "%s", store->trust.text);
    avow_store_code code =
        engine ? export_ledger(engine, store->keys, NULL, stdout, heads, &error) : error.code;
    pool_return(store, engine, code != AVOW_STORE_OK);
    if (code != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    note_shipped(session, heads);
    return EXIT_FINE;
}

/* Only what this store's own key has signed. */
static int
replay(struct session *session)
{
    avow_store *store = session->store;
    avow_store_error error = {0};
    struct replay_result result = {0};
    const char *path = session->call->operands[1];
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    struct engine *engine = NULL;
    if (!in)
        fault(&error, AVOW_STORE_IO, "%s cannot be read: %s.", path, strerror(errno));
    else if (!store->keys)
        fault(&error, AVOW_STORE_KEYS, "%s", store->trust.text);
    else
        engine = pool_borrow(store, &error);
    avow_store_code code =
        engine ? replay_ledger(engine, in, store->keys->signing_public, &result, &error)
               : error.code;
    if (engine)
        trust_look(store, engine);
    pool_return(store, engine, code != AVOW_STORE_OK);
    if (in && in != stdin)
        fclose(in);
    if (code != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    printf("%" PRIu64 " entries put back, %" PRIu64 " were there\n", result.added, result.present);
    say_trust(session);
    return avow_store_trust(store, NULL) == AVOW_STORE_OK ? EXIT_FINE : EXIT_NO;
}

static int
run(const struct call *call)
{
    const char *what = call->operands[0];
    bool file = call->operand_count == 2;
    if (strcmp(what, "status") == 0 && !file)
        return with_store(call, true, show_status);
    if (strcmp(what, "verify") == 0 && !file)
        return with_store(call, false, verify);
    if (strcmp(what, "export") == 0 && !file)
        return with_store(call, false, ship);
    if (strcmp(what, "replay") == 0 && file)
        return with_store(call, true, replay);
    if (strcmp(what, "accept-loss") == 0 && !file)
        return with_store(call, true, accept_loss);
    return wrong_use(call,
                     "'status', 'verify', 'export', 'replay FILE' or 'accept-loss' is needed");
}

const struct command ledger_command = {
    .name = "ledger",
    .summary = "verify what was recorded, write it out, put it back",
    .forms = "status\nverify\nexport > FILE\nreplay FILE\n[OPTION]... accept-loss",
    .about =
        "'status' tells how many entries the ledger has, and whether the store is older than the\n"
        "anchor in the folder of the keys: then entries are missing, and everything is refused.\n"
        "'accept-loss' gives them up, on record; whoever refused in them can be written to again,\n"
        "so put back a newer copy of the database instead if there is one.\n",
    .status = "Exit status: 0 fine; 1 something is missing; 2 wrong use, or it cannot be read.\n",
    .flags = flags,
    .least = 1,
    .most = 2,
    .wanted = "'status', 'verify', 'export', 'replay FILE' or 'accept-loss' is needed",
    .run = run,
};
