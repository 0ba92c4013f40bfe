/* What must be gone: a view of when the data of each row is due to be erased, and a function that
 * erases what is due. The dates are those of avow_when_due: see due.h for what they mean. */
#include "compiler/sql/retention.h"

/* The view ----------------------------------------------------------------------------------------
 */

static struct text
view_name(const struct script *script, const struct sql_table *table)
{
    return arena_format(script->arena, "%.*s__due", TEXT_ARGS(table->alias));
}

static void
say_columns(const struct scene *scene, struct buffer *out, const struct part *part)
{
    for (size_t i = 0; i < part->columns.count; i++) {
        buffer_add(out, i > 0 ? TEXT(", ") : TEXT(""));
        sql_words(out, scene->table->columns.at[part->columns.at[i]].name);
    }
}

static void
say_inner(const struct script *script, const struct scene *scene, const struct parts *parts,
          struct reads *reads, struct buffer *body)
{
    const struct sql_table *table = scene->table;
    buffer_string(body, "    SELECT ");
    say_column(body, scene, reads, TEXT("ctid"));
    buffer_string(body, " AS place");
    if (table->key.length > 0) {
        buffer_string(body, ", ");
        say_column(body, scene, reads, table->key);
        buffer_string(body, " AS key");
    }
    for (size_t i = 0; i < parts->list.count; i++) {
        const struct part *part = &parts->list.at[i];
        buffer_string(body, ",\n      ");
        say_duties(script, scene, reads, body, part->erasures.at, part->erasures.count, "LEAST");
        buffer_format(body, " AS first_%zu,\n      ", i + 1);
        say_duties(script, scene, reads, body, part->keeps.at, part->keeps.count, "GREATEST");
        buffer_format(body, " AS kept_%zu", i + 1);
    }
    buffer_string(body, "\n    FROM ");
    sql_dotted(body, table->relation.schema, table->relation.name);
}

static void
write_view(const struct script *script, const struct scene *scene, const struct parts *parts,
           struct text inner)
{
    struct buffer *out = script->out;
    buffer_string(out, "CREATE VIEW ");
    sql_dotted(out, script->mapping->schema, view_name(script, scene->table));
    buffer_string(out, "\n  WITH (security_barrier = true, security_invoker = false) AS\n"
                       "  SELECT place");
    if (scene->table->key.length > 0)
        buffer_string(out, ", key");
    for (size_t i = 0; i < parts->list.count; i++) {
        buffer_string(out, ",\n    -- ");
        say_columns(scene, out, &parts->list.at[i]);
        buffer_string(out, "\n    ");
        sql_name(out, script->mapping->schema);
        buffer_format(out, ".due_of(first_%zu, kept_%zu) AS due_%zu, kept_%zu", i + 1, i + 1, i + 1,
                      i + 1);
    }
    buffer_string(out, "\n  FROM (\n");
    buffer_add(out, inner);
    buffer_string(out, "\n  ) AS duties;\nALTER VIEW ");
    sql_dotted(out, script->mapping->schema, view_name(script, scene->table));
    buffer_string(out, " OWNER TO ");
    sql_name(out, eraser_name(script));
    buffer_string(out, ";\n");
}

/* "place IN (SELECT place FROM ... WHERE due)" */
static void
say_due(const struct script *script, const struct scene *scene, struct buffer *out, size_t from,
        size_t to)
{
    buffer_string(out, "ctid IN (SELECT place FROM ");
    sql_dotted(out, script->mapping->schema, view_name(script, scene->table));
    for (size_t i = from; i < to; i++)
        buffer_format(out,
                      "\n    %s due_%zu <= now() + ahead AND (kept_%zu IS NULL OR kept_%zu <= "
                      "now())",
                      i == from ? "WHERE" : "AND", i + 1, i + 1, i + 1);
    buffer_char(out, ')');
}

static void
say_count(const struct scene *scene, struct buffer *body, const struct part *part)
{
    struct buffer what = buffer_in(scene->arena);
    buffer_format(&what, "%.*s.%.*s: ", TEXT_ARGS(scene->table->relation.schema),
                  TEXT_ARGS(scene->table->relation.name));
    if (part)
        say_columns(scene, &what, part);
    else
        buffer_string(&what, "rows");
    buffer_string(body, ";\n  GET DIAGNOSTICS rows = ROW_COUNT;\n  erased := ");
    sql_string(body, buffer_text(&what));
    buffer_string(body, ";\n  RETURN NEXT;\n");
}

static void
say_blanking(const struct script *script, const struct scene *scene, struct buffer *body,
             const struct part *part, size_t at)
{
    const struct sql_table *table = scene->table;
    buffer_string(body, "  UPDATE ");
    sql_dotted(body, table->relation.schema, table->relation.name);
    buffer_string(body, " SET ");
    for (size_t i = 0; i < part->columns.count; i++) {
        buffer_add(body, i > 0 ? TEXT(", ") : TEXT(""));
        sql_name(body, table->columns.at[part->columns.at[i]].name);
        buffer_string(body, " = NULL");
    }
    buffer_string(body, "\n  WHERE (");
    for (size_t i = 0; i < part->columns.count; i++) {
        buffer_add(body, i > 0 ? TEXT(" OR ") : TEXT(""));
        sql_name(body, table->columns.at[part->columns.at[i]].name);
        buffer_string(body, " IS NOT NULL");
    }
    buffer_string(body, ")\n    AND ");
    say_due(script, scene, body, at, at + 1);
    say_count(scene, body, part);
}

/* The statements of one table. */
static void
say_erasing(const struct script *script, const struct scene *scene, const struct parts *parts,
            struct buffer *body)
{
    const struct sql_table *table = scene->table;
    if (parts->whole) {
        buffer_string(body, "  -- Rows of which nothing may stay.\n  DELETE FROM ");
        sql_dotted(body, table->relation.schema, table->relation.name);
        buffer_string(body, " WHERE ");
        say_due(script, scene, body, 0, parts->list.count);
        say_count(scene, body, NULL);
    }
    for (size_t i = 0; i < parts->list.count && !(parts->whole && parts->list.count == 1); i++)
        say_blanking(script, scene, body, &parts->list.at[i], i);
}

static void
write_rights(const struct script *script, const struct scene *scene, const struct parts *parts,
             struct reads *reads)
{
    struct buffer *out = script->out;
    const struct sql_table *table = scene->table;
    struct text eraser = eraser_name(script);
    for (size_t i = 0; i < parts->list.count; i++)
        for (size_t j = 0; j < parts->list.at[i].columns.count; j++)
            reads_column(reads, table->columns.at[parts->list.at[i].columns.at[j]].name);
    buffer_string(out, "\n-- ");
    sql_words(out, table->relation.name);
    buffer_string(out, ", what must be erased\n");
    grant_reads(script, eraser, table, reads);
    buffer_string(out, "GRANT UPDATE, DELETE ON ");
    sql_dotted(out, table->relation.schema, table->relation.name);
    buffer_string(out, " TO ");
    sql_name(out, eraser);
    buffer_string(out, ";\nCREATE POLICY ");
    sql_name(out, policy_name(script, TEXT("what erases")));
    buffer_string(out, " ON ");
    sql_dotted(out, table->relation.schema, table->relation.name);
    buffer_string(out, " TO ");
    sql_name(out, eraser);
    buffer_string(out, " USING (true);\n");
}

/* What erases -------------------------------------------------------------------------------------
 */

static void
write_erase_due(const struct script *script, struct text statements)
{
    struct buffer *out = script->out;
    struct buffer body = buffer_in(script->arena);
    buffer_string(&body, "\nBEGIN\n"
                         "  IF ahead IS NULL OR ahead < interval '0' THEN\n"
                         "    RAISE EXCEPTION 'how long is it until this runs again?';\n"
                         "  END IF;\n");
    buffer_add(&body, statements);
    buffer_string(&body, "END\n");
    buffer_string(out, "\n-- Erases what falls due before it runs again: a nightly job calls\n"
                       "--   SELECT * FROM ");
    sql_words(out, script->mapping->schema);
    buffer_string(out, ".erase_due(interval '1 day');\n"
                       "-- It never erases what must still be kept.\n");
    begin_function(script, "erase_due", "(ahead interval)",
                   "RETURNS TABLE (erased text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER");
    sql_body(out, buffer_text(&body));
    end_function(script, "erase_due", "(interval)");
    if (script->mapping->eraser.length == 0)
        return;
    buffer_string(out, "GRANT USAGE ON SCHEMA ");
    sql_name(out, script->mapping->schema);
    buffer_string(out, " TO ");
    sql_name(out, script->mapping->eraser);
    buffer_string(out, ";\nGRANT EXECUTE ON FUNCTION ");
    sql_dotted(out, script->mapping->schema, TEXT("erase_due"));
    buffer_string(out, "(interval) TO ");
    sql_name(out, script->mapping->eraser);
    buffer_string(out, ";\n");
}

static void
write_table(const struct script *script, const struct scene *scene, const struct parts *parts,
            struct buffer *statements)
{
    struct reads reads = {.arena = script->arena};
    struct buffer inner = buffer_in(script->arena);
    say_inner(script, scene, parts, &reads, &inner);
    write_rights(script, scene, parts, &reads);
    write_view(script, scene, parts, buffer_text(&inner));
    say_erasing(script, scene, parts, statements);
}

void
write_retention(const struct script *script)
{
    const struct mapping *mapping = script->mapping;
    struct buffer statements = buffer_in(script->arena);
    struct parts *parts = ARENA_ARRAY(script->arena, mapping->tables.count, struct parts);
    bool any = false;
    for (size_t i = 0; i < mapping->tables.count; i++) {
        struct scene scene = script_scene(script, &mapping->tables.at[i]);
        parts[i] = parts_make(script, &scene);
        any |= parts[i].list.count > 0;
    }
    if (!any)
        return;
    write_times(script);
    for (size_t i = 0; i < mapping->tables.count; i++) {
        struct scene scene = script_scene(script, &mapping->tables.at[i]);
        if (parts[i].list.count > 0)
            write_table(script, &scene, &parts[i], &statements);
    }
    write_erase_due(script, buffer_text(&statements));
}
