/* A table in plain text: in columns if they are wide enough to be read, else each row as a list of
 * what its cells say. */
#ifndef AVOW_PAGE_TEXT_TABLE_H
#define AVOW_PAGE_TEXT_TABLE_H

#include "compiler/page/walk.h"

/* Writes whole lines, none wider than so many columns. */
void text_table_write(struct page *page, const struct table *table, size_t columns);

#endif
