/* What the files of the PostgreSQL engine share: a connection in pipeline mode, statements that are
 * prepared once, and rows that are held back until they can be sent together. */
#ifndef AVOW_STORE_POSTGRES_H
#define AVOW_STORE_POSTGRES_H

#include "runtime/store/engine.h"

#include <libpq-fe.h>
#include <sys/types.h>

/* ON means: of one part, in whichever of its tables; a statement about several parts, or about
 * none, runs on the partitioned tables themselves (WHOLE). */
enum { PG_WHOLE = ENGINE_PARTS, PG_PLACES, PG_PARAMETERS = 20, PG_NAME = 16 };

enum pg_statement {
    PG_BEGIN_READ,
    PG_BEGIN_WRITE,
    PG_GUARD,
    PG_COMMIT,
    PG_ROLLBACK,
    PG_SCAN,
    PG_BARRIER,
    PG_HEAD,
    PG_STATES,
    PG_LINKS,
    PG_ENTRIES,
    PG_DUTIES_OF,
    PG_DUTIES_DUE,
    PG_HELD_OF,
    PG_HELD_DUE,
    PG_ALL_STATES,
    PG_ALL_LINKS,
    PG_APPEND_ONE,
    PG_APPEND_MANY,
    PG_MOVE_ONE,
    PG_MOVE_MANY,
    PG_CLOCK_ONE,
    PG_CLOCK_MANY,
    PG_DUTY_ONE,
    PG_DUTY_MANY,
    PG_DONE_ONE,
    PG_DONE_MANY,
    PG_OLDER_ONE,
    PG_OLDER_MANY,
    PG_RECORD_MOVE_DONE,
    PG_RECORD_MOVE_DUTY,
    PG_RECORD_CLOCK_DONE,
    PG_RECORD_CLOCK_DUTY,
    PG_MOVE_UPDATE,
    PG_MOVE_INSERT,
    PG_CLOCK_UPDATE,
    PG_DROP_STATE,
    PG_SETTLE_PENDING,
    PG_END_DUTY,
    PG_PUT_HELD,
    PG_HELD_UPDATE,
    PG_HELD_INSERT,
    PG_DROP_HELD,
    PG_ADD_LINK,
    PG_DROP_LINK,
    PG_ERASE_PAYLOAD,
    PG_TERMS,
    PG_ADD_TERM,
    PG_FIND_TERM,
    PG_MAP_TERM,
    PG_META,
    PG_PUT_META,
    PG_WORDS,
    PG_PUT_WORDS,
    PG_STATEMENTS
};

/* A statement's text, its tables written as @name. */
const char *pg_sql(enum pg_statement statement);
/* The same for a place: @name becomes avow.name_PART or, for WHOLE, avow.name. Needs
 * PG_SQL_ROOM bytes. */
enum { PG_SQL_ROOM = 2048 };
void pg_sql_at(enum pg_statement statement, uint32_t place, char out[PG_SQL_ROOM]);

/* Parameters of a statement, in binary. Bytes are borrowed, numbers are kept. */
struct pg_parameters {
    int count;
    const char *value[PG_PARAMETERS];
    int length[PG_PARAMETERS];
    uint8_t number[PG_PARAMETERS][8];
};

void pg_add_int2(struct pg_parameters *to, uint32_t value);
void pg_add_int4(struct pg_parameters *to, uint32_t value);
void pg_add_int8(struct pg_parameters *to, uint64_t value);
void pg_add_bytes(struct pg_parameters *to, const void *bytes, size_t length); /* NULL: NULL */
void pg_add_key(struct pg_parameters *to, const uint8_t key[KEY_BYTES]);       /* part and key */

static inline void
pg_put_number(uint8_t *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        out[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

/* Rows that wait to be inserted by one statement, column by column: arrays as the server reads
 * them, each after room for its head. */
struct pg_column {
    uint8_t *bytes;
    size_t length, room;
    uint32_t type; /* the server's number of the element's type */
};

struct pg_rows {
    struct pg_column column[PG_PARAMETERS];
    int columns;
    uint32_t count;
    uint32_t place; /* of all rows so far: their part, or WHOLE if they differ */
};

/* In the order in which they are sent: what is relied on first. */
enum pg_buffer { PG_DONES, PG_OLDERS, PG_LEDGER, PG_MOVES, PG_CLOCKS, PG_DUTIES, PG_BUFFERS };

/* A result that will come. */
struct pg_wanted {
    uint8_t kind; /* enum pg_want */
    uint8_t statement, place;
};
enum pg_want { PG_WANT_PREPARED, PG_WANT_DONE, PG_WANT_ROWS, PG_WANT_SYNC };
enum { PG_QUEUE = 512, PG_SEEN = 65536 };

struct pg_link {
    struct engine engine;
    PGconn *connection;
    pid_t pid;
    int wait_ms;
    bool broken;  /* nothing more can be said through this connection */
    bool warned;  /* the server said something alarming since the last sync */
    bool walking; /* within a visit of rows that still arrive */

    /* What the tables are like */
    uint16_t leaves;  /* parts whose tables can be named */
    uint16_t foreign; /* parts that lie on another server */
    bool whole_key;   /* the table of all states has a key of its own */

    /* The transaction */
    enum { PG_NONE, PG_READ, PG_WRITE } mode;
    bool begun, guarded;
    int changed;               /* rows that the last statement says it has changed */
    uint16_t locked, extended; /* parts: locked, and those whose chain grows */

    /* The last entry of each chain, as far as this connection knows */
    struct head head[ENGINE_PARTS];
    uint16_t known; /* parts whose head may be believed */
    int distrust;   /* transactions for which none is, since another writer is about */

    bool prepared[PG_STATEMENTS][PG_PLACES];
    struct pg_wanted wanted[PG_QUEUE];
    int wanting;
    struct pg_rows buffer[PG_BUFFERS];
    uint8_t seen[PG_SEEN / 8]; /* rows of states that moves in the buffers may be about */
};

static inline struct pg_link *
pg_of(struct engine *engine)
{
    return (struct pg_link *)engine;
}

/* Where a statement about a part runs. */
static inline uint32_t
pg_place(const struct pg_link *link, uint32_t part)
{
    return part < ENGINE_PARTS && (link->leaves >> part & 1u) ? part : PG_WHOLE;
}

/* Talking (postgres_talk.c) */

/* Adds a statement to what is to be sent; its rows are wanted by the next pg_finish, or not. */
avow_store_code pg_send(struct pg_link *link, enum pg_statement statement, uint32_t place,
                        const struct pg_parameters *parameters, bool rows, avow_store_error *error);
/* Sends what was added. */
avow_store_code pg_sync(struct pg_link *link, avow_store_error *error);
/* Called for each row of a result. */
typedef avow_store_code pg_visit(void *context, const PGresult *result, int row,
                                 avow_store_error *error);
struct pg_reader {
    pg_visit *visit; /* NULL: no rows are wanted */
    void *context;
    bool streams; /* visit rows as they come, without keeping them, for as long as it takes */
    bool scans;   /* all rows of a part: an index would only be in the way */
    avow_store_code stopped; /* what a visit gave that ended the walk */
};
/* Sends what was added and reads every result. */
avow_store_code pg_finish(struct pg_link *link, struct pg_reader *reader, avow_store_error *error);
/* The error of a result, or of the connection if it is NULL. */
avow_store_code pg_fault(struct pg_link *link, const PGresult *result, avow_store_error *error);
/* A plain statement outside of the pipeline; NULL: error. Text in, text out. */
PGresult *pg_query(struct pg_link *link, const char *sql, avow_store_error *error);
/* Refuses a connection that is lost, or was made before a fork. */
avow_store_code pg_usable(const struct pg_link *link, avow_store_error *error);

/* Fields of a row in binary; CORRUPT where one is not what was written. */
int64_t pg_number(const PGresult *result, int row, int column);
avow_store_code pg_bytes(const PGresult *result, int row, int column, void *out, int length,
                         avow_store_error *error);
avow_store_code pg_text(const PGresult *result, int row, int column, char *out, size_t room,
                        avow_store_error *error);

/* Transactions (postgres.c) */

/* Begins what `begin` announced, if that was not done yet; with locks on all chains that grow. */
avow_store_code pg_enter(struct pg_link *link, avow_store_error *error);
/* Sends the rows that were held back. */
avow_store_code pg_flush(struct pg_link *link, avow_store_error *error);
/* The end of a transaction that failed. */
avow_store_code pg_failed(struct pg_link *link, avow_store_code code);
/* Runs one statement now and visits its rows; within the transaction, if there is one. */
avow_store_code pg_read(struct pg_link *link, enum pg_statement statement, uint32_t place,
                        const struct pg_parameters *parameters, struct pg_reader *reader,
                        avow_store_error *error);
/* Sends one statement that writes, after all that was held back. */
avow_store_code pg_write(struct pg_link *link, enum pg_statement statement, uint32_t place,
                         const struct pg_parameters *parameters, avow_store_error *error);

/* Rows held back (postgres_buffer.c) */

avow_store_code pg_buffers_make(struct pg_link *link, avow_store_error *error);
void pg_buffers_free(struct pg_link *link);
void pg_buffers_clear(struct pg_link *link);
/* Sends what was held back as one statement, a transaction by itself, if it is what recording one
 * event makes and nothing was sent yet; else *sent is false. */
avow_store_code pg_record(struct pg_link *link, bool *sent, avow_store_error *error);
avow_store_code pg_expect_done(struct engine *, const uint8_t[KEY_BYTES], uint32_t,
                               avow_store_error *);
avow_store_code pg_expect_older(struct engine *, const uint8_t[KEY_BYTES], int64_t,
                                avow_store_error *);
avow_store_code pg_buffers_send(struct pg_link *link, avow_store_error *error);
avow_store_code pg_append(struct engine *, const struct entry *, avow_store_error *);
avow_store_code pg_move(struct engine *, const struct move *, avow_store_error *);
avow_store_code pg_add_duty(struct engine *, const struct duty_row *, avow_store_error *);

/* The connection and what it finds (postgres_open.c), its tables (postgres_schema.c) */

avow_store_code pg_connect(struct pg_link *link, const avow_store_options *options,
                           avow_store_error *error);
avow_store_code pg_check_settings(struct pg_link *link, avow_store_error *error);
struct engine *pg_open(const avow_store_options *options, avow_store_error *error);
void pg_close(struct engine *engine);
bool pg_is_there(struct engine *engine);
avow_store_code pg_create(const avow_store_options *options, avow_store_error *error);
/* The version of the tables: SCHEMA if it is none of this program's. */
avow_store_code pg_check_schema(struct pg_link *link, avow_store_error *error);
/* Which parts have tables that can be named, and which of them lie on other servers. */
avow_store_code pg_look_at_parts(struct pg_link *link, avow_store_error *error);
avow_store_code pg_examine(struct engine *, void (*finding)(void *, bool, const char *), void *,
                           avow_store_error *);

/* Rows (postgres_rows.c) and names (postgres_names.c) */

avow_store_code pg_states(struct engine *, const uint8_t[KEY_BYTES], state_visit *, void *,
                          avow_store_error *);
avow_store_code pg_all_states(struct engine *, uint32_t, state_visit *, void *, avow_store_error *);
avow_store_code pg_links(struct engine *, const uint8_t[KEY_BYTES], link_visit *, void *,
                         avow_store_error *);
avow_store_code pg_all_links(struct engine *, uint32_t, link_visit *, void *, avow_store_error *);
avow_store_code pg_entries(struct engine *, uint32_t, uint64_t, uint64_t, entry_visit *, void *,
                           avow_store_error *);
avow_store_code pg_duties_of(struct engine *, const uint8_t[KEY_BYTES], duty_visit *, void *,
                             avow_store_error *);
avow_store_code pg_duties_due(struct engine *, uint32_t, int64_t, duty_visit *, void *,
                              avow_store_error *);
avow_store_code pg_held_of(struct engine *, const uint8_t[KEY_BYTES], held_visit *, void *,
                           avow_store_error *);
avow_store_code pg_held_due(struct engine *, uint32_t, int64_t, held_visit *, void *,
                            avow_store_error *);
avow_store_code pg_drop_state(struct engine *, const uint8_t[KEY_BYTES], const struct state_row *,
                              avow_store_error *);
avow_store_code pg_settle_pending(struct engine *, const uint8_t[KEY_BYTES],
                                  const struct state_row *, uint32_t, avow_store_error *);
avow_store_code pg_end_duty(struct engine *, const struct duty_row *, avow_store_error *);
avow_store_code pg_put_held(struct engine *, const struct held_row *, avow_store_error *);
avow_store_code pg_drop_held(struct engine *, const struct held_row *, avow_store_error *);
avow_store_code pg_add_link(struct engine *, const struct link_row *, avow_store_error *);
avow_store_code pg_drop_link(struct engine *, const struct link_row *, avow_store_error *);
avow_store_code pg_erase_payload(struct engine *, uint32_t, uint64_t, avow_store_error *);
avow_store_code pg_terms(struct engine *, term_visit *, void *, avow_store_error *);
avow_store_code pg_add_term(struct engine *, struct term *, avow_store_error *);
avow_store_code pg_map_term(struct engine *, const struct term *, avow_store_error *);
avow_store_code pg_meta(struct engine *, meta_visit *, void *, avow_store_error *);
avow_store_code pg_put_meta(struct engine *, const char *, const char *, avow_store_error *);
avow_store_code pg_words(struct engine *, const uint8_t[16], void (*)(void *, const char *, size_t),
                         void *, avow_store_error *);
avow_store_code pg_put_words(struct engine *, const uint8_t[16], const char *, size_t,
                             avow_store_error *);

#endif
