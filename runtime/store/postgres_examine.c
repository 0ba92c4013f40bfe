/* What the doctor looks at: all that is no reason to refuse work, and yet not as it should be. */
#include "runtime/store/fault.h"
#include "runtime/store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each gives rows of a mark ("bad" or "good") and a sentence. */
static const char *const looks[] = {
    "SELECT 'good', 'PostgreSQL ' || current_setting('server_version') || ', fsync, "
    "full_page_writes and synchronous_commit are on.'",

    "SELECT CASE WHEN r.rolsuper OR n.nspowner = r.oid OR pg_has_role(r.oid, n.nspowner, 'USAGE')"
    " THEN 'bad' ELSE 'good' END, CASE WHEN r.rolsuper THEN 'The role ' || r.rolname || ' is a"
    " superuser, whom nothing keeps from changing the ledger. Use a role with avow_runtime only.'"
    " WHEN pg_has_role(r.oid, n.nspowner, 'USAGE') THEN 'The role ' || r.rolname || ' owns the"
    " tables and could change the ledger. Use a role with avow_runtime only.' ELSE 'The role '"
    " || r.rolname || ' does not own the tables.' END FROM pg_roles r, pg_namespace n"
    " WHERE r.rolname = current_user AND n.nspname = 'avow'",

    "SELECT CASE WHEN count(*) > 0 THEN 'bad' ELSE 'good' END, CASE WHEN count(*) > 0 THEN"
    " 'The role may change or delete entries of the ledger in ' || count(*) || ' tables. Run"
    " `avowd init` as the owner, which revokes it.' ELSE 'Entries of the ledger can be added and"
    " erased, not changed and not deleted.' END FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'avow'"
    " WHERE c.relname ~ '^ledger(_[0-9]+)?$' AND c.relkind IN ('r', 'p', 'f')"
    " AND NOT pg_has_role(n.nspowner, 'USAGE')"
    " AND (has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') OR EXISTS (SELECT FROM"
    " pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND"
    " a.attname NOT IN ('salt', 'body') AND has_column_privilege(c.oid, a.attnum, 'UPDATE')))"
    " HAVING count(*) > 0 OR NOT pg_has_role((SELECT nspowner FROM pg_namespace"
    " WHERE nspname = 'avow'), 'USAGE')",

    "SELECT CASE WHEN count(*) <> 16 THEN 'bad' ELSE 'good' END, 'The table avow.' || t || ' has '"
    " || count(c.oid) || ' of 16 parts' || CASE WHEN count(*) FILTER (WHERE c.relkind = 'f') > 0"
    " THEN ', ' || count(*) FILTER (WHERE c.relkind = 'f') || ' on other servers.' ELSE '.' END"
    " FROM unnest('{state,ledger,duty,held,link}'::text[]) AS t"
    " LEFT JOIN pg_inherits i ON i.inhparent = to_regclass('avow.' || t)"
    " LEFT JOIN pg_class c ON c.oid = i.inhrelid GROUP BY t ORDER BY t",

    "SELECT CASE WHEN count(*) > 0 THEN 'bad' ELSE 'good' END, CASE WHEN count(*) > 0 THEN"
    " count(*) || ' local tables of parts have no key (' || min(c.relname) || '). Give them"
    " back the primary key of their table.' ELSE 'Every local part has its key.' END"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'avow'"
    " WHERE c.relispartition AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_index x"
    " WHERE x.indrelid = c.oid AND x.indisprimary AND x.indisvalid)",

    "SELECT 'good', CASE WHEN current_setting('synchronous_standby_names') = '' THEN 'A commit"
    " waits for the disk of this server only; if that is lost, so is what no backup has.'"
    " ELSE 'A commit waits for standbys (' || current_setting('synchronous_standby_names')"
    " || ').' END",

    "SELECT 'bad', count(*) || ' of ' || current_setting('max_connections') || ' connections are"
    " in use. Raise max_connections, or close some.' FROM pg_stat_activity WHERE backend_type ="
    " 'client backend'"
    " HAVING count(*) * 10 > current_setting('max_connections')::int * 9",
};

static void
look_at_line(struct pg_link *link, void (*finding)(void *, bool, const char *), void *context)
{
    const char *host = PQhost(link->connection);
    bool local = host && (host[0] == '/' || host[0] == '@');
    if (local)
        finding(context, false, "The connection is a socket of this machine.");
    else if (PQsslInUse(link->connection))
        finding(context, false, "The connection is encrypted.");
    else
        finding(context, true,
                "The connection is not encrypted. Put sslmode=verify-full into the store's URL.");
}

static avow_store_code
look(struct pg_link *link, const char *sql, void (*finding)(void *, bool, const char *),
     void *context, avow_store_error *error)
{
    PGresult *result = pg_query(link, sql, error);
    if (!result)
        return link->broken ? AVOW_STORE_IO : AVOW_STORE_CORRUPT;
    for (int i = 0; i < PQntuples(result); i++)
        finding(context, strcmp(PQgetvalue(result, i, 0), "bad") == 0, PQgetvalue(result, i, 1));
    PQclear(result);
    return AVOW_STORE_OK;
}

avow_store_code
pg_examine(struct engine *engine, void (*finding)(void *, bool, const char *), void *context,
           avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    avow_store_code code = pg_usable(link, error);
    if (code == AVOW_STORE_OK && link->mode != PG_NONE)
        code = fault(error, AVOW_STORE_USAGE, "The store cannot be examined in a transaction.");
    if (code == AVOW_STORE_OK)
        code = pg_finish(link, NULL, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (!PQexitPipelineMode(link->connection))
        return pg_fault(link, NULL, error);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0] && code == AVOW_STORE_OK; i++)
        code = look(link, looks[i], finding, context, error);
    look_at_line(link, finding, context);
    if (!PQenterPipelineMode(link->connection))
        return pg_fault(link, NULL, error);
    return code;
}
