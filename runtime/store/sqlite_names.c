/* What is not about a subject: terms, sentences, notes of the store about itself; and what the
 * doctor looks at. */
#include "runtime/store/fault.h"
#include "runtime/store/sqlite.h"

#include <stdio.h>
#include <string.h>

static bool
copy(char *out, size_t room, const unsigned char *text)
{
    size_t length = text ? strlen((const char *)text) : room;
    if (length >= room)
        return false;
    memcpy(out, text, length + 1);
    return true;
}

avow_store_code
sqlite_terms(struct engine *engine, term_visit *visit, void *context, avow_store_error *error)
{
    sqlite3_stmt *row = sqlite_ready(engine, SQL_TERMS, error);
    if (!row)
        return AVOW_STORE_IO;
    bool more = true;
    avow_store_code code;
    while ((code = sqlite_step(engine, row, &more, error)) == AVOW_STORE_OK && more) {
        struct term term = {.id = (uint32_t)sqlite3_column_int64(row, 0),
                            .mapped = sqlite3_column_int64(row, 3) != 0};
        if (!copy(term.policy, sizeof term.policy, sqlite3_column_text(row, 1)) ||
            !copy(term.name, sizeof term.name, sqlite3_column_text(row, 2)) ||
            !copy(term.now, sizeof term.now, sqlite3_column_text(row, 4)))
            code = fault(error, AVOW_STORE_CORRUPT,
                         "A name in the store is none that was "
                         "written. Restore a backup.");
        else
            code = visit(context, &term);
        if (code != AVOW_STORE_OK)
            break;
    }
    sqlite_end(row);
    return code;
}

avow_store_code
sqlite_add_term(struct engine *engine, struct term *term, avow_store_error *error)
{
    sqlite3_stmt *add = sqlite_ready(engine, SQL_ADD_TERM, error);
    sqlite3_stmt *find = sqlite_ready(engine, SQL_FIND_TERM, error);
    if (!add || !find)
        return AVOW_STORE_IO;
    sqlite3_bind_text(add, 1, term->policy, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 2, term->name, -1, SQLITE_STATIC);
    avow_store_code code = sqlite_run(engine, add, error);
    if (code != AVOW_STORE_OK)
        return code;
    bool row = false;
    sqlite3_bind_text(find, 1, term->policy, -1, SQLITE_STATIC);
    sqlite3_bind_text(find, 2, term->name, -1, SQLITE_STATIC);
    code = sqlite_step(engine, find, &row, error);
    if (code == AVOW_STORE_OK && row)
        term->id = (uint32_t)sqlite3_column_int64(find, 0);
    sqlite_end(find);
    if (code == AVOW_STORE_OK && !row)
        code = fault(error, AVOW_STORE_CORRUPT, "A name was not found after it was written.");
    return code;
}

avow_store_code
sqlite_map_term(struct engine *engine, const struct term *term, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_MAP_TERM, error);
    if (!statement)
        return AVOW_STORE_IO;
    sqlite3_bind_int64(statement, 1, term->id);
    sqlite3_bind_int64(statement, 2, term->mapped);
    sqlite3_bind_text(statement, 3, term->now, -1, SQLITE_STATIC);
    return sqlite_run(engine, statement, error);
}

avow_store_code
sqlite_meta(struct engine *engine, meta_visit *visit, void *context, avow_store_error *error)
{
    sqlite3_stmt *row = sqlite_ready(engine, SQL_META, error);
    if (!row)
        return AVOW_STORE_IO;
    bool more = true;
    avow_store_code code;
    while ((code = sqlite_step(engine, row, &more, error)) == AVOW_STORE_OK && more) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        const char *value = (const char *)sqlite3_column_text(row, 1);
        code = name && value ? visit(context, name, value) : fault_memory(error);
        if (code != AVOW_STORE_OK)
            break;
    }
    sqlite_end(row);
    return code;
}

avow_store_code
sqlite_put_meta(struct engine *engine, const char *name, const char *value, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_PUT_META, error);
    if (!statement)
        return AVOW_STORE_IO;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, value, -1, SQLITE_STATIC);
    return sqlite_run(engine, statement, error);
}

avow_store_code
sqlite_words(struct engine *engine, const uint8_t hash[16],
             void (*visit)(void *, const char *, size_t), void *context, avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_WORDS, error);
    if (!statement)
        return AVOW_STORE_IO;
    bool row = false;
    sqlite3_bind_blob(statement, 1, hash, 16, SQLITE_STATIC);
    avow_store_code code = sqlite_step(engine, statement, &row, error);
    const char *text = row ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (code == AVOW_STORE_OK && text)
        visit(context, text, (size_t)sqlite3_column_bytes(statement, 0));
    else if (code == AVOW_STORE_OK)
        code = fault(error, AVOW_STORE_NOT_FOUND, "The store does not have this sentence.");
    sqlite_end(statement);
    return code;
}

avow_store_code
sqlite_put_words(struct engine *engine, const uint8_t hash[16], const char *words, size_t length,
                 avow_store_error *error)
{
    sqlite3_stmt *statement = sqlite_ready(engine, SQL_PUT_WORDS, error);
    if (!statement)
        return AVOW_STORE_IO;
    sqlite3_bind_blob(statement, 1, hash, 16, SQLITE_STATIC);
    sqlite3_bind_text64(statement, 2, words, length, SQLITE_STATIC, SQLITE_UTF8);
    return sqlite_run(engine, statement, error);
}

/* The doctor --------------------------------------------------------------------------------- */

static avow_store_code
text_of(struct sqlite_link *link, const char *sql, char *out, size_t room, avow_store_error *error)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(link->db, sql, -1, &statement, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    avow_store_code code = AVOW_STORE_OK;
    if (result == SQLITE_ROW)
        snprintf(out, room, "%s", (const char *)sqlite3_column_text(statement, 0));
    else
        code = sqlite_fault(link, result, "looking at itself", error);
    sqlite3_finalize(statement);
    return code;
}

avow_store_code
sqlite_examine(struct engine *engine, void (*finding)(void *, bool, const char *), void *context,
               avow_store_error *error)
{
    struct sqlite_link *link = (struct sqlite_link *)engine;
    char said[256], line[384];
    avow_store_code code = text_of(link, "PRAGMA journal_mode", said, sizeof said, error);
    if (code != AVOW_STORE_OK)
        return code;
    snprintf(line, sizeof line, "SQLite %s, journal mode %s%s", sqlite3_libversion(), said,
             strcmp(said, "wal") == 0 ? "" : " (this version's write-ahead log may lose commits)");
    finding(context, false, line);
    code = text_of(link, "PRAGMA synchronous", said, sizeof said, error);
    if (code != AVOW_STORE_OK)
        return code;
    snprintf(line, sizeof line, "synchronous is %s", said);
    finding(context, said[0] < '2', line);
    code = text_of(link, "PRAGMA integrity_check(1)", said, sizeof said, error);
    if (code != AVOW_STORE_OK)
        return code;
    snprintf(line, sizeof line, "integrity of the file: %s", said);
    finding(context, strcmp(said, "ok") != 0, line);
    return AVOW_STORE_OK;
}
