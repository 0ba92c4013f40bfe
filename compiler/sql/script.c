/* What the parts of the script share, and the parts in their order. */
#include "compiler/sql/script.h"

#include "compiler/base/embedded.h"

#include <stdlib.h>

struct scene
script_scene(const struct script *script, const struct sql_table *table)
{
    return (struct scene){script->model, script->mapping, table, script->arena};
}

struct text
policy_word(struct arena *arena, struct text name)
{
    struct text word = arena_text(arena, name);
    char *at = arena_alloc(arena, name.length + 1);
    memcpy(at, word.data, word.length);
    for (size_t i = 0; i < word.length; i++)
        if (at[i] == '-' || at[i] == '.')
            at[i] = '_';
    return (struct text){at, word.length};
}

struct text
guard_name(const struct script *script, const struct sql_reader *reader)
{
    struct text word = policy_word(script->arena, leaf(script->model, reader->target)->name);
    return arena_format(script->arena, "%.*s_guard_%.*s", TEXT_ARGS(script->mapping->schema),
                        TEXT_ARGS(word));
}

struct text
eraser_name(const struct script *script)
{
    return arena_format(script->arena, "%.*s_eraser", TEXT_ARGS(script->mapping->schema));
}

struct text
policy_name(const struct script *script, struct text whose)
{
    return arena_format(script->arena, "%.*s: %.*s", TEXT_ARGS(script->mapping->schema),
                        TEXT_ARGS(whose));
}

/* Clauses -----------------------------------------------------------------------------------------
 */

void
cite_clauses(const struct script *script, struct citation *citation, const uint32_t *clauses,
             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool there = false;
        for (size_t j = 0; j < citation->clauses.count; j++)
            there |= citation->clauses.at[j] == clauses[i];
        if (!there)
            *VECTOR_PUSH(script->arena, &citation->clauses) = clauses[i];
    }
}

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void
say_citation(const struct script *script, struct buffer *out, const struct citation *citation,
             bool words)
{
    uint32_t *clauses = citation->clauses.at;
    if (citation->clauses.count > 1)
        qsort(clauses, citation->clauses.count, sizeof *clauses, by_number);
    for (size_t i = 0; i < citation->clauses.count; i++) {
        const struct clause *clause = &script->model->clauses[clauses[i]];
        buffer_format(out, "%sclause %.*s", i > 0 ? "; " : "", TEXT_ARGS(clause->name));
        if (!words || clause->words.length == 0)
            continue;
        buffer_string(out, ": “");
        sql_words(out, clause->words);
        buffer_string(out, "”");
    }
}

/* Rights ------------------------------------------------------------------------------------------
 */

static void
grant_columns(const struct script *script, struct text role, struct sql_relation relation,
              const struct text *columns, size_t count)
{
    struct buffer *out = script->out;
    buffer_string(out, "GRANT SELECT (");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_string(out, ", ");
        sql_name(out, columns[i]);
    }
    buffer_string(out, ") ON ");
    sql_dotted(out, relation.schema, relation.name);
    buffer_string(out, " TO ");
    sql_name(out, role);
    buffer_string(out, ";\n");
}

static void
grant_schema(const struct script *script, struct text role, struct text schema)
{
    buffer_string(script->out, "GRANT USAGE ON SCHEMA ");
    sql_name(script->out, schema);
    buffer_string(script->out, " TO ");
    sql_name(script->out, role);
    buffer_string(script->out, ";\n");
}

void
grant_reads(const struct script *script, struct text role, const struct sql_table *table,
            const struct reads *reads)
{
    grant_schema(script, role, table->relation.schema);
    if (reads->columns.count > 0)
        grant_columns(script, role, table->relation, reads->columns.at, reads->columns.count);
    for (size_t i = 0; i < reads->elsewhere.count; i++) {
        const struct source_column *column = &reads->elsewhere.at[i];
        grant_schema(script, role, column->relation.schema);
        grant_columns(script, role, column->relation, &column->column, 1);
    }
}

/* The head ----------------------------------------------------------------------------------------
 */

static void
say_file(const struct script *script, const char *name)
{
    for (const struct embedded *file = sql_files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            buffer_add(script->out, embedded_text(file));
}

/* Leaves of data that no column of the mapping holds. */
static void
say_unmapped(const struct script *script)
{
    const struct model *model = script->model;
    struct set mapped = {0};
    struct interval data = kind_leaves(model, KIND_DATA);
    for (size_t i = 0; i < script->mapping->tables.count; i++)
        for (size_t j = 0; j < script->mapping->tables.at[i].columns.count; j++)
            mapped =
                set_union(script->arena, mapped, script->mapping->tables.at[i].columns.at[j].data);
    if (data.low == data.high)
        return;
    struct set left = set_minus(script->arena, (struct set){&data, 1}, mapped);
    if (left.count == 0)
        return;
    buffer_string(script->out, "--\n-- Data of the policy that is in no table of the mapping: ");
    set_names(model, left, script->out);
    buffer_string(script->out, ".\n");
}

void
write_head(const struct script *script)
{
    const struct settings *settings = script->model->settings;
    struct buffer *out = script->out;
    buffer_string(out, "-- ");
    sql_words(out, settings->title);
    buffer_format(out, "\n-- Policy %.*s, in force from %04d-%02u-%02u; its content is ",
                  TEXT_ARGS(settings->policy), settings->effective.year, settings->effective.month,
                  settings->effective.day);
    buffer_hex(out, script->model->content_hash, sizeof script->model->content_hash);
    buffer_string(out,
                  ".\n--\n"
                  "-- Made by avow: change the policy or the mapping, not this. Apply it as a "
                  "superuser, or as\n"
                  "-- the owner of the tables with CREATEROLE:  psql -v ON_ERROR_STOP=1 -f FILE\n"
                  "-- It can be applied again and again; all of it happens, or nothing does.\n");
    say_unmapped(script);
    buffer_string(out, "\nBEGIN;\n"
                       "SET LOCAL client_encoding = 'UTF8';\n"
                       "SET LOCAL standard_conforming_strings = on;\n"
                       "SET LOCAL search_path = pg_catalog, pg_temp;\n"
                       "SET LOCAL client_min_messages = warning;\n");
}

/* Checks and roles --------------------------------------------------------------------------------
 */

static void
say_array(struct buffer *out, const struct sql_table *table)
{
    struct {
        VECTOR(struct text) list;
    } names = {0};
    for (size_t i = 0; i < table->columns.count; i++)
        *VECTOR_PUSH(out->arena, &names.list) = table->columns.at[i].name;
    for (size_t i = 0; i < table->owners.count; i++)
        *VECTOR_PUSH(out->arena, &names.list) = table->owners.at[i].column;
    for (size_t i = 0; i < table->moments.count; i++)
        *VECTOR_PUSH(out->arena, &names.list) = table->moments.at[i].column;
    for (size_t i = 0; i < table->states.count; i++) {
        const struct sql_state *state = &table->states.at[i];
        *VECTOR_PUSH(out->arena, &names.list) =
            state->relation.name.length > 0 ? state->by : state->column;
        *VECTOR_PUSH(out->arena, &names.list) =
            state->relation.name.length > 0 ? state->by : state->since;
    }
    *VECTOR_PUSH(out->arena, &names.list) = table->key;
    bool any = false;
    buffer_string(out, "ARRAY[");
    for (size_t i = 0; i < names.list.count; i++) {
        if (names.list.at[i].length == 0)
            continue;
        buffer_add(out, any ? TEXT(", ") : TEXT(""));
        sql_string(out, names.list.at[i]);
        any = true;
    }
    buffer_string(out, "]::text[]");
}

static void
say_row(const struct script *script, bool *any, struct sql_relation relation)
{
    buffer_add(script->out, *any ? TEXT(",\n  (") : TEXT("\n  ("));
    *any = true;
    sql_string(script->out, relation.schema);
    buffer_string(script->out, ", ");
    sql_string(script->out, relation.name);
    buffer_string(script->out, ", ");
}

static void
say_state_rows(const struct script *script, bool *any, const struct sql_state *states, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (states[i].relation.name.length == 0)
            continue;
        say_row(script, any, states[i].relation);
        buffer_string(script->out, "false, NULL, ");
        sql_string(script->out, states[i].key);
        buffer_char(script->out, ')');
    }
}

static void
say_tables(const struct script *script)
{
    const struct mapping *mapping = script->mapping;
    bool any = false;
    buffer_string(script->out, "CREATE TEMPORARY TABLE avow_table (schema text, name text, mapped "
                               "boolean, columns text[], key text)\n  ON COMMIT DROP;\n"
                               "INSERT INTO avow_table VALUES");
    for (size_t i = 0; i < mapping->tables.count; i++) {
        say_row(script, &any, mapping->tables.at[i].relation);
        buffer_string(script->out, "true, ");
        say_array(script->out, &mapping->tables.at[i]);
        buffer_string(script->out, ", NULL)");
        say_state_rows(script, &any, mapping->tables.at[i].states.at,
                       mapping->tables.at[i].states.count);
    }
    say_state_rows(script, &any, mapping->states.at, mapping->states.count);
    buffer_string(script->out, ";\n");
}

void
write_checks(const struct script *script)
{
    struct buffer *out = script->out;
    struct text policy = script->model->settings->policy;
    struct text mark = arena_format(script->arena, "avow: policy %.*s; what is in here is replaced",
                                    TEXT_ARGS(policy));
    buffer_string(out, "\n-- What the mapping says, for the checks below.\n"
                       "CREATE TEMPORARY TABLE avow_script (schema text, mark text) ON COMMIT DROP;"
                       "\nINSERT INTO avow_script VALUES (");
    sql_string(out, script->mapping->schema);
    buffer_string(out, ", ");
    sql_string(out, mark);
    buffer_string(out, ");\n");
    say_tables(script);
    say_file(script, "begin");
    buffer_string(out, "CREATE SCHEMA IF NOT EXISTS ");
    sql_name(out, script->mapping->schema);
    buffer_string(out, ";\nCOMMENT ON SCHEMA ");
    sql_name(out, script->mapping->schema);
    buffer_string(out, " IS ");
    sql_string(out, mark);
    buffer_string(out, ";\n");
}

static void
say_role(const struct script *script, bool *any, struct text name, const char *kind)
{
    buffer_add(script->out, *any ? TEXT(",\n  (") : TEXT("\n  ("));
    *any = true;
    sql_string(script->out, name);
    buffer_format(script->out, ", '%s')", kind);
}

void
write_roles(const struct script *script)
{
    const struct mapping *mapping = script->mapping;
    struct buffer *out = script->out;
    bool any = false;
    buffer_string(out, "\n-- Roles. Guards own the views; nobody is ever one.\n"
                       "CREATE TEMPORARY TABLE avow_role (name text, kind text) ON COMMIT DROP;\n"
                       "INSERT INTO avow_role VALUES");
    for (size_t i = 0; i < mapping->readers.count; i++) {
        say_role(script, &any, mapping->readers.at[i].role, "reader");
        say_role(script, &any, guard_name(script, &mapping->readers.at[i]), "guard");
    }
    for (size_t i = 0; i < mapping->writers.count; i++)
        say_role(script, &any, mapping->writers.at[i].role, "writer");
    if (mapping->eraser.length > 0)
        say_role(script, &any, mapping->eraser, "eraser");
    say_role(script, &any, eraser_name(script), "guard");
    buffer_string(out, ";\n");
    say_file(script, "roles");
}

/* Whom rights to a table are taken from: everybody whom the mapping names. */
static void
say_revoked(const struct script *script)
{
    const struct mapping *mapping = script->mapping;
    buffer_string(script->out, "PUBLIC");
    for (size_t i = 0; i < mapping->readers.count; i++) {
        buffer_string(script->out, ", ");
        sql_name(script->out, mapping->readers.at[i].role);
    }
    for (size_t i = 0; i < mapping->writers.count; i++) {
        buffer_string(script->out, ", ");
        sql_name(script->out, mapping->writers.at[i].role);
    }
    if (mapping->eraser.length > 0) {
        buffer_string(script->out, ", ");
        sql_name(script->out, mapping->eraser);
    }
}

/* Who shall own something in a schema must be able to make it; the end of the script takes that
 * back. */
static void
grant_making(const struct script *script, struct text role)
{
    buffer_string(script->out, "GRANT USAGE, CREATE ON SCHEMA ");
    sql_name(script->out, script->mapping->schema);
    buffer_string(script->out, " TO ");
    sql_name(script->out, role);
    buffer_string(script->out, ";\n");
}

void
write_clearing(const struct script *script)
{
    struct buffer *out = script->out;
    buffer_string(out, "\n-- Rights: all are taken first. Row-level security holds the owner of a "
                       "table too; without a\n-- policy below nobody sees or changes a row.\n");
    for (size_t i = 0; i < script->mapping->tables.count; i++) {
        struct sql_relation relation = script->mapping->tables.at[i].relation;
        buffer_string(out, "REVOKE ALL ON ");
        sql_dotted(out, relation.schema, relation.name);
        buffer_string(out, " FROM ");
        say_revoked(script);
        buffer_string(out, ";\nALTER TABLE ");
        sql_dotted(out, relation.schema, relation.name);
        buffer_string(out, " ENABLE ROW LEVEL SECURITY;\nALTER TABLE ");
        sql_dotted(out, relation.schema, relation.name);
        buffer_string(out, " FORCE ROW LEVEL SECURITY;\n");
    }
    for (size_t i = 0; i < script->mapping->readers.count; i++) {
        grant_schema(script, script->mapping->readers.at[i].role, script->mapping->schema);
        grant_making(script, guard_name(script, &script->mapping->readers.at[i]));
    }
    grant_making(script, eraser_name(script));
}

void
write_end(const struct script *script)
{
    buffer_char(script->out, '\n');
    say_file(script, "end");
}

/* Names -------------------------------------------------------------------------------------------
 */

static void
check_length(const struct script *script, struct text name, struct span span, const char *mend)
{
    if (name.length <= IDENTIFIER_MAX)
        return;
    diagnose(script->diagnostics, E_MAPPING, span, "the name “%.*s” would have more than %d bytes",
             TEXT_ARGS(text_shown(script->arena, name)), IDENTIFIER_MAX);
    diagnose_why(script->diagnostics,
                 "PostgreSQL cuts longer names off, and two could then be the same");
    diagnose_fix(script->diagnostics, "%s", mend);
}

void
check_names(const struct script *script)
{
    const struct mapping *mapping = script->mapping;
    if (mapping->writers.count > 0 && mapping->place == NONE) {
        diagnose(script->diagnostics, E_MAPPING, mapping->writers.at[0].span,
                 "nothing says which place of the policy this database is");
        diagnose_why(script->diagnostics, "What may be written depends on it");
        diagnose_fix(script->diagnostics, "Add a line such as “place: PLACE”");
    }
    for (size_t i = 0; i < mapping->readers.count; i++) {
        const struct sql_reader *reader = &mapping->readers.at[i];
        struct text word = policy_word(script->arena, leaf(script->model, reader->target)->name);
        check_length(script, guard_name(script, reader), reader->span, "Shorten “schema”");
        for (size_t j = 0; j < mapping->tables.count; j++)
            check_length(script,
                         arena_format(script->arena, "%.*s__%.*s",
                                      TEXT_ARGS(mapping->tables.at[j].alias), TEXT_ARGS(word)),
                         mapping->tables.at[j].span, "Add “as:” with a shorter name for the views");
    }
}

void
sql_write(const struct model *model, const struct mapping *mapping, struct diagnostics *diagnostics,
          struct buffer *out)
{
    struct script script = {model, mapping, out->arena, diagnostics, out};
    check_names(&script);
    write_head(&script);
    write_checks(&script);
    write_roles(&script);
    write_clearing(&script);
    for (size_t i = 0; i < mapping->tables.count; i++)
        write_readers(&script, &mapping->tables.at[i]);
    for (size_t i = 0; i < mapping->tables.count && mapping->writers.count > 0; i++)
        write_writers(&script, &mapping->tables.at[i]);
    write_retention(&script);
    write_end(&script);
}
