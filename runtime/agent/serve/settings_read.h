/* How settings are read, for settings.c and settings_values.c only. */
#ifndef AVOW_AGENT_SETTINGS_READ_H
#define AVOW_AGENT_SETTINGS_READ_H

#include "runtime/agent/serve/settings.h"

#include <yaml.h>

struct chunk {
    struct chunk *next;
    max_align_t bytes[];
};

/* Where a value stood. */
struct value_place {
    const void *value;
    const char *text;
};

struct settings {
    char *path;   /* as it was given */
    char *folder; /* absolute: what paths are relative to */
    struct chunk *memory;
    struct value_place *places;
    size_t count, room;
};

struct reader {
    struct settings *settings;
    yaml_document_t *document;
    void (*say)(void *context, const char *line);
    void *context;
    size_t mistakes;
    bool memory; /* ran out of it */
};

/* One mistake, at the place of a node. */
void reader_wrong(struct reader *reader, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The text of a scalar without NUL in it, or NULL. */
const char *reader_scalar(const yaml_node_t *node, size_t *length);

/* Reads a mapping by its table; `within` is what it belongs to, for messages, or NULL. */
void reader_mapping(struct reader *reader, const yaml_node_t *node, const struct setting *table,
                    const char *within, void *out);

/* Reads one value to where it belongs. */
void reader_value(struct reader *reader, const struct setting *row, const yaml_node_t *node,
                  void *out);

/* A copy that lives as long as the settings; NULL if there is no memory. */
const char *settings_text(struct settings *settings, const char *text, size_t length);

#endif
