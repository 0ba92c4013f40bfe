/* Inside the writer of SQL: what its parts share. */
#ifndef AVOW_SQL_SCRIPT_H
#define AVOW_SQL_SCRIPT_H

#include "compiler/sql/expression.h"
#include "compiler/sql/quote.h"
#include "compiler/sql/sql.h"

struct script {
    const struct model *model;
    const struct mapping *mapping;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct buffer *out;
};

struct view { /* what one reader sees of one table */
    struct scene scene;
    const struct sql_reader *reader;
    const struct sql_link *link;      /* of a person, whose rows these are; else NULL */
    const struct decision *decisions; /* of the table's columns; of those without data as row */
    struct decision row;
    struct text name; /* in the mapping's schema */
};

struct scene script_scene(const struct script *script, const struct sql_table *table);

/* "third_parties": a name of the policy as a part of an SQL name. */
struct text policy_word(struct arena *arena, struct text name);

/* The role that owns the views of a reader, and the one that owns what erases. */
struct text guard_name(const struct script *script, const struct sql_reader *reader);
struct text eraser_name(const struct script *script);
/* The policy of row-level security for somebody: "jibrok_sql: everybody". */
struct text policy_name(const struct script *script, struct text whose);

/* Whether all leaves of a column are in a set, or some of them. */
struct decision column_decision(const struct script *script, const struct scene *scene,
                                const struct sql_column *column, struct question point,
                                uint64_t known);

struct view view_make(const struct script *script, const struct sql_table *table,
                      const struct sql_reader *reader);

/* Clauses as comments cite them: "clause a: “published words”", each once, in page order. */
struct citation {
    VECTOR(uint32_t) clauses;
};

void cite_clauses(const struct script *script, struct citation *citation, const uint32_t *clauses,
                  size_t count);
void say_citation(const struct script *script, struct buffer *out, const struct citation *citation,
                  bool words);

/* GRANT SELECT of just these columns, and of what is looked up elsewhere. */
void grant_reads(const struct script *script, struct text role, const struct sql_table *table,
                 const struct reads *reads);

/* The parts of the script, in their order. */
void write_head(const struct script *script);
void write_checks(const struct script *script);
void write_roles(const struct script *script);
void write_clearing(const struct script *script);
void write_readers(const struct script *script, const struct sql_table *table);
void write_writers(const struct script *script, const struct sql_table *table);
void write_retention(const struct script *script);
void write_end(const struct script *script);

/* Reports names that are too long, or the same for two. */
void check_names(const struct script *script);

#endif
