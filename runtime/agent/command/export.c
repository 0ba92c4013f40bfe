/* avowd export: of a list of addresses those that must not be written to, for a mail provider. */
#include "runtime/agent/list.h"
#include "runtime/agent/sink.h"
#include "runtime/agent/words.h"
#include "runtime/store/snapshot.h"

#include <string.h>

enum { ADDRESSES, OUT, COLUMN, ACTOR, GIVEN };

static const struct flag flags[] = {
    {"addresses", "FILE",
     "the addresses to look through: the store has only hashes; '-' is\n"
     "standard input"},
    {"out", "FILE", "where to write them; by default standard output"},
    {"column", "NAME", "the column of the address, if its name is no usual one"},
    {"actor", "SYSTEM", "who would write; by default us"},
    {"given", "STATES", "facts, and states that the store does not keep, parted by commas"},
    {0},
};

struct export
{
    struct session *session;
    avow_store_question question;
    avow_identity_kind kind;
    struct list list;
    struct sink out;
    struct snapshot snapshot;
};

static avow_store_code
prepare(struct export *export, avow_store_error *error)
{
    const struct call *call = export->session->call;
    const avow_table *table = export->session->bundle.table;
    avow_store_code code =
        words_point(table, call->flag[ACTOR], call->operands, &export->question.point, error);
    if (code == AVOW_STORE_OK)
        code = words_given(table, call->flag[GIVEN], &export->question.states, error);
    uint32_t verb = export->question.point.verb;
    export->kind = verb == AVOW_MESSAGE || verb == AVOW_CALL ? AVOW_IDENTITY_PHONE
                   : verb == AVOW_POST                       ? AVOW_IDENTITY_ID
                                                             : AVOW_IDENTITY_EMAIL;
    if (code == AVOW_STORE_OK)
        code = list_open(&export->list, call->flag[ADDRESSES], export->kind, call->flag[COLUMN],
                         error);
    if (code == AVOW_STORE_OK)
        code = sink_open(&export->out, call->flag[OUT] ? call->flag[OUT] : "-", 0,
                         &export->list.stat, error);
    return code == AVOW_STORE_OK ? snapshot_make(&export->snapshot, export->session->store,
                                                 &export->question, export->kind, error)
                                 : code;
}

/* An address that cannot be understood is suppressed like the others. */
static avow_store_code
go_through(struct export *export, avow_store_error *error)
{
    struct snapshot_lookup lookup;
    while (!export->out.failed && list_next(&export->list, error)) {
        struct cell address = list_address(&export->list);
        avow_store_error own = {0};
        avow_store_answer answer;
        memset(&answer, 0, sizeof answer);
        if (address.length == 0)
            continue;
        if (snapshot_hash(&export->snapshot, address.text, address.length, &lookup, &own) ==
            AVOW_STORE_OK)
            answer = snapshot_ask(&export->snapshot, &lookup, address.text, address.length, &own);
        if (answer.reason == AVOW_STORE_FAILED || answer.reason == AVOW_STORE_UNTRUSTED) {
            *error = own;
            break;
        }
        if (avow_allowed(answer.answer))
            continue;
        sink_add(&export->out, address.text, address.length);
        sink_add(&export->out, "\n", 1);
    }
    avow_store_error last = {0};
    avow_store_code code = sink_flush(&export->out, false, &last);
    if (error->code == AVOW_STORE_OK && code != AVOW_STORE_OK)
        *error = last;
    return error->code;
}

static int
work(struct session *session)
{
    struct export export = {.session = session};
    avow_store_error error = {0};
    avow_store_code code = prepare(&export, &error);
    if (code == AVOW_STORE_OK)
        code = go_through(&export, &error);
    snapshot_free(&export.snapshot);
    list_close(&export.list);
    sink_close(&export.out);
    return code == AVOW_STORE_OK ? EXIT_FINE : store_failed(session->call, &error);
}

static int
run(const struct call *call)
{
    if (!call->flag[ADDRESSES])
        return wrong_use(call, "--addresses is needed: the store has no addresses, only hashes of "
                               "them");
    return with_store(call, true, work);
}

const struct command export_command = {
    .name = "export",
    .summary = "of a list of addresses, those that must not be written to",
    .forms = "[OPTION]... --addresses=FILE VERB PERSON PURPOSE",
    .about =
        "Writes a suppression list for a mail provider, one address a line: those of a list that\n"
        "may not be written to. The store has no addresses, only hashes of them.\n",
    .examples = "  avowd --store=sqlite:consent.db --policy=shop.avow export \\\n"
                "        --addresses=all.csv --out=suppressed.txt email customer news\n",
    .status =
        "Exit status: 0 the whole list was read; 2 wrong use, or something cannot be read or\n"
        "written.\n",
    .flags = flags,
    .least = 3,
    .most = 3,
    .wanted = "an act, a person and a purpose are needed, as in 'export email customer news'",
    .run = run,
};
