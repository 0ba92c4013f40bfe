/* avowd doctor: whether everything is as it must be. */
#include "runtime/agent/findings.h"
#include "runtime/agent/mail/postfix_doctor.h"
#include "runtime/core/table.h"
#include "runtime/store/store.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG, POSTFIX };

static const struct flag flags[] = {
    {"config", "FILE", "look at what this avowd.yaml names: store, keys, policy, mail"},
    {"postfix", "DIR", "and at the Postfix whose main.cf is there; needs --config"},
    {0},
};

static void
say_finding(void *context, bool bad, const char *text)
{
    find(context, bad ? FINDING_BAD : FINDING_OK, "%s", text);
}

static void
say_key(void *context, const avow_store_error *error)
{
    find(context, FINDING_BAD, "%s", error->text);
}

/* Many an answer hangs on the time: a clock that was never set shows the year 1970, or that of the
 * machine's making. */
static void
look_at_clock(const struct session *session, struct findings *findings)
{
    const avow_table *table = session->bundle.table;
    int32_t effective = table ? avow_identify(table).effective : 0;
    if (findings->now / 86400 < effective || findings->now < 1750000000)
        find(findings, FINDING_BAD,
             "The clock is years behind. Set it: ntpd, chronyd or systemd-timesyncd.");
    else
        find(findings, FINDING_OK, "The clock shows a time after the policy's day.");
}

/* Whatever is wrong with the policy, the rest is looked at. */
static void
look_at_policy(struct session *session, const struct place *place, struct findings *findings)
{
    avow_store_error error = {0};
    if (!place->policy) {
        find(findings, FINDING_WARN,
             "No policy was given: give it with --policy, to have it looked at.");
        return;
    }
    find_policy_file(findings, place->policy);
    if (session_policy(place, findings->now, &session->bundle, &error) != AVOW_STORE_OK) {
        find(findings, FINDING_BAD, "%s", error.text);
        return;
    }
    const avow_table *table = session->bundle.table;
    avow_identity is = avow_identify(table);
    session->options.table = table;
    find(findings, FINDING_OK, "The policy is '%.*s'%s%.*s; zones are %s%.*s.",
         (int)is.policy.length, is.policy.data, is.revision.length ? ", revision " : "",
         (int)is.revision.length, is.revision.data ? is.revision.data : "",
         is.tzdata.length ? "those of tzdata " : "not needed", (int)is.tzdata.length,
         is.tzdata.data ? is.tzdata.data : "");
    find_calendar(findings, table);
}

static void
look_at_keys(const struct session *session, struct findings *findings)
{
    char anchor[PLACE_MAX];
    char *folder = store_keys_folder(&session->options, NULL);
    if (!folder) {
        find(findings, FINDING_BAD, "The folder of the keys is not known.");
        return;
    }
    if (keys_check(folder, say_key, findings) == 0)
        find(findings, FINDING_OK, "The keys in %s are whole, and nobody else can read them.",
             folder);
    snprintf(anchor, sizeof anchor, "%s/anchor", folder);
    find_later_file(findings, anchor);
    free(folder);
}

static void
look_into_store(struct session *session, struct findings *findings)
{
    avow_store_error error = {0};
    struct engine *engine = pool_borrow(session->store, &error);
    if (!engine) {
        find(findings, FINDING_BAD, "%s", error.text);
        return;
    }
    avow_store_code code = engine->ops->examine(engine, say_finding, findings, &error);
    if (code != AVOW_STORE_OK)
        find(findings, FINDING_BAD, "%s", error.text);
    else
        find_ledger(findings, session, engine);
    pool_return(session->store, engine, code != AVOW_STORE_OK);
}

static void
look_at_store(struct session *session, struct findings *findings)
{
    avow_store_error error = {0};
    const char *url = session->options.url;
    if (strncmp(url, "sqlite:", 7) == 0)
        find_later_file(findings, url + 7);
    find_password_file(findings, url);
    session->store = avow_store_open(&session->options, &error);
    if (!session->store) {
        find(findings, FINDING_BAD, "%s", error.text);
        return;
    }
    look_into_store(session, findings);
    if (avow_store_trust(session->store, &error) != AVOW_STORE_OK)
        find(findings, FINDING_BAD, "%s", error.text);
    else
        find(findings, FINDING_OK, "The store has all its keys and is not older than its anchor.");
    if (session->bundle.table && session->store->settled == 0)
        find(findings, FINDING_WARN,
             "It was never said whether refusals of the past are imported: whoever is not in the "
             "store is refused everything. Say it with 'avowd init --no-history' or "
             "'--history-imported'.");
}

static int
look_at_all(const struct call *call, const struct config *config)
{
    struct session session;
    struct call bare = *call;
    struct findings findings = {.now = time(NULL)};
    bare.place.policy = NULL;
    int status = session_begin(&session, &bare, false);
    if (status == EXIT_FINE) {
        int libpq = PQlibVersion();
        find(&findings, FINDING_OK,
             "avowd " AVOW_VERSION ", SQLite %s, libpq %d.%d; schema %d of stores, version %d of "
             "compiled policies.",
             sqlite3_libversion(), libpq / 10000, libpq % 10000, (int)ENGINE_SCHEMA,
             (int)TABLE_ABI);
        look_at_policy(&session, &call->place, &findings);
        look_at_clock(&session, &findings);
        look_at_keys(&session, &findings);
        look_at_store(&session, &findings);
        if (call->flag[POSTFIX])
            find_postfix(&findings, &config->mail, call->flag[POSTFIX]);
        status = findings.bad ? EXIT_NO : EXIT_FINE;
    }
    session_close(&session);
    return status;
}

static void
say_line(void *context, const char *line)
{
    complain(context, "%s", line);
}

/* What a configuration names stands in for what was not given. */
static int
run(const struct call *call)
{
    struct call with = *call;
    struct config config = {0};
    avow_store_error error = {0};
    if (call->flag[POSTFIX] && !call->flag[CONFIG])
        return wrong_use(call, "--postfix needs --config: it says what Postfix must ask about");
    if (call->flag[CONFIG] &&
        config_read(&config, call->flag[CONFIG], say_line, &with, &error) != AVOW_STORE_OK) {
        complain(call, "%s", error.text);
        config_free(&config);
        return EXIT_USE;
    }
    with.place.store = with.place.store ? with.place.store : config.store;
    with.place.policy = with.place.policy ? with.place.policy : config.policy;
    with.place.keys = with.place.keys ? with.place.keys : config.keys;
    int status = look_at_all(&with, &config);
    config_free(&config);
    return status;
}

const struct command doctor_command = {
    .name = "doctor",
    .summary = "whether store, keys, clock and settings are as they must be",
    .forms = "[OPTION]...",
    .about =
        "Looks at everything on which the promises hang, and says one thing a line: ok, warn or\n"
        "bad, and how to mend it: versions, the policy, its calendar and who can change it, the\n"
        "clock, keys and their anchor, passwords, the database, and how much of the ledger was\n"
        "never written out. With --postfix also whether all mail passes avowd, and waits if it\n"
        "does not answer.\n",
    .examples = "  avowd doctor --config=/etc/avowd/avowd.yaml --postfix=/etc/postfix\n",
    .status = "Exit status: 0 nothing is bad; 1 something is; 2 wrong use.\n",
    .flags = flags,
    .least = 0,
    .most = 0,
    .wanted = "no words are needed",
    .run = run,
};
