/* The tables of the page ({table of purposes} and its like), made of what the rules grant and the
 * duties demand: every row and every word of them comes from there. */
#ifndef AVOW_MODEL_TABLES_H
#define AVOW_MODEL_TABLES_H

#include "compiler/model/model.h"

enum {
    TABLES_MAX = 64,     /* in one policy: each is a walk over all rules */
    TABLE_ROWS_MAX = 200 /* more are no table that anybody reads */
};

/* One sort of table: its word in a hole, and the kinds of a group that may limit it. */
struct table_form {
    const char *word;
    unsigned kinds; /* bits, as KINDS() */
};

extern const struct table_form table_forms[TABLE_SORTS];

/* The table of a sort, about all names or (group is no NONE) those of one symbol. NULL if it would
 * be larger than the limits; without rows if no rule has anything to say in it. */
const struct table *table_make(const struct model *model, struct arena *arena, enum table_sort sort,
                               uint32_t group);

/* The table as plain text: each row a paragraph of lines "head: words". */
struct text table_words(const struct model *model, struct arena *arena, const struct table *table);

#endif
