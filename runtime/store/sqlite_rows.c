/* Rows of subjects: states, links, duties, records held. */
#include "runtime/store/fault.h"
#include "runtime/store/sqlite.h"

#include <string.h>

/* Part and key, the first two parameters of every statement about a subject. */
static void
bind_key(sqlite3_stmt *statement, const uint8_t key[KEY_BYTES])
{
    sqlite3_bind_int64(statement, 1, part_of(key));
    sqlite3_bind_blob(statement, 2, key, KEY_BYTES, SQLITE_STATIC);
}

/* What a row is read into, and who gets it. */
struct reader {
    struct engine *engine;
    sqlite3_stmt *statement;
    void *context;
    avow_store_error *error;
};

static avow_store_code
each(struct reader *reader, avow_store_code (*read)(struct reader *, void *visit), void *visit)
{
    bool row = true;
    avow_store_code code;
    while ((code = sqlite_step(reader->engine, reader->statement, &row, reader->error)) ==
               AVOW_STORE_OK &&
           row)
        if ((code = read(reader, visit)) != AVOW_STORE_OK)
            break;
    sqlite_end(reader->statement);
    return code;
}

/* States ------------------------------------------------------------------------------------- */

struct state_reader {
    struct reader reader;
    state_visit *visit;
    uint8_t key[KEY_BYTES];
    bool all;
};

static avow_store_code
read_state(struct reader *reader, void *of)
{
    struct state_reader *state = of;
    sqlite3_stmt *row = reader->statement;
    struct state_row out = {.term = (uint32_t)sqlite3_column_int64(row, 1),
                            .value = (uint8_t)sqlite3_column_int64(row, 2),
                            .pending = (uint32_t)sqlite3_column_int64(row, 3),
                            .received = sqlite3_column_int64(row, 4)};
    avow_store_code code = sqlite_bytes(row, 0, out.exact, EXACT_BYTES, reader->error);
    if (code == AVOW_STORE_OK && state->all)
        code = sqlite_bytes(row, 5, state->key, KEY_BYTES, reader->error);
    return code == AVOW_STORE_OK ? state->visit(reader->context, state->key, &out) : code;
}

avow_store_code
sqlite_states(struct engine *engine, const uint8_t key[KEY_BYTES], state_visit *visit,
              void *context, avow_store_error *error)
{
    struct state_reader state = {
        {engine, sqlite_ready(engine, SQL_STATES, error), context, error}, visit, {0}, false};
    if (!state.reader.statement)
        return AVOW_STORE_IO;
    memcpy(state.key, key, KEY_BYTES);
    bind_key(state.reader.statement, key);
    return each(&state.reader, read_state, &state);
}

avow_store_code
sqlite_all_states(struct engine *engine, uint32_t part, state_visit *visit, void *context,
                  avow_store_error *error)
{
    struct state_reader state = {
        {engine, sqlite_ready(engine, SQL_ALL_STATES, error), context, error}, visit, {0}, true};
    if (!state.reader.statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(state.reader.statement, 1, part);
    return each(&state.reader, read_state, &state);
}

avow_store_code
sqlite_move(struct engine *engine, const struct move *move, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_MOVE, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_key(statement, move->subject.key);
    sqlite3_bind_blob(statement, 3, move->subject.exact, EXACT_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, move->term);
    sqlite3_bind_int64(statement, 5, move->value);
    sqlite3_bind_int64(statement, 6, move->pending);
    sqlite3_bind_int64(statement, 7, move->by_clock);
    sqlite3_bind_int64(statement, 8, move->received);
    return sqlite_run(engine, statement, error);
}

static void
bind_state(sqlite3_stmt *statement, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    bind_key(statement, key);
    sqlite3_bind_blob(statement, 3, row->exact, EXACT_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, row->term);
}

avow_store_code
sqlite_drop_state(struct engine *engine, const uint8_t key[KEY_BYTES], const struct state_row *row,
                  avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_DROP_STATE, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_state(statement, key, row);
    sqlite3_bind_int64(statement, 5, row->value);
    sqlite3_bind_int64(statement, 6, row->received);
    return sqlite_run(engine, statement, error);
}

avow_store_code
sqlite_settle_pending(struct engine *engine, const uint8_t key[KEY_BYTES],
                      const struct state_row *row, uint32_t less, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_SETTLE_PENDING, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_state(statement, key, row);
    sqlite3_bind_int64(statement, 5, less);
    return sqlite_run(engine, statement, error);
}

/* Links -------------------------------------------------------------------------------------- */

static avow_store_code
read_link_row(struct reader *reader, void *of)
{
    sqlite3_stmt *row = reader->statement;
    struct link_row out = {.subject.kind = (uint8_t)sqlite3_column_int64(row, 0),
                           .other.kind = (uint8_t)sqlite3_column_int64(row, 3)};
    avow_store_code code = sqlite_bytes(row, 1, out.subject.exact, EXACT_BYTES, reader->error);
    if (code == AVOW_STORE_OK)
        code = sqlite_bytes(row, 2, out.other.key, KEY_BYTES, reader->error);
    if (code == AVOW_STORE_OK)
        code = sqlite_bytes(row, 4, out.other.exact, EXACT_BYTES, reader->error);
    if (code == AVOW_STORE_OK)
        code = sqlite_bytes(row, 5, out.subject.key, KEY_BYTES, reader->error);
    link_visit *const *visit = of;
    return code == AVOW_STORE_OK ? (*visit)(reader->context, &out) : code;
}

avow_store_code
sqlite_links(struct engine *engine, const uint8_t key[KEY_BYTES], link_visit *visit, void *context,
             avow_store_error *error)
{
    struct reader reader = {engine, sqlite_ready(engine, SQL_LINKS, error), context, error};
    if (!reader.statement)
        return AVOW_STORE_IO;
    bind_key(reader.statement, key);
    return each(&reader, read_link_row, &visit);
}

avow_store_code
sqlite_all_links(struct engine *engine, uint32_t part, link_visit *visit, void *context,
                 avow_store_error *error)
{
    struct reader reader = {engine, sqlite_ready(engine, SQL_ALL_LINKS, error), context, error};
    if (!reader.statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(reader.statement, 1, part);
    return each(&reader, read_link_row, &visit);
}

avow_store_code
sqlite_add_link(struct engine *engine, const struct link_row *row, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_ADD_LINK, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_key(statement, row->subject.key);
    sqlite3_bind_blob(statement, 3, row->other.key, KEY_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, row->subject.kind);
    sqlite3_bind_blob(statement, 5, row->subject.exact, EXACT_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 6, row->other.kind);
    sqlite3_bind_blob(statement, 7, row->other.exact, EXACT_BYTES, SQLITE_STATIC);
    return sqlite_run(engine, statement, error);
}

avow_store_code
sqlite_drop_link(struct engine *engine, const struct link_row *row, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_DROP_LINK, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_key(statement, row->subject.key);
    sqlite3_bind_blob(statement, 3, row->other.key, KEY_BYTES, SQLITE_STATIC);
    return sqlite_run(engine, statement, error);
}

/* Duties ------------------------------------------------------------------------------------- */

/* A text of bounded length; CORRUPT if it does not fit. */
static avow_store_code
copy_text(sqlite3_stmt *row, int column, char *out, size_t room, avow_store_error *error)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    size_t length = text ? strlen(text) : room;
    if (length >= room)
        return fault(error, AVOW_STORE_CORRUPT,
                     "A text in the store is too long to be one that "
                     "was written. Restore a backup.");
    memcpy(out, text, length + 1);
    return AVOW_STORE_OK;
}

static avow_store_code
read_duty(struct reader *reader, void *of)
{
    sqlite3_stmt *row = reader->statement;
    struct duty_row out = {.sequence = (uint64_t)sqlite3_column_int64(row, 1),
                           .subject.kind = (uint8_t)sqlite3_column_int64(row, 2),
                           .request = (uint32_t)sqlite3_column_int64(row, 4),
                           .received = sqlite3_column_int64(row, 5),
                           .due = sqlite3_column_int64(row, 6),
                           .due_kind = (uint8_t)sqlite3_column_int64(row, 7)};
    avow_store_code code = sqlite_bytes(row, 0, out.subject.key, KEY_BYTES, reader->error);
    if (code == AVOW_STORE_OK)
        code = sqlite_bytes(row, 3, out.subject.exact, EXACT_BYTES, reader->error);
    if (code == AVOW_STORE_OK)
        code = copy_text(row, 8, out.reference, sizeof out.reference, reader->error);
    duty_visit *const *visit = of;
    return code == AVOW_STORE_OK ? (*visit)(reader->context, &out) : code;
}

avow_store_code
sqlite_duties_of(struct engine *engine, const uint8_t key[KEY_BYTES], duty_visit *visit,
                 void *context, avow_store_error *error)
{
    struct reader reader = {engine, sqlite_ready(engine, SQL_DUTIES_OF, error), context, error};
    if (!reader.statement)
        return AVOW_STORE_IO;
    bind_key(reader.statement, key);
    return each(&reader, read_duty, &visit);
}

avow_store_code
sqlite_duties_due(struct engine *engine, uint32_t part, int64_t until, duty_visit *visit,
                  void *context, avow_store_error *error)
{
    struct reader reader = {engine, sqlite_ready(engine, SQL_DUTIES_DUE, error), context, error};
    if (!reader.statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(reader.statement, 1, part);
    sqlite3_bind_int64(reader.statement, 2, until);
    return each(&reader, read_duty, &visit);
}

avow_store_code
sqlite_add_duty(struct engine *engine, const struct duty_row *duty, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_ADD_DUTY, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_key(statement, duty->subject.key);
    sqlite3_bind_int64(statement, 3, (int64_t)duty->sequence);
    sqlite3_bind_int64(statement, 4, duty->subject.kind);
    sqlite3_bind_blob(statement, 5, duty->subject.exact, EXACT_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 6, duty->request);
    sqlite3_bind_int64(statement, 7, duty->received);
    sqlite3_bind_int64(statement, 8, duty->due);
    sqlite3_bind_int64(statement, 9, duty->due_kind);
    sqlite3_bind_text(statement, 10, duty->reference, -1, SQLITE_STATIC);
    return sqlite_run(engine, statement, error);
}

avow_store_code
sqlite_end_duty(struct engine *engine, const struct duty_row *duty, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_END_DUTY, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_key(statement, duty->subject.key);
    sqlite3_bind_int64(statement, 3, (int64_t)duty->sequence);
    return sqlite_run(engine, statement, error);
}

/* A statement that relies on there being no row. */
static avow_store_code
expect_none(struct engine *engine, enum sqlite_statement which, const uint8_t key[KEY_BYTES],
            int64_t third, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, which, error);
    if (!statement)
        return AVOW_STORE_IO;
    bool any = false;
    bind_key(statement, key);
    sqlite3_bind_int64(statement, 3, third);
    avow_store_code code = sqlite_step(engine, statement, &any, error);
    sqlite_end(statement);
    return code == AVOW_STORE_OK && any ? (avow_store_code)ENGINE_UNMET : code;
}

avow_store_code
sqlite_expect_done(struct engine *engine, const uint8_t key[KEY_BYTES], uint32_t request,
                   avow_store_error *error)
{
    return expect_none(engine, SQL_WAITS, key, request, error);
}

avow_store_code
sqlite_expect_older(struct engine *engine, const uint8_t key[KEY_BYTES], int64_t received,
                    avow_store_error *error)
{
    return expect_none(engine, SQL_NEWER, key, received, error);
}

/* Records held ------------------------------------------------------------------------------- */

static avow_store_code
read_held(struct reader *reader, void *of)
{
    sqlite3_stmt *row = reader->statement;
    struct held_row out = {.subject.kind = AVOW_IDENTITY_RECORD,
                           .data = (uint32_t)sqlite3_column_int64(row, 1),
                           .record = (const char *)sqlite3_column_text(row, 2),
                           .moments = (const char *)sqlite3_column_text(row, 3),
                           .due = sqlite3_column_int64(row, 4)};
    avow_store_code code = sqlite_bytes(row, 0, out.subject.key, KEY_BYTES, reader->error);
    if (code == AVOW_STORE_OK && (!out.record || !out.moments))
        code = fault_memory(reader->error);
    held_visit *const *visit = of;
    return code == AVOW_STORE_OK ? (*visit)(reader->context, &out) : code;
}

avow_store_code
sqlite_held_of(struct engine *engine, const uint8_t key[KEY_BYTES], held_visit *visit,
               void *context, avow_store_error *error)
{
    struct reader reader = {engine, sqlite_ready(engine, SQL_HELD_OF, error), context, error};
    if (!reader.statement)
        return AVOW_STORE_IO;
    bind_key(reader.statement, key);
    return each(&reader, read_held, &visit);
}

avow_store_code
sqlite_held_due(struct engine *engine, uint32_t part, int64_t until, held_visit *visit,
                void *context, avow_store_error *error)
{
    struct reader reader = {engine, sqlite_ready(engine, SQL_HELD_DUE, error), context, error};
    if (!reader.statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(reader.statement, 1, part);
    sqlite3_bind_int64(reader.statement, 2, until);
    return each(&reader, read_held, &visit);
}

avow_store_code
sqlite_put_held(struct engine *engine, const struct held_row *row, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_PUT_HELD, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_key(statement, row->subject.key);
    sqlite3_bind_int64(statement, 3, row->data);
    sqlite3_bind_text(statement, 4, row->record, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, row->moments, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 6, row->due);
    return sqlite_run(engine, statement, error);
}

avow_store_code
sqlite_drop_held(struct engine *engine, const struct held_row *row, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_DROP_HELD, error);
    if (!statement)
        return AVOW_STORE_IO;
    bind_key(statement, row->subject.key);
    sqlite3_bind_int64(statement, 3, row->data);
    return sqlite_run(engine, statement, error);
}
