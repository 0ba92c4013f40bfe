/* What goes over the connection: statements into the pipeline, results out of it, errors into the
 * store's words. */
#include "runtime/store/fault.h"
#include "runtime/store/postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { GRACE_MS = 3000, PARTS_OF_PREPARE = 2 };

/* Errors ------------------------------------------------------------------------------------- */

static const struct {
    char state[6];
    int code;
    const char *mend;
} meanings[] = {
    {"23505", ENGINE_CONFLICT, "Another writer was quicker"},
    {"22012", ENGINE_UNMET, "The rows are not as they were taken to be"},
    {"40001", ENGINE_CONFLICT, "Another writer was quicker"},
    {"40P01", ENGINE_CONFLICT, "Another writer was in the way"},
    {"55P03", AVOW_STORE_BUSY, "Somebody else holds the database for too long; try again"},
    {"57014", AVOW_STORE_BUSY, "The database took too long; try again"},
    {"53300", AVOW_STORE_BUSY, "The database has too many connections; try again"},
    {"42P01", AVOW_STORE_SCHEMA, "Tables of the store are missing; `avowd init` makes them"},
    {"3F000", AVOW_STORE_SCHEMA, "The database holds no store; `avowd init` makes it"},
    {"42501", AVOW_STORE_IO,
     "The role lacks a right; as the owner run: GRANT avow_runtime TO the role"},
    {"25006", AVOW_STORE_IO, "The server takes no writes; name the primary in the store's URL"},
    {"53100", AVOW_STORE_IO, "The server's disk is full; nothing was recorded"},
    {"53200", AVOW_STORE_IO, "The server has no memory left; nothing was recorded"},
    {"XX001", AVOW_STORE_CORRUPT, "The database is damaged; restore a backup"},
    {"XX002", AVOW_STORE_CORRUPT, "An index of the database is damaged; run REINDEX"},
};

static bool
is_lost(const struct pg_link *link)
{
    return !link->connection || PQstatus(link->connection) != CONNECTION_OK;
}

avow_store_code
pg_fault(struct pg_link *link, const PGresult *result, avow_store_error *error)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *said = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *severity =
        result ? PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED) : NULL;
    bool last_words =
        severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
    if (is_lost(link) || !state || last_words) {
        link->broken = true;
        return fault(error, AVOW_STORE_IO,
                     "The connection to the database is lost%s%s. Whatever was not confirmed must "
                     "be looked up again.",
                     said ? ": " : "", said ? said : "");
    }
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strcmp(state, meanings[i].state) == 0)
            return fault(error, (avow_store_code)meanings[i].code, "%s (the server says: %s).",
                         meanings[i].mend, said ? said : state);
    return fault(error, AVOW_STORE_IO, "The database could not do it (%s: %s).", state,
                 said ? said : "no more was said");
}

avow_store_code
pg_usable(const struct pg_link *link, avow_store_error *error)
{
    if (link->pid != getpid())
        return fault(error, AVOW_STORE_USAGE,
                     "A store must not be used in a child after fork. Open it there anew.");
    if (link->broken)
        return fault(error, AVOW_STORE_IO,
                     "The connection to the database is lost. Open the store anew.");
    if (link->walking)
        return fault(error, AVOW_STORE_USAGE,
                     "The store was used while rows of it were being visited. Collect them first.");
    return AVOW_STORE_OK;
}

/* Sending ------------------------------------------------------------------------------------ */

static avow_store_code
cannot_send(struct pg_link *link, avow_store_error *error)
{
    if (is_lost(link))
        return pg_fault(link, NULL, error);
    link->broken = true;
    return fault_memory(error);
}

static void
want(struct pg_link *link, enum pg_want kind, enum pg_statement statement, uint32_t place)
{
    link->wanted[link->wanting++] =
        (struct pg_wanted){(uint8_t)kind, (uint8_t)statement, (uint8_t)place};
}

static avow_store_code
prepare(struct pg_link *link, enum pg_statement statement, uint32_t place, const char *name,
        avow_store_error *error)
{
    char sql[PG_SQL_ROOM];
    pg_sql_at(statement, place, sql);
    if (!PQsendPrepare(link->connection, name, sql, 0, NULL))
        return cannot_send(link, error);
    link->prepared[statement][place] = true;
    want(link, PG_WANT_PREPARED, statement, place);
    return AVOW_STORE_OK;
}

avow_store_code
pg_send(struct pg_link *link, enum pg_statement statement, uint32_t place,
        const struct pg_parameters *parameters, bool rows, avow_store_error *error)
{
    static const struct pg_parameters none;
    static const int binary[PG_PARAMETERS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                              1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    avow_store_code code = AVOW_STORE_OK;
    if (link->wanting > PG_QUEUE - PARTS_OF_PREPARE - 1)
        code = pg_finish(link, NULL, error);
    char name[PG_NAME];
    snprintf(name, sizeof name, "%u_%u", (unsigned)statement, (unsigned)place);
    if (code == AVOW_STORE_OK && !link->prepared[statement][place])
        code = prepare(link, statement, place, name, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (!parameters)
        parameters = &none;
    if (!PQsendQueryPrepared(link->connection, name, parameters->count, parameters->value,
                             parameters->length, binary, 1))
        return cannot_send(link, error);
    want(link, rows ? PG_WANT_ROWS : PG_WANT_DONE, statement, place);
    return AVOW_STORE_OK;
}

avow_store_code
pg_sync(struct pg_link *link, avow_store_error *error)
{
    if (!PQpipelineSync(link->connection))
        return cannot_send(link, error);
    want(link, PG_WANT_SYNC, 0, 0);
    return AVOW_STORE_OK;
}

/* Reading ------------------------------------------------------------------------------------ */

static int64_t
clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until a result can be had without waiting. The server gives up before this does; a server
 * or a network that says nothing at all must not stop the caller for ever. */
static avow_store_code
await(struct pg_link *link, avow_store_error *error)
{
    int64_t until = 0;
    while (PQisBusy(link->connection)) {
        int64_t now = clock_ms();
        until = until ? until : now + link->wait_ms + GRACE_MS;
        struct pollfd on = {.fd = PQsocket(link->connection), .events = POLLIN};
        if (now >= until) {
            link->broken = true;
            return fault(error, AVOW_STORE_IO,
                         "The database has not answered for %lld s; whether it did what it was "
                         "told is not known. If it waits for a standby, that one is down.",
                         (long long)(link->wait_ms + GRACE_MS) / 1000);
        }
        poll(&on, 1, (int)(until - now));
        if (on.revents && !PQconsumeInput(link->connection))
            return pg_fault(link, NULL, error);
    }
    return AVOW_STORE_OK;
}

/* The state of one pg_finish. */
struct finish {
    struct pg_link *link;
    struct pg_reader *reader;
    PGresult *rows; /* kept until everything is read */
    avow_store_code code;
    avow_store_error *error;
};

static void
visit_all(struct finish *finish, const PGresult *result)
{
    struct pg_reader *reader = finish->reader;
    for (int i = 0; i < PQntuples(result) && finish->code == AVOW_STORE_OK; i++) {
        if (reader->stopped != AVOW_STORE_OK)
            return;
        reader->stopped = reader->visit(reader->context, result, i, finish->error);
    }
}

/* Takes a result over; the first failure is the one that is told. */
static void
take(struct finish *finish, const struct pg_wanted *wanted, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    bool rows = status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
    if (!rows && status != PGRES_COMMAND_OK) {
        if (wanted->kind == PG_WANT_PREPARED)
            finish->link->prepared[wanted->statement][wanted->place] = false;
        if (finish->code == AVOW_STORE_OK)
            finish->code = pg_fault(finish->link, result, finish->error);
    } else if (wanted->kind == PG_WANT_DONE && wanted->statement >= PG_RECORD_MOVE_DONE &&
               wanted->statement <= PG_RECORD_CLOCK_DUTY) {
        finish->link->changed = atoi(PQcmdTuples(result));
    } else if (wanted->statement == PG_COMMIT && wanted->kind == PG_WANT_DONE &&
               strcmp(PQcmdStatus(result), "COMMIT") != 0 && finish->code == AVOW_STORE_OK) {
        finish->code = fault(finish->error, AVOW_STORE_IO,
                             "The database rolled the transaction back. Record it again.");
    } else if (rows && wanted->kind == PG_WANT_ROWS && finish->reader && finish->reader->visit) {
        if (!finish->reader->streams) {
            PQclear(finish->rows);
            finish->rows = result;
            return;
        }
        finish->link->walking = true;
        visit_all(finish, result);
        finish->link->walking = false;
    }
    PQclear(result);
}

/* Reads what belongs to one statement, up to its end. */
static void
read_one(struct finish *finish, const struct pg_wanted *wanted)
{
    struct pg_link *link = finish->link;
    if (wanted->kind == PG_WANT_ROWS && finish->reader && finish->reader->streams)
        PQsetSingleRowMode(link->connection);
    for (;;) {
        avow_store_code code = await(link, finish->error);
        PGresult *result = code == AVOW_STORE_OK ? PQgetResult(link->connection) : NULL;
        if (code != AVOW_STORE_OK && finish->code == AVOW_STORE_OK)
            finish->code = code;
        if (!result) {
            if (is_lost(link) && finish->code == AVOW_STORE_OK)
                finish->code = pg_fault(link, NULL, finish->error);
            return;
        }
        bool last = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (last)
            PQclear(result);
        else
            take(finish, wanted, result);
        if (last || is_lost(link)) {
            link->broken |= is_lost(link);
            return;
        }
    }
}

avow_store_code
pg_finish(struct pg_link *link, struct pg_reader *reader, avow_store_error *error)
{
    struct finish finish = {link, reader, NULL, AVOW_STORE_OK, error};
    if (link->wanting == 0 || link->wanted[link->wanting - 1].kind != PG_WANT_SYNC)
        finish.code = pg_sync(link, error);
    for (int i = 0; i < link->wanting && !link->broken; i++)
        read_one(&finish, &link->wanted[i]);
    link->wanting = 0;
    if (finish.rows && finish.code == AVOW_STORE_OK)
        visit_all(&finish, finish.rows);
    PQclear(finish.rows);
    return finish.code;
}

PGresult *
pg_query(struct pg_link *link, const char *sql, avow_store_error *error)
{
    PGresult *result = PQexec(link->connection, sql);
    ExecStatusType status = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    pg_fault(link, result, error);
    PQclear(result);
    return NULL;
}

/* Fields ------------------------------------------------------------------------------------- */

int64_t
pg_number(const PGresult *result, int row, int column)
{
    const uint8_t *bytes = (const uint8_t *)PQgetvalue(result, row, column);
    int length = PQgetlength(result, row, column);
    uint64_t value = length > 0 && bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < length && i < 8; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

avow_store_code
pg_bytes(const PGresult *result, int row, int column, void *out, int length,
         avow_store_error *error)
{
    if (PQgetlength(result, row, column) != length)
        return fault(error, AVOW_STORE_CORRUPT,
                     "A field %s in the database has %d bytes instead of %d. Restore a backup.",
                     PQfname(result, column), PQgetlength(result, row, column), length);
    memcpy(out, PQgetvalue(result, row, column), (size_t)length);
    return AVOW_STORE_OK;
}

avow_store_code
pg_text(const PGresult *result, int row, int column, char *out, size_t room,
        avow_store_error *error)
{
    size_t length = (size_t)PQgetlength(result, row, column);
    if (length >= room)
        return fault(error, AVOW_STORE_CORRUPT,
                     "A field %s in the database is too long to be one that was written. Restore "
                     "a backup.",
                     PQfname(result, column));
    memcpy(out, PQgetvalue(result, row, column), length);
    out[length] = '\0';
    return AVOW_STORE_OK;
}
