/* What a database holds of what a policy speaks of: which column has which data, whose a row is,
 * where states and moments stand, and which role reads for whom. A YAML file; see grammar/SQL.md.
 */
#ifndef AVOW_SQL_MAPPING_H
#define AVOW_SQL_MAPPING_H

#include "compiler/model/model.h"

enum { IDENTIFIER_MAX = 63 }; /* bytes that PostgreSQL keeps of a name */

struct sql_relation {
    struct text schema, name; /* no name: the table that is spoken of */
    struct span span;
};

struct sql_column {
    struct text name;
    struct set data; /* leaves of what is in it; none: nothing personal, or hidden */
    bool hidden;     /* shown to nobody */
    struct span span;
};

struct sql_link {    /* a column that says of whom, or of which record, a row is */
    uint32_t symbol; /* of a person or of data */
    struct text column;
    const char *type; /* as SQL writes it */
    struct span span;
};

struct sql_values { /* what a column holds if something is so; none: it is a boolean */
    const struct text *at;
    size_t count;
};

struct sql_state {
    uint32_t leaf;
    struct sql_relation relation; /* where it stands */
    struct text key;              /* of another relation: the column that ... */
    struct text by;               /* ... this column of the table names; empty: the owner's link */
    struct text column, since;    /* since: when it was switched on; may be empty */
    struct sql_values yes, no;
    struct span span;
};

struct sql_moment {
    uint32_t what; /* leaf of a request or event; NONE: collection */
    struct text column;
    struct span span;
};

struct sql_table {
    struct sql_relation relation;
    struct text alias; /* begins the names of its views */
    struct text key;   /* may be empty */
    VECTOR(struct sql_column) columns;
    VECTOR(struct sql_link) owners;
    VECTOR(struct sql_state) states;
    VECTOR(struct sql_moment) moments;
    struct span span;
};

struct sql_reader {
    uint32_t target; /* leaf of an audience, person or purpose */
    uint32_t actor;
    enum verb verb; /* show, share or use */
    struct text role;
    struct span span;
};

struct sql_writer {
    struct text role;
    uint32_t actor;
    struct span span;
};

struct sql_fact {    /* said by a setting of the session */
    uint32_t symbol; /* a fact, or a group of which one holds */
    struct text setting;
    struct span span;
};

struct mapping {
    struct text path;
    struct text schema; /* of what is made: avow's own */
    struct text eraser; /* role that may run what erases; empty: nobody but the owner */
    uint32_t place;     /* leaf of the place that the database is; NONE: it is not said */
    uint32_t actor;     /* whose acts reading and writing are, where nothing else is said */
    VECTOR(struct sql_reader) readers;
    VECTOR(struct sql_writer) writers;
    VECTOR(struct sql_state) states;
    VECTOR(struct sql_fact) facts;
    VECTOR(struct sql_table) tables;
    struct span span; /* of the whole file */
};

/* Reads a mapping for a policy; NULL after reports. Names of the policy are looked up in the model;
 * that tables and columns exist is for the database to say. */
const struct mapping *mapping_load(struct arena *arena, struct sources *sources,
                                   const struct model *model, struct text path,
                                   struct diagnostics *diagnostics);

#endif
