/* One connection to an SQLite file. */
#include "runtime/store/sqlite.h"
#include "runtime/store/fault.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const sql_of[SQL_COUNT] = {
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_HEAD] = "SELECT sequence, hash FROM ledger WHERE part = ?1 ORDER BY sequence DESC LIMIT 1",
    [SQL_STATES] = "SELECT exact, term, value, pending, received FROM state WHERE part = ?1 AND "
                   "key = ?2",
    [SQL_ALL_STATES] = "SELECT exact, term, value, pending, received, key FROM state WHERE "
                       "part = ?1 ORDER BY key",
    /* The fold of engine.h's struct move: ?7 is by_clock. */
    [SQL_MOVE] =
        "INSERT INTO state (part, key, exact, term, value, pending, received)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?8) ON CONFLICT DO UPDATE SET"
        " value = CASE WHEN ?7 OR excluded.received > received THEN excluded.value"
        " WHEN excluded.received = received AND excluded.value <> value THEN 2 ELSE value END,"
        " received = CASE WHEN ?7 THEN max(excluded.received, received + 1)"
        " ELSE max(excluded.received, received) END,"
        " pending = pending + excluded.pending",
    [SQL_DROP_STATE] = "DELETE FROM state WHERE part = ?1 AND key = ?2 AND exact = ?3 AND term = "
                       "?4 AND value = ?5 AND received = ?6",
    [SQL_SETTLE_PENDING] = "UPDATE state SET pending = max(0, pending - ?5) WHERE part = ?1 AND "
                           "key = ?2 AND exact = ?3 AND term = ?4",
    [SQL_LINKS] = "SELECT kind, exact, other, other_kind, other_exact, key FROM link WHERE part = "
                  "?1 AND key = ?2",
    [SQL_ALL_LINKS] = "SELECT kind, exact, other, other_kind, other_exact, key FROM link WHERE "
                      "part = ?1 ORDER BY key",
    [SQL_ADD_LINK] = "INSERT INTO link (part, key, other, kind, exact, other_kind, other_exact)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    [SQL_DROP_LINK] = "DELETE FROM link WHERE part = ?1 AND key = ?2 AND other = ?3",
    [SQL_ENTRIES] = "SELECT sequence, recorded, commitment, hash, salt, body FROM ledger"
                    " WHERE part = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT ?3",
    [SQL_APPEND] = "INSERT INTO ledger (part, sequence, recorded, commitment, hash, salt, body)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_ERASE_PAYLOAD] = "UPDATE ledger SET salt = zeroblob(length(salt)), body ="
                          " CAST(zeroblob(length(CAST(body AS BLOB))) AS TEXT) WHERE part = ?1 AND"
                          " sequence = ?2",
    [SQL_WAITS] = "SELECT 1 FROM duty WHERE part = ?1 AND key = ?2 AND request = ?3 LIMIT 1",
    /* Term 0: TERM_LINKED. */
    [SQL_NEWER] = "SELECT 1 FROM state WHERE part = ?1 AND key = ?2 AND (term = 0 OR received >= "
                  "?3) LIMIT 1",
    [SQL_DUTIES_OF] = "SELECT key, sequence, kind, exact, request, received, due, due_kind, "
                      "reference FROM duty WHERE part = ?1 AND key = ?2 ORDER BY sequence",
    [SQL_DUTIES_DUE] = "SELECT key, sequence, kind, exact, request, received, due, due_kind, "
                       "reference FROM duty WHERE part = ?1 AND due <= ?2 ORDER BY due",
    [SQL_ADD_DUTY] = "INSERT INTO duty (part, key, sequence, kind, exact, request, received, due, "
                     "due_kind, reference) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [SQL_END_DUTY] = "DELETE FROM duty WHERE part = ?1 AND key = ?2 AND sequence = ?3",
    [SQL_HELD_OF] = "SELECT key, data, record, moments, due FROM held WHERE part = ?1 AND key = ?2",
    [SQL_HELD_DUE] = "SELECT key, data, record, moments, due FROM held WHERE part = ?1 AND due <= "
                     "?2 ORDER BY due",
    [SQL_PUT_HELD] =
        "INSERT INTO held (part, key, data, record, moments, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT DO UPDATE SET moments = excluded.moments, due = excluded.due",
    [SQL_DROP_HELD] = "DELETE FROM held WHERE part = ?1 AND key = ?2 AND data = ?3",
    [SQL_TERMS] = "SELECT id, policy, name, mapped, now FROM term ORDER BY id",
    [SQL_ADD_TERM] = "INSERT INTO term (policy, name, mapped, now) VALUES (?1, ?2, 0, '') "
                     "ON CONFLICT DO NOTHING",
    [SQL_FIND_TERM] = "SELECT id FROM term WHERE policy = ?1 AND name = ?2",
    [SQL_MAP_TERM] = "UPDATE term SET mapped = ?2, now = ?3 WHERE id = ?1",
    [SQL_META] = "SELECT name, value FROM meta ORDER BY name",
    [SQL_PUT_META] = "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET "
                     "value = excluded.value",
    [SQL_WORDS] = "SELECT words FROM words WHERE hash = ?1",
    [SQL_PUT_WORDS] = "INSERT INTO words (hash, words) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
};

static avow_store_code
code_of(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return AVOW_STORE_BUSY;
    case SQLITE_NOMEM:
        return AVOW_STORE_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return AVOW_STORE_CORRUPT;
    case SQLITE_SCHEMA:
    case SQLITE_ERROR:
        return AVOW_STORE_SCHEMA;
    default:
        return AVOW_STORE_IO;
    }
}

avow_store_code
sqlite_fault(struct sqlite_link *link, int result, const char *doing, avow_store_error *error)
{
    static const char *const mend[] = {
        [AVOW_STORE_BUSY] = "Another process holds it; try again.",
        [AVOW_STORE_MEMORY] = "There is not enough memory.",
        /* SQLite says so, too, when the disk fails to read. */
        [AVOW_STORE_CORRUPT] = "The disk cannot read the file, or the file is damaged: look at the "
                               "disk's health; then restore a backup and replay the shipped "
                               "ledger (avowd ledger replay).",
        [AVOW_STORE_SCHEMA] = "A table is missing or not as it was made: restore a backup.",
        [AVOW_STORE_IO] = "Look at the disk's space and health, and at the rights of the file and "
                          "its folder.",
    };
    avow_store_code code = code_of(result);
    const char *said = link->db ? sqlite3_errmsg(link->db) : sqlite3_errstr(result);
    return fault(error, code, "The store %s failed while %s: %s (%d). %s", link->path, doing, said,
                 result, mend[code]);
}

sqlite3_stmt *
sqlite_ready(struct engine *engine, enum sqlite_statement which, avow_store_error *error)
{
    struct sqlite_link *link = (struct sqlite_link *)engine;
    sqlite3_stmt **statement = &link->statement[which];
    if (*statement)
        return *statement;
    int result =
        sqlite3_prepare_v3(link->db, sql_of[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    if (result != SQLITE_OK)
        sqlite_fault(link, result, "preparing a statement", error);
    return *statement;
}

void
sqlite_end(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

avow_store_code
sqlite_step(struct engine *engine, sqlite3_stmt *statement, bool *row, avow_store_error *error)
{
    int result = sqlite3_step(statement);
    *row = result == SQLITE_ROW;
    if (result == SQLITE_ROW || result == SQLITE_DONE)
        return AVOW_STORE_OK;
    return sqlite_fault((struct sqlite_link *)engine, result, "reading or writing", error);
}

avow_store_code
sqlite_run(struct engine *engine, sqlite3_stmt *statement, avow_store_error *error)
{
    bool row;
    avow_store_code code = sqlite_step(engine, statement, &row, error);
    sqlite_end(statement);
    return code;
}

avow_store_code
sqlite_bytes(sqlite3_stmt *statement, int column, void *out, int length, avow_store_error *error)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    if (!bytes || sqlite3_column_bytes(statement, column) != length)
        return fault(error, AVOW_STORE_CORRUPT,
                     "A row of the store has a value of the wrong length. Restore a backup, then "
                     "replay the shipped ledger.");
    memcpy(out, bytes, (size_t)length);
    return AVOW_STORE_OK;
}

/* Opening, transactions ---------------------------------------------------------------------- */

static void
close_link(struct engine *engine)
{
    struct sqlite_link *link = (struct sqlite_link *)engine;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(link->statement[i]);
    sqlite3_close(link->db);
    journal_unregister(&link->files);
    free(link->path);
    free(link);
}

/* Nobody else can take it away; a file that was replaced is told of, see check_place. */
static bool
is_there(struct engine *engine)
{
    (void)engine;
    return true;
}

static struct engine *
open_link(const avow_store_options *options, avow_store_error *error)
{
    struct sqlite_link *link = calloc(1, sizeof *link);
    if (!link) {
        fault_memory(error);
        return NULL;
    }
    link->engine.ops = &sqlite_engine;
    avow_store_code code = sqlite_connect(link, options, false, error);
    if (code == AVOW_STORE_OK)
        code = sqlite_schema(link, error);
    if (code == AVOW_STORE_OK)
        return &link->engine;
    close_link(&link->engine);
    return NULL;
}

static avow_store_code
run_plain(struct engine *engine, enum sqlite_statement which, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, which, error);
    if (!statement)
        return error ? error->code : AVOW_STORE_IO;
    return sqlite_run(engine, statement, error);
}

/* A file that was put in the place of the one that is open is the store now; what would be written
 * to the old one is lost, and what is read there is not what others see. */
static avow_store_code
check_place(const struct sqlite_link *link, avow_store_error *error)
{
    struct stat at;
    if (stat(link->path, &at) == 0 && at.st_dev == link->device && at.st_ino == link->inode)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_IO,
                 "The store's file %s is no longer the one that was opened: it was replaced or "
                 "removed. Was a backup restored? Restart the service, and look whether the store "
                 "is trusted (avowd doctor).",
                 link->path);
}

static avow_store_code
begin(struct engine *engine, bool write, avow_store_error *error)
{
    avow_store_code code = check_place((struct sqlite_link *)engine, error);
    if (code != AVOW_STORE_OK)
        return code;
    return run_plain(engine, write ? SQL_BEGIN_WRITE : SQL_BEGIN_READ, error);
}

/* The journal keeps what pages held before: what was erased must not be there either. If it cannot
 * be removed now, the next commits write over it. */
static void
remove_journal(struct sqlite_link *link)
{
    if (sqlite3_libversion_number() < FIRST_SOUND_WAL)
        sqlite3_exec(link->db, "PRAGMA journal_mode=DELETE; PRAGMA journal_mode=PERSIST;", NULL,
                     NULL, NULL);
    else
        sqlite3_exec(link->db, "PRAGMA wal_checkpoint(TRUNCATE);", NULL, NULL, NULL);
    link->erased = false;
}

static avow_store_code
commit(struct engine *engine, avow_store_error *error)
{
    struct sqlite_link *link = (struct sqlite_link *)engine;
    avow_store_code code = run_plain(engine, SQL_COMMIT, error);
    if (code == AVOW_STORE_OK && link->erased)
        remove_journal(link);
    return code;
}

static void
rollback(struct engine *engine)
{
    struct sqlite_link *link = (struct sqlite_link *)engine;
    for (size_t i = 0; i < SQL_COUNT; i++)
        if (link->statement[i])
            sqlite_end(link->statement[i]);
    if (!sqlite3_get_autocommit(link->db))
        run_plain(engine, SQL_ROLLBACK, NULL);
}

/* The ledger --------------------------------------------------------------------------------- */

static avow_store_code
head(struct engine *engine, uint32_t part, struct head *out, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_HEAD, error);
    if (check_place((struct sqlite_link *)engine, error) != AVOW_STORE_OK)
        return AVOW_STORE_IO;
    if (!statement)
        return AVOW_STORE_IO;
    bool row = false;
    *out = (struct head){0};
    sqlite3_bind_int64(statement, 1, part);
    avow_store_code code = sqlite_step(engine, statement, &row, error);
    if (code == AVOW_STORE_OK && row) {
        out->sequence = (uint64_t)sqlite3_column_int64(statement, 0);
        code = sqlite_bytes(statement, 1, out->hash, HASH_BYTES, error);
    }
    sqlite_end(statement);
    return code;
}

static avow_store_code
read_entry(sqlite3_stmt *statement, struct entry *entry, avow_store_error *error)
{
    entry->sequence = (uint64_t)sqlite3_column_int64(statement, 0);
    entry->recorded = sqlite3_column_int64(statement, 1);
    avow_store_code code = sqlite_bytes(statement, 2, entry->commitment, HASH_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = sqlite_bytes(statement, 3, entry->hash, HASH_BYTES, error);
    entry->salt = sqlite3_column_blob(statement, 4);
    entry->body = (const char *)sqlite3_column_text(statement, 5);
    entry->length = (size_t)sqlite3_column_bytes(statement, 5);
    if (code == AVOW_STORE_OK && entry->salt && sqlite3_column_bytes(statement, 4) != SALT_BYTES)
        code = fault(error, AVOW_STORE_CORRUPT,
                     "An entry of the ledger has a salt of the wrong "
                     "length. Run avowd ledger verify.");
    /* Erased: written over with zeros, see the schema. */
    if (entry->body && (entry->length == 0 || entry->body[0] == '\0')) {
        entry->salt = NULL;
        entry->body = NULL;
        entry->length = 0;
    }
    return code;
}

static avow_store_code
entries(struct engine *engine, uint32_t part, uint64_t from, uint64_t count, entry_visit *visit,
        void *context, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_ENTRIES, error);
    if (!statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(statement, 1, part);
    sqlite3_bind_int64(statement, 2, from > INT64_MAX ? INT64_MAX : (int64_t)from);
    sqlite3_bind_int64(statement, 3, count > INT64_MAX ? INT64_MAX : (int64_t)count);
    bool row = true;
    avow_store_code code;
    while ((code = sqlite_step(engine, statement, &row, error)) == AVOW_STORE_OK && row) {
        struct entry entry = {.part = part};
        code = read_entry(statement, &entry, error);
        if (code == AVOW_STORE_OK)
            code = visit(context, &entry);
        if (code != AVOW_STORE_OK)
            break;
    }
    sqlite_end(statement);
    return code;
}

static avow_store_code
append(struct engine *engine, const struct entry *entry, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_APPEND, error);
    if (!statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(statement, 1, entry->part);
    sqlite3_bind_int64(statement, 2, (int64_t)entry->sequence);
    sqlite3_bind_int64(statement, 3, entry->recorded);
    sqlite3_bind_blob(statement, 4, entry->commitment, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 5, entry->hash, HASH_BYTES, SQLITE_STATIC);
    if (entry->salt && entry->body) {
        sqlite3_bind_blob(statement, 6, entry->salt, SALT_BYTES, SQLITE_STATIC);
        sqlite3_bind_text64(statement, 7, entry->body, entry->length, SQLITE_STATIC, SQLITE_UTF8);
    }
    return sqlite_run(engine, statement, error);
}

static avow_store_code
erase_payload(struct engine *engine, uint32_t part, uint64_t sequence, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_ERASE_PAYLOAD, error);
    if (!statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(statement, 1, part);
    sqlite3_bind_int64(statement, 2, (int64_t)sequence);
    ((struct sqlite_link *)engine)->erased = true;
    return sqlite_run(engine, statement, error);
}

const struct engine_ops sqlite_engine = {
    .scheme = "sqlite",
    .reading_settles = true,
    .create = sqlite_create,
    .open = open_link,
    .close = close_link,
    .is_there = is_there,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .head = head,
    .states = sqlite_states,
    .links = sqlite_links,
    .entries = entries,
    .duties_of = sqlite_duties_of,
    .duties_due = sqlite_duties_due,
    .held_of = sqlite_held_of,
    .held_due = sqlite_held_due,
    .all_states = sqlite_all_states,
    .all_links = sqlite_all_links,
    .terms = sqlite_terms,
    .meta = sqlite_meta,
    .words = sqlite_words,
    .append = append,
    .move = sqlite_move,
    .drop_state = sqlite_drop_state,
    .settle_pending = sqlite_settle_pending,
    .expect_done = sqlite_expect_done,
    .expect_older = sqlite_expect_older,
    .add_duty = sqlite_add_duty,
    .end_duty = sqlite_end_duty,
    .put_held = sqlite_put_held,
    .drop_held = sqlite_drop_held,
    .add_link = sqlite_add_link,
    .drop_link = sqlite_drop_link,
    .erase_payload = erase_payload,
    .add_term = sqlite_add_term,
    .map_term = sqlite_map_term,
    .put_meta = sqlite_put_meta,
    .put_words = sqlite_put_words,
    .examine = sqlite_examine,
};
