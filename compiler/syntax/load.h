/* Files into memory. */
#ifndef AVOW_SYNTAX_LOAD_H
#define AVOW_SYNTAX_LOAD_H

#include "compiler/diag/diag.h"

/* Reads a regular file (or standard input, for "-") into a new source and gives its index, or NONE
 * when it cannot be used: not there, a directory, over SOURCE_MAX, not UTF-8, with a NUL. Each is
 * reported, with `wanted_by` as the place if it is not NULL (the line of the front matter that
 * names the file), else at the start of an empty source of that path. */
uint32_t source_load(struct arena *arena, struct sources *sources, struct text path,
                     const struct span *wanted_by, struct diagnostics *diagnostics);

/* The same checks for a text that is already in memory and is not copied. */
uint32_t source_take(struct arena *arena, struct sources *sources, struct text path,
                     struct text text, struct diagnostics *diagnostics);

#endif
