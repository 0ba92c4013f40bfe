#include "compiler/page/row.h"

/* In front of a link's number within the words of an item: U+FDD0, which no policy contains. */
static const char mark[] = "\xEF\xB7\x90";
enum { MARK_LENGTH = sizeof mark - 1, MARK_DIGITS = 8 };

static struct node *
new_node(struct row *row, enum node_kind kind)
{
    struct node *node = ARENA_NEW(row->arena, struct node);
    node->kind = kind;
    return node;
}

struct row
row_begin(const struct model *model, struct arena *arena)
{
    struct row row = {.model = model, .arena = arena};
    row.list = new_node(&row, NODE_LIST);
    row.list->tight = true;
    return row;
}

struct text
row_link(struct row *row, struct text text, struct text address)
{
    *VECTOR_PUSH(row->arena, &row->links) = (struct row_link){text, address};
    return arena_format(row->arena, "%s%08zu", mark, row->links.count - 1);
}

struct text
row_clause_link(struct row *row, struct text text, uint32_t clause)
{
    struct text anchor = row->model->clauses[clause].anchor;
    return row_link(row, text, arena_format(row->arena, "#%.*s", TEXT_ARGS(anchor)));
}

static struct node **
add_text(struct row *row, struct node **end, struct text text)
{
    if (text.length == 0)
        return end;
    *end = new_node(row, NODE_TEXT);
    (*end)->text = text;
    return (struct node **)(void *)&(*end)->next;
}

static struct node **
add_link(struct row *row, struct node **end, const struct row_link *link)
{
    struct node *words = new_node(row, NODE_TEXT);
    words->text = link->text;
    *end = new_node(row, NODE_LINK);
    (*end)->text = link->address;
    (*end)->child = words;
    return (struct node **)(void *)&(*end)->next;
}

/* The words as nodes, with the links where their marks are. */
static struct node *
inlines(struct row *row, struct text words)
{
    struct node *first = NULL, **end = &first;
    size_t begin = 0;
    for (size_t at = 0; at + MARK_LENGTH + MARK_DIGITS <= words.length; at++) {
        if (memcmp(words.data + at, mark, MARK_LENGTH) != 0)
            continue;
        size_t number = 0;
        for (size_t i = 0; i < MARK_DIGITS; i++)
            number = number * 10 + (size_t)(words.data[at + MARK_LENGTH + i] - '0');
        end = add_text(row, end, (struct text){words.data + begin, at - begin});
        end = add_link(row, end, &row->links.at[number]);
        begin = at + MARK_LENGTH + MARK_DIGITS;
        at = begin - 1;
    }
    add_text(row, end, (struct text){words.data + begin, words.length - begin});
    return first;
}

/* The words with the links' texts, to tell two items apart. */
static struct text
plain(struct row *row, const struct node *first)
{
    struct buffer out = buffer_in(row->arena);
    for (const struct node *node = first; node; node = node->next)
        buffer_add(&out, node->kind == NODE_LINK ? node->child->text : node->text);
    return buffer_text(&out);
}

static bool
said_already(struct row *row, struct text words)
{
    for (size_t i = 0; i < row->count; i++)
        if (text_equal(row->said[i], words))
            return true;
    row->said[row->count++] = words;
    return false;
}

void
row_add(struct row *row, struct text words, const struct terms *terms)
{
    if (row->count == ROW_MAX)
        row->overflow = true;
    if (row->overflow)
        return;
    if (terms && !terms_empty(terms))
        words = phrase(row->model, row->arena, "page.item_terms", words,
                       labels_terms(row->model, row->arena, terms), TEXT(""));
    struct node *inside = inlines(row, words);
    if (said_already(row, plain(row, inside)))
        return;
    struct node *item = new_node(row, NODE_ITEM);
    struct node *paragraph = new_node(row, NODE_PARAGRAPH);
    paragraph->child = inside;
    item->child = paragraph;
    if (row->end)
        *row->end = item;
    else
        row->list->child = item;
    row->end = (struct node **)(void *)&item->next;
}

/* The first hole of a clause that is a whole table of this sort, or NULL. */
static const struct hole *
table_in(const struct clause *clause, enum table_sort sort)
{
    for (size_t i = 0; i < clause->hole_count; i++) {
        const struct hole *hole = &clause->holes[i];
        if (hole->kind == HOLE_TABLE && hole->symbol == NONE && hole->table &&
            hole->table->sort == sort)
            return hole;
    }
    return NULL;
}

uint32_t
row_table_clause(const struct row *row, enum table_sort sort)
{
    for (uint32_t i = 0; i < row->model->clause_count; i++)
        if (table_in(&row->model->clauses[i], sort))
            return i;
    return NONE;
}

void
row_add_table(struct row *row, enum table_sort sort)
{
    uint32_t clause = row_table_clause(row, sort);
    struct text name = table_in(&row->model->clauses[clause], sort)->table->name;
    row_add(row, row_phrase(row, "page.see_table", row_clause_link(row, name, clause), TEXT("")),
            NULL);
}

const struct node *
row_end(struct row *row)
{
    if (row->overflow) {
        struct text words = locale_phrase(row->model->locale, "page.too_many");
        *row = row_begin(row->model, row->arena);
        row_add(row, words, NULL);
    }
    return row->list->child ? row->list : NULL;
}

struct interval
row_targets(const struct model *model, enum verb verb)
{
    return (struct interval){model->first_leaf[verb_forms[verb].target_first],
                             model->first_leaf[verb_forms[verb].target_last + 1]};
}

struct text
row_phrase3(const struct row *row, const char *key, struct text a, struct text b, struct text c)
{
    return phrase(row->model, row->arena, key, a, b, c);
}

struct text
row_phrase(const struct row *row, const char *key, struct text a, struct text b)
{
    return phrase(row->model, row->arena, key, a, b, TEXT(""));
}

struct text
row_and(const struct row *row, struct set set)
{
    return labels_join(row->model, row->arena, set, CONJUNCTION_AND);
}

struct text
row_or(const struct row *row, struct set set)
{
    return labels_join(row->model, row->arena, set, CONJUNCTION_OR);
}
