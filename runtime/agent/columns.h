/* Which column of a table is which, by the names that mail providers give them. */
#ifndef AVOW_AGENT_COLUMNS_H
#define AVOW_AGENT_COLUMNS_H

#include "runtime/agent/rows.h"

enum column { COLUMN_EMAIL, COLUMN_PHONE, COLUMN_ID, COLUMN_STATUS, COLUMN_TIME, COLUMN_KINDS };
enum { NO_COLUMN = -1 };

/* The column of this kind in the row of names, or NO_COLUMN. Where several have names of the kind,
 * the more telling name counts. */
int column_find(const struct row *names, enum column kind);

/* The column with this very name (in any case), or NO_COLUMN. */
int column_named(const struct row *names, const char *name);

/* The cell of a column, empty if the row has none. */
struct cell column_cell(const struct row *row, int column);

/* What a name of a column or a word in it comes down to: letters and digits only, in lower case;
 * cut to room bytes with the NUL. Gives out. */
const char *column_plain(struct cell cell, char *out, size_t room);

#endif
