/* A store in a temporary folder, a policy, and a clock that the test sets. */
#ifndef AVOW_TESTS_STORE_FIXTURE_H
#define AVOW_TESTS_STORE_FIXTURE_H

#include "runtime/avow_store.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char shop[] =
    "---\npolicy: shop\ntitle: A title\nlanguage: en\neffective: 2026-03-01\n---\n"
    "person customer \"customer\".\n"
    "data ticket \"ticket\" of customer.\n"
    "data ticket.text \"text\" of customer.\n"
    "data order \"order\" of customer.\n"
    "purpose news \"news\".\n"
    "purpose service \"service\".\n"
    "audience everybody \"everybody\".\n"
    "request stop \"stop\".\nrequest join \"join\".\nrequest leave \"leave\".\n"
    "request hide \"hide\".\n"
    "event closed \"closing\" of order.\nevent clicked \"click\" of customer.\n"
    "state %s \"stopped\" of customer after stop%s.\n"
    "state subscribed \"subscribed\" of customer after join or clicked until leave.\n"
    "state hidden \"hidden\" of ticket after hide.\n"
    "contact help \"our help\" at \"mailto:help@org.example\".\n"
    "clause letters:\n"
    "  we MAY email customer about service, subject to the-stop.\n"
    "  we MAY call customer about service, subject to the-stop.\n"
    "  we MAY email customer about news if subscribed, subject to the-stop.\n"
    "  customer MAY request join or leave via help.\n"
    "  we MUST do join or leave at once.\n"
    "  > We write.\n"
    "clause the-stop:\n"
    "  customer MAY request stop via help.\n  we MUST do stop at once.\n"
    "  we NEVER email anyone if %s.\n  we NEVER call anyone if %s.\n"
    "  > Never again.\n"
    "clause tickets:\n"
    "  we MAY show ticket.text to everybody if not hidden.\n"
    "  customer MAY request hide via help.\n  we MUST do hide within 2 days.\n"
    "  > Tickets are public, and hidden within {deadline of hide}.\n"
    "clause orders:\n"
    "  we MUST erase order within 30 days after closed.\n"
    "  > Gone {deadline of order} after {closed}.\n";

struct fixture {
    char folder[32], url[64];
    void *bytes;
    const avow_table *table;
    int64_t now;
    avow_store *store;
    avow_store_error error;
};

static int64_t
clock_of(void *context)
{
    return ((struct fixture *)context)->now;
}

static const avow_table *
compile_shop(const char *stopped, const char *more, void **bytes)
{
    static char text[8192];
    struct compilation c = {0};
    int length = snprintf(text, sizeof text, shop, stopped, more, stopped, stopped);
    compile_text(&c, TEXT("x.policy"), (struct text){text, (size_t)length}, STAGE_MODEL);
    for (size_t i = 0; i < c.diagnostics.list.count && c.diagnostics.errors > 0; i++)
        print_error("%.*s\n", TEXT_ARGS(c.diagnostics.list.at[i].message));
    assert_int_equal(c.diagnostics.errors, 0);
    if (setjmp(c.arena.out_of_memory) != 0)
        abort();
    struct image image = image_make(&c.arena, c.model);
    struct buffer out = buffer_in(&c.arena);
    table_bundle(c.model, &image, &out);
    *bytes = aligned_alloc(64, (out.length + 63) & ~(size_t)63);
    assert_non_null(*bytes);
    memcpy(*bytes, out.data, out.length);
    const avow_table *table = avow_open(*bytes, out.length, NULL);
    assert_non_null(table);
    compilation_free(&c);
    return table;
}

static avow_store_options
options_of(struct fixture *f)
{
    return (avow_store_options){
        .url = f->url, .table = f->table, .now = clock_of, .now_context = f};
}

static void
open_store(struct fixture *f)
{
    avow_store_options options = options_of(f);
    f->store = avow_store_open(&options, &f->error);
    if (!f->store)
        fail_msg("%s", f->error.text);
}

static void
open_again(struct fixture *f)
{
    avow_store_close(f->store);
    open_store(f);
}

static int
set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    strcpy(f->folder, "/tmp/avow-store-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->url, sizeof f->url, "sqlite:%s/s.db", f->folder);
    f->table = compile_shop("stopped", "", &f->bytes);
    f->now = INT64_C(1780000000) * 1000000;
    avow_store_options options = options_of(f);
    if (avow_store_create(&options, &f->error) != AVOW_STORE_OK)
        fail_msg("%s", f->error.text);
    open_store(f);
    *state = f;
    return 0;
}

static void
remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        char name[600];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (unlink(name) != 0)
            remove_folder(name);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    avow_store_close(f->store);
    remove_folder(f->folder);
    free(f->bytes);
    free(f);
    return 0;
}

static avow_identity_text
who(avow_identity_kind kind, const char *text)
{
    return (avow_identity_text){kind, text, strlen(text)};
}

static avow_identity_text
mail(const char *address)
{
    return who(AVOW_IDENTITY_EMAIL, address);
}

static void
settle(struct fixture *f)
{
    unsigned kinds = 1u << AVOW_IDENTITY_EMAIL | 1u << AVOW_IDENTITY_RECORD;
    if (avow_store_settle(f->store, kinds, "nothing before", &f->error) != AVOW_STORE_OK)
        fail_msg("%s", f->error.text);
}

static avow_store_answer
ask(struct fixture *f, const char *verb, const char *purpose, avow_identity_text subject)
{
    avow_named_point named = {"us", verb, "customer", purpose, 2, strlen(verb), 8, strlen(purpose)};
    avow_store_question question = {.point = avow_find_point(f->table, &named), .subject = subject};
    return avow_store_ask(f->store, &question, &f->error);
}

/* Whether mail may be sent, as "allowed", "forbidden" or "unstated" and a number for the reason. */
static void
assert_mail(struct fixture *f, const char *purpose, const char *address, avow_verdict verdict,
            avow_store_reason reason)
{
    avow_store_answer answer = ask(f, "email", purpose, mail(address));
    assert_int_equal(answer.answer.verdict, verdict);
    assert_int_equal(answer.reason, reason);
}

static avow_store_code
record(struct fixture *f, avow_event event, char *receipt)
{
    avow_recorded recorded;
    avow_store_code code = avow_store_record(f->store, &event, &recorded, &f->error);
    if (receipt)
        strcpy(receipt, recorded.receipt);
    return code;
}

static void
must_record(struct fixture *f, avow_event event)
{
    if (record(f, event, NULL) != AVOW_STORE_OK)
        fail_msg("%s", f->error.text);
}

#endif
