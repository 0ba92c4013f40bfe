/* avowd init: make a store, its keys, and say what is known of the past. */
#include "runtime/agent/words.h"
#include "runtime/store/store.h"

#include <stdlib.h>
#include <string.h>

enum { NO_HISTORY, HISTORY_IMPORTED, KINDS, EVIDENCE };

static const struct flag flags[] = {
    {"no-history", NULL,
     "nobody has refused anything before: who is not in the store has\n"
     "refused and agreed to nothing"},
    {"history-imported", NULL, "the same, since all refusals of the past are imported"},
    {"kinds", "LIST",
     "the kinds of addresses for which that is so: email, phone, id\n"
     "and record, parted by commas; by default email,record. Name phone\n"
     "or id only if whoever refuses in another way is linked to his, or\n"
     "is recorded by it too: else he would be unknown there"},
    {"evidence", "TEXT", "who says so, and how it is known"},
    {0},
};

/* A refusal usually comes by e-mail: of somebody's telephone number or customer number nobody knows
 * then, unless it is linked. */
enum { USUAL_KINDS = 1u << AVOW_IDENTITY_EMAIL | 1u << AVOW_IDENTITY_RECORD };

static const char *const kind_words[AVOW_IDENTITY_KINDS] = {"", "email", "phone", "id", "record"};

/* False if one of the words is no kind. */
static bool
read_kinds(const char *list, unsigned *kinds)
{
    *kinds = list ? 0 : USUAL_KINDS;
    for (const char *at = list; at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        unsigned kind = AVOW_IDENTITY_EMAIL;
        while (kind < AVOW_IDENTITY_KINDS &&
               (strlen(kind_words[kind]) != length || memcmp(kind_words[kind], at, length) != 0))
            kind++;
        if (kind == AVOW_IDENTITY_KINDS)
            return false;
        *kinds |= 1u << kind;
        at += length;
        if (*at == '\0')
            break;
    }
    return true;
}

/* Whether it can be opened already. */
static bool
is_there(const struct session *session)
{
    avow_store *store = avow_store_open(&session->options, NULL);
    if (!store)
        return false;
    avow_store_close(store);
    return true;
}

static void
say_made(const struct session *session, bool there)
{
    char *folder = store_keys_folder(&session->options, NULL);
    printf("%s %s\nits keys are in %s\n", there ? "there already:" : "made", session->options.url,
           folder ? folder : "?");
    free(folder);
    if (!there)
        puts("Back them up now, apart from the database: 'avowd key backup FILE'. Without them\n"
             "nobody in the store can be found, and everything is refused.");
}

static int
settle(struct session *session, unsigned kinds)
{
    const struct call *call = session->call;
    avow_store_error error = {0};
    session->store = avow_store_open(&session->options, &error);
    if (!session->store ||
        avow_store_settle(session->store, kinds, call->flag[EVIDENCE], &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    const char *mark =
        "settled: whoever is not in the store has refused and agreed to nothing (by ";
    for (unsigned kind = AVOW_IDENTITY_EMAIL; kind < AVOW_IDENTITY_KINDS; kind++) {
        if (kinds >> kind & 1) {
            printf("%s%s", mark, kind_words[kind]);
            mark = ", ";
        }
    }
    puts(")");
    say_trust(session);
    return EXIT_FINE;
}

/* Whoever makes a store would rather wait for a busy server than find it half made. */
enum { WAIT_MS = 60000 };

static int
make(struct session *session, bool settles, unsigned kinds)
{
    session->options.wait_ms = WAIT_MS;
    bool there = is_there(session);
    avow_store_error error = {0};
    if (place_make_parents(&session->call->place, session->keys, &error) != AVOW_STORE_OK ||
        avow_store_create(&session->options, &error) != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    say_made(session, there);
    if (settles)
        return settle(session, kinds);
    if (!there)
        puts("Until it is said what was refused before (--no-history, or an import and then\n"
             "--history-imported), everything about everybody is refused.");
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    unsigned kinds;
    bool settles = call->flag[NO_HISTORY] || call->flag[HISTORY_IMPORTED];
    if (call->flag[NO_HISTORY] && call->flag[HISTORY_IMPORTED])
        return wrong_use(call, "either there is no history, or it was imported");
    if (!settles && (call->flag[KINDS] || call->flag[EVIDENCE]))
        return wrong_use(call, "--kinds and --evidence are about --no-history or "
                               "--history-imported");
    if (!read_kinds(call->flag[KINDS], &kinds))
        return wrong_use(call, "--kinds is a list of email, phone, id and record, not '%s'",
                         call->flag[KINDS]);
    struct session session;
    int status = session_begin(&session, call, settles);
    if (status == EXIT_FINE)
        status = make(&session, settles, kinds);
    session_close(&session);
    return status;
}

const struct command init_command = {
    .name = "init",
    .summary = "make a store and its keys",
    .forms = "[OPTION]...",
    .about =
        "Makes an empty store with its keys, or brings an older one up to date; what is there is\n"
        "kept. In PostgreSQL this needs the role that owns the database; nothing else does.\n"
        "Until it is said what was refused before the store existed, all is refused.\n",
    .examples = "  avowd --store=sqlite:consent.db --policy=shop.avow init --no-history\n",
    .status = "Exit status: 0 it is there; 2 wrong use, or it could not be made.\n",
    .flags = flags,
    .least = 0,
    .most = 0,
    .wanted = "what is to be made stands in --store",
    .run = run,
};
