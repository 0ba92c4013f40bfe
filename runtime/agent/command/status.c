/* avowd status: what is known of somebody, and why. */
#include "runtime/agent/history.h"
#include "runtime/agent/receipts.h"
#include "runtime/agent/words.h"

#include <string.h>

enum { RECORD, NO_RECEIPTS, FORMAT };

static const struct flag flags[] = {
    {"record", "NAMESPACE:ID", "of this record of data, and not of a person"},
    {"no-receipts", NULL, "without the receipts, and so without reading the ledger"},
    {"format", "FORMAT", "text or json"},
    {0},
};

enum { WAITING_MOST = 256, MICROS = 1000000 };

struct status {
    avow_store *store;
    bool record, receipts;
    struct history history;
    struct somebody who;
    struct known known;
    avow_states states;
    avow_store_reason why[STATES_MAX];
    struct names names;
    struct duty_row waiting[WAITING_MOST];
    char receipt[WAITING_MOST][AVOW_RECEIPT_MAX];
    size_t waiting_count;
    bool more; /* wait than can be shown */
};

static avow_store_code
add_waiting(void *context, const struct duty_row *row)
{
    struct status *status = context;
    status->more = status->waiting_count == WAITING_MOST;
    if (!status->more)
        status->waiting[status->waiting_count++] = *row;
    return AVOW_STORE_OK;
}

static avow_store_code
read_waiting(struct status *status, struct engine *engine, avow_store_error *error)
{
    avow_store_code code = names_read(&status->names, engine, error);
    for (size_t i = 0; code == AVOW_STORE_OK && i < status->who.count; i++)
        code = engine->ops->duties_of(engine, status->who.at[i].key, add_waiting, status, error);
    for (size_t i = 0; code == AVOW_STORE_OK && i < status->waiting_count; i++)
        code = receipt_name(engine, part_of(status->waiting[i].subject.key),
                            status->waiting[i].sequence, status->receipt[i], error);
    return code;
}

/* All of it from one transaction. */
static avow_store_code
read_rows(struct status *status, struct engine *engine, avow_identity_text whom,
          avow_store_error *error)
{
    avow_store *store = status->store;
    avow_store_code code = somebody_of(store, whom, &status->who, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->begin(engine, false, error);
    if (code == AVOW_STORE_OK)
        code = rows_read(store, engine, &status->who, &status->known, error);
    if (code == AVOW_STORE_OK)
        code = read_waiting(status, engine, error);
    if (code == AVOW_STORE_OK && status->receipts)
        code = history_read(&status->history, engine, &status->who, error);
    engine->ops->rollback(engine);
    if (code == AVOW_STORE_OK)
        known_states(store, &status->known, status->record, store->settled >> whom.kind & 1,
                     &status->states, status->why);
    return code;
}

static avow_store_code
read_status(struct status *status, avow_identity_text whom, avow_store_error *error)
{
    avow_store *store = status->store;
    avow_store_code code = avow_store_trust(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    pthread_rwlock_rdlock(&store->facts);
    code = read_rows(status, engine, whom, error);
    pthread_rwlock_unlock(&store->facts);
    pool_return(store, engine, code != AVOW_STORE_OK);
    return code;
}

/* Since when a state is as it is; 0 if there is no row. */
static int64_t
since(const struct status *status, uint32_t state)
{
    const struct state_fold *exact = &status->known.exact[state];
    const struct state_fold *other = &status->known.other[state];
    int64_t at = exact->any ? exact->received : 0;
    return other->any && other->received > at ? other->received : at;
}

static const char *
value_of(const struct status *status, const struct lifecycle_state *state)
{
    if (!(status->states.known & state->bit))
        return "unknown";
    return status->states.yes & state->bit ? "yes" : "no";
}

/* Why a state is as it is. */
static const char *
why_of(const struct status *status, uint32_t state)
{
    const char *why = words_of_reason(status->why[state]);
    if (why && !(status->states.known & status->store->state[state].bit))
        return why;
    return since(status, state) ? "" : "Nothing is recorded.";
}

static void
print_text(const struct status *status)
{
    char time[TIME_TEXT], due[TIME_TEXT];
    for (uint32_t i = 0; i < status->store->state_count; i++) {
        const struct lifecycle_state *state = &status->store->state[i];
        if (!state->stored || state->of_record != status->record)
            continue;
        const char *why = why_of(status, i);
        printf("%-24.*s %-8s%s%s%s%s\n", (int)state->name.length, state->name.data,
               value_of(status, state), since(status, i) ? "since " : "",
               since(status, i) ? words_of_time(since(status, i) / MICROS, time) : "",
               since(status, i) && *why ? "  " : "", why);
    }
    for (size_t i = 0; i < status->waiting_count; i++) {
        const struct duty_row *duty = &status->waiting[i];
        bool known = duty->due != INT64_MAX;
        printf("waiting: %s, received %s, %s%s, %s\n", names_of(&status->names, duty->request),
               words_of_time(duty->received / MICROS, time),
               known ? "due " : "it is not known when it is due",
               known ? words_of_time(duty->due, due) : "", status->receipt[i]);
    }
    if (status->more)
        puts("waiting: more of them; see 'avowd duties'");
    if (status->receipts)
        history_print(&status->history);
}

static void
emit_time(struct emit *out, const char *name, int64_t seconds)
{
    char time[TIME_TEXT];
    emit_text(out, name, words_of_time(seconds, time));
}

static void
emit_states(struct emit *out, const struct status *status)
{
    static const char *const reasons[] = {NULL,        "pending",   "spelling", "no-subject",
                                          "unsettled", "untrusted", "failed"};
    emit_open(out, "states", '[');
    for (uint32_t i = 0; i < status->store->state_count; i++) {
        const struct lifecycle_state *state = &status->store->state[i];
        if (!state->stored || state->of_record != status->record)
            continue;
        emit_open(out, NULL, '{');
        emit_bytes(out, "state", state->name.data, state->name.length);
        emit_text(out, "value", value_of(status, state));
        if (since(status, i))
            emit_time(out, "since", since(status, i) / MICROS);
        if (!(status->states.known & state->bit) && status->why[i] <= AVOW_STORE_FAILED)
            emit_text(out, "reason", reasons[status->why[i]]);
        emit_close(out, '}');
    }
    emit_close(out, ']');
}

static avow_store_code
print_json(const struct status *status, avow_store_error *error)
{
    struct emit out = {0};
    emit_begin(&out);
    emit_states(&out, status);
    emit_open(&out, "waiting", '[');
    for (size_t i = 0; i < status->waiting_count; i++) {
        const struct duty_row *duty = &status->waiting[i];
        emit_open(&out, NULL, '{');
        emit_text(&out, "request", names_of(&status->names, duty->request));
        emit_text(&out, "receipt", status->receipt[i]);
        emit_time(&out, "received", duty->received / MICROS);
        if (duty->due != INT64_MAX)
            emit_time(&out, "due", duty->due);
        emit_text(&out, "reference", duty->reference[0] ? duty->reference : NULL);
        emit_close(&out, '}');
    }
    emit_close(&out, ']');
    if (status->receipts)
        history_emit(&out, &status->history);
    avow_store_code code = emit_end(&out, error);
    if (code == AVOW_STORE_OK)
        puts(out.text);
    emit_free(&out);
    return code;
}

static int
work(struct session *session)
{
    static const struct status empty;
    const struct call *call = session->call;
    avow_store_error error = {0};
    avow_identity_text whom = words_record(call->flag[RECORD]);
    struct status status = empty;
    status.store = session->store;
    status.record = call->flag[RECORD] != NULL;
    status.receipts = call->flag[NO_RECEIPTS] == NULL;
    bool json = call->flag[FORMAT] && strcmp(call->flag[FORMAT], "json") == 0;
    avow_store_code code = AVOW_STORE_OK;
    if (!status.record)
        code = words_address(call->operands[0], &whom, &error);
    if (code == AVOW_STORE_OK)
        code = read_status(&status, whom, &error);
    if (code == AVOW_STORE_OK && json)
        code = print_json(&status, &error);
    else if (code == AVOW_STORE_OK)
        print_text(&status);
    names_free(&status.names);
    history_free(&status.history);
    return code == AVOW_STORE_OK ? EXIT_FINE : store_failed(call, &error);
}

static int
run(const struct call *call)
{
    const char *format = call->flag[FORMAT];
    if (format && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return wrong_use(call, "--format is text or json, not '%s'", format);
    if ((call->flag[RECORD] != NULL) == (call->operand_count == 1))
        return wrong_use(call, "one address is needed, or one record");
    return with_store(call, true, work);
}

const struct command status_command = {
    .name = "status",
    .summary = "what is known of somebody, why, and what waits to be done",
    .forms = "[OPTION]... ADDRESS\n[OPTION]... --record=NAMESPACE:ID",
    .about =
        "Shows each state that the store keeps: yes, no or unknown, since when and why; and the\n"
        "requests that wait to be done, with their receipts. Then all receipts about them in "
        "order\n"
        "of time, and the sentence that was in force. For these a whole part of the ledger is\n"
        "read, a sixteenth or more, which takes a while if it is long. What was erased is not\n"
        "shown.\n",
    .status =
        "Exit status: 0 it was shown; 2 wrong use, or it is not known whether the store can be\n"
        "trusted.\n",
    .flags = flags,
    .least = 0,
    .most = 1,
    .wanted = "one address is needed, or one record",
    .run = run,
};
