/* Requests that wait, in the order in which they are due. */
#include "runtime/store/ledger.h"
#include "runtime/store/store.h"

#include <stdlib.h>
#include <string.h>

struct waiting {
    struct duty_row row;
    avow_due due;
    char receipt[AVOW_RECEIPT_MAX];
    avow_id request;
    char name[65]; /* of a request that the policy in force does not know */
};

struct list {
    avow_store *store;
    struct engine *engine;
    avow_store_error *error;
    int64_t until;
    struct waiting *at;
    size_t count, room;
};

/* Not before avow_due is known: requests without an instant come last. */
static int64_t
instant(const avow_due *due)
{
    return due->kind == AVOW_DUE_AT || due->kind == AVOW_DUE_AT_ONCE ? due->at : INT64_MAX;
}

static avow_id
request_of_term(const avow_store *store, uint32_t term)
{
    uint32_t count = avow_count(store->table, AVOW_REQUEST);
    for (uint32_t i = 0; i < count && store->terms.of_request; i++)
        if (store->terms.of_request[i] == term)
            return avow_first(store->table, AVOW_REQUEST) + i;
    return AVOW_NONE;
}

/* What was promised, or what holds by now if that is earlier. */
static void
compute_due(const avow_store *store, struct waiting *waiting)
{
    const struct duty_row *row = &waiting->row;
    int64_t received = row->received / 1000000 - (row->received % 1000000 < 0);
    avow_moment moment = {waiting->request, received};
    avow_due_question question = {.what = waiting->request, .moments = &moment, .count = 1};
    avow_due now = avow_when_due(store->table, &question);
    waiting->due = (avow_due){.kind = row->due_kind, .clause = now.clause, .at = row->due};
    if (now.kind == AVOW_DUE_AT_ONCE)
        now.at = received;
    if (instant(&now) < instant(&waiting->due))
        waiting->due = now;
}

static avow_store_code
add(void *context, const struct duty_row *row)
{
    struct list *list = context;
    if (list->count == list->room) {
        size_t room = list->room * 2 + 32;
        struct waiting *grown = realloc(list->at, room * sizeof *grown);
        if (!grown)
            return fault_memory(list->error);
        list->at = grown;
        list->room = room;
    }
    struct waiting *waiting = &list->at[list->count];
    memset(waiting, 0, sizeof *waiting);
    waiting->row = *row;
    waiting->request = request_of_term(list->store, row->request);
    compute_due(list->store, waiting);
    if (instant(&waiting->due) <= list->until)
        list->count++;
    return AVOW_STORE_OK;
}

static avow_store_code
name_request(void *context, const struct term *term)
{
    struct list *list = context;
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].row.request == term->id)
            memcpy(list->at[i].name, term->name + 1, sizeof list->at[i].name - 1);
    return AVOW_STORE_OK;
}

static avow_store_code
name_receipt(void *context, const struct entry *entry)
{
    struct waiting *waiting = context;
    if (entry->sequence == waiting->row.sequence)
        ledger_name(entry, waiting->receipt);
    return AVOW_STORE_OK;
}

static int
by_instant(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    int64_t one = instant(&x->due), other = instant(&y->due);
    if (one != other)
        return one < other ? -1 : 1;
    return x->row.received < y->row.received ? -1 : x->row.received > y->row.received;
}

static avow_store_code
read_all(struct list *list)
{
    struct engine *engine = list->engine;
    avow_store_code code = AVOW_STORE_OK;
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++)
        code = engine->ops->duties_due(engine, part, INT64_MAX, add, list, list->error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->terms(engine, name_request, list, list->error);
    for (size_t i = 0; i < list->count && code == AVOW_STORE_OK; i++)
        code = engine->ops->entries(engine, part_of(list->at[i].row.subject.key),
                                    list->at[i].row.sequence, 1, name_receipt, &list->at[i],
                                    list->error);
    return code;
}

static avow_store_code
show(const struct list *list, avow_duty_visit *visit, void *context)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < list->count && code == AVOW_STORE_OK; i++) {
        const struct waiting *waiting = &list->at[i];
        avow_duty duty = {.receipt = waiting->receipt,
                          .request = waiting->name,
                          .reference = waiting->row.reference,
                          .received = waiting->row.received,
                          .due = waiting->due};
        code = visit(context, &duty);
    }
    return code;
}

avow_store_code
avow_store_duties(avow_store *store, int64_t until, avow_duty_visit *visit, void *context,
                  avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    struct list list = {.store = store, .error = error, .until = until};
    avow_store_code code = store_check_ready(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    list.engine = pool_borrow(store, error);
    if (!list.engine)
        return error->code;
    pthread_rwlock_rdlock(&store->facts);
    code = read_all(&list);
    pthread_rwlock_unlock(&store->facts);
    pool_return(store, list.engine, code != AVOW_STORE_OK);
    if (list.count > 0)
        qsort(list.at, list.count, sizeof *list.at, by_instant);
    if (code == AVOW_STORE_OK)
        code = show(&list, visit, context);
    free(list.at);
    return code;
}
