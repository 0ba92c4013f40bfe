/* Rows held back until commit, so that a transaction is few statements and one round trip: arrays
 * of columns, in the server's binary form. */
#include "runtime/store/fault.h"
#include "runtime/store/postgres.h"

#include <stdlib.h>
#include <string.h>

/* The server's numbers of the types. */
enum { INT2 = 21, INT4 = 23, INT8 = 20, BYTEA = 17, TEXT = 25 };
enum { ARRAY_HEAD = 20, LENGTH = 4, FIRST_ROOM = 1024, BATCH_BYTES = 1 << 24 };

static const struct {
    int columns;
    uint32_t type[PG_PARAMETERS];
    enum pg_statement one, many;
} shape_of[PG_BUFFERS] = {
    [PG_DONES] = {3, {INT2, BYTEA, INT4}, PG_DONE_ONE, PG_DONE_MANY},
    [PG_OLDERS] = {3, {INT2, BYTEA, INT8}, PG_OLDER_ONE, PG_OLDER_MANY},
    [PG_LEDGER] = {7, {INT2, INT8, INT8, BYTEA, BYTEA, BYTEA, TEXT}, PG_APPEND_ONE, PG_APPEND_MANY},
    [PG_MOVES] = {7, {INT2, BYTEA, BYTEA, INT4, INT2, INT4, INT8}, PG_MOVE_ONE, PG_MOVE_MANY},
    [PG_CLOCKS] = {7, {INT2, BYTEA, BYTEA, INT4, INT2, INT4, INT8}, PG_CLOCK_ONE, PG_CLOCK_MANY},
    [PG_DUTIES] = {10,
                   {INT2, BYTEA, INT8, INT2, BYTEA, INT4, INT8, INT8, INT2, TEXT},
                   PG_DUTY_ONE,
                   PG_DUTY_MANY},
};

/* Room for more bytes in every column, so that adding a row cannot fail in the middle. */
static bool
reserve(struct pg_column *column, size_t more)
{
    if (column->room - column->length >= more)
        return true;
    size_t room = column->room ? column->room : FIRST_ROOM;
    while (room - column->length < more)
        room *= 2;
    uint8_t *bytes = realloc(column->bytes, room);
    if (!bytes)
        return false;
    column->bytes = bytes;
    column->room = room;
    return true;
}

avow_store_code
pg_buffers_make(struct pg_link *link, avow_store_error *error)
{
    for (int i = 0; i < PG_BUFFERS; i++) {
        struct pg_rows *rows = &link->buffer[i];
        rows->columns = shape_of[i].columns;
        for (int c = 0; c < rows->columns; c++) {
            rows->column[c].type = shape_of[i].type[c];
            if (!reserve(&rows->column[c], FIRST_ROOM))
                return fault_memory(error);
        }
    }
    pg_buffers_clear(link);
    return AVOW_STORE_OK;
}

void
pg_buffers_free(struct pg_link *link)
{
    for (int i = 0; i < PG_BUFFERS; i++)
        for (int c = 0; c < PG_PARAMETERS; c++)
            free(link->buffer[i].column[c].bytes);
}

static void
clear(struct pg_rows *rows)
{
    for (int c = 0; c < rows->columns; c++)
        rows->column[c].length = ARRAY_HEAD;
    rows->count = 0;
}

void
pg_buffers_clear(struct pg_link *link)
{
    bool any = false;
    for (int i = 0; i < PG_BUFFERS; i++) {
        any |= link->buffer[i].count > 0 || link->buffer[i].column[0].length == 0;
        clear(&link->buffer[i]);
    }
    if (any)
        memset(link->seen, 0, sizeof link->seen);
}

/* One row: fields of the shape's columns in turn. */
struct row {
    struct pg_rows *rows;
    int column;
};

static void
put_bytes(struct row *row, const void *bytes, size_t length)
{
    struct pg_column *column = &row->rows->column[row->column++];
    pg_put_number(column->bytes + column->length, length, LENGTH);
    memcpy(column->bytes + column->length + LENGTH, bytes, length);
    column->length += LENGTH + length;
}

static void
put_null(struct row *row)
{
    struct pg_column *column = &row->rows->column[row->column++];
    pg_put_number(column->bytes + column->length, UINT32_MAX, LENGTH);
    column->length += LENGTH;
}

static void
put_number(struct row *row, uint64_t value)
{
    uint8_t bytes[8];
    uint32_t type = row->rows->column[row->column].type;
    int length = type == INT2 ? 2 : type == INT4 ? 4 : 8;
    pg_put_number(bytes, value, length);
    put_bytes(row, bytes, (size_t)length);
}

/* A new row of a part, whose longest field has so many bytes. Nothing else can fail. */
static avow_store_code
new_row(struct pg_link *link, enum pg_buffer which, uint32_t part, size_t longest, struct row *row,
        avow_store_error *error)
{
    struct pg_rows *rows = &link->buffer[which];
    if (link->mode != PG_WRITE)
        return fault(error, AVOW_STORE_USAGE, "The store was written to outside of a transaction.");
    if (rows->column[rows->columns - 1].length + longest > BATCH_BYTES) {
        avow_store_code code = pg_flush(link, error);
        if (code != AVOW_STORE_OK)
            return code;
    }
    for (int c = 0; c < rows->columns; c++)
        if (!reserve(&rows->column[c], LENGTH + longest))
            return pg_failed(link, fault_memory(error));
    uint32_t place = pg_place(link, part);
    rows->place = rows->count == 0 || rows->place == place ? place : (uint32_t)PG_WHOLE;
    rows->count++;
    *row = (struct row){rows, 0};
    put_number(row, part);
    return AVOW_STORE_OK;
}

/* Sending ------------------------------------------------------------------------------------ */

static void
as_array(struct pg_parameters *to, struct pg_column *column, uint32_t count)
{
    pg_put_number(column->bytes, 1, 4);     /* dimensions */
    pg_put_number(column->bytes + 4, 1, 4); /* there may be NULL among them */
    pg_put_number(column->bytes + 8, column->type, 4);
    pg_put_number(column->bytes + 12, count, 4);
    pg_put_number(column->bytes + 16, 1, 4); /* the first has number 1 */
    pg_add_bytes(to, column->bytes, column->length);
}

/* The only row of a column. */
static void
as_value(struct pg_parameters *to, const struct pg_column *column)
{
    bool null = column->bytes[ARRAY_HEAD] & 0x80; /* its length is -1 */
    pg_add_bytes(to, null ? NULL : column->bytes + ARRAY_HEAD + LENGTH,
                 column->length - ARRAY_HEAD - LENGTH);
}

static avow_store_code
send_rows(struct pg_link *link, enum pg_buffer which, avow_store_error *error)
{
    struct pg_rows *rows = &link->buffer[which];
    if (rows->count == 0)
        return AVOW_STORE_OK;
    struct pg_parameters parameters = {0};
    for (int c = 0; c < rows->columns; c++) {
        struct pg_column *column = &rows->column[c];
        if (rows->count == 1)
            as_value(&parameters, column);
        else
            as_array(&parameters, column, rows->count);
    }
    return pg_send(link, rows->count == 1 ? shape_of[which].one : shape_of[which].many, rows->place,
                   &parameters, false, error);
}

avow_store_code
pg_buffers_send(struct pg_link *link, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (int i = 0; i < PG_BUFFERS && code == AVOW_STORE_OK; i++)
        code = send_rows(link, (enum pg_buffer)i, error);
    pg_buffers_clear(link);
    return code;
}

/* One event as one statement --------------------------------------------------------------------
 */

/* Whether the buffers hold what recording one event makes. */
static bool
is_one_event(const struct pg_link *link)
{
    const struct pg_rows *rows = link->buffer;
    uint32_t duties = rows[PG_DUTIES].count, dones = rows[PG_DONES].count;
    return !link->begun && rows[PG_LEDGER].count == 1 &&
           rows[PG_MOVES].count + rows[PG_CLOCKS].count == 1 && duties + dones <= 1 &&
           rows[PG_OLDERS].count == rows[PG_CLOCKS].count && !(link->extended & link->foreign);
}

static bool
same(const struct pg_column *one, const struct pg_column *other)
{
    return one->length == other->length &&
           memcmp(one->bytes + ARRAY_HEAD, other->bytes + ARRAY_HEAD, one->length - ARRAY_HEAD) ==
               0;
}

/* Whether the rows agree in what they share, as they do when the store records: part, and then
 * subject, spelling, sequence and receipt. */
static bool
agree(const struct pg_rows *rows, const struct pg_rows *move)
{
    const struct pg_rows *entry = &rows[PG_LEDGER], *older = &rows[PG_OLDERS];
    const struct pg_rows *duty = &rows[PG_DUTIES], *done = &rows[PG_DONES];
    const struct pg_column *moved = move->column, *due = duty->column;
    return same(&entry->column[0], &moved[0]) &&
           (done->count == 0 || same(&moved[1], &done->column[1])) &&
           (older->count == 0 ||
            (same(&moved[1], &older->column[1]) && same(&moved[6], &older->column[2]))) &&
           (duty->count == 0 || (same(&moved[1], &due[1]) && same(&entry->column[1], &due[2]) &&
                                 same(&moved[2], &due[4])));
}

static void
add_columns(struct pg_parameters *to, const struct pg_rows *rows, uint32_t which)
{
    for (int c = 0; c < rows->columns; c++)
        if (which >> c & 1u)
            as_value(to, &rows->column[c]);
}

avow_store_code
pg_record(struct pg_link *link, bool *sent, avow_store_error *error)
{
    enum { ALL = 0xffff, PART = 1, DONE_SHARED = 3, DUTY_SHARED = 1 | 2 | 4 | 16 };
    const struct pg_rows *rows = link->buffer, *entry = &rows[PG_LEDGER];
    const struct pg_rows *duty = &rows[PG_DUTIES], *done = &rows[PG_DONES];
    bool clock = rows[PG_CLOCKS].count == 1;
    const struct pg_rows *move = &rows[clock ? PG_CLOCKS : PG_MOVES];
    *sent = is_one_event(link) && agree(rows, move);
    if (!*sent)
        return AVOW_STORE_OK;
    struct pg_parameters parameters = {0};
    add_columns(&parameters, entry, ALL);
    add_columns(&parameters, move, ALL & ~PART);
    if (duty->count == 1)
        add_columns(&parameters, duty, ALL & ~DUTY_SHARED);
    else if (done->count == 1)
        add_columns(&parameters, done, ALL & ~DONE_SHARED);
    else
        pg_add_int4(&parameters, 0); /* no request has this number */
    enum pg_statement statement = duty->count == 1
                                      ? (clock ? PG_RECORD_CLOCK_DUTY : PG_RECORD_MOVE_DUTY)
                                      : (clock ? PG_RECORD_CLOCK_DONE : PG_RECORD_MOVE_DONE);
    avow_store_code code = pg_send(link, statement, entry->place, &parameters, false, error);
    pg_buffers_clear(link);
    return code;
}

/* What is held back -------------------------------------------------------------------------- */

avow_store_code
pg_append(struct engine *engine, const struct entry *entry, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct row row;
    avow_store_code code = pg_usable(link, error);
    if (code == AVOW_STORE_OK)
        code = new_row(link, PG_LEDGER, entry->part, entry->length + HASH_BYTES, &row, error);
    if (code != AVOW_STORE_OK)
        return code;
    put_number(&row, entry->sequence);
    put_number(&row, (uint64_t)entry->recorded);
    put_bytes(&row, entry->commitment, HASH_BYTES);
    put_bytes(&row, entry->hash, HASH_BYTES);
    if (entry->salt && entry->body) {
        put_bytes(&row, entry->salt, SALT_BYTES);
        put_bytes(&row, entry->body, entry->length);
    } else {
        put_null(&row);
        put_null(&row);
    }
    link->extended |= (uint16_t)(1u << entry->part);
    link->known |= (uint16_t)(1u << entry->part);
    link->head[entry->part].sequence = entry->sequence;
    memcpy(link->head[entry->part].hash, entry->hash, HASH_BYTES);
    return AVOW_STORE_OK;
}

avow_store_code
pg_expect_done(struct engine *engine, const uint8_t key[KEY_BYTES], uint32_t request,
               avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct row row;
    avow_store_code code = pg_usable(link, error);
    if (code == AVOW_STORE_OK)
        code = new_row(link, PG_DONES, part_of(key), KEY_BYTES, &row, error);
    if (code != AVOW_STORE_OK)
        return code;
    put_bytes(&row, key, KEY_BYTES);
    put_number(&row, request);
    return AVOW_STORE_OK;
}

avow_store_code
pg_expect_older(struct engine *engine, const uint8_t key[KEY_BYTES], int64_t received,
                avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct row row;
    avow_store_code code = pg_usable(link, error);
    if (code == AVOW_STORE_OK)
        code = new_row(link, PG_OLDERS, part_of(key), KEY_BYTES, &row, error);
    if (code != AVOW_STORE_OK)
        return code;
    put_bytes(&row, key, KEY_BYTES);
    put_number(&row, (uint64_t)received);
    return AVOW_STORE_OK;
}

/* On another server: what is there is changed, or else it is put there. */
static avow_store_code
move_there(struct pg_link *link, const struct move *move, avow_store_error *error)
{
    struct pg_parameters parameters = {0};
    uint32_t place = pg_place(link, part_of(move->subject.key));
    pg_add_key(&parameters, move->subject.key);
    pg_add_bytes(&parameters, move->subject.exact, EXACT_BYTES);
    pg_add_int4(&parameters, move->term);
    pg_add_int2(&parameters, move->value);
    pg_add_int4(&parameters, move->pending);
    pg_add_int8(&parameters, (uint64_t)move->received);
    avow_store_code code = pg_write(link, move->by_clock ? PG_CLOCK_UPDATE : PG_MOVE_UPDATE, place,
                                    &parameters, error);
    return code == AVOW_STORE_OK ? pg_write(link, PG_MOVE_INSERT, place, &parameters, error) : code;
}

/* One statement may change a row once. True: a row like this may be in the buffers already. */
static bool
seen_before(struct pg_link *link, const struct move *move)
{
    const uint8_t *key = move->subject.key, *exact = move->subject.exact;
    uint32_t bit = ((uint32_t)key[4] << 8 | key[5]) ^ ((uint32_t)exact[0] << 8 | exact[1]) ^
                   move->term * 0x9E37u;
    bit %= PG_SEEN;
    bool seen = link->seen[bit / 8] >> (bit % 8) & 1;
    link->seen[bit / 8] = (uint8_t)(link->seen[bit / 8] | 1u << (bit % 8));
    return seen;
}

avow_store_code
pg_move(struct engine *engine, const struct move *move, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    uint32_t part = part_of(move->subject.key);
    enum pg_buffer which = move->by_clock ? PG_CLOCKS : PG_MOVES;
    const struct pg_rows *rows = &link->buffer[which];
    avow_store_code code = pg_usable(link, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (link->foreign >> part & 1u)
        return move_there(link, move, error);
    bool other = !link->whole_key && rows->count > 0 && rows->place != pg_place(link, part);
    if (seen_before(link, move) || other) {
        code = pg_flush(link, error);
        seen_before(link, move);
    }
    struct row row;
    if (code == AVOW_STORE_OK)
        code = new_row(link, which, part, KEY_BYTES, &row, error);
    if (code != AVOW_STORE_OK)
        return code;
    put_bytes(&row, move->subject.key, KEY_BYTES);
    put_bytes(&row, move->subject.exact, EXACT_BYTES);
    put_number(&row, move->term);
    put_number(&row, move->value);
    put_number(&row, move->pending);
    put_number(&row, (uint64_t)move->received);
    return AVOW_STORE_OK;
}

avow_store_code
pg_add_duty(struct engine *engine, const struct duty_row *duty, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct row row;
    avow_store_code code = pg_usable(link, error);
    if (code == AVOW_STORE_OK)
        code = new_row(link, PG_DUTIES, part_of(duty->subject.key), sizeof duty->reference, &row,
                       error);
    if (code != AVOW_STORE_OK)
        return code;
    put_bytes(&row, duty->subject.key, KEY_BYTES);
    put_number(&row, duty->sequence);
    put_number(&row, duty->subject.kind);
    put_bytes(&row, duty->subject.exact, EXACT_BYTES);
    put_number(&row, duty->request);
    put_number(&row, (uint64_t)duty->received);
    put_number(&row, (uint64_t)duty->due);
    put_number(&row, duty->due_kind);
    put_bytes(&row, duty->reference, strlen(duty->reference));
    return AVOW_STORE_OK;
}
