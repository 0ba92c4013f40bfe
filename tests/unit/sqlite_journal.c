/* The journal of an SQLite store, written in few calls: what it must still do. */
#include "runtime/store/sqlite_journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROWS = 400 }; /* a page each: more than waits at once */

/* A system underneath that counts the calls which write to journals, and can refuse them. */
static struct {
    sqlite3_vfs vfs, *system;
    sqlite3_io_methods methods;
    const sqlite3_io_methods *under;
    int writes, longest;
    int refuse; /* so many more */
} counter;

static int
count_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
    counter.writes++;
    counter.longest = count > counter.longest ? count : counter.longest;
    if (counter.refuse > 0) {
        counter.refuse--;
        return SQLITE_IOERR_WRITE;
    }
    return counter.under->xWrite(file, bytes, count, at);
}

static int
count_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    int result = counter.system->xOpen(counter.system, name, file, flags, out);
    if (result == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_JOURNAL)) {
        counter.under = file->pMethods;
        counter.methods = *file->pMethods;
        counter.methods.xWrite = count_write;
        file->pMethods = &counter.methods;
    }
    return result;
}

struct fixture {
    char folder[32], path[64];
    struct journal_vfs *files;
    sqlite3 *db;
};

static void
run(struct fixture *fixture, const char *sql, int wanted)
{
    int got = sqlite3_exec(fixture->db, sql, NULL, NULL, NULL);
    if (got != wanted)
        fail_msg("%s: %d %s", sql, got, sqlite3_errmsg(fixture->db));
}

static int64_t
number(struct fixture *fixture, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(fixture->db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return out;
}

static int
set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    counter.system = sqlite3_vfs_find("unix");
    counter.vfs = *counter.system;
    counter.vfs.zName = "counter";
    counter.vfs.pNext = NULL;
    counter.vfs.xOpen = count_open;
    sqlite3_vfs_register(&counter.vfs, 1);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/avow-journal-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/db", fixture->folder);
    fixture->files = calloc(1, sizeof *fixture->files);
    const char *name = journal_register(fixture->files);
    assert_non_null(name);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(sqlite3_open_v2(fixture->path, &fixture->db, flags, name), SQLITE_OK);
    run(fixture,
        "PRAGMA journal_mode=PERSIST; PRAGMA synchronous=EXTRA; CREATE TABLE t (n INTEGER, b BLOB);"
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 400)"
        " INSERT INTO t SELECT 0, zeroblob(3000) FROM c;",
        SQLITE_OK);
    counter.writes = counter.longest = 0;
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *fixture = *state;
    char journal[80];
    counter.refuse = 0;
    sqlite3_close(fixture->db);
    journal_unregister(fixture->files);
    assert_null(sqlite3_vfs_find(fixture->files->name));
    sqlite3_vfs_unregister(&counter.vfs);
    snprintf(journal, sizeof journal, "%s-journal", fixture->path);
    unlink(journal);
    unlink(fixture->path);
    rmdir(fixture->folder);
    free(fixture->files);
    free(fixture);
    return 0;
}

static void
test_few_calls(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "UPDATE t SET n = 1", SQLITE_OK);
    assert_int_equal(number(fixture, "SELECT sum(n) FROM t"), ROWS);
    assert_in_range(counter.writes, 1, ROWS / 4); /* SQLite alone: over 3 * ROWS */
    assert_in_range(counter.longest, JOURNAL_ROOM / 2, JOURNAL_ROOM);
}

static void
test_rollback_reads_what_waits(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "PRAGMA cache_size=10", SQLITE_OK); /* pages are written before the end */
    run(fixture, "BEGIN; UPDATE t SET n = 1; ROLLBACK", SQLITE_OK);
    assert_int_equal(number(fixture, "SELECT sum(n) FROM t"), 0);
    run(fixture, "BEGIN; UPDATE t SET n = 1 WHERE rowid = 7; ROLLBACK", SQLITE_OK);
    assert_int_equal(number(fixture, "SELECT sum(n) FROM t"), 0);
}

/* A copy of the files at any moment is what a process leaves that is killed then. */
static void
test_killed_in_the_middle(void **state)
{
    struct fixture *fixture = *state;
    char command[512], copy[96];
    sqlite3 *db = fixture->db;
    run(fixture, "PRAGMA cache_size=10", SQLITE_OK);
    run(fixture, "BEGIN; UPDATE t SET n = 1", SQLITE_OK);
    snprintf(copy, sizeof copy, "%s/copy", fixture->folder);
    snprintf(command, sizeof command, "cp %s %s && cp %s-journal %s-journal", fixture->path, copy,
             fixture->path, copy);
    assert_int_equal(system(command), 0);
    assert_int_equal(sqlite3_open(copy, &fixture->db), SQLITE_OK);
    assert_int_equal(number(fixture, "SELECT sum(n) FROM t"), 0);
    assert_int_equal(number(fixture, "SELECT count(*) FROM pragma_integrity_check WHERE "
                                     "integrity_check = 'ok'"),
                     1);
    sqlite3_close(fixture->db);
    fixture->db = db;
    run(fixture, "COMMIT", SQLITE_OK);
    assert_int_equal(number(fixture, "SELECT sum(n) FROM t"), ROWS);
    snprintf(command, sizeof command, "rm -f %s %s-journal", copy, copy);
    assert_int_equal(system(command), 0);
}

static void
test_a_journal_that_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;
    for (int refused = 1; refused < 8; refused++) {
        counter.refuse = refused;
        run(fixture, "UPDATE t SET n = 1", SQLITE_IOERR);
        counter.refuse = 0;
        assert_int_equal(number(fixture, "SELECT sum(n) FROM t"), 0);
    }
    run(fixture, "UPDATE t SET n = 2", SQLITE_OK);
    assert_int_equal(number(fixture, "SELECT sum(n) FROM t"), 2 * ROWS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_few_calls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rollback_reads_what_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_killed_in_the_middle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_journal_that_cannot_be_written, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
