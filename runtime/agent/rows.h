/* Lines and tables of any length, read in constant memory: plain lists, and CSV as spreadsheets and
 * mail providers write it (RFC 4180, and what they do instead). */
#ifndef AVOW_AGENT_ROWS_H
#define AVOW_AGENT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROW_MOST = 65536, CELLS_MOST = 512 };

struct cell {
    const char *text; /* not NUL-terminated, without quotation marks and blanks around it */
    size_t length;
};

struct row {
    const char *raw;   /* as it stands in the input, with its line ending */
    size_t raw_length; /* bytes */
    uint64_t line;     /* on which it begins, from 1 */
    /* Cells; or, in a plain list, one: the line. A row beyond ROW_MOST has none. */
    struct cell cell[CELLS_MOST];
    size_t count;
    const char *problem; /* why it cannot be understood, as a sentence; NULL: it can */
};

struct rows {
    int file;
    char separator; /* ',', ';' or '\t'; 0: lines without cells */
    char *buffer, *unquoted;
    size_t begin, end;
    uint64_t offset; /* of the next row in the input, in bytes */
    uint64_t line;   /* of the next row */
    bool ended;
    int failed; /* errno of a read that failed, or 0 */
};

/* Begins to read a file that is open, at its beginning. A mark of UTF-8 at the beginning is left
 * out. False if memory is short. The file stays the caller's. */
bool rows_begin(struct rows *rows, int file);
void rows_end(struct rows *rows);

/* What the first line looks like, without taking it: the separator that it has most of (0: none),
 * and whether the input is UTF-16. */
char rows_guess_separator(struct rows *rows);
bool rows_is_utf16(struct rows *rows);

/* The next row, which is good until the next call; false at the end, or if reading failed. */
bool rows_next(struct rows *rows, struct row *row);

/* Gives back the row that was read last, unless it has a problem: the next call reads it again. */
void rows_unread(struct rows *rows, const struct row *row);

/* Goes on behind so many bytes, the beginning of line `line`. False if there are not so many, or
 * reading failed. Only before the first row was read. */
bool rows_skip(struct rows *rows, uint64_t offset, uint64_t line);

#endif
