#include "compiler/page/text_table.h"

#include "compiler/base/utf8.h"

enum {
    COLUMNS_MAX = 16,
    GAP = 3,         /* columns between two columns of the table */
    MARK = 2,        /* columns of the mark of a statement in a cell */
    TALLEST = 8,     /* lines of a row, beyond which columns are too narrow */
    BLOCK_INDENT = 2 /* of the cells of a row that is written as a list */
};

struct lines {
    VECTOR(struct text) list;
};

/* The words with one blank for any run of them, and marks around what turns the direction. */
static struct text
tidy(struct page *page, struct text words)
{
    struct buffer out = buffer_in(page->arena);
    bool turns = page_turns_direction(words), space = false;
    if (turns)
        buffer_string(&out, "\xE2\x81\xA8");
    for (size_t i = 0; i < words.length; i++) {
        char c = words.data[i];
        bool blank = (unsigned char)c <= ' ' || c == 0x7F;
        if (space && !blank)
            buffer_char(&out, ' ');
        if (!blank)
            buffer_char(&out, c);
        space = blank && out.length > 0;
    }
    if (turns)
        buffer_string(&out, "\xE2\x81\xA9");
    return buffer_text(&out);
}

static struct text
first_word(struct text words)
{
    const char *space = memchr(words.data, ' ', words.length);
    return space ? (struct text){words.data, (size_t)(space - words.data)} : words;
}

static struct text
behind(struct text words, size_t bytes)
{
    while (bytes < words.length && words.data[bytes] == ' ')
        bytes++;
    return (struct text){words.data + bytes, words.length - bytes};
}

/* How many bytes of the words make a line of so many columns: whole words, or a part of one that is
 * wider. */
static size_t
line_length(struct text words, size_t columns)
{
    size_t width = 0, fits = 0;
    for (size_t at = 0; at < words.length;) {
        size_t begin = at;
        width += utf8_columns(utf8_next(words, &at));
        if (words.data[begin] == ' ')
            fits = begin;
        if (width > columns)
            return fits > 0 ? fits : begin > 0 ? begin : at;
    }
    return words.length;
}

static void
wrap(struct page *page, struct text words, size_t columns, struct lines *lines)
{
    words = tidy(page, words);
    while (words.length > 0) {
        size_t length = line_length(words, columns);
        *VECTOR_PUSH(page->arena, &lines->list) = (struct text){words.data, length};
        words = behind(words, length);
    }
}

/* Columns ------------------------------------------------------------------------------------- */

struct layout {
    size_t widths[COLUMNS_MAX];
    size_t natural[COLUMNS_MAX]; /* as wide as the column would like to be */
    size_t count;
};

static void
measure_words(struct page *page, struct text words, size_t mark, size_t *least, size_t *natural)
{
    words = tidy(page, words);
    size_t width = utf8_width(words) + mark;
    *natural = width > *natural ? width : *natural;
    while (words.length > 0) {
        struct text word = first_word(words);
        width = utf8_width(word) + mark;
        *least = width > *least ? width : *least;
        words = behind(words, word.length);
    }
}

static void
measure(struct page *page, const struct table *table, struct layout *layout)
{
    layout->count = table->column_count;
    for (size_t i = 0; i < layout->count; i++)
        measure_words(page, table->heads[i], 0, &layout->widths[i], &layout->natural[i]);
    for (size_t i = 0; i < table->row_count * layout->count; i++) {
        const struct cell *cell = &table->cells[i];
        for (size_t k = 0; k < cell->count; k++)
            measure_words(page, cell->lines[k], cell->count > 1 ? MARK : 0,
                          &layout->widths[i % layout->count], &layout->natural[i % layout->count]);
    }
}

/* Gives every column its longest word, and what is left to those that lack most. */
static bool
share_out(struct layout *layout, size_t columns)
{
    size_t used = GAP * (layout->count - 1);
    for (size_t i = 0; i < layout->count; i++)
        used += layout->widths[i];
    if (used > columns)
        return false;
    for (; used < columns; used++) {
        size_t neediest = 0, need = 0;
        for (size_t i = 0; i < layout->count; i++) {
            size_t lacks =
                layout->natural[i] * 100 / (layout->widths[i] + (layout->widths[i] == 0));
            if (layout->widths[i] < layout->natural[i] && lacks > need) {
                neediest = i;
                need = lacks;
            }
        }
        if (need == 0)
            break;
        layout->widths[neediest]++;
    }
    return true;
}

/* Several statements in a cell have a mark each, or nobody could tell where one ends. */
static void
wrap_cell(struct page *page, const struct cell *cell, size_t columns, struct lines *lines)
{
    bool marked = cell->count > 1;
    for (size_t i = 0; i < cell->count; i++) {
        size_t first = lines->list.count;
        wrap(page, cell->lines[i], columns - (marked ? MARK : 0), lines);
        for (size_t k = first; marked && k < lines->list.count; k++)
            lines->list.at[k] = arena_format(page->arena, "%s%.*s", k == first ? "- " : "  ",
                                             TEXT_ARGS(lines->list.at[k]));
    }
}

/* The lines of a row's cells; gives the greatest number of them. */
static size_t
wrap_row(struct page *page, const struct layout *layout, const struct cell *cells,
         struct lines lines[COLUMNS_MAX])
{
    size_t tallest = 0;
    for (size_t i = 0; i < layout->count; i++) {
        lines[i] = (struct lines){.list = {NULL, 0, 0}};
        wrap_cell(page, &cells[i], layout->widths[i], &lines[i]);
        tallest = lines[i].list.count > tallest ? lines[i].list.count : tallest;
    }
    return tallest;
}

static size_t
tallest_row(struct page *page, const struct table *table, const struct layout *layout)
{
    struct lines lines[COLUMNS_MAX];
    size_t tallest = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        size_t height = wrap_row(page, layout, &table->cells[row * layout->count], lines);
        tallest = height > tallest ? height : tallest;
    }
    return tallest;
}

/* One line across the columns, without blanks at its end. */
static void
write_across(struct page *page, const struct layout *layout, const struct lines *lines, size_t line)
{
    size_t due = 0;
    for (size_t i = 0; i < layout->count; i++) {
        if (line < lines[i].list.count) {
            buffer_fill(page->out, ' ', due);
            buffer_add(page->out, lines[i].list.at[line]);
            due = layout->widths[i] - utf8_width(lines[i].list.at[line]) + GAP;
        } else {
            due += layout->widths[i] + GAP;
        }
    }
    buffer_char(page->out, '\n');
}

static void
write_rule(struct page *page, const struct layout *layout)
{
    for (size_t i = 0; i < layout->count; i++) {
        buffer_fill(page->out, ' ', i > 0 ? GAP : 0);
        buffer_fill(page->out, '-', layout->widths[i]);
    }
    buffer_char(page->out, '\n');
}

static void
write_heads(struct page *page, const struct table *table, const struct layout *layout)
{
    struct lines lines[COLUMNS_MAX];
    size_t height = 0;
    for (size_t i = 0; i < layout->count; i++) {
        lines[i] = (struct lines){.list = {NULL, 0, 0}};
        wrap(page, table->heads[i], layout->widths[i], &lines[i]);
        height = lines[i].list.count > height ? lines[i].list.count : height;
    }
    for (size_t line = 0; line < height; line++)
        write_across(page, layout, lines, line);
    write_rule(page, layout);
}

static void
write_columns(struct page *page, const struct table *table, const struct layout *layout,
              bool blank_lines)
{
    struct lines lines[COLUMNS_MAX];
    write_heads(page, table, layout);
    for (size_t row = 0; row < table->row_count; row++) {
        size_t height = wrap_row(page, layout, &table->cells[row * layout->count], lines);
        if (blank_lines && row > 0)
            buffer_char(page->out, '\n');
        for (size_t line = 0; line < height; line++)
            write_across(page, layout, lines, line);
    }
    write_rule(page, layout);
}

/* Lists --------------------------------------------------------------------------------------- */

/* "Purpose: delivery"; what does not fit goes on under it. */
static void
write_item(struct page *page, struct text head, const struct cell *cell, size_t indent,
           size_t columns)
{
    struct buffer words = buffer_in(page->arena);
    struct lines lines = {.list = {NULL, 0, 0}};
    for (size_t i = 0; i < cell->count; i++) {
        if (i > 0)
            buffer_string(&words, "; ");
        buffer_add(&words, tidy(page, cell->lines[i]));
    }
    const struct text parts[] = {tidy(page, head), buffer_text(&words)};
    wrap(page, locale_filled(page->model->locale, page->arena, "page.item", parts, 2),
         columns - indent - BLOCK_INDENT, &lines);
    for (size_t i = 0; i < lines.list.count; i++) {
        buffer_fill(page->out, ' ', indent + (i > 0 ? BLOCK_INDENT : 0));
        buffer_add(page->out, lines.list.at[i]);
        buffer_char(page->out, '\n');
    }
}

static void
write_list(struct page *page, const struct table *table, size_t columns)
{
    for (size_t i = 0; i < table->row_count * table->column_count; i++) {
        bool first = i % table->column_count == 0;
        if (first && i > 0)
            buffer_char(page->out, '\n');
        if (table->cells[i].count > 0)
            write_item(page, table->heads[i % table->column_count], &table->cells[i],
                       first ? 0 : BLOCK_INDENT, columns);
    }
}

void
text_table_write(struct page *page, const struct table *table, size_t columns)
{
    struct layout layout = {.count = 0};
    bool fits = table->column_count <= COLUMNS_MAX;
    if (fits) {
        measure(page, table, &layout);
        fits = share_out(&layout, columns);
    }
    size_t tallest = fits ? tallest_row(page, table, &layout) : 0;
    if (fits && tallest <= TALLEST)
        write_columns(page, table, &layout, tallest > 1);
    else
        write_list(page, table, columns);
}
