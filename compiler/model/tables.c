#include "compiler/model/tables.h"

#include "compiler/model/resolve.h"
#include "compiler/model/table_rows.h"

#include <stdlib.h>

enum { COLUMNS_MAX = 5 };

const struct table_form table_forms[TABLE_SORTS] = {
    {"purposes", KINDS(KIND_PURPOSE)},
    {"retention", KINDS(KIND_DATA)},
    {"cookies", KINDS(KIND_DATA)},
    {"recipients", KINDS(KIND_AUDIENCE) | KINDS(KIND_SYSTEM)},
};

/* What stands over the columns, and who fills them; in the order of table_forms. */
static const struct shape {
    const char *name;
    size_t columns;
    const char *heads[COLUMNS_MAX];
    void (*fill)(struct table_draft *draft);
} shapes[TABLE_SORTS] = {
    {"table.purposes",
     PURPOSE_COLUMNS,
     {"table.purpose", "table.used", "table.basis", "table.terms"},
     purposes_fill},
    {"table.retention",
     RETENTION_COLUMNS,
     {"table.data", "table.long", "table.where"},
     retention_fill},
    {"table.cookies",
     COOKIE_COLUMNS,
     {"table.cookie", "table.setter", "table.purpose", "table.lifetime", "table.agreement"},
     cookies_fill},
    {"table.recipients",
     RECIPIENT_COLUMNS,
     {"table.recipient", "table.gets", "table.does", "table.place", "table.ground"},
     recipients_fill},
};

/* Rows ---------------------------------------------------------------------------------------- */

struct interval
table_leaves(const struct table_draft *draft, enum kind kind)
{
    const struct interval none = {0, 0};
    if (draft->group == NONE)
        return kind_leaves(draft->model, kind);
    const struct symbol *group = &draft->model->symbols[draft->group];
    return group->kind == kind ? group->leaves : none;
}

void
table_row(struct table_draft *draft, struct text name)
{
    if (draft->cells.count >= TABLE_ROWS_MAX * draft->columns)
        draft->overflow = true;
    for (size_t i = 0; i < draft->columns; i++)
        *VECTOR_PUSH(draft->arena, &draft->cells) = (struct lines){.list = {NULL, 0, 0}};
    table_line(draft, 0, name);
}

void
table_line(struct table_draft *draft, size_t column, struct text line)
{
    struct lines *cell = &draft->cells.at[draft->cells.count - draft->columns + column];
    line = text_trim(line);
    if (line.length == 0)
        return;
    for (size_t i = 0; i < cell->list.count; i++)
        if (text_equal(cell->list.at[i], line))
            return;
    *VECTOR_PUSH(draft->arena, &cell->list) = line;
}

struct text
table_labels(struct table_draft *draft, struct set set)
{
    struct text words;
    draft->overflow |= !labels_all(draft->model, draft->arena, set, CONJUNCTION_AND, &words);
    return words;
}

struct text
table_phrase(const struct table_draft *draft, const char *key, struct text a, struct text b)
{
    return phrase(draft->model, draft->arena, key, a, b, TEXT(""));
}

struct text
table_with_terms(struct table_draft *draft, struct text words, const struct terms *terms)
{
    if (terms_empty(terms))
        return words;
    return table_phrase(draft, "page.item_terms", words,
                        labels_terms(draft->model, draft->arena, terms));
}

/* Rules --------------------------------------------------------------------------------------- */

struct interval
verb_object_leaves(const struct model *model, enum verb verb)
{
    return kind_leaves(model, verb_forms[verb].object);
}

struct interval
verb_target_leaves(const struct model *model, enum verb verb)
{
    return (struct interval){model->first_leaf[verb_forms[verb].target_first],
                             model->first_leaf[verb_forms[verb].target_last + 1]};
}

void
table_shows(struct table_draft *draft, uint32_t sentence)
{
    size_t count = draft->shown.count;
    if (count == 0 || draft->shown.at[count - 1] != sentence)
        *VECTOR_PUSH(draft->arena, &draft->shown) = sentence;
}

void
table_shows_act(struct table_draft *draft, enum verb verb, struct set objects, struct set targets)
{
    const struct model *model = draft->model;
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->mode == MODE_MAY && rule->verb == verb && set_meets(rule->objects, objects) &&
            set_meets(rule->targets, targets))
            table_shows(draft, rule->sentence);
    }
}

struct grants
table_grants(struct table_draft *draft, enum verb verb, struct scope scope)
{
    struct grants grants = grants_within(draft->model, draft->arena, verb, scope);
    draft->overflow |= grants.overflow;
    return grants;
}

/* The finished table ----------------------------------------------------------------------------
 */

static bool
is_empty(const struct table_draft *draft, size_t column)
{
    for (size_t at = column; at < draft->cells.count; at += draft->columns)
        if (draft->cells.at[at].list.count > 0)
            return false;
    return true;
}

/* Leaves out the columns in which nothing stands; gives the number of those left. */
static size_t
keep_columns(const struct table_draft *draft, size_t kept[COLUMNS_MAX])
{
    size_t count = 0;
    for (size_t column = 0; column < draft->columns; column++)
        if (!is_empty(draft, column))
            kept[count++] = column;
    return count;
}

static int
by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
keep_sentences(struct table_draft *draft, struct table *table)
{
    uint32_t *at = draft->shown.at;
    size_t count = 0;
    if (draft->shown.count > 1)
        qsort(at, draft->shown.count, sizeof *at, by_number);
    for (size_t i = 0; i < draft->shown.count; i++)
        if (count == 0 || at[count - 1] != at[i])
            at[count++] = at[i];
    table->sentences = at;
    table->sentence_count = count;
}

static const struct table *
finish(struct table_draft *draft, const struct shape *shape)
{
    size_t kept[COLUMNS_MAX];
    struct table *table = ARENA_NEW(draft->arena, struct table);
    table->column_count = keep_columns(draft, kept);
    table->row_count = draft->cells.count / draft->columns;
    struct text *heads = ARENA_ARRAY(draft->arena, table->column_count, struct text);
    struct cell *cells =
        ARENA_ARRAY(draft->arena, table->column_count * table->row_count, struct cell);
    for (size_t column = 0; column < table->column_count; column++) {
        heads[column] = locale_phrase(draft->model->locale, shape->heads[kept[column]]);
        for (size_t row = 0; row < table->row_count; row++) {
            const struct lines *lines = &draft->cells.at[row * draft->columns + kept[column]];
            cells[row * table->column_count + column] =
                (struct cell){lines->list.at, lines->list.count};
        }
    }
    table->sort = (enum table_sort)(shape - shapes);
    table->name = locale_phrase(draft->model->locale, shape->name);
    table->heads = heads;
    table->cells = cells;
    keep_sentences(draft, table);
    return table;
}

const struct table *
table_make(const struct model *model, struct arena *arena, enum table_sort sort, uint32_t group)
{
    const struct shape *shape = &shapes[sort];
    struct table_draft draft = {
        .model = model, .arena = arena, .group = group, .columns = shape->columns};
    shape->fill(&draft);
    return draft.overflow ? NULL : finish(&draft, shape);
}

struct text
table_words(const struct model *model, struct arena *arena, const struct table *table)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < table->row_count * table->column_count; i++) {
        const struct cell *cell = &table->cells[i];
        struct buffer words = buffer_in(arena);
        for (size_t k = 0; k < cell->count; k++) {
            if (k > 0)
                buffer_string(&words, "; ");
            buffer_add(&words, cell->lines[k]);
        }
        if (i > 0 && i % table->column_count == 0)
            buffer_char(&out, '\n');
        if (cell->count == 0)
            continue;
        if (i > 0)
            buffer_char(&out, '\n');
        buffer_add(&out, phrase(model, arena, "page.item", table->heads[i % table->column_count],
                                buffer_text(&words), TEXT("")));
    }
    return buffer_text(&out);
}
