/* engine-probe URL COMMAND
 *
 *   create        makes or migrates the tables
 *   open          opens, and says "open"
 *   examine       what the doctor finds: "bad" or "good", and a sentence
 *   record N      N entries, one a transaction and a part, with a line for each confirmed
 *   fork          what a child may do with its parent's connection
 *   plans         EXPLAIN of every statement of the PostgreSQL engine, for a part and for the whole
 *
 * A failure is one line, "CODE: text", and exit status 1. */
#include "runtime/store/postgres.h"
#include "tests/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int
failed(avow_store_code code, const avow_store_error *error)
{
    printf("%d: %s\n", (int)code, error->text);
    return 1;
}

static void
finding(void *context, bool bad, const char *text)
{
    (void)context;
    printf("%s\t%s\n", bad ? "bad" : "good", text);
}

static avow_store_code
record(struct engine *engine, uint32_t part, avow_store_error *error)
{
    struct head head;
    uint8_t salt[SALT_BYTES] = {0};
    struct move move = {.subject = {.kind = 1, .key = {(uint8_t)part}},
                        .term = 1,
                        .value = VALUE_ON,
                        .by_clock = true};
    avow_store_code code = engine->ops->begin(engine, true, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->head(engine, part, &head, error);
    if (code != AVOW_STORE_OK)
        return code;
    struct entry entry = {
        .part = part, .sequence = head.sequence + 1, .salt = salt, .body = "{}", .length = 2};
    move.received = (int64_t)entry.sequence;
    code = engine->ops->append(engine, &entry, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->move(engine, &move, error);
    return code == AVOW_STORE_OK ? engine->ops->commit(engine, error) : code;
}

static int
record_many(struct engine *engine, int count)
{
    for (int i = 0; i < count; i++) {
        avow_store_error error = {0};
        uint32_t part = (uint32_t)i % ENGINE_PARTS;
        avow_store_code code = record(engine, part, &error);
        engine->ops->rollback(engine);
        if (code == AVOW_STORE_OK)
            printf("%u ok\n", (unsigned)part);
        else
            printf("%u %d: %s\n", (unsigned)part, (int)code, error.text);
        fflush(stdout);
    }
    return 0;
}

/* The child must fail and its parent's connection live on. */
static int
fork_it(struct engine *engine)
{
    avow_store_error error = {0};
    struct head head;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        avow_store_code code = engine->ops->head(engine, 0, &head, &error);
        printf("child %d: %s\n", (int)code, error.text);
        engine->ops->close(engine);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    avow_store_code code = engine->ops->head(engine, 0, &head, &error);
    printf("parent %d\n", (int)code);
    return 0;
}

/* Plans -------------------------------------------------------------------------------------- */

static int
explain(PGconn *connection, enum pg_statement statement, uint32_t place)
{
    char sql[PG_SQL_ROOM], text[PG_SQL_ROOM + 200];
    pg_sql_at(statement, place, sql);
    PGresult *made = PQprepare(connection, "it", sql, 0, NULL);
    PGresult *described = PQdescribePrepared(connection, "it");
    int count = PQnparams(described);
    bool fine = PQresultStatus(made) == PGRES_COMMAND_OK;
    snprintf(text, sizeof text, "EXPLAIN (COSTS OFF, VERBOSE) EXECUTE it%s", count ? "(" : "");
    for (int i = 0; i < count; i++)
        snprintf(text + strlen(text), 16, "%sNULL%s", i ? "," : "", i + 1 == count ? ")" : "");
    PQclear(made);
    PQclear(described);
    PGresult *plan = PQexec(connection, text);
    fine = fine && PQresultStatus(plan) == PGRES_TUPLES_OK;
    printf("== %u %s %s\n", (unsigned)statement, place < ENGINE_PARTS ? "part" : "whole", sql);
    for (int i = 0; i < PQntuples(plan); i++)
        printf("%s\n", PQgetvalue(plan, i, 0));
    if (!fine)
        printf("%s\n", PQerrorMessage(connection));
    PQclear(plan);
    PQclear(PQexec(connection, "DEALLOCATE it"));
    return fine ? 0 : 1;
}

static int
plans(struct engine *engine)
{
    PGconn *connection = pg_of(engine)->connection;
    int result = 0;
    avow_store_error error;
    if (pg_finish(pg_of(engine), NULL, &error) != AVOW_STORE_OK || !PQexitPipelineMode(connection))
        return 1;
    for (int i = PG_HEAD; i < PG_STATEMENTS; i++) {
        if (strchr(pg_sql((enum pg_statement)i), '@'))
            result |= explain(connection, (enum pg_statement)i, 3);
        result |= explain(connection, (enum pg_statement)i, PG_WHOLE);
    }
    return result;
}

int
main(int count, char **arguments)
{
    if (count < 3)
        return 2;
    avow_store_error error = {0};
    /* Tables are made on a busy machine, too. */
    int wait_ms = strcmp(arguments[2], "create") == 0 ? 20000 : 1000;
    avow_store_options options = {.url = arguments[1], .wait_ms = wait_ms};
    const struct engine_ops *ops = engine_of(arguments[1]);
    const char *command = arguments[2];
    if (strcmp(command, "create") == 0) {
        avow_store_code code = ops->create(&options, &error);
        return code == AVOW_STORE_OK ? puts("made") < 0 : failed(code, &error);
    }
    struct engine *engine = ops->open(&options, &error);
    if (!engine)
        return failed(error.code, &error);
    avow_store_code code = AVOW_STORE_OK;
    int result = 0;
    if (strcmp(command, "open") == 0)
        puts("open");
    else if (strcmp(command, "examine") == 0)
        code = ops->examine(engine, finding, NULL, &error);
    else if (strcmp(command, "record") == 0)
        result = record_many(engine, atoi(count > 3 ? arguments[3] : "1"));
    else if (strcmp(command, "fork") == 0)
        result = fork_it(engine);
    else if (strcmp(command, "plans") == 0)
        result = plans(engine);
    ops->close(engine);
    return code == AVOW_STORE_OK ? result : failed(code, &error);
}
