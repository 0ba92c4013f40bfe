/* Verification: nothing to find in what was recorded, and every change that can be made to it
 * found. */
#include "runtime/store/apply.h"
#include "runtime/store/verify.h"
#include "tests/unit/ledger_store.h"

enum { PEOPLE = 40 };

static struct body
about(enum body_kind kind, uint32_t who, const char *what)
{
    return (struct body){.kind = kind, .policy = "shop", .what = what, .subject = person(who)};
}

/* A request that waits, then, for some, that it is done; members come and go. */
static void
record_person(struct box *box, uint32_t who)
{
    struct body_effect out[] = {{"opted-out", VALUE_ON}}, in[] = {{"member", VALUE_ON}};
    struct body request = about(BODY_EVENT, who, "unsubscribe"),
                join = about(BODY_EVENT, who, "join");
    request.effects = out;
    request.effect_count = 1;
    request.is_request = true;
    request.due_kind = AVOW_DUE_AT;
    request.due = 1764086400;
    request.received = box->clock;
    request.evidence = "form";
    box_record(box, &request);
    join.effects = in;
    join.effect_count = 1;
    join.received = box->clock;
    join.by_clock = true;
    box_record(box, &join);
    if (who % 3 == 0) {
        request.done = true;
        request.is_request = false;
        box_record(box, &request);
    }
}

static void
record_people(struct box *box)
{
    box_begin(box);
    for (uint32_t who = 0; who < PEOPLE; who++)
        record_person(box, who);
    box_commit(box);
}

struct found {
    struct verify_result result;
    uint64_t steps;
};

static struct found
verify(struct box *box, const struct head *anchored)
{
    struct found found = {0};
    struct verify_options options = {.anchored = anchored};
    avow_store_error error = {0};
    must(verify_ledger(box->engine, &options, &found.result, &error), &error);
    return found;
}

static void
check_clean(struct box *box, const struct head *anchored)
{
    struct found found = verify(box, anchored);
    if (found.result.problems)
        fail_msg("%u-%u: %s", (unsigned)found.result.part, (unsigned)found.result.sequence,
                 found.result.text);
}

static void
check_found(struct box *box, const struct head *anchored, uint32_t part, uint64_t sequence,
            const char *text)
{
    struct found found = verify(box, anchored);
    assert_true(found.result.problems > 0);
    assert_string_equal(found.result.text, text);
    assert_int_equal(found.result.part, part);
    assert_int_equal(found.result.sequence, sequence);
}

static int
setup(void **state)
{
    struct box *box = malloc(sizeof *box);
    assert_non_null(box);
    box_open(box);
    record_people(box);
    *state = box;
    return 0;
}

static int
teardown(void **state)
{
    box_close(*state);
    free(*state);
    return 0;
}

static void
get_heads(struct box *box, struct head heads[ENGINE_PARTS])
{
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        must(box->engine->ops->head(box->engine, part, &heads[part], NULL),
             &(avow_store_error){.text = "head"});
}

/* What was recorded in every way is sound. */
static void
clean(void **state)
{
    struct box *box = *state;
    struct head heads[ENGINE_PARTS];
    box_begin(box);
    struct body link = about(BODY_LINK, 1, NULL), back = about(BODY_LINK, 2, NULL);
    link.other = back.subject;
    back.other = link.subject;
    link.received = back.received = box->clock;
    box_record(box, &link);
    box_record(box, &back);
    struct body map = about(BODY_MAP, 0, "member"),
                settle = {.kind = BODY_SETTLE, .policy = "shop", .kinds = 2};
    map.now = "client";
    box_record(box, &map);
    box_record(box, &settle);
    box_commit(box);
    get_heads(box, heads);
    check_clean(box, heads);
    struct found found = verify(box, heads);
    assert_int_equal(found.result.entries, PEOPLE * 2 + (PEOPLE + 2) / 3 + 4);
    assert_memory_equal(found.result.heads, heads, sizeof heads);
}

/* Forgetting erases payloads, and says which. */
static void
forgotten(void **state)
{
    struct box *box = *state;
    struct body_kept kept[] = {{.policy = "shop", .state = "opted-out", .value = VALUE_ON}};
    uint64_t erased[] = {1, 2, 3};
    struct body forget = about(BODY_FORGET, 3, NULL), unlink = about(BODY_UNLINK, 4, NULL);
    struct body link = about(BODY_LINK, 4, NULL);
    link.other = unlink.other = forget.subject;
    link.received = box->clock;
    kept[0].received = box->clock - 1;
    unlink.kept = forget.kept = kept;
    unlink.kept_count = forget.kept_count = 1;
    forget.erased = erased;
    forget.erased_count = 3;
    box_begin(box);
    box_record(box, &link);
    box_record(box, &unlink);
    box_record(box, &forget);
    box_commit(box);
    check_clean(box, NULL);
    assert_int_equal(verify(box, NULL).result.erased, 3);
    /* The same payloads gone without an entry. */
    box_tamper(box, "UPDATE ledger SET salt = NULL, body = NULL WHERE part = 5 AND sequence = 2");
    check_found(box, NULL, 5, 2,
                "What the entry said is gone, and no entry says that it was erased: it was removed "
                "behind the ledger's back.");
}

/* What was erased is there again, as an older backup of one table would have it. */
static void
erased_returns(void **state)
{
    struct box *box = *state;
    uint64_t erased[] = {2};
    struct body erase = about(BODY_ERASE, 5, NULL);
    erase.erased = erased;
    erase.erased_count = 1;
    box_tamper(box, "CREATE TABLE saved AS SELECT * FROM ledger");
    box_begin(box);
    box_record(box, &erase);
    box_commit(box);
    check_clean(box, NULL);
    assert_int_equal(verify(box, NULL).result.unprovable, 1);
    box_tamper(box, "UPDATE ledger SET salt = s.salt, body = s.body FROM saved s"
                    " WHERE s.place = ledger.place AND s.part = 5 AND s.sequence = 2");
    check_found(box, NULL, 5, 2,
                "What the entry says was erased, and is there again: an older backup was put back "
                "over it. Erase it again (avowd forget).");
}

/* Flips bits of a value: an integer's, or those of one byte of a text or blob. False: it has no
 * such byte. Twice is not at all. */
static bool
flip(struct box *box, const char *table, const char *column, const char *where, int at)
{
    sqlite3 *db;
    sqlite3_stmt *read, *change;
    char sql[512];
    assert_int_equal(sqlite3_open(box->path, &db), SQLITE_OK);
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s", column, table, where);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &read, NULL), SQLITE_OK);
    snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE %s", table, column, where);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &change, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(read), SQLITE_ROW);
    bool there = true;
    if (sqlite3_column_type(read, 0) == SQLITE_INTEGER) {
        sqlite3_bind_int64(change, 1, sqlite3_column_int64(read, 0) ^ 1 << at);
        there = at < 3;
    } else if ((there = at < sqlite3_column_bytes(read, 0))) {
        uint8_t bytes[1024];
        bool text = sqlite3_column_type(read, 0) == SQLITE_TEXT;
        int length = sqlite3_column_bytes(read, 0);
        memcpy(bytes, sqlite3_column_blob(read, 0), (size_t)length);
        bytes[at] ^= 1;
        if (text)
            sqlite3_bind_text(change, 1, (char *)bytes, length, SQLITE_TRANSIENT);
        else
            sqlite3_bind_blob(change, 1, bytes, length, SQLITE_TRANSIENT);
    }
    assert_int_equal(sqlite3_step(read), SQLITE_DONE);
    sqlite3_finalize(read);
    if (there)
        assert_int_equal(sqlite3_step(change), SQLITE_DONE);
    sqlite3_finalize(change);
    sqlite3_close(db);
    return there;
}

/* Every byte of every column of an entry, a state and a request that waits. */
static void
flipped_bytes(void **state)
{
    struct box *box = *state;
    static const char of_entry[] = "part = 7 AND sequence = 3";
    static const char of_state[] = "part = 7 AND received = (SELECT min(received) FROM state WHERE "
                                   "part = 7)";
    static const struct {
        const char *table, *column, *where;
    } columns[] = {
        {"ledger", "recorded", of_entry},
        {"ledger", "commitment", of_entry},
        {"ledger", "hash", of_entry},
        {"ledger", "salt", of_entry},
        {"ledger", "body", of_entry},
        {"state", "value", of_state},
        {"state", "pending", of_state},
        {"state", "key",
         "part = 7 AND pending = 1 AND term = 1 "
         "AND received % 100000 < 20"},
        {"state", "exact", of_state},
        {"duty", "key", "part = 7 AND sequence = 1"},
        {"duty", "request", "part = 7 AND sequence = 1"},
    };
    size_t changes = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        for (int at = 0; flip(box, columns[i].table, columns[i].column, columns[i].where, at);
             at++) {
            if (verify(box, NULL).result.problems == 0)
                fail_msg("%s.%s: byte %d was changed, and nothing found", columns[i].table,
                         columns[i].column, at);
            flip(box, columns[i].table, columns[i].column, columns[i].where, at);
            changes++;
        }
    check_clean(box, NULL);
    assert_true(changes > 300);
}

static void
removed_tail(void **state)
{
    struct box *box = *state;
    struct head heads[ENGINE_PARTS];
    get_heads(box, heads);
    box_tamper(box, "DELETE FROM ledger WHERE part = 9 AND sequence > 3");
    check_found(box, heads, 9, heads[9].sequence,
                "2 entries are missing at the end: the anchor knows them. An older backup was "
                "restored, or the end was removed. Replay the shipped ledger.");
    box_tamper(box, "DELETE FROM ledger WHERE part = 9");
    assert_int_equal(verify(box, heads).result.part, 9);
}

static void
removed_middle(void **state)
{
    struct box *box = *state;
    box_tamper(box, "DELETE FROM ledger WHERE part = 9 AND sequence = 2");
    check_found(box, NULL, 9, 3,
                "1 entry is missing before this entry: what they recorded was removed.");
}

/* Two entries whose contents change places; then whole rows, but for their numbers. */
static void
swapped_entries(void **state)
{
    struct box *box = *state;
    static const char contents[] =
        "CREATE TABLE saved AS SELECT * FROM ledger WHERE part = 7 AND sequence IN (1, 3);"
        "UPDATE ledger SET salt = s.salt, body = s.body FROM saved s"
        " WHERE s.part = ledger.part AND s.sequence = 4 - ledger.sequence;"
        "DROP TABLE saved";
    box_tamper(box, contents);
    check_found(box, NULL, 7, 1,
                "What the entry says is not what was committed to when it was recorded: its text "
                "or its salt was changed.");
    box_tamper(box, contents);
    check_clean(box, NULL);
    box_tamper(box, "UPDATE ledger SET sequence = 99 WHERE part = 7 AND sequence = 1;"
                    "UPDATE ledger SET sequence = 1 WHERE part = 7 AND sequence = 3;"
                    "UPDATE ledger SET sequence = 3 WHERE part = 7 AND sequence = 99");
    check_found(box, NULL, 7, 1,
                "The entry's hash does not follow from what stands here and before it: this entry "
                "was changed, others were removed before it, or it belongs to another ledger.");
}

/* The same history told otherwise, with every hash right: only the anchor can know. */
static void
forked(void **state)
{
    struct box *box = *state, other;
    struct head heads[ENGINE_PARTS];
    get_heads(box, heads);
    box_open(&other);
    record_people(&other);
    check_clean(&other, NULL);
    check_found(&other, heads, 0, heads[0].sequence,
                "The ledger was forked: the anchor knows another entry in this place. Something "
                "was recorded after an older backup was restored, or the ledger was written anew.");
    box_close(&other);
}

static void
changed_rows(void **state)
{
    static const struct {
        const char *sql;
        uint64_t sequence;
        const char *text;
    } changes[] = {
        {"DELETE FROM state WHERE part = 7 AND pending = 1 AND key = (SELECT key FROM duty WHERE "
         "part = 7 AND sequence = 1)",
         1,
         "A state that this entry made is not there any more: it was removed behind the ledger's "
         "back. If it was a refusal, it is no longer obeyed."},
        {"INSERT INTO state SELECT part, key, x'0102030405060708', term, value, pending, received "
         "FROM state WHERE part = 7 LIMIT 1",
         0,
         "The store holds a state of somebody that no entry speaks of: it was added behind the "
         "ledger's back, or its entries were removed."},
        {"DELETE FROM duty WHERE part = 7 AND sequence = 1", 1,
         "The request of this entry was never done, and yet does not wait any more: it was removed "
         "behind the ledger's back, and would be forgotten."},
        {"UPDATE duty SET sequence = 2 WHERE part = 7 AND sequence = 1", 2,
         "A request waits to be done that no entry speaks of, or that was done already."},
        {"INSERT INTO link (part, key, other, kind, exact, other_kind, other_exact) SELECT part, "
         "key, key, 1, exact, 1, exact FROM state WHERE part = 7 LIMIT 1",
         0,
         "Two identities are linked, and no entry says so: what one refused or agreed to is taken "
         "for the other's."},
        {"UPDATE term SET name = 'other' WHERE name = 'member'", 2,
         "The name \"member\" is not in the store's list of names."},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct box *box = *state;
        box_tamper(box, changes[i].sql);
        struct found found = verify(box, NULL);
        assert_true(found.result.problems > 0);
        assert_string_equal(found.result.text, changes[i].text);
        assert_int_equal(found.result.sequence, changes[i].sequence);
        teardown(state);
        setup(state);
    }
}

struct stops {
    uint64_t calls, after;
};

static bool
stop(void *context, uint64_t done, uint64_t all)
{
    struct stops *stops = context;
    assert_true(done <= all);
    return ++stops->calls > stops->after;
}

static void
progress(void **state)
{
    struct box *box = *state;
    struct stops stops = {.after = 1};
    struct verify_options options = {.progress = stop, .context = &stops};
    struct verify_result result;
    avow_store_error error = {0};
    must(verify_ledger(box->engine, &options, &result, &error), &error);
    assert_int_equal(stops.calls, 1);
    stops = (struct stops){0};
    assert_int_equal(verify_ledger(box->engine, &options, &result, &error), AVOW_STORE_BUSY);
    assert_string_equal(error.text, "The verification was stopped.");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clean, setup, teardown),
        cmocka_unit_test_setup_teardown(forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(flipped_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(erased_returns, setup, teardown),
        cmocka_unit_test_setup_teardown(removed_tail, setup, teardown),
        cmocka_unit_test_setup_teardown(removed_middle, setup, teardown),
        cmocka_unit_test_setup_teardown(swapped_entries, setup, teardown),
        cmocka_unit_test_setup_teardown(forked, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(progress, setup, teardown),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
