/* The matrix in a terminal: one block for each act, in columns that fit the window. */
#include "compiler/question/matrix.h"

#include "compiler/base/utf8.h"
#include "compiler/question/say.h"

enum { COLUMNS = 5, GAP = 2, LEAST = 8 };

struct cells {
    struct text at[COLUMNS];
};

static struct text
part_text(struct arena *arena, const struct model *model, const struct matrix_row *row,
          enum part part)
{
    struct buffer out = buffer_in(arena);
    set_names(model, row->parts[part], &out);
    if (part == PART_ACTOR && text_equal(buffer_text(&out), TEXT("us")))
        return TEXT("we");
    return buffer_text(&out);
}

static struct cells
cells_of(struct arena *arena, const struct model *model, const struct matrix_row *row)
{
    struct buffer when = buffer_in(arena), clauses = buffer_in(arena);
    matrix_when(&when, model, row);
    matrix_clauses(&clauses, model, row);
    return (struct cells){
        {part_text(arena, model, row, PART_ACTOR), part_text(arena, model, row, PART_OBJECT),
         part_text(arena, model, row, PART_TARGET), buffer_text(&when), buffer_text(&clauses)}};
}

/* How wide each column may be: its widest cell, and less where all of them are too wide, the widest
 * giving first. */
static void
fit(const struct cells *cells, size_t count, unsigned width, size_t *columns)
{
    size_t all = (COLUMNS - 1) * GAP;
    for (size_t c = 0; c < COLUMNS; c++) {
        columns[c] = LEAST;
        for (size_t i = 0; i < count; i++) {
            size_t wide = utf8_width(cells[i].at[c]);
            columns[c] = wide > columns[c] ? wide : columns[c];
        }
        all += columns[c];
    }
    while (all > width) {
        size_t widest = 0;
        for (size_t c = 1; c < COLUMNS; c++)
            widest = columns[c] > columns[widest] ? c : widest;
        if (columns[widest] == LEAST)
            return;
        columns[widest]--;
        all--;
    }
}

/* Takes from a cell what fits into so many columns: whole words, or a part of one that is longer.
 */
static struct text
take_line(struct text *cell, size_t columns)
{
    size_t at = 0, end = 0, wide = 0;
    while (at < cell->length) {
        size_t before = at;
        uint32_t c = utf8_next(*cell, &at);
        wide += utf8_columns(c);
        if (wide > columns) {
            if (end == 0)
                end = before > 0 ? before : at;
            break;
        }
        if (c == ' ')
            end = before;
        if (at == cell->length)
            end = at;
    }
    struct text line = {cell->data, end};
    while (end < cell->length && cell->data[end] == ' ')
        end++;
    cell->data += end;
    cell->length -= end;
    return line;
}

static void
add_row(struct buffer *out, struct cells cells, const size_t *columns, enum standing standing,
        bool colour)
{
    static const char *const on[] = {"\033[32m", "\033[33m", "\033[31m"};
    for (bool more = true; more;) {
        more = false;
        size_t pending = 0;
        for (size_t c = 0; c < COLUMNS; c++) {
            struct text line = take_line(&cells.at[c], columns[c]);
            bool coloured = colour && c == 3 && line.length > 0;
            more |= cells.at[c].length > 0;
            if (line.length > 0) {
                buffer_fill(out, ' ', pending);
                pending = 0;
            }
            buffer_format(out, "%s%.*s%s", coloured ? on[standing] : "", TEXT_ARGS(line),
                          coloured ? "\033[0m" : "");
            pending += columns[c] - utf8_width(line) + GAP;
        }
        buffer_char(out, '\n');
    }
}

static void
add_block(struct buffer *out, const struct model *model, const struct matrix_row *rows,
          size_t count, unsigned width, bool colour)
{
    const struct verb_form *form = &verb_forms[rows[0].verb];
    struct cells *cells = ARENA_ARRAY(out->arena, count + 1, struct cells);
    size_t columns[COLUMNS];
    struct text target = arena_format(out->arena, "%s", preposition_word(form->preposition));
    cells[0] =
        (struct cells){{TEXT("who"), TEXT("what"), target, TEXT("allowed"), TEXT("clauses")}};
    if (form->object == KIND_PERSON)
        cells[0].at[1] = TEXT("whom");
    for (size_t i = 0; i < count; i++)
        cells[i + 1] = cells_of(out->arena, model, &rows[i]);
    fit(cells, count + 1, width, columns);
    buffer_format(out, "%s%s%s\n", colour ? "\033[1m" : "", form->word, colour ? "\033[0m" : "");
    add_row(out, cells[0], columns, STANDING_YES, false);
    for (size_t i = 0; i < count; i++)
        add_row(out, cells[i + 1], columns, rows[i].standing, colour);
    buffer_char(out, '\n');
}

void
matrix_text(struct buffer *out, const struct model *model, const struct matrix *matrix,
            unsigned width, bool colour)
{
    size_t begin = 0;
    for (size_t i = 1; i <= matrix->rows.count; i++)
        if (i == matrix->rows.count || matrix->rows.at[i].verb != matrix->rows.at[begin].verb) {
            add_block(out, model, matrix->rows.at + begin, i - begin, width, colour);
            begin = i;
        }
    buffer_string(out, "Nothing permits what is not listed.\n");
}
