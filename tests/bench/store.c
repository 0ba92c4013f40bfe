/* store BUNDLE URL SUBJECTS SECONDS FILE
 *
 * FILE is made on the same disk, for the rate of its syncs. What the store costs beside what its
 * engine does bare, in turns in one run: durable opt-outs by one writer and by 64 against one-row
 * INSERTs of the same durability, into a store that is nearly empty and into one of SUBJECTS; a
 * question by address against a prepared SELECT by key and the key's hash; and an address of a list
 * against its hash and a look into a bare table in memory. Prints one figure a line: NAME VALUE. */
#include "runtime/avow_store.h"
#include "runtime/store/snapshot.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WRITERS = 64, TURNS = 10, LOOKUPS = 64, WORDS = 8, FILL = 100000 };

/* The engine without a store: a table of keys, and one of them. */
struct bare {
    sqlite3 *db;
    sqlite3_stmt *insert, *select;
    PGconn *pg;
};

struct bench {
    const avow_table *table;
    const char *url, *disk;
    avow_store *store;
    struct bare bare;
    avow_point point;
    size_t subjects;
    double seconds;
    uint64_t random;
    _Atomic uint64_t next;
};

static double
now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void
die(const char *where, const char *why)
{
    fprintf(stderr, "%s: %s\n", where, why);
    exit(1);
}

static uint64_t
draw(struct bench *bench)
{
    uint64_t x = bench->random += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static const avow_table *
load(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t room = 1 << 20;
    void *bytes = aligned_alloc(64, room);
    if (!file || !bytes)
        die(path, "cannot be read");
    size_t length = fread(bytes, 1, room, file);
    fclose(file);
    avow_error error;
    const avow_table *table = avow_open(bytes, length, &error);
    if (!table)
        die(path, avow_error_text(error));
    return table;
}

/* The bare engine ---------------------------------------------------------------------------- */

static void
sql(struct bare *bare, const char *text)
{
    if (bare->db && sqlite3_exec(bare->db, text, NULL, NULL, NULL) != SQLITE_OK)
        die(text, sqlite3_errmsg(bare->db));
    if (!bare->pg)
        return;
    PGresult *result = PQexec(bare->pg, text);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        die(text, PQerrorMessage(bare->pg));
    PQclear(result);
}

static void
open_sqlite(struct bare *bare, const char *path)
{
    char file[512];
    snprintf(file, sizeof file, "%s.bare", path);
    if (sqlite3_open(file, &bare->db) != SQLITE_OK)
        die(file, "cannot be opened");
    sql(bare, "PRAGMA journal_mode=PERSIST; PRAGMA synchronous=EXTRA; PRAGMA mmap_size=0;"
              "PRAGMA cache_size=-16384;"
              "CREATE TABLE t (key BLOB PRIMARY KEY, value INTEGER) WITHOUT ROWID;");
    sqlite3_prepare_v2(bare->db, "INSERT INTO t VALUES (?1, 1)", -1, &bare->insert, NULL);
    sqlite3_prepare_v2(bare->db, "SELECT value FROM t WHERE key = ?1", -1, &bare->select, NULL);
}

static void
open_postgres(struct bare *bare, const char *url)
{
    bare->pg = PQconnectdb(url);
    if (PQstatus(bare->pg) != CONNECTION_OK)
        die("bare", PQerrorMessage(bare->pg));
    sql(bare, "SET synchronous_commit=on");
    sql(bare, "DROP TABLE IF EXISTS bare_t");
    sql(bare, "CREATE TABLE bare_t (key bytea PRIMARY KEY, value integer)");
    PQclear(PQprepare(bare->pg, "i", "INSERT INTO bare_t VALUES ($1, 1)", 1, NULL));
    PQclear(PQprepare(bare->pg, "s", "SELECT value FROM bare_t WHERE key = $1", 1, NULL));
}

static void
run_sqlite(struct bare *bare, sqlite3_stmt *statement, const uint8_t key[16])
{
    sqlite3_bind_blob(statement, 1, key, 16, SQLITE_STATIC);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        ;
    if (result != SQLITE_DONE)
        die("bare", sqlite3_errmsg(bare->db));
    sqlite3_reset(statement);
}

static void
run_postgres(struct bare *bare, const char *name, const uint8_t key[16])
{
    const char *value = (const char *)key;
    int length = 16, binary = 1;
    PGresult *result = PQexecPrepared(bare->pg, name, 1, &value, &length, &binary, 1);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        die("bare", PQerrorMessage(bare->pg));
    PQclear(result);
}

static void
bare_insert(struct bare *bare, const uint8_t key[16])
{
    if (bare->db)
        run_sqlite(bare, bare->insert, key);
    else
        run_postgres(bare, "i", key);
}

static void
bare_select(struct bare *bare, const uint8_t key[16])
{
    if (bare->db)
        run_sqlite(bare, bare->select, key);
    else
        run_postgres(bare, "s", key);
}

/* The disk ----------------------------------------------------------------------------------- */

/* Writes of a block to a file that has its length, each on disk before the next. */
static double
raw_syncs(int fd, double seconds)
{
    static const char block[8192];
    double began = now();
    uint64_t count = 0;
    for (; now() < began + seconds; count++)
        if (pwrite(fd, block, sizeof block, (off_t)(count % 512 * sizeof block)) < 0 ||
            fdatasync(fd) != 0)
            die("disk", "cannot be written");
    return (double)count / (now() - began);
}

static int
raw_file(const char *path)
{
    static const char zeros[8192 * 512];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, zeros, sizeof zeros) != (ssize_t)sizeof zeros || fsync(fd) != 0)
        die(path, "cannot be written");
    return fd;
}

/* Writing ------------------------------------------------------------------------------------ */

static avow_identity_text
address(char out[64], uint64_t number)
{
    int length =
        snprintf(out, 64, "person.number-%llu@customers.example", (unsigned long long)number);
    return (avow_identity_text){AVOW_IDENTITY_EMAIL, out, (size_t)length};
}

static void
opt_out(struct bench *bench)
{
    char text[64];
    avow_recorded recorded;
    avow_store_error error;
    avow_event event = {.what = "opt-out", .subject = address(text, bench->next++), .done = true};
    if (avow_store_record(bench->store, &event, &recorded, &error) != AVOW_STORE_OK)
        die("record", error.text);
}

struct writer {
    struct bench *bench;
    double until;
    uint64_t count;
};

static void *
write_until(void *of)
{
    struct writer *writer = of;
    for (; now() < writer->until; writer->count++)
        opt_out(writer->bench);
    return NULL;
}

static double
many_writers(struct bench *bench, double seconds)
{
    pthread_t thread[WRITERS];
    struct writer writer[WRITERS];
    double began = now();
    uint64_t count = 0;
    for (int i = 0; i < WRITERS; i++) {
        writer[i] = (struct writer){bench, began + seconds, 0};
        if (pthread_create(&thread[i], NULL, write_until, &writer[i]) != 0)
            die("64 writers", "no thread");
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(thread[i], NULL);
        count += writer[i].count;
    }
    return (double)count / (now() - began);
}

static double
bare_writer(struct bench *bench, double seconds)
{
    double began = now();
    uint64_t count = 0;
    for (; now() < began + seconds; count++) {
        uint64_t key[2] = {draw(bench), draw(bench)};
        bare_insert(&bench->bare, (const uint8_t *)key);
    }
    return (double)count / (now() - began);
}

static double
one_writer(struct bench *bench, double seconds)
{
    struct writer writer = {bench, now() + seconds, 0};
    double began = now();
    write_until(&writer);
    return (double)writer.count / (now() - began);
}

static void
measure_writing(struct bench *bench, const char *prefix)
{
    double bare = 0, one = 0, many = 0, raw = 0;
    int fd = raw_file(bench->disk);
    for (int i = 0; i < TURNS; i++) {
        raw += raw_syncs(fd, bench->seconds / TURNS / 4) / TURNS;
        bare += bare_writer(bench, bench->seconds / TURNS) / TURNS;
        one += one_writer(bench, bench->seconds / TURNS) / TURNS;
        many += many_writers(bench, bench->seconds / TURNS) / TURNS;
    }
    close(fd);
    printf("%ssyncs %.0f\n%sbare_inserts %.0f\n%sone_writer %.0f\n%smany_writers %.0f\n", prefix,
           raw, prefix, bare, prefix, one, prefix, many);
}

/* Filling ------------------------------------------------------------------------------------ */

static int
by_key(const void *a, const void *b)
{
    return memcmp(a, b, sizeof((struct subject *)0)->key);
}

static int
by_part(const void *a, const void *b)
{
    const struct subject *one = a, *other = b;
    int parts = (int)part_of(one->key) - (int)part_of(other->key);
    return parts ? parts : by_key(a, b);
}

/* Rows are put in the order of their keys, so that filling takes no longer than it must. */
static struct subject *
identities(struct bench *bench)
{
    struct subject *all = calloc(bench->subjects, sizeof *all);
    char text[64];
    if (!all)
        die("fill", "no memory");
    for (uint64_t i = 0; i < bench->subjects; i++) {
        avow_identity_text who = address(text, i);
        identity_of(bench->store->keys, 1, AVOW_IDENTITY_EMAIL, who.text, who.length, &all[i],
                    NULL);
    }
    return all;
}

static void
fill_bare_sqlite(struct bench *bench, const struct subject *all)
{
    sql(&bench->bare, "BEGIN");
    for (uint64_t i = 0; i < bench->subjects; i++)
        bare_insert(&bench->bare, all[i].key);
    sql(&bench->bare, "COMMIT");
}

static void
fill_bare_postgres(struct bench *bench, const struct subject *all)
{
    PGconn *pg = bench->bare.pg;
    PGresult *result = PQexec(pg, "COPY bare_t FROM STDIN");
    if (PQresultStatus(result) != PGRES_COPY_IN)
        die("bare", PQerrorMessage(pg));
    PQclear(result);
    for (uint64_t i = 0; i < bench->subjects; i++) {
        char line[48], hex[2 * KEY_BYTES + 1];
        sodium_bin2hex(hex, sizeof hex, all[i].key, KEY_BYTES);
        int length = snprintf(line, sizeof line, "\\\\x%s\t1\n", hex);
        if (PQputCopyData(pg, line, length) != 1)
            die("bare", PQerrorMessage(pg));
    }
    if (PQputCopyEnd(pg, NULL) != 1)
        die("bare", PQerrorMessage(pg));
    while ((result = PQgetResult(pg))) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            die("bare", PQerrorMessage(pg));
        PQclear(result);
    }
}

/* Rows as they are after an opt-out that is done, without their history. */
static void
fill_store(struct bench *bench, const struct subject *all)
{
    struct engine *engine = bench->store->writer;
    const struct engine_ops *ops = engine->ops;
    avow_store_error error;
    uint32_t term;
    terms_of_state(bench->store, 0, &term, &error);
    for (uint64_t i = 0; i < bench->subjects;) {
        if (ops->begin(engine, true, &error) != AVOW_STORE_OK)
            die("fill", error.text);
        for (uint64_t end = i + FILL; i < end && i < bench->subjects; i++) {
            struct move move = {.term = term, .value = VALUE_ON, .received = 1780000000};
            move.subject.kind = AVOW_IDENTITY_EMAIL;
            memcpy(move.subject.key, all[i].key, KEY_BYTES);
            memcpy(move.subject.exact, all[i].exact, EXACT_BYTES);
            if (ops->move(engine, &move, &error) != AVOW_STORE_OK)
                die("fill", error.text);
        }
        if (ops->commit(engine, &error) != AVOW_STORE_OK)
            die("fill", error.text);
    }
}

static void
fill(struct bench *bench)
{
    struct subject *all = identities(bench);
    double began = now();
    qsort(all, bench->subjects, sizeof *all, by_key);
    if (bench->bare.db)
        fill_bare_sqlite(bench, all);
    else
        fill_bare_postgres(bench, all);
    qsort(all, bench->subjects, sizeof *all, by_part);
    fill_store(bench, all);
    free(all);
    if (bench->bare.pg) { /* so that it does not happen while something is measured */
        sql(&bench->bare, "VACUUM (ANALYZE)");
        sql(&bench->bare, "CHECKPOINT");
    }
    printf("subjects %zu\nfill_s %.0f\n", bench->subjects, now() - began);
}

/* Asking ------------------------------------------------------------------------------------- */

static double
ask_store(struct bench *bench, double seconds)
{
    char text[64];
    avow_store_error error = {0};
    uint64_t count = 0;
    double began = now();
    while (now() < began + seconds)
        for (int i = 0; i < 100; i++, count++) {
            avow_store_question question = {
                .point = bench->point, .subject = address(text, draw(bench) % bench->subjects)};
            avow_store_answer answer = avow_store_ask(bench->store, &question, &error);
            if (answer.answer.verdict != AVOW_FORBIDDEN || answer.reason != AVOW_STORE_KNOWN)
                die("ask", error.text);
        }
    return (now() - began) / (double)count * 1e9;
}

static double
ask_bare(struct bench *bench, double seconds)
{
    struct subject identity;
    char text[64];
    uint64_t count = 0;
    double began = now();
    while (now() < began + seconds)
        for (int i = 0; i < 100; i++, count++) {
            avow_identity_text who = address(text, draw(bench) % bench->subjects);
            identity_of(bench->store->keys, 1, AVOW_IDENTITY_EMAIL, who.text, who.length, &identity,
                        NULL);
            bare_select(&bench->bare, identity.key);
        }
    return (now() - began) / (double)count * 1e9;
}

static void
measure_asking(struct bench *bench)
{
    double store = 0, bare = 0;
    for (int i = 0; i < TURNS; i++) {
        bare += ask_bare(bench, bench->seconds / TURNS) / TURNS;
        store += ask_store(bench, bench->seconds / TURNS) / TURNS;
    }
    printf("bare_select_ns %.0f\nask_ns %.0f\n", bare, store);
}

/* A list ------------------------------------------------------------------------------------- */

/* The least that anybody could write: buckets of 64 bytes with eight words of keys. */
struct table {
    uint64_t *words, buckets;
};

static const uint64_t *
bucket_of(const struct table *table, const uint8_t key[KEY_BYTES], uint64_t *word)
{
    uint64_t words[2];
    memcpy(words, key, sizeof words);
    *word = words[1];
    return table->words + words[0] % table->buckets * WORDS;
}

static struct table
make_table(struct bench *bench)
{
    struct subject *all = identities(bench);
    struct table table = {.buckets = bench->subjects / 6 + 1};
    table.words = aligned_alloc(64, table.buckets * WORDS * sizeof *table.words);
    if (!table.words)
        die("list", "no memory");
    memset(table.words, 0, table.buckets * WORDS * sizeof *table.words);
    for (uint64_t i = 0; i < bench->subjects; i++) {
        uint64_t word;
        uint64_t *bucket = (uint64_t *)bucket_of(&table, all[i].key, &word);
        bucket[i % WORDS] = word;
    }
    free(all);
    return table;
}

/* Of the addresses of a list every second one is known to the store. */
static avow_identity_text
of_list(struct bench *bench, char out[64])
{
    uint64_t number = draw(bench);
    return address(out, number % bench->subjects + (number >> 63) * 1000000000000u);
}

static double
list_bare(struct bench *bench, const struct table *table, double seconds)
{
    volatile uint64_t found = 0;
    uint64_t count = 0;
    double began = now();
    while (now() < began + seconds)
        for (int i = 0; i < LOOKUPS; i++, count++) {
            char text[64];
            struct subject identity;
            uint64_t word;
            avow_identity_text who = of_list(bench, text);
            identity_of(bench->store->keys, 1, AVOW_IDENTITY_EMAIL, who.text, who.length, &identity,
                        NULL);
            const uint64_t *bucket = bucket_of(table, identity.key, &word);
            for (int k = 0; k < WORDS; k++)
                found += bucket[k] == word;
        }
    (void)found; /* looked at for nobody */
    return (now() - began) / (double)count * 1e9;
}

static double
list_snapshot(struct bench *bench, const struct snapshot *snapshot, double seconds)
{
    static struct snapshot_lookup lookup[LOOKUPS];
    static char text[LOOKUPS][64];
    avow_identity_text who[LOOKUPS];
    avow_store_error error = {0};
    uint64_t count = 0, refused = 0;
    double began = now();
    while (now() < began + seconds) {
        for (int i = 0; i < LOOKUPS; i++) {
            who[i] = of_list(bench, text[i]);
            if (snapshot_hash(snapshot, who[i].text, who[i].length, &lookup[i], &error) !=
                AVOW_STORE_OK)
                die("list", error.text);
        }
        for (int i = 0; i < LOOKUPS; i++, count++)
            refused += !avow_allowed(
                snapshot_ask(snapshot, &lookup[i], who[i].text, who[i].length, &error).answer);
    }
    if (refused < count / 3 || refused > count * 2 / 3)
        die("list", "half of the addresses have opted out");
    return (now() - began) / (double)count * 1e9;
}

static void
measure_list(struct bench *bench)
{
    struct snapshot snapshot;
    avow_store_error error = {0};
    avow_store_question question = {.point = bench->point};
    double began = now(), bare = 0, list = 0;
    if (snapshot_make(&snapshot, bench->store, &question, AVOW_IDENTITY_EMAIL, &error) !=
        AVOW_STORE_OK)
        die("list", error.text);
    double took = now() - began;
    struct table table = make_table(bench);
    for (int i = 0; i < TURNS; i++) {
        bare += list_bare(bench, &table, bench->seconds / TURNS) / TURNS;
        list += list_snapshot(bench, &snapshot, bench->seconds / TURNS) / TURNS;
    }
    printf("snapshot_s %.1f\nsnapshot_bytes %.2f\nbare_lookup_ns %.0f\nlist_ns %.0f\n", took,
           (double)compact_bytes(&snapshot.set) / (double)snapshot.set.used, bare, list);
    free(table.words);
    snapshot_free(&snapshot);
}

int
main(int argc, char **argv)
{
    avow_store_error error;
    if (argc != 6)
        die("store", "BUNDLE URL SUBJECTS SECONDS FILE");
    struct bench bench = {.table = load(argv[1]),
                          .url = argv[2],
                          .disk = argv[5],
                          .subjects = strtoull(argv[3], NULL, 10),
                          .seconds = strtod(argv[4], NULL),
                          .random = 1};
    bench.next = bench.subjects;
    avow_named_point named = {"us", "email", "licensee", "notify.expiry", 2, 5, 8, 13};
    bench.point = avow_find_point(bench.table, &named);
    avow_store_options options = {
        .url = bench.url, .keys = getenv("AVOW_KEYS"), .table = bench.table};
    if (avow_store_create(&options, &error) != AVOW_STORE_OK ||
        !(bench.store = avow_store_open(&options, &error)) ||
        avow_store_settle(bench.store, 1u << AVOW_IDENTITY_EMAIL, "a bench", &error) !=
            AVOW_STORE_OK)
        die(bench.url, error.text);
    if (strncmp(bench.url, "sqlite:", 7) == 0)
        open_sqlite(&bench.bare, bench.url + 7);
    else
        open_postgres(&bench.bare, bench.url);
    opt_out(&bench);
    measure_writing(&bench, "");
    if (bench.subjects > 0) {
        fill(&bench);
        measure_asking(&bench);
        measure_list(&bench);
        measure_writing(&bench, "full_");
    }
    avow_store_close(bench.store);
    return 0;
}
