/* A table while its rows are made. */
#ifndef AVOW_MODEL_TABLE_ROWS_H
#define AVOW_MODEL_TABLE_ROWS_H

#include "compiler/model/labels.h"
#include "compiler/model/tables.h"

struct lines {
    VECTOR(struct text) list;
};

struct table_draft {
    const struct model *model;
    struct arena *arena;
    uint32_t group; /* symbol, or NONE */
    size_t columns;
    VECTOR(struct lines) cells; /* row by row */
    VECTOR(uint32_t) shown;     /* sentences whose rules are in it */
    bool overflow;
};

/* The leaves that the table is about, of one kind. */
struct interval table_leaves(const struct table_draft *draft, enum kind kind);

/* Begins a row named by these words. */
void table_row(struct table_draft *draft, struct text name);
/* Adds a line to a cell of the row, unless it is empty or stands there already. */
void table_line(struct table_draft *draft, size_t column, struct text line);

/* The labels of a whole set; a set with too many makes the table too large. */
struct text table_labels(struct table_draft *draft, struct set set);
/* The words with the terms behind them in parentheses, if there are any. */
struct text table_with_terms(struct table_draft *draft, struct text words,
                             const struct terms *terms);
struct text table_phrase(const struct table_draft *draft, const char *key, struct text a,
                         struct text b);

/* What an act is allowed, in a scope. */
struct grants table_grants(struct table_draft *draft, enum verb verb, struct scope scope);
/* Notes that a sentence is shown, or those that permit an act in a scope. */
void table_shows(struct table_draft *draft, uint32_t sentence);
void table_shows_act(struct table_draft *draft, enum verb verb, struct set objects,
                     struct set targets);

/* The leaves that an act may name as its object, and as its target. */
struct interval verb_object_leaves(const struct model *model, enum verb verb);
struct interval verb_target_leaves(const struct model *model, enum verb verb);

enum purpose_column { PURPOSE_NAME, PURPOSE_USED, PURPOSE_BASIS, PURPOSE_TERMS, PURPOSE_COLUMNS };
enum retention_column { RETENTION_DATA, RETENTION_LONG, RETENTION_WHERE, RETENTION_COLUMNS };
enum cookie_column {
    COOKIE_NAME,
    COOKIE_SETTER,
    COOKIE_PURPOSE,
    COOKIE_LIFETIME,
    COOKIE_AGREEMENT,
    COOKIE_COLUMNS
};
enum recipient_column {
    RECIPIENT_NAME,
    RECIPIENT_GETS,
    RECIPIENT_DOES,
    RECIPIENT_PLACE,
    RECIPIENT_GROUND,
    RECIPIENT_COLUMNS
};

void purposes_fill(struct table_draft *draft);
void retention_fill(struct table_draft *draft);
void cookies_fill(struct table_draft *draft);
void recipients_fill(struct table_draft *draft);

#endif
