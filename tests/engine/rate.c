/* engine-rate URL SECONDS
 *
 * How many opt-outs a second become durable, against bare one-row INSERTs on the same server, in
 * turns: one by one, and in batches of 64. And how quick it is to read somebody's states. */
#include "runtime/store/postgres.h"
#include "tests/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Turns are short, so that what else the machine does meets all alike. */
enum { BATCH = 64, TURNS_A_SECOND = 10 };

struct bench {
    struct engine *engine;
    PGconn *bare;
    uint64_t random;
    uint64_t made;
    int batch;
};

static double
now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void
die(const char *text)
{
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static void
some_key(struct bench *bench, uint8_t *out, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bench->random = bench->random * 6364136223846793005u + 1442695040888963407u;
        out[i] = (uint8_t)(bench->random >> 56);
    }
}

static int
by_part(const void *a, const void *b)
{
    const struct subject *x = a, *y = b;
    return (int)part_of(x->key) - (int)part_of(y->key);
}

/* What recording an opt-out is: an entry with its payload, a state, a duty. */
static avow_store_code
opt_out(struct bench *bench, const struct subject *who, struct head *head, avow_store_error *error)
{
    const struct engine_ops *ops = bench->engine->ops;
    char body[400];
    int length = snprintf(body, sizeof body,
                          "{\"kind\":\"event\",\"policy\":\"shop\",\"filler\":\"%0*d\"}", 300, 7);
    uint8_t salt[SALT_BYTES];
    some_key(bench, salt, sizeof salt);
    struct entry entry = {.part = part_of(who->key),
                          .sequence = ++head->sequence,
                          .recorded = 1,
                          .salt = salt,
                          .body = body,
                          .length = (size_t)length};
    some_key(bench, entry.hash, HASH_BYTES);
    struct move move = {.subject = *who,
                        .term = 1,
                        .value = VALUE_ON,
                        .pending = 1,
                        .received = (int64_t)++bench->made,
                        .by_clock = true};
    struct duty_row duty = {.subject = *who,
                            .sequence = entry.sequence,
                            .request = 2,
                            .received = move.received,
                            .due = (int64_t)bench->made};
    avow_store_code code = ops->append(bench->engine, &entry, error);
    if (code == AVOW_STORE_OK)
        code = ops->move(bench->engine, &move, error);
    return code == AVOW_STORE_OK ? ops->add_duty(bench->engine, &duty, error) : code;
}

static void
through_engine(struct bench *bench)
{
    const struct engine_ops *ops = bench->engine->ops;
    struct subject who[BATCH] = {0};
    struct head head = {0};
    avow_store_error error = {0};
    for (int i = 0; i < bench->batch; i++)
        some_key(bench, who[i].key, KEY_BYTES);
    qsort(who, (size_t)bench->batch, sizeof *who, by_part);
    avow_store_code code = ops->begin(bench->engine, true, &error);
    for (int i = 0; i < bench->batch && code == AVOW_STORE_OK; i++) {
        if (i == 0 || part_of(who[i].key) != part_of(who[i - 1].key))
            code = ops->head(bench->engine, part_of(who[i].key), &head, &error);
        if (code == AVOW_STORE_OK)
            code = opt_out(bench, &who[i], &head, &error);
    }
    if (code == AVOW_STORE_OK)
        code = ops->commit(bench->engine, &error);
    if (code != AVOW_STORE_OK)
        die(error.text);
}

static void
bare_insert(struct bench *bench)
{
    uint8_t key[KEY_BYTES], number[8];
    some_key(bench, key, sizeof key);
    pg_put_number(number, ++bench->made, 8);
    const char *values[] = {(char *)key, (char *)number};
    const int lengths[] = {KEY_BYTES, 8}, binary[] = {1, 1};
    PGresult *result = PQexecPrepared(bench->bare, "bare", 2, values, lengths, binary, 1);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        die(PQerrorMessage(bench->bare));
    PQclear(result);
}

static avow_store_code
count(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    (void)key, (void)row;
    ++*(int *)context;
    return AVOW_STORE_OK;
}

static void
read_states(struct bench *bench)
{
    uint8_t key[KEY_BYTES];
    int rows = 0;
    avow_store_error error;
    some_key(bench, key, sizeof key);
    if (bench->engine->ops->states(bench->engine, key, count, &rows, &error) != AVOW_STORE_OK)
        die(error.text);
}

static void
bare_select(struct bench *bench)
{
    uint8_t key[KEY_BYTES];
    some_key(bench, key, sizeof key);
    const char *values[] = {(char *)key};
    const int lengths[] = {KEY_BYTES}, binary[] = {1};
    PGresult *result = PQexecPrepared(bench->bare, "point", 1, values, lengths, binary, 1);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        die(PQerrorMessage(bench->bare));
    PQclear(result);
}

/* Something that is done in turns, how often, and in how much time. */
struct turn {
    const char *name;
    void (*act)(struct bench *);
    int batch, against;
    double times, seconds;
};

static void
take_turn(struct bench *bench, struct turn *turn, double seconds)
{
    double began = now(), at = began;
    bench->batch = turn->batch;
    for (; at < began + seconds; at = now()) {
        turn->act(bench);
        turn->times += turn->batch;
    }
    turn->seconds += at - began;
}

static void
report(const struct turn *turn)
{
    for (int i = 0; i < 5; i++) {
        double rate = turn[i].times / turn[i].seconds;
        const struct turn *against = &turn[turn[i].against];
        printf("%-16s %8.0f a second  %6.2f x\n", turn[i].name, rate,
               rate * against->seconds / against->times);
    }
}

static void
prepare(struct bench *bench, const char *url)
{
    static const char *const sql[] = {
        "CREATE TABLE IF NOT EXISTS public.bare (key bytea PRIMARY KEY, at bigint NOT NULL)",
        "SET synchronous_commit = on",
        "PREPARE bare (bytea, bigint) AS INSERT INTO public.bare VALUES ($1, $2)",
        "PREPARE point (bytea) AS SELECT at FROM public.bare WHERE key = $1",
    };
    bench->bare = PQconnectdb(url);
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        PGresult *result = PQexec(bench->bare, sql[i]);
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            die(PQerrorMessage(bench->bare));
        PQclear(result);
    }
}

int
main(int arguments, char **argument)
{
    if (arguments != 3)
        return 2;
    avow_store_error error = {0};
    avow_store_options options = {.url = argument[1], .wait_ms = 5000};
    struct bench bench = {.random = (uint64_t)time(NULL)};
    struct turn turn[5] = {{"bare inserts", bare_insert, 1, 0, 0, 0},
                           {"opt-outs", through_engine, 1, 0, 0, 0},
                           {"opt-outs by 64", through_engine, BATCH, 0, 0, 0},
                           {"bare selects", bare_select, 1, 3, 0, 0},
                           {"states", read_states, 1, 3, 0, 0}};
    prepare(&bench, argument[1]);
    bench.engine = postgres_engine.open(&options, &error);
    if (!bench.engine)
        die(error.text);
    for (int i = 0; i < atoi(argument[2]) * TURNS_A_SECOND; i++)
        take_turn(&bench, &turn[i % 5], 1.0 / TURNS_A_SECOND);
    report(turn);
    bench.engine->ops->close(bench.engine);
    PQfinish(bench.bare);
    return 0;
}
