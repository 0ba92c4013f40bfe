/* ID.txt: 76 columns, for e-mail, terminals and archives. */
#include "compiler/page/page.h"
#include "compiler/page/walk.h"

#include "compiler/base/utf8.h"
#include "compiler/page/text_table.h"

#include <stdio.h>

enum { COLUMNS = 76, INDENT_MAX = 40 };

struct plain {
    size_t indent; /* columns in front of every line of the open blocks */
    size_t indents[PAGE_DEPTH_MAX + 1];
    struct buffer word; /* what has no space in it so far */
    size_t column;      /* of the line so far, 0 if it has not begun */
    bool space;         /* one is due before the next word */
    bool marked;        /* the line has only a list's mark */
    bool anything;      /* something was written */
    struct buffer link; /* the words of the open link, to see whether they are the address */
    bool in_link;
};

static struct plain *
state_of(const struct page *page)
{
    return page->state;
}

static void
end_line(struct page *page)
{
    struct plain *state = state_of(page);
    if (state->column > 0)
        buffer_char(page->out, '\n');
    state->column = 0;
    state->space = false;
    state->marked = false;
}

static void
begin_line(struct page *page)
{
    struct plain *state = state_of(page);
    buffer_fill(page->out, ' ', state->indent);
    state->column = state->indent;
    state->marked = true;
    state->anything = true;
}

/* How many bytes of word fit into so many columns, at least one character. */
static size_t
fitting(struct text word, size_t columns)
{
    size_t at = 0, width = 0, fits = 0;
    while (at < word.length) {
        width += utf8_columns(utf8_next(word, &at));
        if (width > columns && fits > 0)
            break;
        fits = at;
    }
    return fits;
}

/* Writes a word that fits into no line in pieces, every other word whole. */
static void
write_word(struct page *page, struct text word)
{
    struct plain *state = state_of(page);
    size_t width = utf8_width(word);
    bool space = state->space && !state->marked && state->column > 0;
    if (state->column > 0 && !state->marked && state->column + space + width > COLUMNS)
        end_line(page);
    else if (space) {
        buffer_char(page->out, ' ');
        state->column++;
    }
    if (state->column == 0)
        begin_line(page);
    while (state->column + width > COLUMNS) {
        size_t bytes = fitting(word, COLUMNS - state->column);
        buffer_add(page->out, (struct text){word.data, bytes});
        state->column = COLUMNS;
        word = (struct text){word.data + bytes, word.length - bytes};
        width = utf8_width(word);
        if (width == 0)
            break;
        end_line(page);
        begin_line(page);
    }
    buffer_add(page->out, word);
    state->column += width;
    state->space = false;
    state->marked = false;
}

static void
flush_word(struct page *page)
{
    struct plain *state = state_of(page);
    if (state->word.length > 0)
        write_word(page, buffer_text(&state->word));
    state->word.length = 0;
}

static void
text_space(struct page *page)
{
    flush_word(page);
    state_of(page)->space = true;
}

static void
text_text(struct page *page, struct text text)
{
    struct plain *state = state_of(page);
    if (state->in_link)
        buffer_add(&state->link, text);
    size_t from = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if ((unsigned char)c > ' ' && c != 0x7F)
            continue;
        buffer_add(&state->word, (struct text){text.data + from, i - from});
        text_space(page);
        from = i + 1;
    }
    buffer_add(&state->word, (struct text){text.data + from, text.length - from});
}

static void
text_line_break(struct page *page)
{
    flush_word(page);
    end_line(page);
}

/* First strong isolate and its end: they take no column, and keep the direction of foreign words
 * from spilling over. */
static void
text_isolate_begin(struct page *page)
{
    buffer_string(&state_of(page)->word, "\xE2\x81\xA8");
}

static void
text_isolate_end(struct page *page)
{
    buffer_string(&state_of(page)->word, "\xE2\x81\xA9");
}

/* Whether the words are the address itself, with or without its scheme. */
static bool
says_address(struct text words, struct text address)
{
    size_t colon = 0;
    while (colon < address.length && address.data[colon] != ':')
        colon++;
    struct text rest = {address.data + colon + 1, address.length - colon - 1};
    if (colon < address.length && text_starts(rest, TEXT("//")))
        rest = (struct text){rest.data + 2, rest.length - 2};
    return text_equal(words, address) || (colon < address.length && text_equal(words, rest));
}

static void
text_span_begin(struct page *page, const struct node *node, const struct node *before)
{
    struct plain *state = state_of(page);
    (void)before;
    if (node->kind != NODE_LINK)
        return;
    state->in_link = true;
    state->link.length = 0;
}

static void
text_span_end(struct page *page, const struct node *node, const struct node *before)
{
    struct plain *state = state_of(page);
    (void)before;
    if (node->kind != NODE_LINK)
        return;
    state->in_link = false;
    if (node->text.data[0] == '#' || says_address(buffer_text(&state->link), node->text))
        return;
    text_space(page);
    buffer_char(&state->word, '<');
    buffer_add(&state->word, node->text);
    buffer_char(&state->word, '>');
}

/* Blocks -------------------------------------------------------------------------------------- */

static void
blank_line(struct page *page)
{
    flush_word(page);
    end_line(page);
    if (state_of(page)->anything)
        buffer_char(page->out, '\n');
}

/* Words of a line's own, with a line of `under` below as wide as they are. */
static void
underlined(struct page *page, struct text words, char under)
{
    struct plain *state = state_of(page);
    size_t begin = page->out->length, widest = 0, line = begin;
    text_text(page, words);
    flush_word(page);
    end_line(page);
    for (size_t i = begin; i < page->out->length; i++) {
        if (page->out->data[i] != '\n')
            continue;
        size_t width = utf8_width((struct text){page->out->data + line, i - line});
        widest = width > widest ? width : widest;
        line = i + 1;
    }
    buffer_fill(page->out, under, widest);
    buffer_char(page->out, '\n');
    state->anything = true;
}

static void
begin_item(struct page *page)
{
    struct plain *state = state_of(page);
    const struct page_level *list = page_outer(page);
    char mark[16] = "- ";
    flush_word(page);
    end_line(page);
    if (!list->node->tight && list->children > 1)
        blank_line(page);
    if (list->node->ordered)
        snprintf(mark, sizeof mark, "%u. ", list->number);
    if (state->column == 0)
        begin_line(page);
    buffer_add(page->out, text_of(mark));
    state->column += strlen(mark);
    state->indent += strlen(mark);
    state->marked = true;
}

static void
text_block_begin(struct page *page, const struct node *node)
{
    struct plain *state = state_of(page);
    state->indents[page->depth] = state->indent;
    if (state->indent > INDENT_MAX)
        state->indent = INDENT_MAX;
    bool first_in_item = state->marked;
    if (node->kind == NODE_ITEM) {
        begin_item(page);
    } else if (node->kind == NODE_LIST) {
        if (page->depth == 1)
            blank_line(page);
        state->indent += 2;
    } else if (!first_in_item) {
        blank_line(page);
    }
    if (node->kind == NODE_QUOTE)
        state->indent += 4;
}

static void
text_block_end(struct page *page, const struct node *node)
{
    struct plain *state = state_of(page);
    (void)node;
    flush_word(page);
    end_line(page);
    state->indent = state->indents[page->depth];
}

static void
text_clause(struct page *page, const struct clause *clause)
{
    (void)page;
    (void)clause;
}

static void
text_clause_empty(struct page *page, const struct clause *clause, bool in_paragraph)
{
    (void)page;
    (void)clause;
    (void)in_paragraph;
}

static void
text_nothing(struct page *page)
{
    (void)page;
}

static void
paragraph(struct page *page, struct text words)
{
    blank_line(page);
    text_text(page, words);
    flush_word(page);
    end_line(page);
}

static void
text_section_begin(struct page *page, const struct section *section)
{
    blank_line(page);
    buffer_char(page->out, '\n');
    underlined(page,
               arena_format(page->arena, "%u. %.*s", section->number, TEXT_ARGS(section->title)),
               '-');
}

static void
text_short_begin(struct page *page)
{
    blank_line(page);
    underlined(page, page_phrase(page, "page.short"), '-');
}

static void
text_row_begin(struct page *page, struct text title)
{
    paragraph(page, title);
}

static void
text_short_end(struct page *page)
{
    paragraph(page, page_phrase(page, "page.short_note"));
}

static void
text_begin(struct page *page)
{
    underlined(page, page->model->settings->title, '=');
    paragraph(page, page_in_force(page));
}

static void
text_end(struct page *page)
{
    blank_line(page);
    buffer_fill(page->out, '-', COLUMNS);
    buffer_char(page->out, '\n');
    text_text(page, page_version(page));
    text_line_break(page);
    text_text(page, page_fingerprint(page));
    text_line_break(page);
}

static void
text_table(struct page *page, const struct table *table, const struct clause *clause)
{
    (void)clause;
    blank_line(page);
    text_table_write(page, table, COLUMNS);
    state_of(page)->anything = true;
}

static const struct form text_form = {
    .begin = text_begin,
    .end = text_end,
    .short_begin = text_short_begin,
    .short_end = text_short_end,
    .row_begin = text_row_begin,
    .row_end = text_nothing,
    .section_begin = text_section_begin,
    .section_end = text_nothing,
    .block_begin = text_block_begin,
    .block_end = text_block_end,
    .clause_begin = text_clause,
    .clause_end = text_clause,
    .clause_empty = text_clause_empty,
    .table = text_table,
    .text = text_text,
    .code = text_text,
    .space = text_space,
    .line_break = text_line_break,
    .span_begin = text_span_begin,
    .span_end = text_span_end,
    .isolate_begin = text_isolate_begin,
    .isolate_end = text_isolate_end,
};

void
page_text(const struct model *model, const struct short_layer *summary, struct buffer *out)
{
    struct plain state = {.word = buffer_in(out->arena), .link = buffer_in(out->arena)};
    page_walk(model, summary, &text_form, &state, out);
}
