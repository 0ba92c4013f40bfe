/* What the files of the SQLite engine share. */
#ifndef AVOW_STORE_SQLITE_H
#define AVOW_STORE_SQLITE_H

#include "runtime/store/engine.h"
#include "runtime/store/sqlite_journal.h"

#include <sqlite3.h>

/* Each statement is prepared once, when it is first used. */
enum sqlite_statement {
    SQL_BEGIN_READ,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_HEAD,
    SQL_STATES,
    SQL_ALL_STATES,
    SQL_MOVE,
    SQL_DROP_STATE,
    SQL_SETTLE_PENDING,
    SQL_LINKS,
    SQL_ALL_LINKS,
    SQL_ADD_LINK,
    SQL_DROP_LINK,
    SQL_ENTRIES,
    SQL_APPEND,
    SQL_ERASE_PAYLOAD,
    SQL_DUTIES_OF,
    SQL_DUTIES_DUE,
    SQL_ADD_DUTY,
    SQL_END_DUTY,
    SQL_WAITS,
    SQL_NEWER,
    SQL_HELD_OF,
    SQL_HELD_DUE,
    SQL_PUT_HELD,
    SQL_DROP_HELD,
    SQL_TERMS,
    SQL_ADD_TERM,
    SQL_FIND_TERM,
    SQL_MAP_TERM,
    SQL_META,
    SQL_PUT_META,
    SQL_WORDS,
    SQL_PUT_WORDS,
    SQL_COUNT
};

struct sqlite_link {
    struct engine engine;
    sqlite3 *db;
    sqlite3_stmt *statement[SQL_COUNT];
    uint64_t device, inode; /* of the file that was opened */
    char *path;
    int wait_ms;        /* for others, at most */
    int64_t busy_since; /* milliseconds of the monotonic clock */
    bool erased;        /* this transaction has erased something */
    struct journal_vfs files;
};

/* Up to the version before a checkpoint could lose what was committed ("WAL-reset"). */
enum { FIRST_SOUND_WAL = 3051003 };

/* The file a URL names, or NULL: INPUT. */
const char *sqlite_path(const char *url, avow_store_error *error);

/* The error of the connection as the store says it; a result code that SQLite gave. */
avow_store_code sqlite_fault(struct sqlite_link *link, int result, const char *doing,
                             avow_store_error *error);

/* A statement ready to be bound; NULL: error. Give it back with sqlite_end. */
sqlite3_stmt *sqlite_ready(struct engine *engine, enum sqlite_statement which,
                           avow_store_error *error);
/* Steps once: AVOW_STORE_OK and whether there is a row. */
avow_store_code sqlite_step(struct engine *engine, sqlite3_stmt *statement, bool *row,
                            avow_store_error *error);
/* Runs a statement that gives no row, and makes it ready again. */
avow_store_code sqlite_run(struct engine *engine, sqlite3_stmt *statement, avow_store_error *error);
void sqlite_end(sqlite3_stmt *statement);

/* A column of bytes of fixed length; CORRUPT if it is anything else. */
avow_store_code sqlite_bytes(sqlite3_stmt *statement, int column, void *out, int length,
                             avow_store_error *error);

/* Opens the file (made if `create`), with the settings that make commits durable. */
avow_store_code sqlite_connect(struct sqlite_link *link, const avow_store_options *options,
                               bool create, avow_store_error *error);
avow_store_code sqlite_create(const avow_store_options *options, avow_store_error *error);
/* The version of the schema in the file: SCHEMA if it is none of this program's. */
avow_store_code sqlite_schema(struct sqlite_link *link, avow_store_error *error);
avow_store_code sqlite_examine(struct engine *engine, void (*finding)(void *, bool, const char *),
                               void *context, avow_store_error *error);

/* Rows (sqlite_rows.c, sqlite_names.c) */
avow_store_code sqlite_states(struct engine *, const uint8_t[KEY_BYTES], state_visit *, void *,
                              avow_store_error *);
avow_store_code sqlite_all_states(struct engine *, uint32_t, state_visit *, void *,
                                  avow_store_error *);
avow_store_code sqlite_move(struct engine *, const struct move *, avow_store_error *);
avow_store_code sqlite_drop_state(struct engine *, const uint8_t[KEY_BYTES],
                                  const struct state_row *, avow_store_error *);
avow_store_code sqlite_expect_done(struct engine *, const uint8_t[KEY_BYTES], uint32_t,
                                   avow_store_error *);
avow_store_code sqlite_expect_older(struct engine *, const uint8_t[KEY_BYTES], int64_t,
                                    avow_store_error *);
avow_store_code sqlite_settle_pending(struct engine *, const uint8_t[KEY_BYTES],
                                      const struct state_row *, uint32_t, avow_store_error *);
avow_store_code sqlite_links(struct engine *, const uint8_t[KEY_BYTES], link_visit *, void *,
                             avow_store_error *);
avow_store_code sqlite_all_links(struct engine *, uint32_t, link_visit *, void *,
                                 avow_store_error *);
avow_store_code sqlite_add_link(struct engine *, const struct link_row *, avow_store_error *);
avow_store_code sqlite_drop_link(struct engine *, const struct link_row *, avow_store_error *);
avow_store_code sqlite_duties_of(struct engine *, const uint8_t[KEY_BYTES], duty_visit *, void *,
                                 avow_store_error *);
avow_store_code sqlite_duties_due(struct engine *, uint32_t, int64_t, duty_visit *, void *,
                                  avow_store_error *);
avow_store_code sqlite_add_duty(struct engine *, const struct duty_row *, avow_store_error *);
avow_store_code sqlite_end_duty(struct engine *, const struct duty_row *, avow_store_error *);
avow_store_code sqlite_held_of(struct engine *, const uint8_t[KEY_BYTES], held_visit *, void *,
                               avow_store_error *);
avow_store_code sqlite_held_due(struct engine *, uint32_t, int64_t, held_visit *, void *,
                                avow_store_error *);
avow_store_code sqlite_put_held(struct engine *, const struct held_row *, avow_store_error *);
avow_store_code sqlite_drop_held(struct engine *, const struct held_row *, avow_store_error *);
avow_store_code sqlite_terms(struct engine *, term_visit *, void *, avow_store_error *);
avow_store_code sqlite_add_term(struct engine *, struct term *, avow_store_error *);
avow_store_code sqlite_map_term(struct engine *, const struct term *, avow_store_error *);
avow_store_code sqlite_meta(struct engine *, meta_visit *, void *, avow_store_error *);
avow_store_code sqlite_put_meta(struct engine *, const char *, const char *, avow_store_error *);
avow_store_code sqlite_words(struct engine *, const uint8_t[16],
                             void (*)(void *, const char *, size_t), void *, avow_store_error *);
avow_store_code sqlite_put_words(struct engine *, const uint8_t[16], const char *, size_t,
                                 avow_store_error *);

#endif
