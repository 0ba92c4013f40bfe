/* The system's files for one connection, whose journal is written in few calls. */
#ifndef AVOW_STORE_SQLITE_JOURNAL_H
#define AVOW_STORE_SQLITE_JOURNAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes. SQLite writes at most 131,071 at once. */
enum { JOURNAL_ROOM = 1 << 16 };

struct journal_vfs {
    sqlite3_vfs vfs; /* what it does not do itself is the system's */
    sqlite3_vfs *system;
    char name[32];
    bool open; /* there is a journal, and this waits to be written to it: */
    sqlite3_int64 from;
    size_t length;
    char waiting[JOURNAL_ROOM];
};

/* The name to open a connection with; NULL: not enough memory. It must stay where it is until the
 * connection was closed. */
const char *journal_register(struct journal_vfs *vfs);
void journal_unregister(struct journal_vfs *vfs);

#endif
