/* Inside the reader of mappings: maps with known names, and words that mean something. */
#ifndef AVOW_SQL_READING_H
#define AVOW_SQL_READING_H

#include "compiler/model/resolve.h"
#include "compiler/model/yaml.h"
#include "compiler/sql/mapping.h"

struct mapping_reader {
    struct arena *arena;
    const struct model *model;
    struct diagnostics *diagnostics;
    struct resolver resolver;
    struct mapping *mapping;
};

struct field { /* a name that a map may have */
    const char *name;
    void (*read)(struct mapping_reader *r, const struct yaml *value, void *into);
    const char *needed; /* an example, if it may not be missing */
};

/* Reads a map; `what` says what it is, as in "a table". Names that are not known are reported with
 * the nearest one. False if it is no map. */
bool map_read(struct mapping_reader *r, const struct yaml *map, const char *what,
              const struct field *fields, size_t count, void *into);

/* One report: what is wrong, and how to mend it. */
void mapping_refuse(struct mapping_reader *r, struct span span, const char *problem,
                    const char *mend);

/* The name of a table, column or role; false after a report. */
bool identifier_read(struct mapping_reader *r, const struct yaml *value, struct text *out);

/* A scalar or a list of scalars: calls `read` with each. */
void each_word(struct mapping_reader *r, const struct yaml *value, const char *what,
               void (*read)(struct mapping_reader *r, const struct yaml *word, void *into),
               void *into);

/* The symbol of a name of the policy, or NONE after a report. */
uint32_t symbol_read(struct mapping_reader *r, const struct yaml *word, unsigned kinds);
/* The same for one leaf, which it gives. */
uint32_t leaf_read(struct mapping_reader *r, const struct yaml *word, unsigned kinds);

/* The handlers of the list of tables and of states that stand in another one. */
void tables_read(struct mapping_reader *r, const struct yaml *value, void *into);
void states_read(struct mapping_reader *r, const struct yaml *value, void *into);

#endif
