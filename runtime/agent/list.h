/* A file with addresses: one a line, or a table with a column of them. */
#ifndef AVOW_AGENT_LIST_H
#define AVOW_AGENT_LIST_H

#include "runtime/agent/columns.h"
#include "runtime/avow_store.h"

#include <sys/stat.h>

struct list {
    const char *path; /* for messages */
    int file;
    bool table; /* has a row of names, which was read: it is in `names` */
    int column; /* of the address */
    struct stat stat;
    struct rows rows;
    struct row names;
    struct row row; /* the last that list_next has read */
};

/* Opens a file, "-" for standard input, and looks at its first line: a table if one of its columns
 * has a name that addresses of this kind have, or `column`, which may be NULL. The caller closes
 * the list in any case. */
avow_store_code list_open(struct list *list, const char *path, avow_identity_kind kind,
                          const char *column, avow_store_error *error);
void list_close(struct list *list);

/* Reads on: false at the end, or if the file could not be read, which *error then says. */
bool list_next(struct list *list, avow_store_error *error);

/* The address in the row that was read. */
struct cell list_address(const struct list *list);

#endif
