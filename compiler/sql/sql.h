/* A mapping and a policy as SQL: views, grants, row-level security and what erases. */
#ifndef AVOW_SQL_SQL_H
#define AVOW_SQL_SQL_H

#include "compiler/sql/mapping.h"

/* Writes a script for PostgreSQL 15 and later that can be applied again and again. Reports what is
 * wrong with the mapping as a whole (then nothing is complete), and warns of what the policy would
 * allow or demand and the mapping makes impossible to know. The same bytes every time. */
void sql_write(const struct model *model, const struct mapping *mapping,
               struct diagnostics *diagnostics, struct buffer *out);

#endif
