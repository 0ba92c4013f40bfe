/* A real store with entries in it, for tests of verification, export, replay and receipts. */
#ifndef TESTS_UNIT_LEDGER_STORE_H
#define TESTS_UNIT_LEDGER_STORE_H

#include "runtime/store/apply.h"
#include "runtime/store/body.h"
#include "runtime/store/engine.h"
#include "runtime/store/ledger.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <sqlite3.h>

struct box {
    char folder[64], path[96], url[112];
    struct engine *engine;
    uint32_t opted_out, member, unsubscribe; /* terms */
    int64_t clock;
};

static inline void
must(avow_store_code code, const avow_store_error *error)
{
    if (code != AVOW_STORE_OK)
        fail_msg("%d: %s", (int)code, error->text);
}

static inline uint32_t
box_term(struct box *box, const char *name)
{
    struct term term = {0};
    avow_store_error error = {0};
    snprintf(term.policy, sizeof term.policy, "shop");
    snprintf(term.name, sizeof term.name, "%s", name);
    must(box->engine->ops->begin(box->engine, true, &error), &error);
    must(box->engine->ops->add_term(box->engine, &term, &error), &error);
    must(box->engine->ops->commit(box->engine, &error), &error);
    return term.id;
}

static inline void
box_open(struct box *box)
{
    avow_store_error error = {0};
    memset(box, 0, sizeof *box);
    strcpy(box->folder, "/tmp/avow-ledger-XXXXXX");
    assert_non_null(mkdtemp(box->folder));
    snprintf(box->path, sizeof box->path, "%s/store", box->folder);
    snprintf(box->url, sizeof box->url, "sqlite:%s", box->path);
    avow_store_options options = {.url = box->url};
    must(sqlite_engine.create(&options, &error), &error);
    box->engine = sqlite_engine.open(&options, &error);
    if (!box->engine)
        fail_msg("%s", error.text);
    box->clock = 1764000000000000;
    box->opted_out = box_term(box, "opted-out");
    box->member = box_term(box, "member");
    box->unsubscribe = box_term(box, "unsubscribe");
}

static inline void
box_close(struct box *box)
{
    char name[112];
    box->engine->ops->close(box->engine);
    unlink(box->path);
    snprintf(name, sizeof name, "%s-journal", box->path);
    unlink(name);
    rmdir(box->folder);
}

/* Records a body as the store does, in a transaction that is begun: entry, then its effects. */
static inline void
box_record(struct box *box, const struct body *body)
{
    struct head head;
    struct emit out = {0};
    avow_store_error error = {0};
    uint8_t salt[SALT_BYTES];
    struct entry entry = {.part = part_of(body->subject.key), .recorded = box->clock++};
    const struct engine_ops *ops = box->engine->ops;
    must(body_write(&out, body, &error), &error);
    ledger_salt(salt);
    ledger_commit(salt, out.text, out.length, entry.commitment);
    entry.salt = salt;
    entry.body = out.text;
    entry.length = out.length;
    must(ops->head(box->engine, entry.part, &head, &error), &error);
    ledger_extend(&head, &entry);
    must(ops->append(box->engine, &entry, &error), &error);
    must(apply_body(box->engine, &entry, body, &error), &error);
    emit_free(&out);
}

static inline void
box_begin(struct box *box)
{
    avow_store_error error = {0};
    must(box->engine->ops->begin(box->engine, true, &error), &error);
}

static inline void
box_commit(struct box *box)
{
    avow_store_error error = {0};
    must(box->engine->ops->commit(box->engine, &error), &error);
}

/* The person of a number: in part number % 16. */
static inline struct subject
person(uint32_t number)
{
    struct subject subject = {.kind = AVOW_IDENTITY_EMAIL};
    crypto_generichash(subject.key, KEY_BYTES, (const uint8_t *)&number, sizeof number, NULL, 0);
    subject.key[0] = (uint8_t)number;
    return subject;
}

/* Changes the file behind the ledger's back. */
static inline void
box_tamper(struct box *box, const char *sql)
{
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(box->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

#endif
