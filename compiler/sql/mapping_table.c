/* The tables of a mapping. */
#include "compiler/model/events.h"
#include "compiler/sql/reading.h"

#define FIELDS(list) (list), sizeof(list) / sizeof *(list)

struct table_reading {
    struct mapping_reader *r;
    struct sql_table *table;
};

static bool
is_map(struct mapping_reader *r, const struct yaml *value, const char *mend)
{
    if (value->kind == YAML_MAP)
        return true;
    mapping_refuse(r, value->span, "names with values are needed here", mend);
    return false;
}

static void
read_text(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct text *text = into;
    if (identifier_read(r, value, text))
        return;
}

/* States ------------------------------------------------------------------------------------------
 */

static void
read_state_schema(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_state *)into)->relation.schema);
}

static void
read_state_table(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_state *)into)->relation.name);
}

static void
read_state_key(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_state *)into)->key);
}

static void
read_state_by(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_state *)into)->by);
}

static void
read_state_column(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_state *)into)->column);
}

static void
read_state_since(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_state *)into)->since);
}

struct values_reading {
    VECTOR(struct text) list;
};

static void
read_value(struct mapping_reader *r, const struct yaml *word, void *into)
{
    struct values_reading *values = into;
    if (word->kind != YAML_SCALAR)
        mapping_refuse(r, word->span, "a value of the column is needed here",
                       "Write it as the column holds it");
    else
        *VECTOR_PUSH(r->arena, &values->list) = word->text;
}

static struct sql_values
values_of(struct mapping_reader *r, const struct yaml *value)
{
    struct values_reading values = {0};
    each_word(r, value, "the values", read_value, &values);
    return (struct sql_values){values.list.at, values.list.count};
}

static void
read_state_yes(struct mapping_reader *r, const struct yaml *value, void *into)
{
    ((struct sql_state *)into)->yes = values_of(r, value);
}

static void
read_state_no(struct mapping_reader *r, const struct yaml *value, void *into)
{
    ((struct sql_state *)into)->no = values_of(r, value);
}

static const struct field state_fields[] = {
    {"column", read_state_column, "column: private"},
    {"is", read_state_yes, NULL},
    {"is-not", read_state_no, NULL},
    {"since", read_state_since, NULL},
    {"schema", read_state_schema, NULL},
    {"table", read_state_table, NULL},
    {"key", read_state_key, NULL},
    {"by", read_state_by, NULL},
};

/* A value that stands for yes and for no would be neither; a column without values is a boolean. */
static void
check_values(struct mapping_reader *r, const struct sql_state *state)
{
    bool both = false;
    for (size_t i = 0; i < state->yes.count; i++)
        for (size_t j = 0; j < state->no.count; j++)
            both |= text_equal(state->yes.at[i], state->no.at[j]);
    if (both)
        mapping_refuse(r, state->span, "a value of this state means both yes and no",
                       "Leave it out of one of the two; what is in neither is unknown");
    if ((state->yes.count == 0) != (state->no.count == 0))
        mapping_refuse(
            r, state->span, "of this state only one side is said",
            "Give both “is” and “is-not”, each with the values of the column that mean it");
}

static void
check_state(struct mapping_reader *r, const struct sql_state *state, bool elsewhere)
{
    bool other = state->relation.name.length > 0;
    check_values(r, state);
    if (elsewhere && !other)
        mapping_refuse(r, state->span, "nothing says in which table this state is",
                       "Add “table:” and “key:”, or move the state into its table");
    else if (other && state->key.length == 0)
        mapping_refuse(r, state->span, "nothing says whose state a row of that table is",
                       "Add “key:” with the column that names the person or record, unique in it");
    else if (!other &&
             (state->key.length > 0 || state->by.length > 0 || state->relation.schema.length > 0))
        mapping_refuse(r, state->span, "“schema”, “key” and “by” are for a state in another table",
                       "Add “table:”, or leave them out");
}

/* True if it can be used. */
static bool
read_state(struct mapping_reader *r, const struct yaml *member, bool elsewhere,
           struct sql_state *state)
{
    size_t before = r->diagnostics->errors;
    *state = (struct sql_state){.span = member->key->span};
    state->relation.span = member->span;
    state->leaf = leaf_read(r, member->key, KINDS(KIND_STATE));
    if (member->kind == YAML_SCALAR && !elsewhere)
        read_text(r, member, &state->column);
    else
        map_read(r, member, "a state", FIELDS(state_fields), state);
    if (r->diagnostics->errors == before)
        check_state(r, state, elsewhere);
    if (state->relation.name.length > 0 && state->relation.schema.length == 0)
        state->relation.schema = TEXT("public");
    return state->leaf != NONE && r->diagnostics->errors == before;
}

void
states_read(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct mapping *mapping = into;
    struct sql_state state;
    if (!is_map(r, value, "Write “STATE: {table: ..., key: ..., column: ...}”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next)
        if (read_state(r, member, true, &state))
            *VECTOR_PUSH(r->arena, &mapping->states) = state;
}

static void
read_table_states(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct sql_table *table = into;
    struct sql_state state;
    if (!is_map(r, value, "Write “STATE: COLUMN”, such as “private: is_private”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next)
        if (read_state(r, member, false, &state))
            *VECTOR_PUSH(r->arena, &table->states) = state;
}

/* Owners ------------------------------------------------------------------------------------------
 */

static void
read_link_column(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_link *)into)->column);
}

static void
read_link_type(struct mapping_reader *r, const struct yaml *value, void *into)
{
    static const char *const types[] = {"text", "bigint", "integer", "smallint", "uuid"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (value->kind == YAML_SCALAR && text_equal(value->text, text_of(types[i]))) {
            ((struct sql_link *)into)->type = types[i];
            return;
        }
    mapping_refuse(r, value->span, "this is no type that a person's number can have here",
                   "Write text, bigint, integer, smallint or uuid, as the column is declared");
}

static const struct field link_fields[] = {
    {"column", read_link_column, "column: reporter_id"},
    {"type", read_link_type, NULL},
};

static void
read_owners(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct sql_table *table = into;
    if (!is_map(r, value, "Write whose a row is and the column, such as “reporter: reporter_id”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next) {
        struct sql_link link = {.type = "text", .span = member->key->span};
        link.symbol = symbol_read(r, member->key, KINDS(KIND_PERSON) | KINDS(KIND_DATA));
        if (member->kind == YAML_SCALAR)
            read_text(r, member, &link.column);
        else
            map_read(r, member, "an owner", FIELDS(link_fields), &link);
        if (link.symbol != NONE && link.column.length > 0)
            *VECTOR_PUSH(r->arena, &table->owners) = link;
    }
}

/* Columns -----------------------------------------------------------------------------------------
 */

/* A column may stand in one of data, plain and hidden. */
static void
add_column(struct mapping_reader *r, struct sql_table *table, struct sql_column column)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (text_equal(table->columns.at[i].name, column.name)) {
            diagnose(r->diagnostics, E_MAPPING, column.span,
                     "the column “%.*s” stands in this table twice",
                     TEXT_ARGS(text_shown(r->arena, column.name)));
            diagnose_why(r->diagnostics, "It would be shown by the one and withheld by the other");
            diagnose_fix(r->diagnostics, "Leave it in one of data, plain and hidden");
            return;
        }
    *VECTOR_PUSH(r->arena, &table->columns) = column;
}

struct leaves_reading {
    VECTOR(struct interval) list;
};

static void
read_data_name(struct mapping_reader *r, const struct yaml *word, void *into)
{
    struct leaves_reading *leaves = into;
    uint32_t symbol = symbol_read(r, word, KINDS(KIND_DATA));
    if (symbol != NONE)
        *VECTOR_PUSH(r->arena, &leaves->list) = r->model->symbols[symbol].leaves;
}

static void
read_data(struct mapping_reader *r, const struct yaml *value, void *into)
{
    if (!is_map(r, value, "Write the column and what is in it, such as “summary: issue.text”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next) {
        struct sql_column column = {.span = member->key->span};
        struct leaves_reading leaves = {0};
        bool named = identifier_read(r, member->key, &column.name);
        each_word(r, member, "what is in a column", read_data_name, &leaves);
        column.data = set_from(leaves.list.at, leaves.list.count);
        if (named && column.data.count > 0)
            add_column(r, into, column);
    }
}

static void
read_plain_name(struct mapping_reader *r, const struct yaml *word, void *into)
{
    struct sql_column column = {.span = word->span};
    if (identifier_read(r, word, &column.name))
        add_column(r, into, column);
}

static void
read_hidden_name(struct mapping_reader *r, const struct yaml *word, void *into)
{
    struct sql_column column = {.span = word->span, .hidden = true};
    if (identifier_read(r, word, &column.name))
        add_column(r, into, column);
}

static void
read_plain(struct mapping_reader *r, const struct yaml *value, void *into)
{
    each_word(r, value, "columns with nothing personal", read_plain_name, into);
}

static void
read_hidden(struct mapping_reader *r, const struct yaml *value, void *into)
{
    each_word(r, value, "columns that nobody sees", read_hidden_name, into);
}

/* Moments -----------------------------------------------------------------------------------------
 */

/* The leaf of a request, an event, or a clause that others wait for. */
static uint32_t
read_moment_name(struct mapping_reader *r, const struct yaml *word)
{
    uint32_t done = events_done(r->model, word->text);
    if (names_find(&r->model->by_name, word->text) == NONE && done != NONE)
        return r->model->symbols[done].leaves.low;
    return leaf_read(r, word, KINDS(KIND_REQUEST) | KINDS(KIND_EVENT));
}

static void
read_moments(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct sql_table *table = into;
    if (!is_map(r, value,
                "Write what happens and the column with its time, such as "
                "“order-closed: closed_at”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next) {
        struct sql_moment moment = {.span = member->key->span};
        moment.what = read_moment_name(r, member->key);
        if (identifier_read(r, member, &moment.column) && moment.what != NONE)
            *VECTOR_PUSH(r->arena, &table->moments) = moment;
    }
}

static void
read_collected(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct sql_table *table = into;
    struct sql_moment moment = {.what = NONE, .span = value->span};
    if (identifier_read(r, value, &moment.column))
        *VECTOR_PUSH(r->arena, &table->moments) = moment;
}

/* Tables ------------------------------------------------------------------------------------------
 */

static void
read_table_name(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_table *)into)->relation.name);
}

static void
read_table_schema(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_table *)into)->relation.schema);
}

static void
read_alias(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_table *)into)->alias);
}

static void
read_key(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_text(r, value, &((struct sql_table *)into)->key);
}

static const struct field table_fields[] = {
    {"table", read_table_name, "table: issue"},
    {"schema", read_table_schema, NULL},
    {"as", read_alias, NULL},
    {"key", read_key, NULL},
    {"owners", read_owners, NULL},
    {"data", read_data, "data: {summary: issue.text}"},
    {"plain", read_plain, NULL},
    {"hidden", read_hidden, NULL},
    {"states", read_table_states, NULL},
    {"moments", read_moments, NULL},
    {"collected", read_collected, NULL},
};

static void
check_table(struct mapping_reader *r, const struct sql_table *table)
{
    for (size_t i = 0; i < r->mapping->tables.count; i++) {
        const struct sql_table *other = &r->mapping->tables.at[i];
        if (text_equal(other->relation.name, table->relation.name) &&
            text_equal(other->relation.schema, table->relation.schema))
            mapping_refuse(r, table->span, "this table stands here twice",
                           "Write all of its columns in one place");
        else if (text_equal(other->alias, table->alias))
            mapping_refuse(r, table->span, "the views of this table would be named as another's",
                           "Add “as:” with a name for them");
    }
}

void
tables_read(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct mapping *mapping = into;
    if (value->kind != YAML_LIST || value->count == 0) {
        mapping_refuse(r, value->span, "the tables must be a list of at least one",
                       "Begin each table with a line such as “- table: issue”");
        return;
    }
    for (const struct yaml *member = value->child; member; member = member->next) {
        struct sql_table table = {
            .span = {member->span.source, member->span.begin, member->span.begin}};
        table.relation = (struct sql_relation){TEXT("public"), TEXT(""), table.span};
        size_t before = r->diagnostics->errors;
        map_read(r, member, "a table", FIELDS(table_fields), &table);
        if (table.alias.length == 0)
            table.alias = table.relation.name;
        if (r->diagnostics->errors == before)
            check_table(r, &table);
        *VECTOR_PUSH(r->arena, &mapping->tables) = table;
    }
}
