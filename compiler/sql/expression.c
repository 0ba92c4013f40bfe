#include "compiler/sql/expression.h"

#include "compiler/sql/quote.h"

void
reads_column(struct reads *reads, struct text column)
{
    for (size_t i = 0; i < reads->columns.count; i++)
        if (text_equal(reads->columns.at[i], column))
            return;
    *VECTOR_PUSH(reads->arena, &reads->columns) = column;
}

static void
reads_elsewhere(struct reads *reads, struct sql_relation relation, struct text column)
{
    for (size_t i = 0; i < reads->elsewhere.count; i++)
        if (same_relation(reads->elsewhere.at[i].relation, relation) &&
            text_equal(reads->elsewhere.at[i].column, column))
            return;
    *VECTOR_PUSH(reads->arena, &reads->elsewhere) = (struct source_column){relation, column};
}

const struct sql_link *
link_find(const struct scene *scene, struct set leaves)
{
    const struct sql_link *found = NULL;
    for (size_t i = 0; i < scene->table->owners.count; i++) {
        const struct sql_link *link = &scene->table->owners.at[i];
        struct interval own = scene->model->symbols[link->symbol].leaves;
        if (!set_meets(leaves, (struct set){&own, 1}))
            continue;
        if (found)
            return NULL;
        found = link;
    }
    return found;
}

/* A state in a table of its own is found by whose it is. */
static bool
state_by_owner(const struct scene *scene, struct sql_state *state)
{
    const struct sql_link *link = link_find(scene, leaf(scene->model, state->leaf)->owners);
    if (link)
        state->by = link->column;
    return link != NULL;
}

static bool
state_in(const struct sql_state *list, size_t count, uint32_t wanted, struct sql_state *out)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].leaf == wanted) {
            *out = list[i];
            return true;
        }
    return false;
}

bool
state_find(const struct scene *scene, uint32_t wanted, struct sql_state *out)
{
    const struct sql_table *table = scene->table;
    if (!state_in(table->states.at, table->states.count, wanted, out) &&
        !state_in(scene->mapping->states.at, scene->mapping->states.count, wanted, out))
        return false;
    if (same_relation(out->relation, table->relation))
        out->relation.name = TEXT("");
    return out->relation.name.length == 0 || out->by.length > 0 || state_by_owner(scene, out);
}

static const struct sql_fact *
fact_find(const struct scene *scene, uint32_t wanted)
{
    for (size_t i = 0; i < scene->mapping->facts.count; i++) {
        const struct sql_fact *fact = &scene->mapping->facts.at[i];
        struct interval leaves = scene->model->symbols[fact->symbol].leaves;
        if (wanted >= leaves.low && wanted < leaves.high)
            return fact;
    }
    return NULL;
}

uint64_t
states_known(const struct scene *scene)
{
    const struct model *model = scene->model;
    uint64_t known = 0;
    for (uint32_t at = model->first_leaf[KIND_STATE]; at < model->first_leaf[KIND_FACT + 1]; at++) {
        struct sql_state state;
        bool found = at < model->first_leaf[KIND_FACT] ? state_find(scene, at, &state)
                                                       : fact_find(scene, at) != NULL;
        if (found)
            known |= state_bit(model, at);
    }
    return known;
}

void
say_column(struct buffer *out, const struct scene *scene, struct reads *reads, struct text column)
{
    reads_column(reads, column);
    sql_dotted(out, scene->table->relation.name, column);
}

/* The table's name stands for its row, so what is looked up has another one. */
static struct text
other_alias(const struct scene *scene)
{
    struct text alias = TEXT("looked_up");
    return text_equal(scene->table->relation.name, alias) ? TEXT("looked_up_too") : alias;
}

/* The value of a column that belongs to a state: of the row, or looked up. Of two rows with one key
 * PostgreSQL makes an error, and no answer. */
static void
say_state_column(struct buffer *out, const struct scene *scene, struct reads *reads,
                 const struct sql_state *state, struct text column)
{
    if (state->relation.name.length == 0) {
        say_column(out, scene, reads, column);
        return;
    }
    struct text alias = other_alias(scene);
    reads_elsewhere(reads, state->relation, column);
    reads_elsewhere(reads, state->relation, state->key);
    buffer_string(out, "(SELECT ");
    sql_dotted(out, alias, column);
    buffer_string(out, " FROM ");
    sql_dotted(out, state->relation.schema, state->relation.name);
    buffer_string(out, " AS ");
    sql_name(out, alias);
    buffer_string(out, " WHERE ");
    sql_dotted(out, alias, state->key);
    buffer_string(out, " = ");
    say_column(out, scene, reads, state->by);
    buffer_char(out, ')');
}

void
say_since(struct buffer *out, const struct scene *scene, struct reads *reads,
          const struct sql_state *state)
{
    say_state_column(out, scene, reads, state, state->since);
}

static void
say_state(struct buffer *out, const struct scene *scene, struct reads *reads,
          const struct sql_state *state, bool yes)
{
    struct sql_values values = yes ? state->yes : state->no;
    say_state_column(out, scene, reads, state, state->column);
    if (values.count == 0) {
        buffer_add(out, yes ? TEXT(" IS TRUE") : TEXT(" IS FALSE"));
        return;
    }
    buffer_string(out, " IN (");
    for (size_t i = 0; i < values.count; i++) {
        if (i > 0)
            buffer_string(out, ", ");
        sql_string(out, values.at[i]);
    }
    buffer_char(out, ')');
}

/* Of a group the setting names the one that holds: any other of its names means “not this”. */
static void
say_member(struct buffer *out, const struct scene *scene, const struct symbol *group,
           uint32_t wanted)
{
    bool first = true;
    buffer_string(out, " IN (");
    for (uint32_t at = group->leaves.low; at < group->leaves.high; at++) {
        if (at == wanted)
            continue;
        if (!first)
            buffer_string(out, ", ");
        sql_string(out, leaf(scene->model, at)->name);
        first = false;
    }
    buffer_char(out, ')');
}

static void
say_fact(struct buffer *out, const struct scene *scene, uint32_t wanted, bool yes)
{
    const struct sql_fact *fact = fact_find(scene, wanted);
    const struct symbol *symbol = &scene->model->symbols[fact->symbol];
    buffer_string(out, "current_setting(");
    sql_string(out, fact->setting);
    buffer_string(out, ", true)");
    if (!symbol->one_of) {
        buffer_add(out, yes ? TEXT(" = 'yes'") : TEXT(" = 'no'"));
    } else if (yes) {
        buffer_string(out, " = ");
        sql_string(out, leaf(scene->model, wanted)->name);
    } else {
        say_member(out, scene, symbol, wanted);
    }
}

void
say_literal(struct buffer *out, const struct scene *scene, struct reads *reads, uint32_t wanted,
            bool yes)
{
    struct sql_state state;
    if (wanted >= scene->model->first_leaf[KIND_FACT])
        say_fact(out, scene, wanted, yes);
    else if (state_find(scene, wanted, &state))
        say_state(out, scene, reads, &state, yes);
    else
        buffer_string(out, "false");
}

void
say_owner(struct buffer *out, const struct scene *scene, struct reads *reads,
          const struct sql_link *link)
{
    say_column(out, scene, reads, link->column);
    buffer_format(out, " = NULLIF(current_setting('avow.person', true), '')::%s", link->type);
}

static void
say_cube(struct buffer *out, const struct scene *scene, struct reads *reads, struct cube cube)
{
    uint32_t first = scene->model->first_leaf[KIND_STATE];
    bool any = false;
    for (uint32_t bit = 0; bit < state_count(scene->model); bit++) {
        bool need = (cube.need >> bit & 1) != 0;
        if (!need && (cube.forbid >> bit & 1) == 0)
            continue;
        if (any)
            buffer_string(out, " AND ");
        any = true;
        say_literal(out, scene, reads, first + bit, need);
    }
}

void
say_decision(struct buffer *out, const struct scene *scene, struct reads *reads,
             struct decision decision, unsigned indent)
{
    if (decision.count == 0 || decision_is_always(&decision)) {
        buffer_add(out, decision.count == 0 ? TEXT("false") : TEXT("true"));
        return;
    }
    for (size_t i = 0; i < decision.count; i++) {
        if (i > 0) {
            buffer_char(out, '\n');
            buffer_fill(out, ' ', indent);
            buffer_string(out, "OR ");
        }
        say_cube(out, scene, reads, decision.cubes[i]);
    }
}
