/* Who writes: rows in which no column holds what may not be stored in this place. A writer reads
 * only what tells rows, their owners and their states apart. */
#include "compiler/sql/script.h"

static void
report_forbidden(const struct script *script, const struct sql_column *column,
                 const struct sql_writer *writer, uint32_t object)
{
    const struct model *model = script->model;
    struct question q = {.actor = writer->actor,
                         .verb = VERB_STORE,
                         .object = object,
                         .target = script->mapping->place};
    struct answer answer = answer_make(model, script->arena, q);
    struct citation citation = {0};
    struct buffer clauses = buffer_in(script->arena);
    diagnose(script->diagnostics, E_MAPPING, column->span,
             "the column “%.*s” holds %.*s, which %.*s may never store in %.*s",
             TEXT_ARGS(text_shown(script->arena, column->name)),
             TEXT_ARGS(leaf(model, object)->name), TEXT_ARGS(leaf(model, writer->actor)->name),
             TEXT_ARGS(leaf(model, script->mapping->place)->name));
    if (answer.verdict == VERDICT_FORBIDDEN) {
        cite_clauses(script, &citation, answer.clauses, answer.clause_count);
        say_citation(script, &clauses, &citation, false);
        diagnose_why(script->diagnostics, "It is forbidden by %.*s",
                     TEXT_ARGS(buffer_text(&clauses)));
    } else {
        diagnose_why(script->diagnostics, "Nothing in the policy permits it");
    }
    diagnose_fix(script->diagnostics, "Take the column out of the database, name the system that "
                                      "writes it, or change the policy");
}

/* Whether a leaf may be stored here in some case. */
static bool
may_be_stored(const struct script *script, const struct sql_column *column,
              const struct sql_writer *writer)
{
    for (size_t i = 0; i < column->data.count; i++)
        for (uint32_t at = column->data.at[i].low; at < column->data.at[i].high; at++) {
            struct question q = {.actor = writer->actor,
                                 .verb = VERB_STORE,
                                 .object = at,
                                 .target = script->mapping->place};
            struct decision decision = decide(script->model, script->arena, q, UINT64_MAX);
            if (decision.count > 0)
                continue;
            report_forbidden(script, column, writer, at);
            return false;
        }
    return true;
}

/* What must hold of a new row: of each column that depends on states, that it is empty or they
 * allow it. */
static void
say_check(const struct script *script, const struct scene *scene, const struct sql_writer *writer,
          struct reads *reads, struct buffer *out)
{
    const struct sql_table *table = scene->table;
    uint64_t known = states_known(scene);
    for (size_t i = 0; i < table->columns.count; i++) {
        const struct sql_column *column = &table->columns.at[i];
        if (column->data.count == 0 || !may_be_stored(script, column, writer))
            continue;
        struct question q = {
            .actor = writer->actor, .verb = VERB_STORE, .target = script->mapping->place};
        struct decision decision = column_decision(script, scene, column, q, known);
        if (decision_is_always(&decision))
            continue;
        buffer_add(out, out->length > 0 ? TEXT("\n    AND (") : TEXT("("));
        sql_dotted(out, table->relation.name, column->name);
        buffer_string(out, " IS NULL OR ");
        say_decision(out, scene, reads, decision, 6);
        buffer_char(out, ')');
    }
    if (out->length == 0)
        buffer_string(out, "true");
}

static void
read_what_tells_apart(const struct sql_table *table, struct reads *reads)
{
    if (table->key.length > 0)
        reads_column(reads, table->key);
    for (size_t i = 0; i < table->owners.count; i++)
        reads_column(reads, table->owners.at[i].column);
    for (size_t i = 0; i < table->moments.count; i++)
        reads_column(reads, table->moments.at[i].column);
    for (size_t i = 0; i < table->states.count; i++)
        if (table->states.at[i].relation.name.length == 0)
            reads_column(reads, table->states.at[i].column);
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.at[i].data.count == 0 && !table->columns.at[i].hidden)
            reads_column(reads, table->columns.at[i].name);
}

static void
write_command(const struct script *script, const struct sql_table *table,
              const struct sql_writer *writer, const char *command, const char *how,
              struct text check)
{
    struct buffer *out = script->out;
    struct text whose = arena_format(script->arena, "%.*s %s", TEXT_ARGS(writer->role), command);
    struct text name = policy_name(script, whose);
    if (name.length > IDENTIFIER_MAX) {
        diagnose(script->diagnostics, E_MAPPING, writer->span,
                 "the name “%.*s” would have more than %d bytes",
                 TEXT_ARGS(text_shown(script->arena, name)), IDENTIFIER_MAX);
        diagnose_fix(script->diagnostics, "Shorten “schema”, or the name of the role");
    }
    buffer_string(out, "CREATE POLICY ");
    sql_name(out, name);
    buffer_string(out, " ON ");
    sql_dotted(out, table->relation.schema, table->relation.name);
    buffer_format(out, " FOR %s TO ", command);
    sql_name(out, writer->role);
    buffer_format(out, "%s", how);
    if (check.length > 0) {
        buffer_string(out, "\n  WITH CHECK (");
        buffer_add(out, check);
        buffer_char(out, ')');
    }
    buffer_string(out, ";\n");
}

static void
write_writer(const struct script *script, const struct sql_table *table,
             const struct sql_writer *writer)
{
    struct scene scene = script_scene(script, table);
    struct reads reads = {.arena = script->arena};
    struct buffer check = buffer_in(script->arena);
    struct buffer *out = script->out;
    say_check(script, &scene, writer, &reads, &check);
    read_what_tells_apart(table, &reads);
    buffer_string(out, "\n-- ");
    sql_words(out, table->relation.name);
    buffer_string(out, ", written by ");
    sql_words(out, writer->role);
    buffer_format(out, ": what %.*s may store in %.*s\n",
                  TEXT_ARGS(leaf(script->model, writer->actor)->name),
                  TEXT_ARGS(leaf(script->model, script->mapping->place)->name));
    grant_reads(script, writer->role, table, &reads);
    buffer_string(out, "GRANT INSERT, UPDATE ON ");
    sql_dotted(out, table->relation.schema, table->relation.name);
    buffer_string(out, " TO ");
    sql_name(out, writer->role);
    buffer_string(out, ";\n");
    write_command(script, table, writer, "SELECT", " USING (true)", TEXT(""));
    write_command(script, table, writer, "INSERT", "", buffer_text(&check));
    write_command(script, table, writer, "UPDATE", " USING (true)", buffer_text(&check));
}

void
write_writers(const struct script *script, const struct sql_table *table)
{
    const struct mapping *mapping = script->mapping;
    for (size_t i = 0; i < mapping->writers.count && mapping->place != NONE; i++)
        write_writer(script, table, &mapping->writers.at[i]);
}
