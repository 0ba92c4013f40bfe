/* The file: how it is made, and what it must be like before anything in it is believed. */
#include "runtime/store/fault.h"
#include "runtime/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x61766f77 /* "avow" */, GROWTH = 1 << 20 /* bytes */ };

/* Everything of a subject is found by its part and key; rows lie in the primary key itself. Its
 * columns come first: else integrity_check of SQLite 3.40 takes sound rows for damaged ones.
 *
 * Entries of the ledger lie in the order in which they came, all parts together. So none is ever
 * moved to another page: SQLite leaves the old copy in the page's free space, secure_delete or not,
 * where erasing would not find it. For the same reason erasing writes over an entry and keeps its
 * length. */
static const char *const schema_1 =
    "CREATE TABLE state (part INTEGER NOT NULL, key BLOB NOT NULL, exact BLOB NOT NULL,"
    " term INTEGER NOT NULL, value INTEGER NOT NULL, pending INTEGER NOT NULL,"
    " received INTEGER NOT NULL, PRIMARY KEY (part, key, exact, term)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE ledger (place INTEGER PRIMARY KEY, part INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, recorded INTEGER NOT NULL, commitment BLOB NOT NULL,"
    " hash BLOB NOT NULL, salt BLOB, body TEXT) STRICT;"
    "CREATE UNIQUE INDEX ledger_by_part ON ledger (part, sequence);"
    "CREATE TABLE duty (part INTEGER NOT NULL, key BLOB NOT NULL, sequence INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, exact BLOB NOT NULL, request INTEGER NOT NULL,"
    " received INTEGER NOT NULL, due INTEGER NOT NULL, due_kind INTEGER NOT NULL,"
    " reference TEXT NOT NULL, PRIMARY KEY (part, key, sequence)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX duty_by_due ON duty (part, due);"
    "CREATE TABLE held (part INTEGER NOT NULL, key BLOB NOT NULL, data INTEGER NOT NULL,"
    " record TEXT NOT NULL, moments TEXT NOT NULL, due INTEGER NOT NULL,"
    " PRIMARY KEY (part, key, data)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX held_by_due ON held (part, due);"
    "CREATE TABLE link (part INTEGER NOT NULL, key BLOB NOT NULL, other BLOB NOT NULL,"
    " other_exact BLOB NOT NULL, kind INTEGER NOT NULL, exact BLOB NOT NULL,"
    " other_kind INTEGER NOT NULL, PRIMARY KEY (part, key, other, other_exact))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE term (id INTEGER PRIMARY KEY, policy TEXT NOT NULL, name TEXT NOT NULL,"
    " mapped INTEGER NOT NULL, now TEXT NOT NULL, UNIQUE (policy, name)) STRICT;"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE words (hash BLOB PRIMARY KEY, words TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/* What brings the schema from each version to the next. */
static const char *const steps[] = {schema_1};
_Static_assert(sizeof steps / sizeof steps[0] == ENGINE_SCHEMA, "a step for each version");

const char *
sqlite_path(const char *url, avow_store_error *error)
{
    const char *path = url && strncmp(url, "sqlite:", 7) == 0 ? url + 7 : NULL;
    if (path && strncmp(path, "//", 2) == 0)
        path += 2;
    if (path && path[0] != '\0' && path[0] != ':')
        return path;
    fault(error, AVOW_STORE_INPUT,
          "The store's address must name a file, such as sqlite:/var/lib/avow/store.db.");
    return NULL;
}

static avow_store_code
pragma_number(struct sqlite_link *link, const char *sql, int64_t *out, avow_store_error *error)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(link->db, sql, -1, &statement, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    avow_store_code code = result == SQLITE_ROW || result == SQLITE_DONE
                               ? AVOW_STORE_OK
                               : sqlite_fault(link, result, "reading its settings", error);
    sqlite3_finalize(statement);
    return code;
}

static avow_store_code
run_sql(struct sqlite_link *link, const char *sql, const char *doing, avow_store_error *error)
{
    int result = sqlite3_exec(link->db, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? AVOW_STORE_OK : sqlite_fault(link, result, doing, error);
}

/* Locks and fsync of network file systems are not what SQLite needs. */
static avow_store_code
local_file(const char *path, avow_store_error *error)
{
    static const struct {
        long magic;
        const char *name;
    } remote[] = {{0x6969, "NFS"},       {0x517b, "SMB"},       {0xff534d42, "CIFS"},
                  {0xfe534d42, "SMB2"},  {0x01021997, "9P"},    {0x65735546, "FUSE"},
                  {0x00c36400, "Ceph"},  {0x5346414f, "AFS"},   {0x01161970, "GFS2"},
                  {0x7461636f, "OCFS2"}, {0x0bd00bd0, "Lustre"}};
    struct statfs at;
    if (statfs(path, &at) != 0)
        return fault(error, AVOW_STORE_IO, "The store's file cannot be looked at: %s.",
                     strerror(errno));
    for (size_t i = 0; i < sizeof remote / sizeof remote[0]; i++)
        if ((unsigned long)at.f_type == (unsigned long)remote[i].magic)
            return fault(error, AVOW_STORE_IO,
                         "The store's file is on a network file system (%s), where a commit may "
                         "not reach the disk. Put it on a local one, or use PostgreSQL.",
                         remote[i].name);
    return AVOW_STORE_OK;
}

/* The file must exist before SQLite opens it, so that nobody else can read it from the start. */
static avow_store_code
make_file(const char *path, avow_store_error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fault(error, AVOW_STORE_IO, "The store's file %s cannot be made: %s.", path,
                     strerror(errno));
    close(fd);
    return AVOW_STORE_OK;
}

static avow_store_code
check_file(struct sqlite_link *link, avow_store_error *error)
{
    struct stat at;
    int failed = stat(link->path, &at) == 0 ? 0 : errno;
    if (failed == ENOENT)
        return fault(error, AVOW_STORE_SCHEMA, "There is no store at %s. `avowd init` makes one.",
                     link->path);
    if (failed != 0)
        return fault(error, AVOW_STORE_IO,
                     "The store's file %s cannot be looked at: %s. Look at the disk's health, and "
                     "at the rights of its folder.",
                     link->path, strerror(failed));
    if (!S_ISREG(at.st_mode))
        return fault(error, AVOW_STORE_IO, "%s is no file; a store must be one.", link->path);
    if (at.st_mode & 077)
        return fault(error, AVOW_STORE_KEYS,
                     "Others may read or write the store's file (mode %04o). Mend it with: chmod "
                     "600 %s",
                     (unsigned)(at.st_mode & 07777), link->path);
    link->device = at.st_dev;
    link->inode = at.st_ino;
    return local_file(link->path, error);
}

/* Others hold the file for the time of a commit, which is short: SQLite's own handler would sleep
 * much longer than that. */
static int
wait_a_little(void *of, int tries)
{
    const struct sqlite_link *link = of;
    struct timespec now, pause = {.tv_nsec = tries < 20 ? 100000 : 1000000};
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t at = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (tries == 0)
        ((struct sqlite_link *)of)->busy_since = at;
    if (at - link->busy_since >= link->wait_ms)
        return 0;
    nanosleep(&pause, NULL);
    return 1;
}

/* "On disk" must mean it: whatever the file or the library was built to do by default. */
static avow_store_code
make_durable(struct sqlite_link *link, int wait_ms, avow_store_error *error)
{
    bool wal = sqlite3_libversion_number() >= FIRST_SOUND_WAL;
    int64_t synchronous = 0;
    link->wait_ms = wait_ms > 0 ? wait_ms : 5000;
    sqlite3_busy_handler(link->db, wait_a_little, link);
    /* A file that grows makes its file system commit as well: so it grows seldom. */
    int chunk = GROWTH;
    sqlite3_file_control(link->db, NULL, SQLITE_FCNTL_CHUNK_SIZE, &chunk);
    avow_store_code code = run_sql(link,
                                   wal ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                       : "PRAGMA journal_mode=PERSIST; PRAGMA synchronous=EXTRA;"
                                         "PRAGMA journal_size_limit=1048576;",
                                   "setting it up", error);
    if (code == AVOW_STORE_OK)
        code =
            run_sql(link,
                    "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                    "PRAGMA foreign_keys=OFF; PRAGMA mmap_size=0; PRAGMA cache_size=-16384;",
                    "setting it up", error);
    if (code == AVOW_STORE_OK)
        code = pragma_number(link, "PRAGMA synchronous", &synchronous, error);
    if (code == AVOW_STORE_OK && synchronous < 2)
        return fault(error, AVOW_STORE_IO,
                     "This SQLite does not write through to the disk; another build is needed.");
    return code;
}

avow_store_code
sqlite_connect(struct sqlite_link *link, const avow_store_options *options, bool create,
               avow_store_error *error)
{
    const char *path = sqlite_path(options->url, error);
    if (!path)
        return AVOW_STORE_INPUT;
    link->path = strdup(path);
    if (!link->path)
        return fault_memory(error);
    avow_store_code code = create ? make_file(path, error) : AVOW_STORE_OK;
    if (code == AVOW_STORE_OK)
        code = check_file(link, error);
    if (code != AVOW_STORE_OK)
        return code;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                SQLITE_OPEN_PRIVATECACHE;
    const char *files = journal_register(&link->files);
    if (!files)
        return fault_memory(error);
    int result = sqlite3_open_v2(path, &link->db, flags, files);
    if (result != SQLITE_OK)
        return sqlite_fault(link, result, "opening it", error);
    sqlite3_db_config(link->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return make_durable(link, options->wait_ms, error);
}

avow_store_code
sqlite_schema(struct sqlite_link *link, avow_store_error *error)
{
    int64_t application = 0, version = 0;
    avow_store_code code = pragma_number(link, "PRAGMA application_id", &application, error);
    if (code == AVOW_STORE_OK)
        code = pragma_number(link, "PRAGMA user_version", &version, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (application != APPLICATION_ID || version < 1)
        return fault(error, AVOW_STORE_SCHEMA, "%s is no store yet. `avowd init` makes it one.",
                     link->path);
    if (version > ENGINE_SCHEMA)
        return fault(error, AVOW_STORE_SCHEMA,
                     "The store was made by a newer avow (its schema is %d, this program knows "
                     "%d). Use that one.",
                     (int)version, (int)ENGINE_SCHEMA);
    if (version < ENGINE_SCHEMA)
        return fault(error, AVOW_STORE_SCHEMA,
                     "The store was made by an older avow (its schema is %d, this program needs "
                     "%d). `avowd init` brings it up to date.",
                     (int)version, (int)ENGINE_SCHEMA);
    return AVOW_STORE_OK;
}

/* All steps from the version that the file has, in one transaction. */
static avow_store_code
migrate(struct sqlite_link *link, int64_t version, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (int64_t i = version; i < ENGINE_SCHEMA && code == AVOW_STORE_OK; i++)
        code = run_sql(link, steps[i], "making its tables", error);
    char *sql = sqlite3_mprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;",
                                (int)APPLICATION_ID, (int)ENGINE_SCHEMA);
    if (code == AVOW_STORE_OK)
        code = sql ? run_sql(link, sql, "making its tables", error) : fault_memory(error);
    sqlite3_free(sql);
    return code;
}

avow_store_code
sqlite_create(const avow_store_options *options, avow_store_error *error)
{
    struct engine *engine = calloc(1, sizeof(struct sqlite_link));
    if (!engine)
        return fault_memory(error);
    struct sqlite_link *link = (struct sqlite_link *)engine;
    engine->ops = &sqlite_engine;
    int64_t application = 0, version = 0, tables = 0;
    avow_store_code code = sqlite_connect(link, options, true, error);
    if (code == AVOW_STORE_OK)
        code = run_sql(link, "BEGIN IMMEDIATE", "making its tables", error);
    if (code == AVOW_STORE_OK)
        code = pragma_number(link, "PRAGMA application_id", &application, error);
    if (code == AVOW_STORE_OK)
        code = pragma_number(link, "PRAGMA user_version", &version, error);
    if (code == AVOW_STORE_OK)
        code = pragma_number(link, "SELECT count(*) FROM sqlite_schema", &tables, error);
    if (code == AVOW_STORE_OK && application != APPLICATION_ID && tables > 0)
        code = fault(error, AVOW_STORE_SCHEMA,
                     "%s is a database of something else. Give a store a file of its own.",
                     link->path);
    if (code == AVOW_STORE_OK && version < ENGINE_SCHEMA)
        code = migrate(link, version, error);
    if (code == AVOW_STORE_OK)
        code = run_sql(link, "COMMIT", "making its tables", error);
    if (code == AVOW_STORE_OK)
        code = sqlite_schema(link, error);
    sqlite_engine.close(engine);
    return code;
}
