#include "compiler/question/csv.h"

#include "compiler/base/buffer.h"

struct reader {
    struct arena *arena;
    struct text text;
    size_t at;
    char mark; /* between cells */
    uint32_t line;
};

static char
mark_of(struct text text)
{
    static const char marks[] = {',', ';', '\t'};
    size_t count[sizeof marks] = {0}, best = 0;
    for (size_t i = 0; i < text.length && text.data[i] != '\n'; i++)
        for (size_t m = 0; m < sizeof marks; m++)
            count[m] += text.data[i] == marks[m];
    for (size_t m = 1; m < sizeof marks; m++)
        if (count[m] > count[best])
            best = m;
    return marks[best];
}

static bool
at_end(const struct reader *r)
{
    return r->at == r->text.length;
}

static bool
ends_cell(const struct reader *r)
{
    return at_end(r) || r->text.data[r->at] == r->mark || r->text.data[r->at] == '\n';
}

/* A cell between quotation marks, in which two of them are one. False if it does not end. */
static bool
read_quoted(struct reader *r, struct text *cell)
{
    struct buffer out = buffer_in(r->arena);
    for (r->at++; !at_end(r); r->at++) {
        char c = r->text.data[r->at];
        if (c == '"' && (r->at + 1 == r->text.length || r->text.data[r->at + 1] != '"'))
            break;
        r->at += c == '"';
        r->line += c == '\n';
        buffer_char(&out, c);
    }
    if (at_end(r))
        return false;
    for (r->at++; !ends_cell(r); r->at++) /* what stands behind it belongs to it */
        buffer_char(&out, r->text.data[r->at]);
    *cell = text_trim(buffer_text(&out));
    return true;
}

static bool
read_cell(struct reader *r, struct text *cell)
{
    while (!ends_cell(r) && r->text.data[r->at] == ' ')
        r->at++;
    if (!at_end(r) && r->text.data[r->at] == '"')
        return read_quoted(r, cell);
    size_t begin = r->at;
    while (!ends_cell(r))
        r->at++;
    *cell = text_trim((struct text){r->text.data + begin, r->at - begin});
    return true;
}

/* False if a cell does not end. */
static bool
read_row(struct reader *r, struct csv *csv)
{
    VECTOR(struct text) cells = {0};
    uint32_t line = r->line;
    bool filled = false;
    for (;;) {
        struct text *cell = VECTOR_PUSH(r->arena, &cells);
        if (!read_cell(r, cell))
            return false;
        filled |= cell->length > 0;
        if (at_end(r) || r->text.data[r->at] != r->mark)
            break;
        r->at++;
    }
    r->line++;
    r->at += !at_end(r); /* the line end */
    if (filled)
        *VECTOR_PUSH(r->arena, &csv->rows) = (struct csv_row){cells.at, cells.count, line};
    return true;
}

bool
csv_read(struct arena *arena, const struct sources *sources, uint32_t source, struct csv *csv,
         struct diagnostics *diagnostics)
{
    struct text text = sources->list.at[source].text;
    struct reader r = {arena, text, 0, mark_of(text), 1};
    while (!at_end(&r)) {
        size_t begin = r.at;
        if (read_row(&r, csv))
            continue;
        struct span span = {source, (uint32_t)begin, (uint32_t)begin};
        diagnose(diagnostics, E_CASES, span, "a quotation mark of this row is not closed");
        diagnose_fix(diagnostics, "Close it, or write it twice where it is meant itself");
        return false;
    }
    return true;
}
