/* Cuts the power at any moment of a service's life, with a disk that has kept only what was synced,
 * and of the rest anything: each sector of 512 bytes as it was, as it became, or torn; each file's
 * length; each name that was made or removed.
 *
 *   store-powercut BUNDLE FOLDER CUTS [SEED]
 *
 * The service runs once, on files in memory (a VFS of SQLite's) that write down every change, every
 * sync and every acknowledgement. Then disks are made of that list: all that was synced before a
 * moment, and a random choice of what was not. A fresh store is opened on each. */
#include "tests/store/kit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, FILES_MAX = 8, SIZE_MAX_OF_FILE = 1 << 20, EVENTS_MAX = 100000 };

/* Files ---------------------------------------------------------------------------------------- */

struct memory_file {
    char name[500];
    bool exists;
    size_t size;
    uint8_t *bytes; /* SIZE_MAX_OF_FILE, allocated */
    unsigned shared;
    void *reserved; /* who holds RESERVED or more */
    bool pending, exclusive;
};

enum event_kind { MADE, REMOVED, REMOVED_SYNCED, WRITTEN, CUT_SHORT, SYNCED, ACKNOWLEDGED };

struct event {
    enum event_kind kind;
    unsigned file;
    size_t at, size;
    uint8_t *bytes;
};

static struct memory_file files[FILES_MAX];
static struct event *events;
static size_t event_count;
static bool writing_down;

static void
note(enum event_kind kind, unsigned file, const void *bytes, size_t size, size_t at)
{
    if (!writing_down)
        return;
    KIT_MUST(event_count < EVENTS_MAX);
    struct event *event = &events[event_count++];
    *event = (struct event){.kind = kind, .file = file, .at = at, .size = size};
    if (bytes) {
        event->bytes = malloc(size);
        KIT_MUST(event->bytes);
        memcpy(event->bytes, bytes, size);
    }
}

static unsigned
file_named(const char *name)
{
    for (unsigned i = 0; i < FILES_MAX; i++) {
        if (!files[i].bytes) {
            files[i].bytes = calloc(1, SIZE_MAX_OF_FILE);
            KIT_MUST(files[i].bytes);
            snprintf(files[i].name, sizeof files[i].name, "%s", name);
        }
        if (strcmp(files[i].name, name) == 0)
            return i;
    }
    kit_fail("too many files: %s", name);
}

/* The VFS -------------------------------------------------------------------------------------- */

struct handle {
    sqlite3_file base;
    unsigned file;
    int lock;
};

static struct memory_file *
file_of(sqlite3_file *handle)
{
    return &files[((struct handle *)handle)->file];
}

static int
vfs_unlock(sqlite3_file *base, int level)
{
    struct handle *handle = (struct handle *)base;
    struct memory_file *file = file_of(base);
    if (handle->lock <= level)
        return SQLITE_OK;
    if (file->reserved == base) {
        file->reserved = NULL;
        file->pending = file->exclusive = false;
    }
    if (level == SQLITE_LOCK_NONE)
        file->shared--;
    handle->lock = level;
    return SQLITE_OK;
}

static int
vfs_close(sqlite3_file *base)
{
    return vfs_unlock(base, SQLITE_LOCK_NONE);
}

static int
vfs_read(sqlite3_file *base, void *out, int count, sqlite3_int64 at)
{
    const struct memory_file *file = file_of(base);
    size_t from = (size_t)at, size = (size_t)count;
    size_t have = from >= file->size ? 0 : file->size - from < size ? file->size - from : size;
    memcpy(out, file->bytes + from, have);
    memset((uint8_t *)out + have, 0, size - have);
    return have == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
vfs_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 at)
{
    struct memory_file *file = file_of(base);
    size_t from = (size_t)at, size = (size_t)count;
    KIT_MUST(from + size <= SIZE_MAX_OF_FILE);
    memcpy(file->bytes + from, bytes, size);
    if (from + size > file->size)
        file->size = from + size;
    note(WRITTEN, ((struct handle *)base)->file, bytes, size, from);
    return SQLITE_OK;
}

static int
vfs_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct memory_file *file = file_of(base);
    if ((size_t)size < file->size)
        memset(file->bytes + size, 0, file->size - (size_t)size);
    file->size = (size_t)size;
    note(CUT_SHORT, ((struct handle *)base)->file, NULL, (size_t)size, 0);
    return SQLITE_OK;
}

/* As SQLite's own does, the first sync of a file that was made syncs its folder, too. */
static int
vfs_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    note(SYNCED, ((struct handle *)base)->file, NULL, 0, 0);
    return SQLITE_OK;
}

static int
vfs_size(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)file_of(base)->size;
    return SQLITE_OK;
}

static int
vfs_lock(sqlite3_file *base, int level)
{
    struct handle *handle = (struct handle *)base;
    struct memory_file *file = file_of(base);
    if (handle->lock >= level)
        return SQLITE_OK;
    if (level == SQLITE_LOCK_SHARED) {
        if (file->pending || file->exclusive)
            return SQLITE_BUSY;
        file->shared++;
    } else {
        if (file->reserved && file->reserved != base)
            return SQLITE_BUSY;
        file->reserved = base;
        if (level == SQLITE_LOCK_EXCLUSIVE) {
            file->pending = true;
            if (file->shared > 1)
                return SQLITE_BUSY;
            file->exclusive = true;
        }
    }
    handle->lock = level;
    return SQLITE_OK;
}

static int
vfs_reserved(sqlite3_file *base, int *out)
{
    *out = file_of(base)->reserved != NULL;
    return SQLITE_OK;
}

static int
vfs_control(sqlite3_file *base, int operation, void *argument)
{
    (void)base;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int
vfs_sector(sqlite3_file *base)
{
    (void)base;
    return SECTOR;
}

static int
vfs_character(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as SQLite takes a disk to be */
}

static const sqlite3_io_methods methods = {
    1,        vfs_close,  vfs_read,     vfs_write,   vfs_truncate, vfs_sync,      vfs_size,
    vfs_lock, vfs_unlock, vfs_reserved, vfs_control, vfs_sector,   vfs_character, NULL,
    NULL,     NULL,       NULL,         NULL,        NULL};

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out)
{
    struct handle *handle = (struct handle *)base;
    (void)vfs;
    KIT_MUST(name);
    unsigned file = file_named(name);
    base->pMethods = NULL;
    /* The store makes its file itself, in the real folder. */
    if (!files[file].exists && !(flags & (SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB)))
        return SQLITE_CANTOPEN;
    if (!files[file].exists)
        note(MADE, file, NULL, 0, 0);
    files[file].exists = true;
    *handle = (struct handle){.base.pMethods = &methods, .file = file};
    if (out)
        *out = flags;
    return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct memory_file *file = &files[file_named(name)];
    (void)vfs;
    if (!file->exists)
        return SQLITE_IOERR_DELETE_NOENT;
    file->exists = false;
    file->size = 0;
    memset(file->bytes, 0, SIZE_MAX_OF_FILE);
    note(sync ? REMOVED_SYNCED : REMOVED, file_named(name), NULL, 0, 0);
    return SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    const struct memory_file *file = &files[file_named(name)];
    (void)vfs;
    *out = file->exists && (flags != SQLITE_ACCESS_EXISTS || file->size > 0);
    return SQLITE_OK;
}

/* The power goes ---------------------------------------------------------------------------------
 */

static uint64_t numbers;

static bool
chance(unsigned percent)
{
    return kit_random(&numbers) % 100 < percent;
}

/* One file after the cut: `kept` is what was synced, `now` what the service saw. */
struct disk_file {
    bool named, was_named; /* now; when its folder was synced */
    size_t size, kept_size;
    uint8_t *now, *kept;
};

static struct disk_file disk[FILES_MAX];

/* How likely it is that a change that was not synced is on the disk all the same. */
static unsigned luck;

static void
write_down(struct disk_file *file, const struct event *event)
{
    memcpy(file->now + event->at, event->bytes, event->size);
    if (event->at + event->size > file->size)
        file->size = event->at + event->size;
    /* The disk may write any sector at any time, whole or, in the moment of the cut, its head. */
    for (size_t at = event->at; at < event->at + event->size;) {
        size_t end = (at / SECTOR + 1) * SECTOR, stop = event->at + event->size;
        size_t size = (end < stop ? end : stop) - at;
        if (chance(luck)) {
            size_t torn = chance(10) ? kit_random(&numbers) % (size + 1) : size;
            memcpy(file->kept + at, file->now + at, torn);
            if (at + torn > file->kept_size && chance(80))
                file->kept_size = at + torn;
        }
        at += size;
    }
}

static void
happen(const struct event *event)
{
    struct disk_file *file = &disk[event->file];
    switch (event->kind) {
    case MADE:
        file->named = true;
        file->size = 0;
        memset(file->now, 0, SIZE_MAX_OF_FILE);
        if (chance(luck)) {
            file->was_named = true;
            file->kept_size = 0;
        }
        break;
    case REMOVED:
    case REMOVED_SYNCED:
        file->named = false;
        file->size = 0;
        if (event->kind == REMOVED_SYNCED || chance(luck)) {
            file->was_named = false;
            file->kept_size = 0;
            memset(file->kept, 0, SIZE_MAX_OF_FILE);
        }
        break;
    case WRITTEN:
        write_down(file, event);
        break;
    case CUT_SHORT:
        file->size = event->size;
        memset(file->now + event->size, 0, SIZE_MAX_OF_FILE - event->size);
        if (chance(luck)) {
            file->kept_size = event->size;
            memset(file->kept + event->size, 0, SIZE_MAX_OF_FILE - event->size);
        }
        break;
    case SYNCED:
        file->was_named = file->named;
        file->kept_size = file->size;
        memcpy(file->kept, file->now, SIZE_MAX_OF_FILE);
        break;
    case ACKNOWLEDGED:
        break;
    }
}

/* The disk as it is found after a cut before the event `until`. */
static void
cut(size_t until)
{
    for (unsigned i = 0; i < FILES_MAX && files[i].bytes; i++) {
        struct disk_file *file = &disk[i];
        uint8_t *now = file->now ? file->now : malloc(SIZE_MAX_OF_FILE);
        uint8_t *kept = file->kept ? file->kept : malloc(SIZE_MAX_OF_FILE);
        KIT_MUST(now && kept);
        memset(now, 0, SIZE_MAX_OF_FILE);
        memset(kept, 0, SIZE_MAX_OF_FILE);
        *file = (struct disk_file){.now = now, .kept = kept};
    }
    for (size_t i = 0; i < until; i++)
        happen(&events[i]);
    for (unsigned i = 0; i < FILES_MAX && files[i].bytes; i++) {
        uint8_t *bytes = files[i].bytes;
        char name[500];
        memcpy(name, files[i].name, sizeof name);
        files[i] = (struct memory_file){
            .exists = disk[i].was_named, .size = disk[i].kept_size, .bytes = bytes};
        memcpy(files[i].name, name, sizeof name);
        memcpy(bytes, disk[i].kept, SIZE_MAX_OF_FILE);
        memset(bytes + disk[i].kept_size, 0, SIZE_MAX_OF_FILE - disk[i].kept_size);
    }
}

/* The service ------------------------------------------------------------------------------------
 */

enum { LEAVERS = 12, KEEPERS = 4 };

static const avow_table *table;
static avow_point news;
static char url[600], folder[600], anchors[600];

static const char *
person(const char *name, unsigned number)
{
    static char text[64];
    snprintf(text, sizeof text, "email:%s%u@x.example", name, number);
    return text;
}

static avow_store_code
record(avow_store *store, const char *what, const char *who, bool done)
{
    avow_recorded out;
    avow_store_error error = {0};
    avow_event event = {
        .what = what, .subject = kit_identity(who), .evidence = "a form", .done = done};
    return avow_store_record(store, &event, &out, &error);
}

static avow_store *
open_store(void)
{
    avow_store_error error = {0};
    avow_store_options options = {.url = url, .table = table};
    avow_store *store = avow_store_open(&options, &error);
    if (!store)
        kit_fail("cannot be opened: %s", error.text);
    return store;
}

/* An acknowledgement, and the anchor as it was then. */
static void
acknowledge(unsigned number)
{
    char place[700];
    snprintf(place, sizeof place, "%s/%u", anchors, number);
    mkdir(place, 0700);
    kit_copy(folder, place);
    note(ACKNOWLEDGED, 0, NULL, number, 0);
}

static void
live(void)
{
    avow_store_error error = {0};
    avow_store_options options = {.url = url, .table = table};
    writing_down = true;
    if (avow_store_create(&options, &error) != AVOW_STORE_OK)
        kit_fail("%s", error.text);
    avow_store *store = open_store();
    KIT_MUST(avow_store_settle(store, 1u << AVOW_IDENTITY_EMAIL, "x", &error) == AVOW_STORE_OK);
    for (unsigned i = 0; i < LEAVERS + KEEPERS; i++)
        KIT_MUST(record(store, "address-confirmed",
                        i < LEAVERS ? person("leaver", i) : person("keeper", i - LEAVERS),
                        false) == AVOW_STORE_OK);
    acknowledge(0);
    for (unsigned i = 0; i < LEAVERS; i++) {
        KIT_MUST(record(store, "unsubscribe", person("leaver", i), i % 2 == 0) == AVOW_STORE_OK);
        acknowledge(i + 1);
        if (i == LEAVERS / 2) { /* a new journal, a new cache */
            avow_store_close(store);
            store = open_store();
        }
    }
    avow_store_close(store);
    writing_down = false;
}

/* After a cut
 * -------------------------------------------------------------------------------------- */

static bool
allowed(avow_store *store, const char *who)
{
    avow_store_question question = {.point = news, .subject = kit_identity(who)};
    return avow_store_ask(store, &question, NULL).answer.verdict == AVOW_ALLOWED;
}

static void
look_after(size_t at, unsigned acknowledged, uint64_t seed)
{
    char wrong[200];
    struct kit_ledger ledger;
    avow_store_error error = {0};
    avow_store *store = open_store();
    if (avow_store_trust(store, &error) != AVOW_STORE_OK)
        kit_fail("cut at %zu, seed %llu: not trusted: %s", at, (unsigned long long)seed,
                 error.text);
    for (unsigned i = 0; i < acknowledged; i++)
        if (allowed(store, person("leaver", i)))
            kit_fail("cut at %zu, seed %llu: leaver %u of %u is written to", at,
                     (unsigned long long)seed, i, acknowledged);
    for (unsigned i = 0; i < KEEPERS; i++)
        if (!allowed(store, person("keeper", i)))
            kit_fail("cut at %zu, seed %llu: keeper %u is lost", at, (unsigned long long)seed, i);
    if (record(store, "unsubscribe", person("keeper", 0), true) != AVOW_STORE_OK ||
        allowed(store, person("keeper", 0)))
        kit_fail("cut at %zu, seed %llu: nothing can be recorded", at, (unsigned long long)seed);
    avow_store_close(store);
    if (!kit_inspect(url + 7, &ledger, wrong))
        kit_fail("cut at %zu, seed %llu: %s", at, (unsigned long long)seed, wrong);
}

int
main(int count, char **words)
{
    static sqlite3_vfs vfs;
    char path[560];
    KIT_MUST(count >= 4);
    long cuts = strtol(words[3], NULL, 10);
    uint64_t seed = count > 4 ? strtoull(words[4], NULL, 10) : 1;
    vfs = *sqlite3_vfs_find(NULL);
    vfs.zName = "powercut";
    vfs.szOsFile = sizeof(struct handle);
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    KIT_MUST(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
    events = calloc(EVENTS_MAX, sizeof *events);
    KIT_MUST(events);
    mkdir(words[2], 0700);
    snprintf(path, sizeof path, "%.500s/store.db", words[2]);
    snprintf(url, sizeof url, "sqlite:%s", path);
    snprintf(folder, sizeof folder, "%s.keys", path);
    snprintf(anchors, sizeof anchors, "%s/anchors", words[2]);
    mkdir(anchors, 0700);
    table = kit_table(words[1]);
    news = kit_point(table, "us email customer advertising.news");
    live();

    size_t first = 0;
    while (events[first].kind != ACKNOWLEDGED)
        first++;
    unsigned long before = 0;
    for (long i = 0; i < cuts; i++) {
        numbers = (seed + (uint64_t)i) * 0x9e3779b97f4a7c15u | 1;
        size_t at = first + kit_random(&numbers) % (event_count - first) + 1;
        luck = (unsigned)(kit_random(&numbers) % 101);
        unsigned acknowledged = 0, known;
        for (size_t k = 0; k < at; k++)
            if (events[k].kind == ACKNOWLEDGED)
                acknowledged = (unsigned)events[k].size;
        before += acknowledged;
        cut(at);
        /* The anchor is not synced: it may be older than the last acknowledgement, never newer. */
        known = acknowledged > 2 && chance(30) ? acknowledged - 2 : acknowledged;
        snprintf(path, sizeof path, "%.500s/%u", anchors, known);
        kit_copy(path, folder);
        look_after(at, acknowledged, seed + (uint64_t)i);
    }
    printf("%ld cuts among %zu changes; %lu acknowledged refusals were there\n", cuts,
           event_count - first, before);
    return 0;
}
