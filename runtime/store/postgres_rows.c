/* Rows of subjects, and entries of the ledger. */
#include "runtime/store/fault.h"
#include "runtime/store/postgres.h"

#include <stdlib.h>
#include <string.h>

/* Entries up to this many are read at once. */
enum { FEW = 64 };

/* A reader of rows that hands them on to the caller's visit, whatever its type. */
struct walk {
    union {
        state_visit *state;
        link_visit *link;
        entry_visit *entry;
        duty_visit *duty;
        held_visit *held;
    } visit;
    void *context;
};

static avow_store_code
by_key(struct engine *engine, enum pg_statement statement, const uint8_t key[KEY_BYTES],
       pg_visit *visit, struct walk *walk, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    struct pg_reader reader = {.visit = visit, .context = walk};
    pg_add_key(&parameters, key);
    return pg_read(link, statement, pg_place(link, part_of(key)), &parameters, &reader, error);
}

/* All rows of a part. */
static avow_store_code
scan(struct engine *engine, enum pg_statement statement, uint32_t part, pg_visit *visit,
     struct walk *walk, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    struct pg_reader reader = {.visit = visit, .context = walk, .streams = true, .scans = true};
    pg_add_int2(&parameters, part);
    return pg_read(link, statement, pg_place(link, part), &parameters, &reader, error);
}

static avow_store_code
by_due(struct engine *engine, enum pg_statement statement, uint32_t part, int64_t until,
       pg_visit *visit, struct walk *walk, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    struct pg_reader reader = {.visit = visit, .context = walk, .streams = true};
    pg_add_int2(&parameters, part);
    pg_add_int8(&parameters, (uint64_t)until);
    return pg_read(link, statement, pg_place(link, part), &parameters, &reader, error);
}

/* States ------------------------------------------------------------------------------------- */

static avow_store_code
read_state(void *context, const PGresult *result, int row, avow_store_error *error)
{
    const struct walk *walk = context;
    uint8_t key[KEY_BYTES];
    struct state_row out = {.term = (uint32_t)pg_number(result, row, 2),
                            .value = (uint8_t)pg_number(result, row, 3),
                            .pending = (uint32_t)pg_number(result, row, 4),
                            .received = pg_number(result, row, 5)};
    avow_store_code code = pg_bytes(result, row, 0, key, KEY_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = pg_bytes(result, row, 1, out.exact, EXACT_BYTES, error);
    return code == AVOW_STORE_OK ? walk->visit.state(walk->context, key, &out) : code;
}

avow_store_code
pg_states(struct engine *engine, const uint8_t key[KEY_BYTES], state_visit *visit, void *context,
          avow_store_error *error)
{
    struct walk walk = {.visit.state = visit, .context = context};
    return by_key(engine, PG_STATES, key, read_state, &walk, error);
}

avow_store_code
pg_all_states(struct engine *engine, uint32_t part, state_visit *visit, void *context,
              avow_store_error *error)
{
    struct walk walk = {.visit.state = visit, .context = context};
    return scan(engine, PG_ALL_STATES, part, read_state, &walk, error);
}

static void
add_state(struct pg_parameters *to, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    pg_add_key(to, key);
    pg_add_bytes(to, row->exact, EXACT_BYTES);
    pg_add_int4(to, row->term);
}

avow_store_code
pg_drop_state(struct engine *engine, const uint8_t key[KEY_BYTES], const struct state_row *row,
              avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    add_state(&parameters, key, row);
    pg_add_int2(&parameters, row->value);
    pg_add_int8(&parameters, (uint64_t)row->received);
    return pg_write(link, PG_DROP_STATE, pg_place(link, part_of(key)), &parameters, error);
}

avow_store_code
pg_settle_pending(struct engine *engine, const uint8_t key[KEY_BYTES], const struct state_row *row,
                  uint32_t less, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    add_state(&parameters, key, row);
    pg_add_int4(&parameters, less);
    return pg_write(link, PG_SETTLE_PENDING, pg_place(link, part_of(key)), &parameters, error);
}

/* Links -------------------------------------------------------------------------------------- */

static avow_store_code
read_link(void *context, const PGresult *result, int row, avow_store_error *error)
{
    const struct walk *walk = context;
    struct link_row out = {.subject.kind = (uint8_t)pg_number(result, row, 0),
                           .other.kind = (uint8_t)pg_number(result, row, 3)};
    avow_store_code code = pg_bytes(result, row, 1, out.subject.key, KEY_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = pg_bytes(result, row, 2, out.subject.exact, EXACT_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = pg_bytes(result, row, 4, out.other.key, KEY_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = pg_bytes(result, row, 5, out.other.exact, EXACT_BYTES, error);
    return code == AVOW_STORE_OK ? walk->visit.link(walk->context, &out) : code;
}

avow_store_code
pg_links(struct engine *engine, const uint8_t key[KEY_BYTES], link_visit *visit, void *context,
         avow_store_error *error)
{
    struct walk walk = {.visit.link = visit, .context = context};
    return by_key(engine, PG_LINKS, key, read_link, &walk, error);
}

avow_store_code
pg_all_links(struct engine *engine, uint32_t part, link_visit *visit, void *context,
             avow_store_error *error)
{
    struct walk walk = {.visit.link = visit, .context = context};
    return scan(engine, PG_ALL_LINKS, part, read_link, &walk, error);
}

avow_store_code
pg_add_link(struct engine *engine, const struct link_row *row, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    pg_add_key(&parameters, row->subject.key);
    pg_add_bytes(&parameters, row->other.key, KEY_BYTES);
    pg_add_int2(&parameters, row->subject.kind);
    pg_add_bytes(&parameters, row->subject.exact, EXACT_BYTES);
    pg_add_int2(&parameters, row->other.kind);
    pg_add_bytes(&parameters, row->other.exact, EXACT_BYTES);
    return pg_write(link, PG_ADD_LINK, pg_place(link, part_of(row->subject.key)), &parameters,
                    error);
}

avow_store_code
pg_drop_link(struct engine *engine, const struct link_row *row, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    pg_add_key(&parameters, row->subject.key);
    pg_add_bytes(&parameters, row->other.key, KEY_BYTES);
    return pg_write(link, PG_DROP_LINK, pg_place(link, part_of(row->subject.key)), &parameters,
                    error);
}

/* The ledger --------------------------------------------------------------------------------- */

static avow_store_code
read_entry(void *context, const PGresult *result, int row, avow_store_error *error)
{
    const struct walk *walk = context;
    uint8_t salt[SALT_BYTES];
    struct entry out = {.part = (uint32_t)pg_number(result, row, 0),
                        .sequence = (uint64_t)pg_number(result, row, 1),
                        .recorded = pg_number(result, row, 2)};
    avow_store_code code = pg_bytes(result, row, 3, out.commitment, HASH_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = pg_bytes(result, row, 4, out.hash, HASH_BYTES, error);
    if (code == AVOW_STORE_OK && !PQgetisnull(result, row, 5)) {
        code = pg_bytes(result, row, 5, salt, SALT_BYTES, error);
        out.salt = salt;
        out.body = PQgetvalue(result, row, 6);
        out.length = (size_t)PQgetlength(result, row, 6);
    }
    return code == AVOW_STORE_OK ? walk->visit.entry(walk->context, &out) : code;
}

avow_store_code
pg_entries(struct engine *engine, uint32_t part, uint64_t from, uint64_t count, entry_visit *visit,
           void *context, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct walk walk = {.visit.entry = visit, .context = context};
    struct pg_parameters parameters = {0};
    struct pg_reader reader = {.visit = read_entry, .context = &walk, .streams = count > FEW};
    pg_add_int2(&parameters, part);
    pg_add_int8(&parameters, from > INT64_MAX ? INT64_MAX : from);
    pg_add_int8(&parameters, count > INT64_MAX ? INT64_MAX : count);
    return pg_read(link, PG_ENTRIES, pg_place(link, part), &parameters, &reader, error);
}

avow_store_code
pg_erase_payload(struct engine *engine, uint32_t part, uint64_t sequence, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    pg_add_int2(&parameters, part);
    pg_add_int8(&parameters, sequence);
    return pg_write(link, PG_ERASE_PAYLOAD, pg_place(link, part), &parameters, error);
}

/* Duties ------------------------------------------------------------------------------------- */

static avow_store_code
read_duty(void *context, const PGresult *result, int row, avow_store_error *error)
{
    const struct walk *walk = context;
    struct duty_row out = {.sequence = (uint64_t)pg_number(result, row, 1),
                           .subject.kind = (uint8_t)pg_number(result, row, 2),
                           .request = (uint32_t)pg_number(result, row, 4),
                           .received = pg_number(result, row, 5),
                           .due = pg_number(result, row, 6),
                           .due_kind = (uint8_t)pg_number(result, row, 7)};
    avow_store_code code = pg_bytes(result, row, 0, out.subject.key, KEY_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = pg_bytes(result, row, 3, out.subject.exact, EXACT_BYTES, error);
    if (code == AVOW_STORE_OK)
        code = pg_text(result, row, 8, out.reference, sizeof out.reference, error);
    return code == AVOW_STORE_OK ? walk->visit.duty(walk->context, &out) : code;
}

avow_store_code
pg_duties_of(struct engine *engine, const uint8_t key[KEY_BYTES], duty_visit *visit, void *context,
             avow_store_error *error)
{
    struct walk walk = {.visit.duty = visit, .context = context};
    return by_key(engine, PG_DUTIES_OF, key, read_duty, &walk, error);
}

avow_store_code
pg_duties_due(struct engine *engine, uint32_t part, int64_t until, duty_visit *visit, void *context,
              avow_store_error *error)
{
    struct walk walk = {.visit.duty = visit, .context = context};
    return by_due(engine, PG_DUTIES_DUE, part, until, read_duty, &walk, error);
}

avow_store_code
pg_end_duty(struct engine *engine, const struct duty_row *duty, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    pg_add_key(&parameters, duty->subject.key);
    pg_add_int8(&parameters, duty->sequence);
    return pg_write(link, PG_END_DUTY, pg_place(link, part_of(duty->subject.key)), &parameters,
                    error);
}

/* Records held ------------------------------------------------------------------------------- */

static avow_store_code
read_held(void *context, const PGresult *result, int row, avow_store_error *error)
{
    const struct walk *walk = context;
    /* libpq ends each value with a NUL. */
    struct held_row out = {.subject.kind = AVOW_IDENTITY_RECORD,
                           .data = (uint32_t)pg_number(result, row, 1),
                           .record = PQgetvalue(result, row, 2),
                           .moments = PQgetvalue(result, row, 3),
                           .due = pg_number(result, row, 4)};
    avow_store_code code = pg_bytes(result, row, 0, out.subject.key, KEY_BYTES, error);
    return code == AVOW_STORE_OK ? walk->visit.held(walk->context, &out) : code;
}

avow_store_code
pg_held_of(struct engine *engine, const uint8_t key[KEY_BYTES], held_visit *visit, void *context,
           avow_store_error *error)
{
    struct walk walk = {.visit.held = visit, .context = context};
    return by_key(engine, PG_HELD_OF, key, read_held, &walk, error);
}

avow_store_code
pg_held_due(struct engine *engine, uint32_t part, int64_t until, held_visit *visit, void *context,
            avow_store_error *error)
{
    struct walk walk = {.visit.held = visit, .context = context};
    return by_due(engine, PG_HELD_DUE, part, until, read_held, &walk, error);
}

avow_store_code
pg_put_held(struct engine *engine, const struct held_row *row, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    uint32_t part = part_of(row->subject.key), place = pg_place(link, part);
    struct pg_parameters parameters = {0};
    pg_add_key(&parameters, row->subject.key);
    pg_add_int4(&parameters, row->data);
    pg_add_bytes(&parameters, row->record, strlen(row->record));
    pg_add_bytes(&parameters, row->moments, strlen(row->moments));
    pg_add_int8(&parameters, (uint64_t)row->due);
    if (!(link->foreign >> part & 1u))
        return pg_write(link, PG_PUT_HELD, place, &parameters, error);
    avow_store_code code = pg_write(link, PG_HELD_UPDATE, place, &parameters, error);
    return code == AVOW_STORE_OK ? pg_write(link, PG_HELD_INSERT, place, &parameters, error) : code;
}

avow_store_code
pg_drop_held(struct engine *engine, const struct held_row *row, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    pg_add_key(&parameters, row->subject.key);
    pg_add_int4(&parameters, row->data);
    return pg_write(link, PG_DROP_HELD, pg_place(link, part_of(row->subject.key)), &parameters,
                    error);
}
