/* One connection to PostgreSQL: transactions, and the heads of the chains.
 *
 * A transaction that writes is sent whole at its commit: begin, locks, rows and commit in one round
 * trip. It relies on the heads that this connection wrote last; if another writer has extended a
 * chain since, the ledger's key makes that a conflict. Whoever had one asks the server for a while
 * instead, behind the same locks. */
#include "runtime/store/postgres.h"
#include "runtime/store/fault.h"

#include <stdio.h>
#include <string.h>

enum { DISTRUST = 64, INT4_TYPE = 23 };

/* Transactions ------------------------------------------------------------------------------- */

/* Locks parts in rising order and says again that commits must be on disk. */
static avow_store_code
guard(struct pg_link *link, uint16_t parts, avow_store_error *error)
{
    uint8_t array[20 + 8 * ENGINE_PARTS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < ENGINE_PARTS; i++)
        if (parts >> i & 1u) {
            pg_put_number(array + 20 + 8 * count, 4, 4);
            pg_put_number(array + 24 + 8 * count++, i, 4);
        }
    pg_put_number(array, 1, 4);
    pg_put_number(array + 4, 0, 4);
    pg_put_number(array + 8, INT4_TYPE, 4);
    pg_put_number(array + 12, count, 4);
    pg_put_number(array + 16, 1, 4);
    struct pg_parameters parameters = {0};
    pg_add_bytes(&parameters, array, 20 + 8 * count);
    link->locked |= parts;
    link->guarded = true;
    return pg_send(link, PG_GUARD, PG_WHOLE, &parameters, false, error);
}

avow_store_code
pg_enter(struct pg_link *link, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    if (link->mode == PG_NONE)
        return code;
    if (!link->begun) {
        link->begun = true;
        code = pg_send(link, link->mode == PG_WRITE ? PG_BEGIN_WRITE : PG_BEGIN_READ, PG_WHOLE,
                       NULL, false, error);
    }
    uint16_t missing = (uint16_t)(link->extended & ~link->locked);
    if (code == AVOW_STORE_OK && link->mode == PG_WRITE && (missing || !link->guarded))
        code = guard(link, missing, error);
    return code;
}

avow_store_code
pg_failed(struct pg_link *link, avow_store_code code)
{
    bool begun = link->begun;
    if (link->mode == PG_WRITE)
        link->known = 0;
    if ((int)code == ENGINE_CONFLICT)
        link->distrust = DISTRUST;
    link->mode = PG_NONE;
    link->begun = false;
    pg_buffers_clear(link);
    if (begun && !link->broken && pg_send(link, PG_ROLLBACK, PG_WHOLE, NULL, false, NULL) == 0)
        pg_finish(link, NULL, NULL);
    return code;
}

avow_store_code
pg_flush(struct pg_link *link, avow_store_error *error)
{
    avow_store_code code = pg_enter(link, error);
    if (code == AVOW_STORE_OK)
        code = pg_buffers_send(link, error);
    return code == AVOW_STORE_OK ? code : pg_failed(link, code);
}

/* Lifts, or sets again, what keeps ordinary statements short and on their index. */
static avow_store_code
limits(struct pg_link *link, const char *scan, int timeout, avow_store_error *error)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%d", timeout);
    struct pg_parameters parameters = {0};
    pg_add_bytes(&parameters, scan, strlen(scan));
    pg_add_bytes(&parameters, text, (size_t)length);
    return pg_send(link, PG_SCAN, PG_WHOLE, &parameters, false, error);
}

avow_store_code
pg_read(struct pg_link *link, enum pg_statement statement, uint32_t place,
        const struct pg_parameters *parameters, struct pg_reader *reader, avow_store_error *error)
{
    avow_store_code code = pg_usable(link, error);
    if (code != AVOW_STORE_OK)
        return code;
    code = link->mode == PG_WRITE ? pg_flush(link, error) : pg_enter(link, error);
    if (code == AVOW_STORE_OK && reader->streams)
        code = limits(link, reader->scans ? "on" : "off", 0, error);
    if (code == AVOW_STORE_OK)
        code = pg_send(link, statement, place, parameters, true, error);
    if (code == AVOW_STORE_OK && reader->streams)
        code = limits(link, "off", link->wait_ms, error);
    if (code == AVOW_STORE_OK)
        code = pg_finish(link, reader, error);
    return code == AVOW_STORE_OK ? reader->stopped : pg_failed(link, code);
}

avow_store_code
pg_write(struct pg_link *link, enum pg_statement statement, uint32_t place,
         const struct pg_parameters *parameters, avow_store_error *error)
{
    avow_store_code code = pg_usable(link, error);
    if (code == AVOW_STORE_OK && link->mode != PG_WRITE)
        code = fault(error, AVOW_STORE_USAGE, "The store was written to outside of a transaction.");
    if (code != AVOW_STORE_OK)
        return code;
    code = pg_flush(link, error);
    if (code != AVOW_STORE_OK)
        return code;
    code = pg_send(link, statement, place, parameters, false, error);
    return code == AVOW_STORE_OK ? code : pg_failed(link, code);
}

static void
pg_rollback(struct engine *engine)
{
    struct pg_link *link = pg_of(engine);
    if (link->mode != PG_NONE && pg_usable(link, NULL) == AVOW_STORE_OK)
        pg_failed(link, AVOW_STORE_OK);
}

static avow_store_code
pg_begin(struct engine *engine, bool write, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    avow_store_code code = pg_usable(link, error);
    if (code != AVOW_STORE_OK)
        return code;
    pg_rollback(engine);
    link->mode = write ? PG_WRITE : PG_READ;
    link->begun = link->guarded = false;
    link->locked = link->extended = 0;
    if (write && link->distrust > 0) {
        link->distrust--;
        link->known = 0;
    }
    return AVOW_STORE_OK;
}

/* A transaction that only read: its end need not be waited for. */
static avow_store_code
leave(struct pg_link *link, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    if (link->begun)
        code = pg_send(link, PG_COMMIT, PG_WHOLE, NULL, false, error);
    if (code == AVOW_STORE_OK && link->begun)
        code = pg_sync(link, error);
    if (code != AVOW_STORE_OK)
        return pg_failed(link, code);
    link->mode = PG_NONE;
    link->begun = false;
    return code;
}

static bool
holds_rows(const struct pg_link *link)
{
    for (int i = 0; i < PG_BUFFERS; i++)
        if (link->buffer[i].count > 0)
            return true;
    return false;
}

/* A warning at commit is the server's way of saying that a standby did not confirm. */
static avow_store_code
confirmed(struct pg_link *link, avow_store_error *error)
{
    if (!link->warned)
        return AVOW_STORE_OK;
    link->broken = true;
    return fault(error, AVOW_STORE_IO,
                 "The database committed with a warning, so a standby may not have confirmed. "
                 "Whether it is kept must be looked up again.");
}

static avow_store_code
pg_commit(struct engine *engine, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    avow_store_code code = pg_usable(link, error);
    if (code == AVOW_STORE_OK && link->mode == PG_NONE)
        code = fault(error, AVOW_STORE_USAGE, "There is no transaction to commit.");
    if (code != AVOW_STORE_OK)
        return code;
    if (link->mode == PG_READ || (!link->begun && !holds_rows(link)))
        return leave(link, error);
    link->warned = false;
    bool sent = false;
    code = pg_record(link, &sent, error);
    link->changed = 1;
    if (code == AVOW_STORE_OK && !sent) {
        code = pg_flush(link, error);
        if (code != AVOW_STORE_OK)
            return code;
        code = pg_send(link, PG_COMMIT, PG_WHOLE, NULL, false, error);
    }
    if (code == AVOW_STORE_OK)
        code = pg_finish(link, NULL, error);
    if (code == AVOW_STORE_OK && link->changed != 1)
        code = (avow_store_code)ENGINE_UNMET;
    if (code == AVOW_STORE_OK)
        code = confirmed(link, error);
    if (code != AVOW_STORE_OK)
        return pg_failed(link, code);
    link->known |= link->extended;
    link->mode = PG_NONE;
    link->begun = false;
    return AVOW_STORE_OK;
}

/* Heads -------------------------------------------------------------------------------------- */

static avow_store_code
read_head(void *context, const PGresult *result, int row, avow_store_error *error)
{
    struct head *head = context;
    head->sequence = (uint64_t)pg_number(result, row, 0);
    return pg_bytes(result, row, 1, head->hash, HASH_BYTES, error);
}

static avow_store_code
pg_head(struct engine *engine, uint32_t part, struct head *head, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    uint16_t bit = (uint16_t)(1u << part);
    if (link->mode == PG_WRITE) {
        avow_store_code code = pg_usable(link, error);
        if (code != AVOW_STORE_OK)
            return code;
        link->extended |= bit;
        if (link->known & bit) {
            *head = link->head[part];
            return AVOW_STORE_OK;
        }
    }
    struct pg_parameters parameters = {0};
    struct head found = {0};
    struct pg_reader reader = {.visit = read_head, .context = &found};
    pg_add_int2(&parameters, part);
    avow_store_code code =
        pg_read(link, PG_HEAD, pg_place(link, part), &parameters, &reader, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (link->mode == PG_WRITE) {
        link->head[part] = found;
        link->known |= bit;
    }
    *head = found;
    return AVOW_STORE_OK;
}

const struct engine_ops postgres_engine = {
    .scheme = "postgresql",
    /* The server may have yet to read what a connection sent before it broke. */
    .reading_settles = false,
    .create = pg_create,
    .open = pg_open,
    .close = pg_close,
    .is_there = pg_is_there,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .head = pg_head,
    .states = pg_states,
    .links = pg_links,
    .entries = pg_entries,
    .duties_of = pg_duties_of,
    .duties_due = pg_duties_due,
    .held_of = pg_held_of,
    .held_due = pg_held_due,
    .all_states = pg_all_states,
    .all_links = pg_all_links,
    .terms = pg_terms,
    .meta = pg_meta,
    .words = pg_words,
    .append = pg_append,
    .move = pg_move,
    .drop_state = pg_drop_state,
    .settle_pending = pg_settle_pending,
    .expect_done = pg_expect_done,
    .expect_older = pg_expect_older,
    .add_duty = pg_add_duty,
    .end_duty = pg_end_duty,
    .put_held = pg_put_held,
    .drop_held = pg_drop_held,
    .add_link = pg_add_link,
    .drop_link = pg_drop_link,
    .erase_payload = pg_erase_payload,
    .add_term = pg_add_term,
    .map_term = pg_map_term,
    .put_meta = pg_put_meta,
    .put_words = pg_put_words,
    .examine = pg_examine,
};
