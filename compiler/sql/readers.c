/* Who sees what: a view for each table and reader, and the row-level security beneath it.
 *
 * The views are not security_invoker. Withholding a column from some rows only is something that
 * the table's own rights cannot do: whoever may select the column for one row could go around the
 * view and select it for each row that row-level security leaves, and a login that is a member of
 * two readers would see the columns of the one in the rows of the other. So a view runs with the
 * rights of a role that nobody is a member of; that role holds just the columns that the view needs
 * and is itself held by row-level security. */
#include "compiler/sql/script.h"

static struct question
point_of(const struct sql_reader *reader, uint32_t object)
{
    return (struct question){
        .actor = reader->actor, .verb = reader->verb, .object = object, .target = reader->target};
}

/* A person is the very one whom the data is about; of other data she is nobody in particular. */
static bool
is_owner_of(const struct model *model, const struct sql_reader *reader, uint32_t object)
{
    return leaf(model, reader->target)->kind != KIND_PERSON ||
           set_has(leaf(model, object)->persons, reader->target);
}

struct decision
column_decision(const struct script *script, const struct scene *scene,
                const struct sql_column *column, struct question point, uint64_t known)
{
    struct decision all = decision_always(script->arena);
    (void)scene;
    for (size_t i = 0; i < column->data.count; i++)
        for (uint32_t at = column->data.at[i].low; at < column->data.at[i].high; at++) {
            point.object = at;
            struct decision one = decide(script->model, script->arena, point, known);
            all = decision_both(script->arena, all, one);
        }
    return all;
}

static struct decision
decide_column(const struct view *view, const struct script *script, const struct sql_column *column,
              uint64_t known)
{
    const struct model *model = script->model;
    for (size_t i = 0; i < column->data.count; i++)
        for (uint32_t at = column->data.at[i].low; at < column->data.at[i].high; at++)
            if (!is_owner_of(model, view->reader, at))
                return decision_never();
    return column_decision(script, &view->scene, column, point_of(view->reader, 0), known);
}

struct view
view_make(const struct script *script, const struct sql_table *table,
          const struct sql_reader *reader)
{
    struct view view = {.scene = script_scene(script, table), .reader = reader};
    const struct symbol *target = leaf(script->model, reader->target);
    struct decision *decisions =
        ARENA_ARRAY(script->arena, table->columns.count + 1, struct decision);
    uint64_t known = states_known(&view.scene);
    view.name = arena_format(script->arena, "%.*s__%.*s", TEXT_ARGS(table->alias),
                             TEXT_ARGS(policy_word(script->arena, target->name)));
    view.decisions = decisions;
    if (target->kind == KIND_PERSON)
        view.link = link_find(&view.scene, (struct set){&target->leaves, 1});
    for (size_t i = 0; i < table->columns.count; i++) {
        const struct sql_column *column = &table->columns.at[i];
        if (column->hidden || column->data.count == 0)
            continue;
        decisions[i] = decide_column(&view, script, column, known);
        if (target->kind != KIND_PERSON || view.link)
            view.row = decision_either(script->arena, view.row, decisions[i]);
    }
    return view;
}

/* Comments ----------------------------------------------------------------------------------------
 */

/* What a column is allowed by. */
static void
cite_allowing(const struct script *script, const struct view *view, const struct sql_column *column,
              struct decision decision, struct citation *citation)
{
    for (size_t i = 0; i < column->data.count; i++)
        for (uint32_t at = column->data.at[i].low; at < column->data.at[i].high; at++)
            for (size_t j = 0; j < decision.count; j++) {
                struct question q = point_of(view->reader, at);
                q.yes = decision.cubes[j].need;
                q.known = q.yes | decision.cubes[j].forbid;
                struct answer answer = answer_make(script->model, script->arena, q);
                cite_clauses(script, citation, answer.clauses, answer.clause_count);
            }
}

/* What forbids it where nothing is known: nothing, if it is always allowed or never permitted. */
static void
cite_refusing(const struct script *script, const struct view *view, const struct sql_column *column,
              struct citation *citation)
{
    for (size_t i = 0; i < column->data.count; i++)
        for (uint32_t at = column->data.at[i].low; at < column->data.at[i].high; at++) {
            struct answer answer =
                answer_make(script->model, script->arena, point_of(view->reader, at));
            if (answer.verdict == VERDICT_FORBIDDEN)
                cite_clauses(script, citation, answer.clauses, answer.clause_count);
        }
}

/* "issue.name and issue.text" */
static void
say_data(const struct script *script, struct buffer *out, const struct sql_column *column)
{
    set_names(script->model, column->data, out);
}

static void
say_reader(const struct script *script, struct buffer *out, const struct sql_reader *reader)
{
    const struct symbol *target = leaf(script->model, reader->target);
    bool us = reader->actor == us_actor(script->model);
    buffer_format(out, "%.*s may %s",
                  TEXT_ARGS(us ? TEXT("we") : leaf(script->model, reader->actor)->name),
                  verb_forms[reader->verb].word);
    buffer_format(out, " %s %.*s", preposition_word(verb_forms[reader->verb].preposition),
                  TEXT_ARGS(target->name));
}

static bool
is_withheld(const struct view *view, size_t at)
{
    const struct sql_column *column = &view->scene.table->columns.at[at];
    return !column->hidden && column->data.count > 0 &&
           (view->decisions[at].count == 0 || view->row.count == 0);
}

static bool
same_citation(const struct citation *a, const struct citation *b)
{
    return a->clauses.count == b->clauses.count &&
           (a->clauses.count == 0 ||
            memcmp(a->clauses.at, b->clauses.at, a->clauses.count * sizeof *a->clauses.at) == 0);
}

/* "summary (issue.text), author (issue.name)": the columns from one on that are withheld by the
 * same clauses. */
static void
say_withheld_columns(const struct script *script, const struct view *view,
                     const struct citation *citations, size_t from, bool *said)
{
    const struct sql_table *table = view->scene.table;
    for (size_t i = from; i < table->columns.count; i++) {
        if (!is_withheld(view, i) || said[i] || !same_citation(&citations[i], &citations[from]))
            continue;
        buffer_add(script->out, i > from ? TEXT(", ") : TEXT("-- never: "));
        sql_words(script->out, table->columns.at[i].name);
        buffer_string(script->out, " (");
        say_data(script, script->out, &table->columns.at[i]);
        buffer_char(script->out, ')');
        said[i] = true;
    }
}

/* Lines of what is not shown, and why. */
static void
say_withheld(const struct script *script, const struct view *view)
{
    size_t count = view->scene.table->columns.count;
    struct citation *citations = ARENA_ARRAY(script->arena, count + 1, struct citation);
    bool *said = ARENA_ARRAY(script->arena, count + 1, bool);
    for (size_t i = 0; i < count; i++)
        if (is_withheld(view, i))
            cite_refusing(script, view, &view->scene.table->columns.at[i], &citations[i]);
    for (size_t i = 0; i < count; i++) {
        if (!is_withheld(view, i) || said[i])
            continue;
        say_withheld_columns(script, view, citations, i, said);
        buffer_string(script->out, "\n--   ");
        if (citations[i].clauses.count > 0)
            say_citation(script, script->out, &citations[i], true);
        else
            buffer_string(script->out, "nothing in the policy permits it");
        buffer_char(script->out, '\n');
    }
}

static void
say_rows_left_out(const struct script *script, const struct view *view)
{
    struct citation citation = {0};
    if (decision_is_always(&view->row))
        return;
    for (size_t i = 0; i < view->scene.table->columns.count; i++)
        if (view->decisions[i].count > 0)
            cite_refusing(script, view, &view->scene.table->columns.at[i], &citation);
    if (citation.clauses.count == 0)
        return;
    buffer_string(script->out, "-- only in the cases below:\n--   ");
    say_citation(script, script->out, &citation, true);
    buffer_char(script->out, '\n');
}

static void
comment_on_column(const struct script *script, const struct view *view, size_t at)
{
    const struct sql_column *column = &view->scene.table->columns.at[at];
    struct buffer words = buffer_in(script->arena);
    struct citation citation = {0};
    say_data(script, &words, column);
    cite_allowing(script, view, column, view->decisions[at], &citation);
    buffer_string(&words, ": ");
    say_citation(script, &words, &citation, true);
    buffer_string(script->out, "COMMENT ON COLUMN ");
    sql_dotted(script->out, script->mapping->schema, view->name);
    buffer_char(script->out, '.');
    sql_name(script->out, column->name);
    buffer_string(script->out, " IS ");
    sql_string(script->out, buffer_text(&words));
    buffer_string(script->out, ";\n");
}

/* The view ----------------------------------------------------------------------------------------
 */

static bool
is_listed(const struct sql_table *table, struct text name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (text_equal(table->columns.at[i].name, name))
            return true;
    return false;
}

static void
begin_item(struct buffer *body, bool *any)
{
    buffer_add(body, *any ? TEXT(",\n    ") : TEXT("\n    "));
    *any = true;
}

/* A column that is shown in some of the view's rows only is NULL in the others. */
static void
say_item(const struct view *view, struct reads *reads, struct buffer *body, size_t at)
{
    const struct sql_column *column = &view->scene.table->columns.at[at];
    if (column->data.count == 0 || decision_same(view->decisions[at], view->row)) {
        say_column(body, &view->scene, reads, column->name);
        return;
    }
    buffer_string(body, "CASE WHEN ");
    say_decision(body, &view->scene, reads, view->decisions[at], 9);
    buffer_string(body, "\n         THEN ");
    say_column(body, &view->scene, reads, column->name);
    buffer_string(body, " END AS ");
    sql_name(body, column->name);
}

static void
say_items(const struct view *view, struct reads *reads, struct buffer *body)
{
    const struct sql_table *table = view->scene.table;
    bool any = false;
    if (table->key.length > 0 && !is_listed(table, table->key)) {
        begin_item(body, &any);
        say_column(body, &view->scene, reads, table->key);
    }
    for (size_t i = 0; i < table->columns.count; i++) {
        const struct sql_column *column = &table->columns.at[i];
        if (column->hidden || (column->data.count > 0 && view->decisions[i].count == 0))
            continue;
        begin_item(body, &any);
        say_item(view, reads, body, i);
    }
}

/* Which rows: the person's own, and of these whatever has something to show. */
static void
say_rows(const struct view *view, struct reads *reads, struct buffer *out, unsigned indent)
{
    if (!view->link) {
        say_decision(out, &view->scene, reads, view->row, indent);
        return;
    }
    say_owner(out, &view->scene, reads, view->link);
    if (decision_is_always(&view->row))
        return;
    buffer_char(out, '\n');
    buffer_fill(out, ' ', indent);
    buffer_string(out, "AND (");
    say_decision(out, &view->scene, reads, view->row, indent + 5);
    buffer_char(out, ')');
}

static void
write_view(const struct script *script, const struct view *view, struct text items,
           struct text rows)
{
    struct buffer *out = script->out;
    struct sql_relation relation = view->scene.table->relation;
    buffer_string(out, "CREATE VIEW ");
    sql_dotted(out, script->mapping->schema, view->name);
    buffer_string(out, "\n  WITH (security_barrier = true, security_invoker = false) AS\n  SELECT");
    buffer_add(out, items);
    buffer_string(out, "\n  FROM ");
    sql_dotted(out, relation.schema, relation.name);
    if (!text_equal(rows, TEXT("true"))) {
        buffer_string(out, "\n  WHERE ");
        buffer_add(out, rows);
    }
    buffer_string(out, ";\nALTER VIEW ");
    sql_dotted(out, script->mapping->schema, view->name);
    buffer_string(out, " OWNER TO ");
    sql_name(out, guard_name(script, view->reader));
    buffer_string(out, ";\nREVOKE ALL ON ");
    sql_dotted(out, script->mapping->schema, view->name);
    buffer_string(out, " FROM PUBLIC;\nGRANT SELECT ON ");
    sql_dotted(out, script->mapping->schema, view->name);
    buffer_string(out, " TO ");
    sql_name(out, view->reader->role);
    buffer_string(out, ";\n");
}

/* Whether the reader's views of other tables look states up in this one: then its guard must find
 * every row of it, but in the columns that say states only. */
static bool
is_looked_up(const struct script *script, const struct sql_table *table)
{
    const struct mapping *mapping = script->mapping;
    for (size_t i = 0; i < mapping->states.count; i++)
        if (same_relation(mapping->states.at[i].relation, table->relation))
            return true;
    for (size_t i = 0; i < mapping->tables.count; i++)
        for (size_t j = 0; j < mapping->tables.at[i].states.count; j++)
            if (same_relation(mapping->tables.at[i].states.at[j].relation, table->relation))
                return true;
    return false;
}

static void
write_policy(const struct script *script, const struct sql_table *table, struct text whose,
             struct text role, struct text rows)
{
    struct buffer *out = script->out;
    buffer_string(out, "CREATE POLICY ");
    sql_name(out, policy_name(script, whose));
    buffer_string(out, " ON ");
    sql_dotted(out, table->relation.schema, table->relation.name);
    buffer_string(out, " FOR SELECT TO ");
    sql_name(out, role);
    buffer_string(out, "\n  USING (");
    buffer_add(out, rows);
    buffer_string(out, ");");
    if (text_equal(rows, TEXT("true")) && is_looked_up(script, table))
        buffer_string(out, " -- states are looked up here: the view chooses the rows");
    buffer_char(out, '\n');
}

/* Reports what stands in the way of a view that the policy would allow. */
static void
warn_of_view(const struct script *script, const struct view *view)
{
    const struct symbol *target = leaf(script->model, view->reader->target);
    const struct sql_table *table = view->scene.table;
    uint64_t wanted = 0;
    bool allowed = false, large = false;
    for (size_t i = 0; i < table->columns.count; i++) {
        wanted |= view->decisions[i].wanted;
        allowed |= view->decisions[i].count > 0;
        large |= view->decisions[i].too_large;
    }
    if (target->kind == KIND_PERSON && !view->link && allowed) {
        diagnose(script->diagnostics, W_UNMAPPED, table->span,
                 "nothing says which rows of “%.*s” are whose, so no %.*s sees any",
                 TEXT_ARGS(text_shown(script->arena, table->relation.name)),
                 TEXT_ARGS(target->name));
        diagnose_fix(script->diagnostics,
                     "Add the column that names the person, such as “owners: {%.*s: COLUMN}”",
                     TEXT_ARGS(target->name));
    }
    if (large) {
        diagnose(script->diagnostics, W_UNMAPPED, table->span,
                 "the rules for %.*s have too many cases for a view of “%.*s”",
                 TEXT_ARGS(target->name),
                 TEXT_ARGS(text_shown(script->arena, table->relation.name)));
        diagnose_fix(script->diagnostics, "Ask “avow_ask” for these, or say the rules more simply");
    }
    if (wanted == 0)
        return;
    struct buffer names = buffer_in(script->arena);
    for (uint32_t bit = 0; bit < state_count(script->model); bit++)
        if ((wanted >> bit & 1) != 0)
            buffer_format(
                &names, "%s%.*s", names.length > 0 ? ", " : "",
                TEXT_ARGS(leaf(script->model, script->model->first_leaf[KIND_STATE] + bit)->name));
    diagnose(script->diagnostics, W_UNMAPPED, table->span,
             "nothing says of the rows of “%.*s” what holds of: %.*s",
             TEXT_ARGS(text_shown(script->arena, table->relation.name)),
             TEXT_ARGS(buffer_text(&names)));
    diagnose_why(script->diagnostics,
                 "What is not known is refused: %.*s sees less than the policy allows",
                 TEXT_ARGS(target->name));
    diagnose_fix(script->diagnostics, "Add the columns under “states”, or the settings of the "
                                      "session under “facts”");
}

static void
write_reader(const struct script *script, const struct sql_table *table,
             const struct sql_reader *reader)
{
    struct view view = view_make(script, table, reader);
    struct reads reads = {.arena = script->arena};
    struct buffer items = buffer_in(script->arena), rows = buffer_in(script->arena);
    struct text word = leaf(script->model, reader->target)->name;
    bool open = is_looked_up(script, table);
    struct text guard = guard_name(script, reader);
    warn_of_view(script, &view);
    buffer_string(script->out, "\n-- ");
    sql_words(script->out, table->relation.name);
    buffer_format(script->out, ", what ");
    say_reader(script, script->out, reader);
    buffer_char(script->out, '\n');
    say_withheld(script, &view);
    if (open)
        write_policy(script, table, word, guard, TEXT("true"));
    if (view.row.count == 0) {
        buffer_string(script->out, "-- So there is no view.\n");
        return;
    }
    say_rows_left_out(script, &view);
    say_items(&view, &reads, &items);
    say_rows(&view, &reads, &rows, 4);
    grant_reads(script, guard, table, &reads);
    if (!open)
        write_policy(script, table, word, guard, buffer_text(&rows));
    write_view(script, &view, buffer_text(&items), buffer_text(&rows));
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.at[i].data.count > 0 && view.decisions[i].count > 0)
            comment_on_column(script, &view, i);
}

void
write_readers(const struct script *script, const struct sql_table *table)
{
    for (size_t i = 0; i < script->mapping->readers.count; i++)
        write_reader(script, table, &script->mapping->readers.at[i]);
}
