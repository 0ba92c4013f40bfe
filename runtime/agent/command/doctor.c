/* avowd doctor: whether everything is as it must be. */
#include "runtime/agent/words.h"
#include "runtime/store/store.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct findings {
    bool bad;
};

static void
say(struct findings *findings, const char *how, const char *text)
{
    printf("%-4s  %s\n", how, text);
    findings->bad |= strcmp(how, "bad") == 0;
}

static void
say_finding(void *context, bool bad, const char *text)
{
    say(context, bad ? "bad" : "ok", text);
}

static void
say_key(void *context, const avow_store_error *error)
{
    say(context, "bad", error->text);
}

/* Many an answer hangs on the time: a clock that was never set shows the year 1970, or that of the
 * machine's making. */
static void
look_at_clock(const struct session *session, struct findings *findings)
{
    const avow_table *table = session->bundle.table;
    time_t now = time(NULL);
    int32_t effective = table ? avow_identify(table).effective : 0;
    if (now / 86400 < effective || now < 1750000000)
        say(findings, "bad",
            "The clock is years behind. Set it: ntpd, chronyd or systemd-timesyncd.");
    else
        say(findings, "ok", "The clock shows a time after the policy's day.");
}

static void
look_at_policy(const struct session *session, struct findings *findings)
{
    char text[200];
    const avow_table *table = session->bundle.table;
    if (!table) {
        say(findings, "warn", "No policy was given: give it with --policy, to have it looked at.");
        return;
    }
    avow_identity is = avow_identify(table);
    snprintf(text, sizeof text, "The policy is '%.*s'%s%.*s; zones are those of tzdata %.*s.",
             (int)is.policy.length, is.policy.data, is.revision.length ? ", revision " : "",
             (int)is.revision.length, is.revision.data ? is.revision.data : "",
             is.tzdata.data ? (int)is.tzdata.length : 4, is.tzdata.data ? is.tzdata.data : "none");
    say(findings, "ok", text);
}

static void
look_at_keys(const struct session *session, struct findings *findings)
{
    char text[PLACE_MAX + 100];
    char *folder = store_keys_folder(&session->options, NULL);
    if (!folder) {
        say(findings, "bad", "The folder of the keys is not known.");
        return;
    }
    if (keys_check(folder, say_key, findings) == 0) {
        snprintf(text, sizeof text, "The keys in %s are whole, and nobody else can read them.",
                 folder);
        say(findings, "ok", text);
    }
    free(folder);
}

static void
look_at_store(struct session *session, struct findings *findings)
{
    avow_store_error error = {0};
    session->store = avow_store_open(&session->options, &error);
    struct engine *engine = session->store ? pool_borrow(session->store, &error) : NULL;
    if (!engine) {
        say(findings, "bad", error.text);
        return;
    }
    avow_store_code code = engine->ops->examine(engine, say_finding, findings, &error);
    pool_return(session->store, engine, code != AVOW_STORE_OK);
    if (code != AVOW_STORE_OK)
        say(findings, "bad", error.text);
    if (avow_store_trust(session->store, &error) != AVOW_STORE_OK)
        say(findings, "bad", error.text);
    else
        say(findings, "ok", "The store has all its keys and is not older than its anchor.");
    if (session->bundle.table && session->store->settled == 0)
        say(findings, "warn",
            "It was never said whether refusals of the past are imported: whoever is not in the "
            "store is refused everything. Say it with 'avowd init --no-history' or "
            "'--history-imported'.");
}

static int
run(const struct call *call)
{
    struct session session;
    struct findings findings = {0};
    int status = session_begin(&session, call, false);
    if (status == EXIT_FINE) {
        char text[100];
        snprintf(text, sizeof text, "avowd " AVOW_VERSION ", SQLite %s.", sqlite3_libversion());
        say(&findings, "ok", text);
        look_at_clock(&session, &findings);
        look_at_policy(&session, &findings);
        look_at_keys(&session, &findings);
        look_at_store(&session, &findings);
        status = findings.bad ? EXIT_NO : EXIT_FINE;
    }
    session_close(&session);
    return status;
}

const struct command doctor_command = {
    .name = "doctor",
    .summary = "whether store, keys, clock and settings are as they must be",
    .forms = "",
    .about =
        "Looks at everything on which the promises hang, and says one thing a line: ok, warn or\n"
        "bad, and how to mend it.\n",
    .status = "Exit status: 0 nothing is bad; 1 something is; 2 wrong use.\n",
    .least = 0,
    .most = 0,
    .wanted = "no words are needed",
    .run = run,
};
