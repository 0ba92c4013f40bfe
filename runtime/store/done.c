/* A request that was carried out: it waits no longer, and what it switches is known. */
#include "runtime/store/ledger.h"
#include "runtime/store/store.h"

#include <stdlib.h>
#include <string.h>

enum { DUTIES_MAX = 256 };

/* The requests of a subject that a write ends. */
struct ending {
    const struct write *write;
    struct duty_row *at;
    size_t count;
};

static avow_store_code
add_duty(void *context, const struct duty_row *duty)
{
    struct ending *ending = context;
    if (duty->request == ending->write->ends && duty->sequence <= ending->write->ends_until &&
        ending->count < DUTIES_MAX)
        ending->at[ending->count++] = *duty;
    return AVOW_STORE_OK;
}

/* Which rows a request left pending: by the names in its entry. */
struct waiting {
    const avow_store *store;
    struct engine *engine;
    const struct duty_row *duty;
    avow_store_error *error;
    uint32_t term[STATES_MAX];
    size_t count;
    struct body body;
    struct state_row row[STATES_MAX];
    size_t rows;
};

static avow_store_code
find_term(void *context, const struct term *term)
{
    struct waiting *waiting = context;
    const struct body *body = &waiting->body;
    for (size_t i = 0; i < body->effect_count && waiting->count < STATES_MAX; i++)
        if (strcmp(term->name, body->effects[i].state) == 0 && body->policy &&
            strcmp(term->policy, body->policy) == 0)
            waiting->term[waiting->count++] = term->id;
    return AVOW_STORE_OK;
}

static avow_store_code
read_entry(void *context, const struct entry *entry)
{
    struct waiting *waiting = context;
    if (entry->sequence != waiting->duty->sequence || !entry->body)
        return AVOW_STORE_OK;
    return body_read(entry->body, entry->length, &waiting->body, waiting->error);
}

static avow_store_code
find_row(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    struct waiting *waiting = context;
    (void)key;
    if (memcmp(row->exact, waiting->duty->subject.exact, EXACT_BYTES) != 0)
        return AVOW_STORE_OK;
    for (size_t i = 0; i < waiting->count; i++)
        if (waiting->term[i] == row->term && row->pending > 0)
            waiting->row[waiting->rows++] = *row;
    return AVOW_STORE_OK;
}

static avow_store_code
settle(struct waiting *waiting)
{
    struct engine *engine = waiting->engine;
    const struct duty_row *duty = waiting->duty;
    avow_store_error *error = waiting->error;
    avow_store_code code = engine->ops->entries(engine, part_of(duty->subject.key), duty->sequence,
                                                1, read_entry, waiting, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->terms(engine, find_term, waiting, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->states(engine, duty->subject.key, find_row, waiting, error);
    for (size_t i = 0; i < waiting->rows && code == AVOW_STORE_OK; i++)
        code = engine->ops->settle_pending(engine, duty->subject.key, &waiting->row[i], 1, error);
    body_free(&waiting->body);
    return code == AVOW_STORE_OK ? engine->ops->end_duty(engine, duty, error) : code;
}

static avow_store_code
end_each(const avow_store *store, struct engine *engine, const struct ending *ending,
         avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < ending->count && code == AVOW_STORE_OK; i++) {
        struct waiting waiting = {
            .store = store, .engine = engine, .duty = &ending->at[i], .error = error};
        code = settle(&waiting);
    }
    return code;
}

avow_store_code
done_end(const avow_store *store, struct engine *engine, struct write *write,
         avow_store_error *error)
{
    struct ending ending = {write, calloc(DUTIES_MAX, sizeof(struct duty_row)), 0};
    if (!ending.at)
        return fault_memory(error);
    avow_store_code code;
    do {
        ending.count = 0;
        code = engine->ops->duties_of(engine, write->subject.key, add_duty, &ending, error);
        if (code == AVOW_STORE_OK)
            code = end_each(store, engine, &ending, error);
    } while (code == AVOW_STORE_OK && ending.count == DUTIES_MAX);
    free(ending.at);
    return code;
}

/* By a receipt ------------------------------------------------------------------------------- */

struct receipted {
    const struct receipt_name *name;
    struct body body;
    bool found, erased;
    avow_store_error *error;
};

static avow_store_code
read_receipt(void *context, const struct entry *entry)
{
    struct receipted *out = context;
    out->found = ledger_is_named(out->name, entry);
    out->erased = !entry->body;
    if (!out->found || out->erased)
        return AVOW_STORE_OK;
    return body_read(entry->body, entry->length, &out->body, out->error);
}

static avow_store_code
find_receipt(avow_store *store, const struct receipt_name *name, struct receipted *out,
             avow_store_error *error)
{
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    *out = (struct receipted){.name = name, .error = error};
    avow_store_code code =
        engine->ops->entries(engine, name->part, name->sequence, 1, read_receipt, out, error);
    pool_return(store, engine, code != AVOW_STORE_OK);
    if (code == AVOW_STORE_OK && !out->found)
        code = fault(error, AVOW_STORE_NOT_FOUND,
                     "The store has no such receipt. Copy its whole name, as it was printed.");
    if (code == AVOW_STORE_OK && out->erased)
        code = fault(error, AVOW_STORE_NOT_FOUND, "What this receipt said has been erased.");
    return code;
}

static avow_store_code
write_done(avow_store *store, const char *receipt, const struct receipt_name *name,
           const struct body *what, avow_store_error *error)
{
    struct write write = {0};
    struct body body;
    avow_id request = avow_find(store->table, AVOW_REQUEST, what->what, strlen(what->what));
    if (request == AVOW_NONE)
        return fault(error, AVOW_STORE_POLICY, "The policy in force has no request \"%.64s\".",
                     what->what);
    avow_store_code code = terms_of_request(store, request, &write.ends, error);
    if (code != AVOW_STORE_OK)
        return code;
    write_about(store, &write, &body, BODY_DONE, &what->subject);
    body.what = what->what;
    body.of = receipt;
    write.ends_until = name->sequence;
    return commit_saying(store, &write, &body, error);
}

avow_store_code
avow_store_done(avow_store *store, const char *receipt, avow_store_error *error)
{
    struct receipt_name name;
    struct receipted receipted = {0};
    avow_store_error own = {0};
    error = error ? error : &own;
    avow_store_code code = store_check_ready(store, error);
    if (code == AVOW_STORE_OK && !ledger_read_name(receipt, &name))
        code = fault(error, AVOW_STORE_INPUT,
                     "This is no name of a receipt. One looks like r3-17-0123456789abcdef.");
    if (code == AVOW_STORE_OK)
        code = find_receipt(store, &name, &receipted, error);
    if (code == AVOW_STORE_OK && (receipted.body.kind != BODY_EVENT || !receipted.body.is_request))
        code = fault(error, AVOW_STORE_INPUT, "This receipt is not one of a request.");
    if (code == AVOW_STORE_OK)
        code = write_done(store, receipt, &name, &receipted.body, error);
    body_free(&receipted.body);
    return code;
}
