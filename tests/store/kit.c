#include "tests/store/kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
kit_fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "FAILED: ");
    vfprintf(stderr, format, list);
    fprintf(stderr, "\n");
    va_end(list);
    fflush(NULL);
    _exit(1);
}

const avow_table *
kit_table(const char *path)
{
    struct stat at;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &at) != 0)
        kit_fail("cannot open %s", path);
    size_t size = (size_t)at.st_size;
    void *image = aligned_alloc(8, (size + 7) / 8 * 8);
    avow_error error = 0;
    const avow_table *table = NULL;
    if (image && fread(image, 1, size, file) == size)
        table = avow_open(image, size, &error);
    fclose(file);
    if (!table)
        kit_fail("%s is no bundle: %d", path, (int)error);
    return table;
}

avow_identity_text
kit_identity(const char *text)
{
    static const char *const prefix[AVOW_IDENTITY_KINDS] = {"-",
                                                            "email:", "tel:", "id:", "record:"};
    for (unsigned kind = 1; kind < AVOW_IDENTITY_KINDS; kind++) {
        size_t length = strlen(prefix[kind]);
        if (strncmp(text, prefix[kind], length) == 0)
            return (avow_identity_text){(avow_identity_kind)kind, text + length,
                                        strlen(text + length)};
    }
    if (strcmp(text, "-") != 0)
        kit_fail("no identity: %s", text);
    return (avow_identity_text){AVOW_IDENTITY_NONE, "", 0};
}

avow_point
kit_point(const avow_table *table, const char *words)
{
    char word[4][64];
    if (sscanf(words, "%63s %63s %63s %63s", word[0], word[1], word[2], word[3]) != 4)
        kit_fail("no point: %s", words);
    avow_named_point named = {word[0],         word[1],         word[2],         word[3],
                              strlen(word[0]), strlen(word[1]), strlen(word[2]), strlen(word[3])};
    return avow_find_point(table, &named);
}

const char *
kit_code(avow_store_code code)
{
    static const char *const names[] = {"ok",     "usage",   "input",     "policy",   "keys",
                                        "busy",   "io",      "corrupt",   "schema",   "loss",
                                        "memory", "refused", "not-found", "uncertain"};
    return (unsigned)code < sizeof names / sizeof names[0] ? names[code] : "no code";
}

const char *
kit_verdict(unsigned verdict)
{
    static const char *const names[] = {"invalid", "unstated", "forbidden", "allowed"};
    return verdict < 4 ? names[verdict] : "no verdict";
}

const char *
kit_reason(avow_store_reason reason)
{
    static const char *const names[] = {"known",     "pending",   "spelling", "no-subject",
                                        "unsettled", "untrusted", "failed"};
    return (unsigned)reason < 7 ? names[reason] : "no reason";
}

int64_t
kit_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

uint64_t
kit_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Copying ------------------------------------------------------------------------------------ */

static void
copy_file(int from, int to, const char *name, mode_t mode)
{
    char block[65536];
    ssize_t got;
    int in = openat(from, name, O_RDONLY | O_CLOEXEC);
    int out = openat(to, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    KIT_MUST(in >= 0 && out >= 0);
    while ((got = read(in, block, sizeof block)) > 0)
        KIT_MUST(write(out, block, (size_t)got) == got);
    close(in);
    close(out);
}

static void
empty(int folder)
{
    DIR *list = fdopendir(dup(folder));
    KIT_MUST(list);
    rewinddir(list);
    for (struct dirent *entry; (entry = readdir(list));) {
        if (entry->d_name[0] == '.' && strncmp(entry->d_name, ".new-", 5) != 0)
            continue;
        if (unlinkat(folder, entry->d_name, 0) == 0)
            continue;
        int inner = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        KIT_MUST(inner >= 0);
        empty(inner);
        close(inner);
        KIT_MUST(unlinkat(folder, entry->d_name, AT_REMOVEDIR) == 0);
    }
    closedir(list);
}

static void
copy_all(int from, int to)
{
    DIR *list = fdopendir(dup(from));
    KIT_MUST(list);
    rewinddir(list);
    for (struct dirent *entry; (entry = readdir(list));) {
        struct stat at;
        if (entry->d_name[0] == '.' && strncmp(entry->d_name, ".new-", 5) != 0)
            continue;
        KIT_MUST(fstatat(from, entry->d_name, &at, AT_SYMLINK_NOFOLLOW) == 0);
        if (S_ISREG(at.st_mode)) {
            copy_file(from, to, entry->d_name, at.st_mode & 07777);
            continue;
        }
        KIT_MUST(mkdirat(to, entry->d_name, at.st_mode & 07777) == 0);
        int inner = openat(from, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int copy = openat(to, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        KIT_MUST(inner >= 0 && copy >= 0);
        copy_all(inner, copy);
        close(inner);
        close(copy);
    }
    closedir(list);
}

void
kit_copy(const char *from, const char *to)
{
    mkdir(to, 0700);
    int in = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int out = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (in < 0 || out < 0)
        kit_fail("cannot copy %s to %s", from, to);
    empty(out);
    copy_all(in, out);
    close(in);
    close(out);
}

/* Inspection --------------------------------------------------------------------------------- */

static bool
sound(sqlite3 *db, char wrong[200])
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        snprintf(wrong, 200, "the file cannot be checked: %s", sqlite3_errmsg(db));
        sqlite3_finalize(statement);
        return false;
    }
    const char *said = (const char *)sqlite3_column_text(statement, 0);
    bool good = said && strcmp(said, "ok") == 0;
    if (!good)
        snprintf(wrong, 200, "integrity_check: %s", said ? said : "nothing");
    sqlite3_finalize(statement);
    return good;
}

/* The last entry that was read. */
struct chain {
    int64_t part, sequence;
    uint8_t hash[32];
};

static void
put(uint8_t **at, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *(*at)++ = (uint8_t)(number >> 8 * i);
}

/* The row: part, sequence, recorded, commitment, hash, salt, body. */
static const char *
entry_fault(sqlite3_stmt *row, struct chain *chain, struct kit_ledger *out)
{
    uint8_t text[32 + 4 + 8 + 8 + 32], *at = text, hash[32];
    int64_t part = sqlite3_column_int64(row, 0), sequence = sqlite3_column_int64(row, 1);
    if (part != chain->part)
        *chain = (struct chain){.part = part};
    if (sequence != chain->sequence + 1)
        return "a gap";
    for (int column = 3; column < 5; column++)
        if (sqlite3_column_bytes(row, column) != 32)
            return "a hash of the wrong length";
    memcpy(at, chain->hash, 32);
    at += 32;
    put(&at, (uint64_t)part, 4);
    put(&at, (uint64_t)sequence, 8);
    put(&at, (uint64_t)sqlite3_column_int64(row, 2), 8);
    memcpy(at, sqlite3_column_blob(row, 3), 32);
    crypto_generichash(hash, 32, text, sizeof text, NULL, 0);
    if (memcmp(hash, sqlite3_column_blob(row, 4), 32) != 0)
        return "a wrong hash";
    chain->sequence = sequence;
    memcpy(chain->hash, hash, 32);
    out->entries++;
    const uint8_t *body = sqlite3_column_blob(row, 6);
    if (!body || body[0] == 0) { /* erased: zeros lie where it was */
        out->erased++;
        return NULL;
    }
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    for (int column = 5; column < 7; column++) {
        const uint8_t *bytes = sqlite3_column_blob(row, column);
        unsigned length = (unsigned)sqlite3_column_bytes(row, column);
        crypto_generichash_update(&state, bytes, length);
    }
    crypto_generichash_final(&state, hash, 32);
    return memcmp(hash, sqlite3_column_blob(row, 3), 32) == 0 ? NULL : "a payload of another entry";
}

static bool
chained(sqlite3 *db, struct kit_ledger *out, char wrong[200])
{
    static const char sql[] =
        "SELECT part, sequence, recorded, commitment, hash, salt, body FROM ledger "
        "ORDER BY part, sequence";
    struct chain chain = {.part = -1};
    sqlite3_stmt *row = NULL;
    const char *fault = NULL;
    int result = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
    while (result == SQLITE_OK && !fault && sqlite3_step(row) == SQLITE_ROW)
        fault = entry_fault(row, &chain, out);
    if (result != SQLITE_OK)
        fault = sqlite3_errmsg(db);
    if (fault)
        snprintf(wrong, 200, "the ledger has %s after entry %lld of part %lld", fault,
                 (long long)chain.sequence, (long long)chain.part);
    sqlite3_finalize(row);
    return !fault;
}

static unsigned
count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *row = NULL;
    unsigned number = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
        number = (unsigned)sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return number;
}

bool
kit_inspect(const char *path, struct kit_ledger *out, char wrong[200])
{
    sqlite3 *db = NULL;
    *out = (struct kit_ledger){0};
    wrong[0] = '\0';
    KIT_MUST(sodium_init() >= 0);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        snprintf(wrong, 200, "cannot be opened: %s", sqlite3_errmsg(db));
        sqlite3_close(db);
        return false;
    }
    sqlite3_busy_timeout(db, 10000);
    bool good = sound(db, wrong) && chained(db, out, wrong);
    out->terms = count(db, "SELECT count(*) FROM term");
    out->states = count(db, "SELECT count(*) FROM state");
    sqlite3_close(db);
    return good;
}
