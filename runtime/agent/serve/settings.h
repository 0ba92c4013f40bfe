/* Settings out of a YAML file, read by tables.
 *
 * A room that has settings describes them in a table of struct setting, which says where in a
 * structure each value goes; what is not listed is an error with its line and the nearest key. All
 * errors of a file are found in one reading. */
#ifndef AVOW_AGENT_SETTINGS_H
#define AVOW_AGENT_SETTINGS_H

#include "runtime/avow_store.h"

enum setting_kind {
    SETTING_TEXT, /* const char * */
    SETTING_PATH, /* const char *: absolute; in the file it may be relative to the file's folder */
    SETTING_NUMBER,  /* long: between least and most */
    SETTING_SECONDS, /* long: 30s, 5m, 2h, 1d */
    SETTING_BYTES,   /* long: 512, 64k, 2M */
    SETTING_YES,     /* bool: yes or no, true or false */
    SETTING_WORD,    /* int: index in words */
    SETTING_TEXTS,   /* struct texts: a list, or one text alone */
    SETTING_PATHS,   /* struct texts of paths */
    SETTING_BLOCK,   /* a structure in place, by the table inner */
    SETTING_BLOCKS,  /* struct blocks: a list of structures */
    SETTING_NAMED /* struct blocks: a mapping; the first member of each is its name, const char * */
};

struct texts {
    const char **at;
    size_t count;
};

struct blocks {
    void *at; /* an array of the structure that inner describes */
    size_t count;
};

struct setting {
    const char *key; /* NULL ends the table */
    enum setting_kind kind;
    size_t offset; /* of the value in the structure */
    bool required;
    long least, most;            /* of NUMBER, SECONDS, BYTES */
    const char *const *words;    /* of WORD, ended by NULL */
    const struct setting *inner; /* of BLOCK, BLOCKS, NAMED */
    size_t size;                 /* of the structure of BLOCKS, NAMED */
    bool notes; /* of BLOCK: the structure begins with a bool, which says that it was given */
};

/* What stands in one file, and the memory of everything that was read from it. */
struct settings;

/* Reads a file into *out, in which defaults stand already. Every mistake is told by `say`, as
 * "FILE:LINE:COLUMN: what is wrong, why, and how to mend it"; AVOW_STORE_INPUT if there was one,
 * and AVOW_STORE_IO if the file cannot be read. The texts live until settings_free. */
avow_store_code settings_read(const char *path, const struct setting *table, void *out,
                              void (*say)(void *context, const char *line), void *context,
                              struct settings **settings, avow_store_error *error);

/* Says what is wrong with a value that was read, as settings_read does: "FILE:LINE:COLUMN: ...".
 * Gives AVOW_STORE_INPUT. */
avow_store_code settings_wrong(const struct settings *settings, const void *value,
                               void (*say)(void *context, const char *line), void *context,
                               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* "FILE:LINE:COLUMN" of a value that was read, for what is found wrong with it later; its address
 * is that of the member (or of the block) it was read into. */
const char *settings_where(const struct settings *settings, const void *value);

/* The folder of the file, absolute; NULL if it is not known. */
const char *settings_folder(const struct settings *settings);

/* Memory that lives as long as the settings do, zeroed; NULL if there is none. */
void *settings_allocate(struct settings *settings, size_t size);

void settings_free(struct settings *settings);

#endif
