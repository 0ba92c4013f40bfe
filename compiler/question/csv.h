/* Tables as spreadsheets export them (RFC 4180, and what they do instead). */
#ifndef AVOW_QUESTION_CSV_H
#define AVOW_QUESTION_CSV_H

#include "compiler/diag/diag.h"

struct csv_row {
    const struct text *cells; /* without the quotation marks around them, trimmed */
    size_t count;
    uint32_t line; /* on which it begins */
};

struct csv {
    VECTOR(struct csv_row) rows; /* those that are not empty */
};

/* Reads a source. Cells are parted by the one of comma, semicolon and tab that the first line has
 * most of. False after a report: a quotation mark that is not closed. */
bool csv_read(struct arena *arena, const struct sources *sources, uint32_t source, struct csv *csv,
              struct diagnostics *diagnostics);

#endif
