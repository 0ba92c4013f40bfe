/* SQLite writes its journal in three calls a page; here they become one for many pages. What waits
 * here is written before the journal is synced, read or measured, and no page of the store is
 * written before its old content was synced: a process that dies with something waiting loses what
 * nobody had been promised. */
#include "runtime/store/sqlite_journal.h"

#include <stdio.h>
#include <string.h>

/* A journal that is open: SQLite makes room for it, and behind it for the file underneath. */
struct journal_file {
    sqlite3_file file;
    struct journal_vfs *vfs;
};

static struct journal_file *
journal_of(sqlite3_file *file)
{
    return (struct journal_file *)file;
}

static sqlite3_file *
under(sqlite3_file *file)
{
    return (sqlite3_file *)((char *)file + sizeof(struct journal_file));
}

/* What cannot be written goes on waiting: SQLite was told that it is in the journal, and reads it
 * there when it takes the transaction back. If it cannot be written then either, SQLite hears of it
 * and forgets what it has in memory. */
static int
flush(sqlite3_file *file)
{
    struct journal_vfs *vfs = journal_of(file)->vfs;
    if (vfs->length == 0)
        return SQLITE_OK;
    int result =
        under(file)->pMethods->xWrite(under(file), vfs->waiting, (int)vfs->length, vfs->from);
    if (result == SQLITE_OK)
        vfs->length = 0;
    return result;
}

static int
close_journal(sqlite3_file *file)
{
    int flushed = flush(file);
    int closed = under(file)->pMethods->xClose(under(file));
    journal_of(file)->vfs->open = false;
    return flushed != SQLITE_OK ? flushed : closed;
}

static int
read_journal(sqlite3_file *file, void *out, int count, sqlite3_int64 at)
{
    int result = flush(file);
    return result == SQLITE_OK ? under(file)->pMethods->xRead(under(file), out, count, at) : result;
}

static int
write_journal(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
    struct journal_vfs *vfs = journal_of(file)->vfs;
    int result = SQLITE_OK;
    if (at != vfs->from + (sqlite3_int64)vfs->length || (size_t)count > JOURNAL_ROOM - vfs->length)
        result = flush(file);
    if (result != SQLITE_OK)
        return result;
    if ((size_t)count > JOURNAL_ROOM)
        return under(file)->pMethods->xWrite(under(file), bytes, count, at);
    if (vfs->length == 0)
        vfs->from = at;
    memcpy(vfs->waiting + vfs->length, bytes, (size_t)count);
    vfs->length += (size_t)count;
    return SQLITE_OK;
}

static int
truncate_journal(sqlite3_file *file, sqlite3_int64 size)
{
    int result = flush(file);
    return result == SQLITE_OK ? under(file)->pMethods->xTruncate(under(file), size) : result;
}

static int
sync_journal(sqlite3_file *file, int flags)
{
    int result = flush(file);
    return result == SQLITE_OK ? under(file)->pMethods->xSync(under(file), flags) : result;
}

static int
measure_journal(sqlite3_file *file, sqlite3_int64 *size)
{
    int result = flush(file);
    return result == SQLITE_OK ? under(file)->pMethods->xFileSize(under(file), size) : result;
}

static int
lock_journal(sqlite3_file *file, int how)
{
    return under(file)->pMethods->xLock(under(file), how);
}

static int
unlock_journal(sqlite3_file *file, int how)
{
    return under(file)->pMethods->xUnlock(under(file), how);
}

static int
is_reserved(sqlite3_file *file, int *out)
{
    return under(file)->pMethods->xCheckReservedLock(under(file), out);
}

static int
control_journal(sqlite3_file *file, int what, void *of)
{
    return under(file)->pMethods->xFileControl(under(file), what, of);
}

static int
sector_size(sqlite3_file *file)
{
    return under(file)->pMethods->xSectorSize(under(file));
}

static int
characteristics(sqlite3_file *file)
{
    return under(file)->pMethods->xDeviceCharacteristics(under(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_journal,
    .xRead = read_journal,
    .xWrite = write_journal,
    .xTruncate = truncate_journal,
    .xSync = sync_journal,
    .xFileSize = measure_journal,
    .xLock = lock_journal,
    .xUnlock = unlock_journal,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control_journal,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

/* Only the journal is a file of this kind; a connection has one at a time. */
static int
open_file(sqlite3_vfs *of, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
    struct journal_vfs *vfs = (struct journal_vfs *)of;
    if (!(flags & SQLITE_OPEN_MAIN_JOURNAL) || vfs->open)
        return vfs->system->xOpen(vfs->system, name, file, flags, flags_out);
    *journal_of(file) = (struct journal_file){.vfs = vfs};
    memset(under(file), 0, (size_t)vfs->system->szOsFile);
    int result = vfs->system->xOpen(vfs->system, name, under(file), flags, flags_out);
    if (result == SQLITE_OK) {
        file->pMethods = &methods;
        vfs->open = true;
        vfs->length = 0;
    } else if (under(file)->pMethods) { /* must be closed even so */
        under(file)->pMethods->xClose(under(file));
    }
    return result;
}

const char *
journal_register(struct journal_vfs *vfs)
{
    vfs->system = sqlite3_vfs_find(NULL);
    if (!vfs->system)
        return NULL;
    vfs->vfs = *vfs->system;
    snprintf(vfs->name, sizeof vfs->name, "avow-%p", (void *)vfs);
    vfs->vfs.zName = vfs->name;
    vfs->vfs.pNext = NULL;
    vfs->vfs.szOsFile += (int)sizeof(struct journal_file);
    vfs->vfs.xOpen = open_file;
    return sqlite3_vfs_register(&vfs->vfs, 0) == SQLITE_OK ? vfs->name : NULL;
}

void
journal_unregister(struct journal_vfs *vfs)
{
    if (vfs->system)
        sqlite3_vfs_unregister(&vfs->vfs);
}
