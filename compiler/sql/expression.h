/* States, owners and decisions as SQL over the columns of one table. */
#ifndef AVOW_SQL_EXPRESSION_H
#define AVOW_SQL_EXPRESSION_H

#include "compiler/sql/decide.h"
#include "compiler/sql/mapping.h"

struct source_column { /* a column of another table from which a state is read */
    struct sql_relation relation;
    struct text column;
};

/* What expressions read: rights are given for just these columns. */
struct reads {
    struct arena *arena;
    VECTOR(struct text) columns; /* of the table itself */
    VECTOR(struct source_column) elsewhere;
};

struct scene {
    const struct model *model;
    const struct mapping *mapping;
    const struct sql_table *table;
    struct arena *arena;
};

void reads_column(struct reads *reads, struct text column);

static inline bool
same_relation(struct sql_relation a, struct sql_relation b)
{
    return text_equal(a.name, b.name) && text_equal(a.schema, b.schema);
}

/* Where a state of the table's rows stands; false if nothing says so. `by` is then set for one in
 * another table. */
bool state_find(const struct scene *scene, uint32_t leaf, struct sql_state *out);

/* The column that holds a person or record of one of these leaves: the only one, else NULL. */
const struct sql_link *link_find(const struct scene *scene, struct set leaves);

/* The states and facts that can be known of a row. */
uint64_t states_known(const struct scene *scene);

/* The table's own column: "issue"."summary" */
void say_column(struct buffer *out, const struct scene *scene, struct reads *reads,
                struct text column);

/* A boolean that is true only if the state or fact certainly is `yes`; else false or NULL. */
void say_literal(struct buffer *out, const struct scene *scene, struct reads *reads, uint32_t leaf,
                 bool yes);

/* That a row is of whoever the session says it is for. */
void say_owner(struct buffer *out, const struct scene *scene, struct reads *reads,
               const struct sql_link *link);

/* When the state in another table was switched on, or the column of the table itself. */
void say_since(struct buffer *out, const struct scene *scene, struct reads *reads,
               const struct sql_state *state);

/* The decision; `indent` blanks stand before each line but the first. */
void say_decision(struct buffer *out, const struct scene *scene, struct reads *reads,
                  struct decision decision, unsigned indent);

#endif
