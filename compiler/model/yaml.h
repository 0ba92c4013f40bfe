/* A YAML file as a small tree with places: for calendars and locales. */
#ifndef AVOW_MODEL_YAML_H
#define AVOW_MODEL_YAML_H

#include "compiler/diag/diag.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    struct span span;
    struct text text;       /* of a scalar */
    const struct yaml *key; /* of a map's member: its name, a scalar */
    const struct yaml *child, *next;
    size_t count; /* of members */
};

enum { YAML_FILE_MAX = 1024 * 1024 };

/* As source_load, for files of at most YAML_FILE_MAX bytes. */
uint32_t yaml_load(struct arena *arena, struct sources *sources, struct text path,
                   const struct span *wanted_by, enum code code, struct diagnostics *diagnostics);

/* A path that is meant relative to the folder of the policy file. */
struct text path_beside(struct arena *arena, struct text policy_path, struct text path);

/* Reads a whole source. Aliases, two documents, names that are no words, a name twice in one map,
 * and nesting past a small depth are refused: NULL after a report with `code`. The root is a
 * map. */
const struct yaml *yaml_read(struct arena *arena, const struct sources *sources, uint32_t source,
                             enum code code, struct diagnostics *diagnostics);

/* The member of a map with that name, or NULL. */
const struct yaml *yaml_get(const struct yaml *map, const char *name);

#endif
