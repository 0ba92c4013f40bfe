/* Inside what erases: columns that are erased together, and the calendar as SQL. */
#ifndef AVOW_SQL_RETENTION_H
#define AVOW_SQL_RETENTION_H

#include "compiler/sql/script.h"

struct part { /* columns that are erased together */
    VECTOR(uint32_t) erasures;
    VECTOR(uint32_t) keeps;
    VECTOR(uint32_t) columns;
};

struct parts {
    VECTOR(struct part) list;
    bool whole; /* every column with data is in one of them: a row can go as a whole */
};

/* The parts of a table. What cannot be computed is left out, with a warning and a comment. */
struct parts parts_make(const struct script *script, const struct scene *scene);

/* LEAST(...) of erasures or GREATEST(...) of keeps, a line each with its clause. */
void say_duties(const struct script *script, const struct scene *scene, struct reads *reads,
                struct buffer *out, const uint32_t *duties, size_t count, const char *of);

/* A function of the mapping's schema, up to its body, and what follows the body. */
void begin_function(const struct script *script, const char *name, const char *arguments,
                    const char *how);
void end_function(const struct script *script, const char *name, const char *types);

/* The tables and functions that count time. */
void write_times(const struct script *script);

#endif
