/* The tables: how they are made and brought up to date, and what is looked at before they are
 * used. */
#include "runtime/store/fault.h"
#include "runtime/store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything of a subject is in its part, and found by its key. A part's tables are called by its
 * number, and can lie on servers of their own. Fixed and wide columns come first. */
static const char *const schema_1 =
    "CREATE TABLE avow.state (received int8 NOT NULL, term int4 NOT NULL, pending int4 NOT NULL,"
    " part int2 NOT NULL, value int2 NOT NULL, key bytea NOT NULL, exact bytea NOT NULL,"
    " PRIMARY KEY (part, key, exact, term)) PARTITION BY LIST (part);"
    "CREATE TABLE avow.ledger (sequence int8 NOT NULL, recorded int8 NOT NULL,"
    " part int2 NOT NULL, commitment bytea NOT NULL, hash bytea NOT NULL, salt bytea, body text,"
    " PRIMARY KEY (part, sequence)) PARTITION BY LIST (part);"
    "CREATE TABLE avow.duty (sequence int8 NOT NULL, received int8 NOT NULL, due int8 NOT NULL,"
    " request int4 NOT NULL, part int2 NOT NULL, kind int2 NOT NULL, due_kind int2 NOT NULL,"
    " key bytea NOT NULL, exact bytea NOT NULL, reference text NOT NULL,"
    " PRIMARY KEY (part, key, sequence)) PARTITION BY LIST (part);"
    "CREATE INDEX duty_by_due ON avow.duty (part, due);"
    "CREATE TABLE avow.held (due int8 NOT NULL, data int4 NOT NULL, part int2 NOT NULL,"
    " key bytea NOT NULL, record text NOT NULL, moments text NOT NULL,"
    " PRIMARY KEY (part, key, data)) PARTITION BY LIST (part);"
    "CREATE INDEX held_by_due ON avow.held (part, due);"
    "CREATE TABLE avow.link (part int2 NOT NULL, kind int2 NOT NULL, other_kind int2 NOT NULL,"
    " key bytea NOT NULL, exact bytea NOT NULL, other bytea NOT NULL, other_exact bytea NOT NULL,"
    " PRIMARY KEY (part, key, other, other_exact)) PARTITION BY LIST (part);"
    "CREATE TABLE avow.term (id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " policy text NOT NULL, name text NOT NULL, mapped bool NOT NULL DEFAULT false,"
    " now text NOT NULL DEFAULT '', UNIQUE (policy, name));"
    "CREATE TABLE avow.meta (name text PRIMARY KEY, value text NOT NULL);"
    "CREATE TABLE avow.words (hash bytea PRIMARY KEY, words text NOT NULL);"
    "DO $$ DECLARE t text; BEGIN"
    " FOREACH t IN ARRAY '{state,ledger,duty,held,link}'::text[] LOOP"
    " FOR p IN 0..15 LOOP EXECUTE format("
    "'CREATE TABLE avow.%s_%s PARTITION OF avow.%s FOR VALUES IN (%s)', t, p, t, p);"
    " END LOOP; END LOOP; END $$;";

/* What brings the tables from each version to the next. */
static const char *const steps[] = {schema_1};
_Static_assert(sizeof steps / sizeof steps[0] == ENGINE_SCHEMA, "a step for each version");
_Static_assert(ENGINE_PARTS == 16, "the tables of the parts are numbered up to 15");

static const char *const make_role =
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'avow_runtime') THEN"
    " CREATE ROLE avow_runtime NOLOGIN; END IF; END $$";

/* The least that recording and asking need. Entries of the ledger are never deleted, and their
 * chain is never changed; what they say in words can be erased. */
static const char *const grants =
    "GRANT USAGE ON SCHEMA avow TO avow_runtime;"
    "GRANT SELECT ON avow.version, avow.term, avow.meta, avow.words TO avow_runtime;"
    "GRANT INSERT ON avow.term, avow.meta, avow.words TO avow_runtime;"
    "GRANT UPDATE (mapped, now) ON avow.term TO avow_runtime;"
    "GRANT UPDATE ON avow.meta TO avow_runtime;"
    "DO $$ DECLARE r record; BEGIN"
    " FOR r IN SELECT c.oid::regclass AS one, p.relname AS name FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'avow'"
    " LEFT JOIN pg_inherits i ON i.inhrelid = c.oid"
    " JOIN pg_class p ON p.oid = coalesce(i.inhparent, c.oid)"
    " WHERE c.relkind IN ('r', 'p', 'f') AND p.relname IN"
    " ('state', 'ledger', 'duty', 'held', 'link') LOOP"
    " EXECUTE format('REVOKE ALL ON %s FROM avow_runtime', r.one);"
    " EXECUTE format('GRANT SELECT, INSERT%s ON %s TO avow_runtime', CASE"
    " WHEN r.name = 'ledger' THEN ', UPDATE (salt, body)' WHEN r.name IN ('state', 'held') THEN ', "
    "UPDATE, DELETE'"
    " ELSE ', DELETE' END, r.one); END LOOP; END $$;";

static avow_store_code
run(struct pg_link *link, const char *sql, avow_store_error *error)
{
    avow_store_error ignored = {0};
    avow_store_error *told = error ? error : &ignored;
    PGresult *result = pg_query(link, sql, told);
    PQclear(result);
    return result ? AVOW_STORE_OK : told->code;
}

/* The first field of the first row as a number; `none` if there is no row. */
static avow_store_code
number(struct pg_link *link, const char *sql, int none, int *out, avow_store_error *error)
{
    avow_store_error ignored = {0};
    avow_store_error *told = error ? error : &ignored;
    PGresult *result = pg_query(link, sql, told);
    if (!result)
        return told->code;
    *out = PQntuples(result) > 0 ? atoi(PQgetvalue(result, 0, 0)) : none;
    PQclear(result);
    return AVOW_STORE_OK;
}

static avow_store_code
newer(int version, avow_store_error *error)
{
    return fault(error, AVOW_STORE_SCHEMA,
                 "The store was made by a newer avow (its schema is %d, this program knows %d). "
                 "Use that one.",
                 version, (int)ENGINE_SCHEMA);
}

avow_store_code
pg_check_schema(struct pg_link *link, avow_store_error *error)
{
    int version = 0;
    avow_store_code code = number(link, "SELECT version FROM avow.version", 0, &version, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (version > ENGINE_SCHEMA)
        return newer(version, error);
    if (version < ENGINE_SCHEMA)
        return fault(error, AVOW_STORE_SCHEMA,
                     "The store was made by an older avow (its schema is %d, this program needs "
                     "%d). As the owner run `avowd init`, which brings it up to date.",
                     version, (int)ENGINE_SCHEMA);
    return AVOW_STORE_OK;
}

/* Making ------------------------------------------------------------------------------------- */

static avow_store_code
make_runtime_role(struct pg_link *link, avow_store_error *error)
{
    avow_store_error inner;
    if (run(link, make_role, &inner) == AVOW_STORE_OK)
        return AVOW_STORE_OK;
    return fault(error, inner.code,
                 "The role avow_runtime, with which services work, is missing and could not be "
                 "made. Let an administrator run: CREATE ROLE avow_runtime NOLOGIN. (%s)",
                 inner.text);
}

/* One at a time: who comes second finds the tables made. */
static avow_store_code
enter(struct pg_link *link, int *version, avow_store_error *error)
{
    int found = 0;
    avow_store_code code = run(link, "BEGIN; SELECT pg_advisory_xact_lock(1635151735, -1)", error);
    if (code == AVOW_STORE_OK)
        code = number(link, "SELECT count(*) FROM pg_namespace WHERE nspname = 'avow'", 0, &found,
                      error);
    if (code == AVOW_STORE_OK && !found)
        code = run(link, "CREATE SCHEMA avow", error);
    if (code == AVOW_STORE_OK)
        code = run(link,
                   "CREATE TABLE IF NOT EXISTS avow.version (version int4 NOT NULL,"
                   " one bool PRIMARY KEY DEFAULT true CHECK (one))",
                   error);
    return code == AVOW_STORE_OK
               ? number(link, "SELECT version FROM avow.version", 0, version, error)
               : code;
}

static avow_store_code
migrate(struct pg_link *link, int version, avow_store_error *error)
{
    char sql[160];
    avow_store_code code = AVOW_STORE_OK;
    if (version > ENGINE_SCHEMA)
        return newer(version, error);
    for (int i = version; i < ENGINE_SCHEMA && code == AVOW_STORE_OK; i++)
        code = run(link, steps[i], error);
    snprintf(sql, sizeof sql,
             "INSERT INTO avow.version (version) VALUES (%d) ON CONFLICT (one)"
             " DO UPDATE SET version = excluded.version",
             (int)ENGINE_SCHEMA);
    if (code == AVOW_STORE_OK && version < ENGINE_SCHEMA)
        code = run(link, sql, error);
    return code;
}

avow_store_code
pg_create(const avow_store_options *options, avow_store_error *error)
{
    struct pg_link *link = calloc(1, sizeof *link);
    int version = 0;
    if (!link)
        return fault_memory(error);
    avow_store_code code = pg_connect(link, options, error);
    if (code == AVOW_STORE_OK)
        code = pg_check_settings(link, error);
    /* Making a hundred tables takes as long as it takes; waiting for a lock does not. */
    if (code == AVOW_STORE_OK)
        code = run(link, "SET statement_timeout = 0", error);
    if (code == AVOW_STORE_OK)
        code = enter(link, &version, error);
    if (code == AVOW_STORE_OK)
        code = migrate(link, version, error);
    if (code == AVOW_STORE_OK)
        code = make_runtime_role(link, error);
    if (code == AVOW_STORE_OK)
        code = run(link, grants, error);
    if (code == AVOW_STORE_OK)
        code = run(link, "COMMIT", error);
    pg_close(&link->engine);
    return code;
}

/* Parts -------------------------------------------------------------------------------------- */

avow_store_code
pg_look_at_parts(struct pg_link *link, avow_store_error *error)
{
    static const char leaves[] =
        "SELECT part, count(*) = 5, bool_or(kind = 'f') FROM (SELECT c.relkind AS kind,"
        " c.relname AS name, p.relname AS parent, substring(pg_get_expr(c.relpartbound, c.oid)"
        " from '[(]''?([0-9]+)''?[)]$')::int AS part FROM pg_inherits i"
        " JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent"
        " JOIN pg_namespace n ON n.oid = p.relnamespace AND n.oid = c.relnamespace"
        " WHERE n.nspname = 'avow' AND p.relkind = 'p' AND c.relkind IN ('r', 'f')) AS leaf"
        " WHERE name = parent || '_' || part AND part BETWEEN 0 AND 15 GROUP BY part";
    int keys = 0;
    PGresult *result = pg_query(link, leaves, error);
    if (!result)
        return AVOW_STORE_IO;
    for (int i = 0; i < PQntuples(result); i++) {
        uint16_t bit = (uint16_t)(1u << atoi(PQgetvalue(result, i, 0)));
        link->leaves |= *PQgetvalue(result, i, 1) == 't' ? bit : 0;
        link->foreign |= *PQgetvalue(result, i, 2) == 't' ? bit : 0;
    }
    PQclear(result);
    avow_store_code code = number(link,
                                  "SELECT count(*) FROM pg_index WHERE indisunique AND indisvalid"
                                  " AND indrelid = 'avow.state'::regclass",
                                  0, &keys, error);
    link->whole_key = keys > 0;
    if (code == AVOW_STORE_OK && (link->foreign & ~link->leaves))
        return fault(error, AVOW_STORE_SCHEMA,
                     "A part of the store lies on another server, but not all of its tables are "
                     "called TABLE_PART. Make its foreign tables again.");
    return code;
}
