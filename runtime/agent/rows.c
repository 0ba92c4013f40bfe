#include "runtime/agent/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 20, FIRST_LINE = 4 * ROW_MOST };

bool
rows_begin(struct rows *rows, int file)
{
    *rows = (struct rows){.file = file, .line = 1};
    rows->buffer = malloc(BUFFER);
    rows->unquoted = malloc(ROW_MOST);
    return rows->buffer && rows->unquoted;
}

void
rows_end(struct rows *rows)
{
    free(rows->buffer);
    free(rows->unquoted);
    *rows = (struct rows){0};
}

/* Reads on until so many bytes are there or the input ends. */
static void
fill(struct rows *rows, size_t wanted)
{
    if (rows->end - rows->begin >= wanted || rows->ended)
        return;
    memmove(rows->buffer, rows->buffer + rows->begin, rows->end - rows->begin);
    rows->end -= rows->begin;
    rows->begin = 0;
    while (rows->end < wanted && !rows->ended) {
        ssize_t got = read(rows->file, rows->buffer + rows->end, BUFFER - rows->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rows->failed = errno;
        rows->ended = got <= 0;
        rows->end += got > 0 ? (size_t)got : 0;
    }
}

static void
take(struct rows *rows, size_t bytes)
{
    rows->begin += bytes;
    rows->offset += bytes;
}

/* The mark of UTF-8 belongs to no row. */
static void
skip_mark(struct rows *rows)
{
    if (rows->offset > 0)
        return;
    fill(rows, 3);
    if (rows->end - rows->begin >= 3 && memcmp(rows->buffer + rows->begin, "\xef\xbb\xbf", 3) == 0)
        take(rows, 3);
}

bool
rows_is_utf16(struct rows *rows)
{
    fill(rows, 4);
    const unsigned char *at = (unsigned char *)rows->buffer + rows->begin;
    size_t length = rows->end - rows->begin;
    if (length < 2)
        return false;
    return (at[0] == 0xff && at[1] == 0xfe) || (at[0] == 0xfe && at[1] == 0xff) ||
           (length >= 4 &&
            ((at[0] && !at[1] && at[2] && !at[3]) || (!at[0] && at[1] && !at[2] && at[3])));
}

char
rows_guess_separator(struct rows *rows)
{
    size_t counts[3] = {0};
    static const char marks[] = ",;\t";
    bool quoted = false;
    fill(rows, FIRST_LINE);
    for (size_t i = rows->begin; i < rows->end && i < rows->begin + FIRST_LINE; i++) {
        char c = rows->buffer[i];
        const char *mark = c ? strchr(marks, c) : NULL;
        quoted ^= c == '"';
        if (c == '\n' && !quoted)
            break;
        if (mark && !quoted)
            counts[mark - marks]++;
    }
    size_t best = counts[1] > counts[0] ? 1 : 0;
    best = counts[2] > counts[best] ? 2 : best;
    return counts[best] ? marks[best] : 0;
}

bool
rows_skip(struct rows *rows, uint64_t offset, uint64_t line)
{
    /* A pipe cannot be moved, so its bytes are read. */
    if (lseek(rows->file, (off_t)offset, SEEK_SET) == (off_t)offset) {
        rows->offset = offset;
        rows->begin = rows->end = 0; /* what was looked at to see what it is */
        rows->ended = false;
    } else {
        while (rows->offset < offset) {
            fill(rows, 1);
            size_t here = rows->end - rows->begin;
            if (here == 0)
                return false;
            take(rows, here < offset - rows->offset ? here : (size_t)(offset - rows->offset));
        }
    }
    rows->line = line;
    return true;
}

/* Cells -------------------------------------------------------------------------------------- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Tabs are no blanks where they part cells. */
static struct cell
trimmed(const char *text, size_t length, char separator)
{
    while (length > 0 && is_blank(*text) && *text != separator) {
        text++;
        length--;
    }
    while (length > 0 && is_blank(text[length - 1]) && text[length - 1] != separator)
        length--;
    return (struct cell){text, length};
}

static void
add_cell(struct row *row, struct cell cell)
{
    if (row->count < CELLS_MOST)
        row->cell[row->count++] = cell;
    else
        row->problem = "The row has more cells than any list.";
}

/* A cell in quotation marks: from behind the first to behind the last. Doubled ones are one. */
static const char *
quoted_cell(struct row *row, const char *at, const char *end, char **unquoted)
{
    char *begin = *unquoted;
    for (; at < end; at++) {
        if (*at == '"' && (at + 1 == end || at[1] != '"'))
            break;
        at += *at == '"';
        *(*unquoted)++ = *at;
    }
    add_cell(row, trimmed(begin, (size_t)(*unquoted - begin), 0));
    return at < end ? at + 1 : end;
}

static void
split(struct rows *rows, struct row *row, const char *at, const char *end)
{
    char *unquoted = rows->unquoted;
    for (;;) {
        const char *begin = at;
        while (at < end && *at == ' ')
            at++;
        if (at < end && *at == '"') {
            at = quoted_cell(row, at + 1, end, &unquoted);
            while (at < end && *at != rows->separator) {
                if (!is_blank(*at))
                    row->problem = "Something stands behind a closing quotation mark.";
                at++;
            }
        } else {
            const char *next = memchr(begin, rows->separator, (size_t)(end - begin));
            at = next ? next : end;
            add_cell(row, trimmed(begin, (size_t)(at - begin), rows->separator));
        }
        if (at == end)
            return;
        at++;
    }
}

/* Rows --------------------------------------------------------------------------------------- */

/* Where the row's last line feed is, within quotation marks or not; NULL: not within `length`. */
static const char *
row_end(const char *text, size_t length, bool quotes)
{
    const char *feed = memchr(text, '\n', length);
    if (!quotes || !memchr(text, '"', feed ? (size_t)(feed - text) : length))
        return feed;
    bool open = false;
    for (size_t i = 0; i < length; i++) {
        open ^= text[i] == '"';
        if (text[i] == '\n' && !open)
            return text + i;
    }
    return NULL;
}

static uint64_t
feeds_in(const char *text, size_t length)
{
    uint64_t count = 0;
    for (const char *end = text + length; (text = memchr(text, '\n', (size_t)(end - text))); text++)
        count++;
    return count;
}

/* Passes over a line that is no row: longer than any, or with a quotation mark that is not closed.
 * `room` bytes of it are there. */
static void
pass_over(struct rows *rows, struct row *row, size_t room)
{
    const char *feed = memchr(row->raw, '\n', room);
    row->raw_length = feed ? (size_t)(feed - row->raw) : room;
    row->problem = "The line is too long, or a quotation mark in it is not closed.";
    memcpy(rows->unquoted, row->raw, row->raw_length);
    row->raw = rows->unquoted;
    do {
        fill(rows, 1);
        const char *at = rows->buffer + rows->begin;
        feed = memchr(at, '\n', rows->end - rows->begin);
        take(rows, feed ? (size_t)(feed - at) + 1 : rows->end - rows->begin);
    } while (!feed && !rows->ended);
    rows->line++;
}

bool
rows_next(struct rows *rows, struct row *row)
{
    skip_mark(rows);
    fill(rows, ROW_MOST);
    size_t there = rows->end - rows->begin, most = there < ROW_MOST ? there : ROW_MOST;
    row->raw = rows->buffer + rows->begin;
    row->line = rows->line;
    row->count = 0;
    row->problem = NULL;
    if (rows->failed || there == 0)
        return false;
    const char *feed = row_end(row->raw, most, rows->separator != 0);
    bool too_long = there > ROW_MOST || !rows->ended;
    bool open = rows->separator && memchr(row->raw, '"', most) && memchr(row->raw, '\n', most);
    if (!feed && (too_long || open)) {
        pass_over(rows, row, most);
        return true;
    }
    const char *end = feed ? feed : row->raw + most;
    row->raw_length = (size_t)(end - row->raw) + (feed != NULL);
    take(rows, row->raw_length);
    rows->line += feeds_in(row->raw, row->raw_length);
    if (memchr(row->raw, '\0', row->raw_length))
        row->problem = "A byte of zero stands in the line.";
    if (rows->separator)
        split(rows, row, row->raw, end);
    else
        add_cell(row, trimmed(row->raw, (size_t)(end - row->raw), 0));
    return true;
}

void
rows_unread(struct rows *rows, const struct row *row)
{
    rows->begin -= row->raw_length;
    rows->offset -= row->raw_length;
    rows->line = row->line;
}
