/* The connection, and what a server must be like before "committed" is believed to mean "on
 * disk". */
#include "runtime/store/fault.h"
#include "runtime/store/postgres.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_WAIT_MS = 5000, OLDEST_SERVER = 150000 };
#define TOO_MANY "53300"
#define NOT_REACHED "08" /* class of errors: no connection to another server */

/* Connecting --------------------------------------------------------------------------------- */

/* libpq's words may quote the URL if they are about the URL; then nothing of them is told. */
static avow_store_code
check_url(const char *url, avow_store_error *error)
{
    char *ignored = NULL;
    bool ours =
        url && (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0);
    PQconninfoOption *parsed = ours ? PQconninfoParse(url, &ignored) : NULL;
    PQfreemem(ignored);
    if (!parsed)
        return fault(error, AVOW_STORE_INPUT,
                     "The store's URL cannot be understood. It looks like "
                     "postgresql://ROLE@HOST/DATABASE, with what is special written as %%XX.");
    PQconninfoFree(parsed);
    return AVOW_STORE_OK;
}

static PGconn *
dial(const struct pg_link *link, const char *url, const char *attributes)
{
    char seconds[16], milliseconds[16];
    snprintf(seconds, sizeof seconds, "%d", link->wait_ms / 1000 + 2);
    snprintf(milliseconds, sizeof milliseconds, "%d", link->wait_ms + 3000);
    /* The URL may change what stands before it, and nothing behind it. */
    const char *const names[] = {
        "connect_timeout", "tcp_user_timeout", "keepalives_idle",      "fallback_application_name",
        "dbname",          "client_encoding",  "target_session_attrs", NULL};
    const char *const values[] = {seconds, milliseconds, "30",       "avow",
                                  url,     "UTF8",       attributes, NULL};
    return PQconnectdbParams(names, values, 1);
}

/* Whether a server has no connection left: by its words, which may be in any language, or else by
 * the code that it gives a second time. */
static bool
is_full(const char *said, PGconn *again)
{
    return strstr(said, "too many clients") || strstr(said, "connection slots are reserved") ||
           strstr(said, "too many connections") || strstr(PQerrorMessage(again), TOO_MANY);
}

/* Connects without waiting longer than for one host, and says only codes. */
static PGconn *
dial_for_code(const struct pg_link *link, const char *url)
{
    const char *const names[] = {"dbname", "target_session_attrs", NULL};
    const char *const values[] = {url, "any", NULL};
    PGconn *connection = PQconnectStartParams(names, values, 1);
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    if (!connection)
        return NULL;
    PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE);
    while (PQstatus(connection) != CONNECTION_BAD && status != PGRES_POLLING_OK &&
           status != PGRES_POLLING_FAILED) {
        struct pollfd on = {.fd = PQsocket(connection),
                            .events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&on, 1, link->wait_ms) <= 0)
            break;
        status = PQconnectPoll(connection);
    }
    return connection;
}

/* Why there is no connection: no server, one that is full, or one that must not decide. */
static avow_store_code
no_connection(struct pg_link *link, const char *url, avow_store_error *error)
{
    PGconn *any = dial_for_code(link, url);
    bool reached = any && PQstatus(any) == CONNECTION_OK;
    bool full = any && is_full(PQerrorMessage(link->connection), any);
    PQfinish(any);
    if (full)
        return fault(error, AVOW_STORE_BUSY,
                     "The database has too many connections. Try again; or let it have more "
                     "(max_connections), %d for each process that opens the store.",
                     (int)CONNECTIONS_MOST);
    if (reached)
        return fault(error, AVOW_STORE_IO,
                     "The database takes no writes: it is a standby, or read-only "
                     "(default_transaction_read_only). What was refused a moment ago may be "
                     "missing there, so nothing is decided on it. Name the primary in the URL.");
    char said[256];
    snprintf(said, sizeof said, "%s", PQerrorMessage(link->connection));
    size_t end = 0; /* lines become one */
    for (size_t i = 0; said[i]; i++) {
        bool space = strchr(" \t\n", said[i]) != NULL;
        if (!space || (end > 0 && said[end - 1] != ' '))
            said[end++] = space ? ' ' : said[i];
    }
    end -= end > 0 && said[end - 1] == ' ';
    said[end] = '\0';
    bool ended = end > 0 && strchr(".?!", said[end - 1]);
    return fault(error, AVOW_STORE_IO, "The database cannot be reached: %s%s", said,
                 ended ? "" : ".");
}

/* A warning is remembered: see pg_commit. Nothing is printed. */
static void
notice(void *context, const PGresult *result)
{
    struct pg_link *link = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0)
        link->warned = true;
}

avow_store_code
pg_connect(struct pg_link *link, const avow_store_options *options, avow_store_error *error)
{
    link->engine.ops = &postgres_engine;
    link->pid = getpid();
    link->wait_ms = options->wait_ms > 0 ? options->wait_ms : DEFAULT_WAIT_MS;
    avow_store_code code = check_url(options->url, error);
    if (code != AVOW_STORE_OK)
        return code;
    link->connection = dial(link, options->url, "read-write");
    if (!link->connection)
        return fault_memory(error);
    if (PQstatus(link->connection) != CONNECTION_OK)
        return no_connection(link, options->url, error);
    PQsetNoticeReceiver(link->connection, notice, link);
    return AVOW_STORE_OK;
}

/* Of a parent's connection a child gives back only the memory: libpq would say goodbye on it. */
static void
let_go(struct pg_link *link)
{
    if (link->connection && link->pid != getpid()) {
        int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (nowhere < 0 || dup2(nowhere, PQsocket(link->connection)) < 0)
            link->connection = NULL;
        if (nowhere >= 0)
            close(nowhere);
    }
    PQfinish(link->connection);
}

void
pg_close(struct engine *engine)
{
    if (!engine)
        return;
    struct pg_link *link = pg_of(engine);
    let_go(link);
    pg_buffers_free(link);
    free(link);
}

/* A server that goes closes its end. Else nothing comes unasked but the end of a transaction that
 * was not waited for, see `leave`: it is kept for whoever reads next. */
bool
pg_is_there(struct engine *engine)
{
    struct pg_link *link = pg_of(engine);
    struct pollfd on = {.fd = PQsocket(link->connection), .events = POLLIN};
    if (link->broken || link->pid != getpid() || on.fd < 0)
        return false;
    while (poll(&on, 1, 0) > 0)
        if (!PQconsumeInput(link->connection))
            return false;
    return PQstatus(link->connection) == CONNECTION_OK;
}

/* Settings ----------------------------------------------------------------------------------- */

/* Plans are made once and must stay on their index, however small a table was when they were made;
 * whoever waits is told in time. */
static avow_store_code
set_up(struct pg_link *link, avow_store_error *error)
{
    char sql[900];
    snprintf(sql, sizeof sql,
             "SET synchronous_commit = on; SET statement_timeout = %d; SET lock_timeout = %d;"
             "SET idle_in_transaction_session_timeout = 0; SET client_min_messages = warning;"
             "SET search_path = pg_catalog; SET plan_cache_mode = force_generic_plan;"
             "SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off;"
             "SET max_parallel_workers_per_gather = 0; SET row_security = off",
             link->wait_ms, link->wait_ms);
    PGresult *result = pg_query(link, sql, error);
    PQclear(result);
    return result ? AVOW_STORE_OK : AVOW_STORE_IO;
}

static const struct {
    const char *name, *want, *mend;
} needed[] = {
    {"fsync", "on", "Set fsync = on in postgresql.conf and restart the server."},
    {"full_page_writes", "on", "Set full_page_writes = on in postgresql.conf and reload."},
    {"synchronous_commit", "on", "Take what forbids synchronous_commit = on out of its way."},
    {"in_hot_standby", "off", "It is a standby in recovery: name the primary in the store's URL."},
    {"transaction_read_only", "off", "Take default_transaction_read_only off this role."},
    {"server_encoding", "UTF8", "Make the database anew with ENCODING 'UTF8'."},
};

static avow_store_code
check_value(const char *name, const char *value, avow_store_error *error)
{
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (strcmp(needed[i].name, name) == 0 && strcmp(needed[i].want, value) != 0)
            return fault(error, AVOW_STORE_IO,
                         "The database has %s = %s, so what it confirms may be lost. %s", name,
                         value, needed[i].mend);
    return AVOW_STORE_OK;
}

avow_store_code
pg_check_settings(struct pg_link *link, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    if (PQserverVersion(link->connection) < OLDEST_SERVER)
        return fault(error, AVOW_STORE_IO,
                     "The database is PostgreSQL %d; 15 or newer is needed. Upgrade the server.",
                     PQserverVersion(link->connection) / 10000);
    if (set_up(link, error) != AVOW_STORE_OK)
        return AVOW_STORE_IO;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0] && code == AVOW_STORE_OK; i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "SHOW %s", needed[i].name);
        PGresult *result = pg_query(link, sql, error);
        code =
            result ? check_value(needed[i].name, PQgetvalue(result, 0, 0), error) : AVOW_STORE_IO;
        PQclear(result);
    }
    return code;
}

/* Other servers ------------------------------------------------------------------------------ */

/* What holds here says nothing about a server that holds a part: its settings are read through a
 * foreign table. One that cannot be reached now keeps nobody from the other parts. */
static avow_store_code
check_server(struct pg_link *link, const char *name, const char *table, avow_store_error *error)
{
    char sql[400];
    avow_store_error told = {0};
    if (!*table)
        return fault(error, AVOW_STORE_IO,
                     "Parts of the store lie on the server %s, whose settings cannot be seen. Make "
                     "the foreign table avow.settings_%s over its pg_catalog.pg_settings.",
                     name, name);
    snprintf(sql, sizeof sql,
             "SELECT name, setting FROM %s WHERE name IN ('fsync', 'full_page_writes',"
             " 'synchronous_commit', 'in_hot_standby')",
             table);
    PGresult *result = PQexec(link->connection, sql);
    avow_store_code code = AVOW_STORE_OK;
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        code = pg_fault(link, result, &told);
        if (state && strncmp(state, NOT_REACHED, 2) == 0 && !link->broken)
            code = AVOW_STORE_OK;
    }
    for (int i = 0; i < PQntuples(result) && code == AVOW_STORE_OK; i++)
        code = check_value(PQgetvalue(result, i, 0), PQgetvalue(result, i, 1), &told);
    PQclear(result);
    if (code != AVOW_STORE_OK)
        fault(error, code, "On the server %s: %s", name, told.text);
    return code;
}

static avow_store_code
check_servers(struct pg_link *link, avow_store_error *error)
{
    static const char servers[] =
        "SELECT DISTINCT s.srvname, to_regclass(format('avow.%I', 'settings_' || s.srvname)),"
        " coalesce(array_to_string(s.srvoptions, ' '), '') ~ 'synchronous_commit=on'"
        " FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid AND c.relispartition"
        " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'avow'"
        " JOIN pg_foreign_server s ON s.oid = f.ftserver ORDER BY 1";
    avow_store_code code = AVOW_STORE_OK;
    if (!link->foreign)
        return code;
    PGresult *result = pg_query(link, servers, error);
    if (!result)
        return AVOW_STORE_IO;
    for (int i = 0; i < PQntuples(result) && code == AVOW_STORE_OK; i++) {
        const char *name = PQgetvalue(result, i, 0);
        if (*PQgetvalue(result, i, 2) != 't')
            code = fault(error, AVOW_STORE_IO,
                         "Commits on the server %s may not wait for its disk. Run: ALTER SERVER %s "
                         "OPTIONS (ADD options '-c synchronous_commit=on')",
                         name, name);
        else
            code = check_server(link, name, PQgetvalue(result, i, 1), error);
    }
    PQclear(result);
    return code;
}

/* Opening ------------------------------------------------------------------------------------ */

/* A commit of nothing, waited for: what was committed before it is on disk too, and where standbys
 * must confirm, confirmed. So what is read from now on cannot be lost again, even if a commit just
 * before broke off. */
static avow_store_code
barrier(struct pg_link *link, avow_store_error *error)
{
    if (!PQenterPipelineMode(link->connection))
        return pg_fault(link, NULL, error);
    link->warned = false;
    avow_store_code code = pg_send(link, PG_BARRIER, PG_WHOLE, NULL, false, error);
    if (code == AVOW_STORE_OK)
        code = pg_finish(link, NULL, error);
    if (code == AVOW_STORE_OK && link->warned)
        code = fault(error, AVOW_STORE_IO,
                     "The database did not confirm a commit without a warning. Look at its log and "
                     "its standbys.");
    return code;
}

struct engine *
pg_open(const avow_store_options *options, avow_store_error *error)
{
    struct pg_link *link = calloc(1, sizeof *link);
    if (!link) {
        fault_memory(error);
        return NULL;
    }
    avow_store_code code = pg_buffers_make(link, error);
    if (code == AVOW_STORE_OK)
        code = pg_connect(link, options, error);
    if (code == AVOW_STORE_OK)
        code = pg_check_settings(link, error);
    if (code == AVOW_STORE_OK)
        code = pg_check_schema(link, error);
    if (code == AVOW_STORE_OK)
        code = pg_look_at_parts(link, error);
    if (code == AVOW_STORE_OK)
        code = check_servers(link, error);
    if (code == AVOW_STORE_OK)
        code = barrier(link, error);
    if (code == AVOW_STORE_OK)
        return &link->engine;
    pg_close(&link->engine);
    return NULL;
}
