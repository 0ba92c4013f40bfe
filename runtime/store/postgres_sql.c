/* Every statement. Each names the part, and the subject where there is one. */
#include "runtime/store/postgres.h"

#include <stdio.h>
#include <string.h>

/* The fold of engine.h's struct move over a row `s` and what comes, `excluded`. */
#define MOVE_INTO "INSERT INTO @state AS s (part, key, exact, term, value, pending, received) "
#define MOVE_ROWS                                                                                  \
    "SELECT * FROM unnest($1::int2[], $2::bytea[], $3::bytea[], $4::int4[], $5::int2[],"           \
    " $6::int4[], $7::int8[]) "
#define MOVE_FOLD                                                                                  \
    "ON CONFLICT (part, key, exact, term) DO UPDATE SET value ="                                   \
    " CASE WHEN excluded.received > s.received THEN excluded.value"                                \
    " WHEN excluded.received = s.received AND excluded.value <> s.value THEN 2"                    \
    " ELSE s.value END, pending = s.pending + excluded.pending,"                                   \
    " received = greatest(s.received, excluded.received)"
#define CLOCK_FOLD                                                                                 \
    "ON CONFLICT (part, key, exact, term) DO UPDATE SET value = excluded.value,"                   \
    " pending = s.pending + excluded.pending,"                                                     \
    " received = greatest(s.received + 1, excluded.received)"
#define THE_STATE " WHERE s.part = $1 AND s.key = $2 AND s.exact = $3 AND s.term = $4"

#define LINK_COLUMNS "kind, key, exact, other_kind, other, other_exact"
#define DUTY_COLUMNS "key, sequence, kind, exact, request, received, due, due_kind, reference"
#define DUTY_INTO "INSERT INTO @duty (part, " DUTY_COLUMNS ") "
#define HELD_COLUMNS "key, data, record, moments, due"
#define HELD_INTO "INSERT INTO @held AS s (part, " HELD_COLUMNS ") "
#define THE_HELD " WHERE s.part = $1 AND s.key = $2 AND s.data = $3"
#define APPEND_INTO "INSERT INTO @ledger (part, sequence, recorded, commitment, hash, salt, body) "
/* "On disk" must mean it, whatever was set since; and one writer a chain. The lock's first number
 * says "avow". */
#define DURABLY "set_config('synchronous_commit', 'on', true)"
#define LOCK "pg_advisory_xact_lock(1635151735, "

/* A whole transaction that records one event: its entry ($1 to $7), a state ($8 to $13) and, if it
 * is a request, its duty. The entry's key makes sure that nothing else was recorded in the part
 * since the head that it follows, so that what is seen of duties and states is still so. */
#define RECORD                                                                                     \
    "WITH first AS MATERIALIZED (SELECT " DURABLY ", " LOCK "$1::int2)), entry AS (" APPEND_INTO   \
    "SELECT $1::int2, $2::int8, $3::int8, $4::bytea, $5::bytea, $6::bytea, $7::text FROM first"
#define RECORD_OLDER                                                                               \
    "NOT EXISTS (SELECT FROM @state WHERE part = $1 AND key = $8 AND (term = 0 OR"                 \
    " received >= $13))"
#define RECORD_DONE(older)                                                                         \
    RECORD " WHERE NOT EXISTS (SELECT FROM @duty WHERE part = $1 AND key = $8 AND"                 \
           " request = $14::int4) " older " RETURNING 1) "
#define RECORD_DUTY(older)                                                                         \
    RECORD " " older " RETURNING 1), duty AS (" DUTY_INTO                                          \
           "SELECT $1, $8, $2, $14::int2, $9, $15::int4,"                                          \
           " $16::int8, $17::int8, $18::int2, $19::text FROM entry) "
#define RECORD_STATE                                                                               \
    MOVE_INTO "SELECT $1, $8::bytea, $9::bytea, $10::int4, $11::int2, $12::int4, $13::int8"        \
              " FROM entry "

static const char *const sql_of[PG_STATEMENTS] = {
    [PG_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    [PG_BEGIN_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    [PG_GUARD] = "SELECT " DURABLY ", count(" LOCK "p)) FROM unnest($1::int4[]) p",
    [PG_RECORD_MOVE_DONE] = RECORD_DONE("") RECORD_STATE MOVE_FOLD,
    [PG_RECORD_MOVE_DUTY] = RECORD_DUTY("") RECORD_STATE MOVE_FOLD,
    [PG_RECORD_CLOCK_DONE] = RECORD_DONE("AND " RECORD_OLDER) RECORD_STATE CLOCK_FOLD,
    [PG_RECORD_CLOCK_DUTY] = RECORD_DUTY("WHERE " RECORD_OLDER) RECORD_STATE CLOCK_FOLD,
    [PG_COMMIT] = "COMMIT",
    [PG_ROLLBACK] = "ROLLBACK",
    [PG_SCAN] = "SELECT set_config('enable_seqscan', $1, false),"
                " set_config('statement_timeout', $2, false)",
    [PG_BARRIER] = "SELECT pg_logical_emit_message(true, 'avow', '')",
    [PG_HEAD] = "SELECT sequence, hash FROM @ledger WHERE part = $1 ORDER BY sequence DESC LIMIT 1",
    [PG_STATES] = "SELECT key, exact, term, value, pending, received FROM @state"
                  " WHERE part = $1 AND key = $2",
    [PG_LINKS] = "SELECT " LINK_COLUMNS " FROM @link WHERE part = $1 AND key = $2",
    [PG_ENTRIES] = "SELECT part, sequence, recorded, commitment, hash, salt, body FROM @ledger"
                   " WHERE part = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3",
    [PG_DUTIES_OF] = "SELECT " DUTY_COLUMNS " FROM @duty WHERE part = $1 AND key = $2"
                     " ORDER BY sequence",
    [PG_DUTIES_DUE] = "SELECT " DUTY_COLUMNS " FROM @duty WHERE part = $1 AND due <= $2"
                      " ORDER BY due",
    [PG_HELD_OF] = "SELECT " HELD_COLUMNS " FROM @held WHERE part = $1 AND key = $2",
    [PG_HELD_DUE] = "SELECT " HELD_COLUMNS " FROM @held WHERE part = $1 AND due <= $2 ORDER BY due",
    [PG_ALL_STATES] = "SELECT key, exact, term, value, pending, received FROM @state"
                      " WHERE part = $1 ORDER BY key",
    [PG_ALL_LINKS] = "SELECT " LINK_COLUMNS " FROM @link WHERE part = $1 ORDER BY key",
    [PG_APPEND_ONE] = APPEND_INTO "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    [PG_APPEND_MANY] = APPEND_INTO "SELECT * FROM unnest($1::int2[], $2::int8[], $3::int8[],"
                                   " $4::bytea[], $5::bytea[], $6::bytea[], $7::text[])",
    [PG_MOVE_ONE] = MOVE_INTO "VALUES ($1, $2, $3, $4, $5, $6, $7) " MOVE_FOLD,
    [PG_MOVE_MANY] = MOVE_INTO MOVE_ROWS MOVE_FOLD,
    [PG_CLOCK_ONE] = MOVE_INTO "VALUES ($1, $2, $3, $4, $5, $6, $7) " CLOCK_FOLD,
    [PG_CLOCK_MANY] = MOVE_INTO MOVE_ROWS CLOCK_FOLD,
    [PG_DUTY_ONE] = DUTY_INTO "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    [PG_DUTY_MANY] = DUTY_INTO "SELECT * FROM unnest($1::int2[], $2::bytea[], $3::int8[],"
                               " $4::int2[], $5::bytea[], $6::int4[], $7::int8[], $8::int8[],"
                               " $9::int2[], $10::text[])",
    /* Dividing by zero ends a transaction that relied on there being none. */
    [PG_DONE_ONE] = "SELECT 1 / (NOT EXISTS (SELECT FROM @duty WHERE part = $1 AND key = $2 AND"
                    " request = $3))::int",
    [PG_DONE_MANY] = "SELECT 1 / (NOT EXISTS (SELECT FROM @duty d WHERE d.part = u.part AND"
                     " d.key = u.key AND d.request = u.request))::int FROM unnest($1::int2[],"
                     " $2::bytea[], $3::int4[]) AS u (part, key, request)",
    /* Term 0: TERM_LINKED. */
    [PG_OLDER_ONE] = "SELECT 1 / (NOT EXISTS (SELECT FROM @state WHERE part = $1 AND key = $2 AND"
                     " (term = 0 OR received >= $3)))::int",
    [PG_OLDER_MANY] = "SELECT 1 / (NOT EXISTS (SELECT FROM @state s WHERE s.part = u.part AND"
                      " s.key = u.key AND (s.term = 0 OR s.received >= u.received)))::int FROM"
                      " unnest($1::int2[], $2::bytea[], $3::int8[]) AS u (part, key, received)",
    /* Tables on other servers know no ON CONFLICT DO UPDATE. */
    [PG_MOVE_UPDATE] = "UPDATE @state AS s SET value = CASE WHEN $7::int8 > s.received"
                       " THEN $5::int2 WHEN $7::int8 = s.received AND $5::int2 <> s.value THEN 2"
                       " ELSE s.value END, pending = s.pending + $6::int4,"
                       " received = greatest(s.received, $7::int8)" THE_STATE,
    [PG_CLOCK_UPDATE] = "UPDATE @state AS s SET value = $5::int2, pending = s.pending + $6::int4,"
                        " received = greatest(s.received + 1, $7::int8)" THE_STATE,
    [PG_MOVE_INSERT] =
        MOVE_INTO "SELECT $1::int2, $2::bytea, $3::bytea, $4::int4, $5::int2, $6::int4, $7::int8"
                  " WHERE NOT EXISTS (SELECT FROM @state s" THE_STATE ")",
    [PG_DROP_STATE] = "DELETE FROM @state AS s" THE_STATE " AND s.value = $5 AND s.received = $6",
    [PG_SETTLE_PENDING] =
        "UPDATE @state AS s SET pending = greatest(0, s.pending - $5::int4)" THE_STATE,
    [PG_END_DUTY] = "DELETE FROM @duty WHERE part = $1 AND key = $2 AND sequence = $3",
    [PG_PUT_HELD] = HELD_INTO "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (part, key, data)"
                              " DO UPDATE SET record = excluded.record,"
                              " moments = excluded.moments, due = excluded.due",
    [PG_HELD_UPDATE] = "UPDATE @held AS s SET record = $4, moments = $5, due = $6" THE_HELD,
    [PG_HELD_INSERT] = HELD_INTO "SELECT $1::int2, $2::bytea, $3::int4, $4::text, $5::text,"
                                 " $6::int8 WHERE NOT EXISTS (SELECT FROM @held s" THE_HELD ")",
    [PG_DROP_HELD] = "DELETE FROM @held AS s" THE_HELD,
    [PG_ADD_LINK] = "INSERT INTO @link (part, key, other, kind, exact, other_kind, other_exact)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    [PG_DROP_LINK] = "DELETE FROM @link WHERE part = $1 AND key = $2 AND other = $3",
    [PG_ERASE_PAYLOAD] = "UPDATE @ledger SET salt = NULL, body = NULL WHERE part = $1 AND"
                         " sequence = $2",
    [PG_TERMS] = "SELECT id, policy, name, mapped, now FROM avow.term ORDER BY id",
    [PG_ADD_TERM] = "INSERT INTO avow.term (policy, name) SELECT $1::text, $2::text WHERE NOT"
                    " EXISTS (SELECT FROM avow.term WHERE policy = $1 AND name = $2)"
                    " ON CONFLICT DO NOTHING",
    [PG_FIND_TERM] = "SELECT id FROM avow.term WHERE policy = $1 AND name = $2",
    [PG_MAP_TERM] = "UPDATE avow.term SET mapped = $2::int2 <> 0, now = $3 WHERE id = $1",
    [PG_META] = "SELECT name, value FROM avow.meta ORDER BY name",
    [PG_PUT_META] = "INSERT INTO avow.meta (name, value) VALUES ($1, $2)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [PG_WORDS] = "SELECT words FROM avow.words WHERE hash = $1",
    [PG_PUT_WORDS] = "INSERT INTO avow.words (hash, words) VALUES ($1, $2) ON CONFLICT DO NOTHING",
};

const char *
pg_sql(enum pg_statement statement)
{
    return sql_of[statement];
}

void
pg_sql_at(enum pg_statement statement, uint32_t place, char out[PG_SQL_ROOM])
{
    const char *from = sql_of[statement];
    size_t length = 0;
    while (*from && length < PG_SQL_ROOM - 64) {
        if (*from != '@') {
            out[length++] = *from++;
            continue;
        }
        size_t name = strspn(from + 1, "abcdefghijklmnopqrstuvwxyz");
        int written = snprintf(out + length, 64, "avow.%.*s", (int)name, from + 1);
        if (place < ENGINE_PARTS)
            written += snprintf(out + length + written, 8, "_%u", (unsigned)place);
        length += (size_t)written;
        from += name + 1;
    }
    out[length] = '\0';
}

/* Parameters --------------------------------------------------------------------------------- */

static void
add_number(struct pg_parameters *to, uint64_t value, int bytes)
{
    int i = to->count++;
    pg_put_number(to->number[i], value, bytes);
    to->value[i] = (const char *)to->number[i];
    to->length[i] = bytes;
}

void
pg_add_int2(struct pg_parameters *to, uint32_t value)
{
    add_number(to, value, 2);
}

void
pg_add_int4(struct pg_parameters *to, uint32_t value)
{
    add_number(to, value, 4);
}

void
pg_add_int8(struct pg_parameters *to, uint64_t value)
{
    add_number(to, value, 8);
}

void
pg_add_bytes(struct pg_parameters *to, const void *bytes, size_t length)
{
    int i = to->count++;
    to->value[i] = bytes;
    to->length[i] = (int)length;
}

void
pg_add_key(struct pg_parameters *to, const uint8_t key[KEY_BYTES])
{
    pg_add_int2(to, part_of(key));
    pg_add_bytes(to, key, KEY_BYTES);
}
