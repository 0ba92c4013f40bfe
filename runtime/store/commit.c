/* Many writes, one commit. Whoever comes first while nobody leads takes what waits, commits it, and
 * wakes the others; what comes meanwhile waits for the next.
 *
 * A commit that fails is neither a yes nor a no. The connection is closed, a new one looks whether
 * the entries are there, and what is not is tried again, alone. */
#include "runtime/store/anchor.h"
#include "runtime/store/ledger.h"
#include "runtime/store/store.h"

#include <string.h>
#include <time.h>

enum {
    BATCH_MAX = 256,
    GATHER_STEP = 200000, /* nanoseconds in which another writer must come to be waited for more */
    SECOND = 1000000000,
    CONFLICTS_MAX = 100, /* that one commit may meet in a row */
    TRIES_MAX = 3        /* of a write that failed */
};

struct batch {
    struct write *at[BATCH_MAX];
    size_t count;
    struct head head[ENGINE_PARTS];
    bool touched[ENGINE_PARTS];
    bool committing; /* commit was called: what became of it is not known */
    bool thorough;   /* what is mostly so, and was expected to be, is not: rows are read */
};

/* One write ---------------------------------------------------------------------------------- */

static avow_store_code
append(struct engine *engine, struct write *write, struct head *head, avow_store_error *error)
{
    struct entry entry = {.part = part_of(write->subject.key),
                          .recorded = write->recorded,
                          .salt = write->salt,
                          .body = write->body,
                          .length = write->length};
    memcpy(entry.commitment, write->commitment, HASH_BYTES);
    ledger_extend(head, &entry);
    write->sequence = entry.sequence;
    memcpy(write->hash, entry.hash, HASH_BYTES);
    return engine->ops->append(engine, &entry, error);
}

static avow_store_code
apply(avow_store *store, struct engine *engine, struct write *write, struct head *head,
      bool thorough, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    write->skipped = false;
    if (write->before)
        code = write->before(store, engine, write, thorough, error);
    if (code != AVOW_STORE_OK || write->skipped)
        return code;
    code = append(engine, write, head, error);
    for (size_t i = 0; i < write->move_count && code == AVOW_STORE_OK; i++)
        code = engine->ops->move(engine, &write->move[i], error);
    if (code == AVOW_STORE_OK && write->has_duty) {
        write->duty.sequence = write->sequence;
        code = engine->ops->add_duty(engine, &write->duty, error);
    }
    if (code == AVOW_STORE_OK && write->ends && (thorough || write->ends_until != UINT64_MAX))
        code = done_end(store, engine, write, error);
    else if (code == AVOW_STORE_OK && write->ends)
        code = engine->ops->expect_done(engine, write->subject.key, write->ends, error);
    if (code == AVOW_STORE_OK && write->more)
        code = write->more(store, engine, write, error);
    return code;
}

/* One transaction ---------------------------------------------------------------------------- */

static avow_store_code
read_heads(struct engine *engine, struct batch *batch, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    memset(batch->touched, 0, sizeof batch->touched);
    for (size_t i = 0; i < batch->count; i++)
        batch->touched[part_of(batch->at[i]->subject.key)] = true;
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++)
        if (batch->touched[part])
            code = engine->ops->head(engine, part, &batch->head[part], error);
    return code;
}

static avow_store_code
transact(avow_store *store, struct batch *batch, avow_store_error *error)
{
    struct engine *engine = store->writer;
    batch->committing = false;
    avow_store_code code = engine->ops->begin(engine, true, error);
    if (code == AVOW_STORE_OK)
        code = read_heads(engine, batch, error);
    for (size_t i = 0; i < batch->count && code == AVOW_STORE_OK; i++)
        code = apply(store, engine, batch->at[i], &batch->head[part_of(batch->at[i]->subject.key)],
                     batch->thorough, error);
    if (code != AVOW_STORE_OK)
        return code;
    batch->committing = true;
    return engine->ops->commit(engine, error);
}

static void
advance(avow_store *store, const struct batch *batch)
{
    struct head heads[ENGINE_PARTS];
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < ENGINE_PARTS; i++)
        if (batch->touched[i] && batch->head[i].sequence > store->seen[i].sequence)
            store->seen[i] = batch->head[i];
    memcpy(heads, store->seen, sizeof heads);
    pthread_mutex_unlock(&store->lock);
    pthread_rwlock_rdlock(&store->facts);
    /* An anchor that cannot be written is noticed by those who look at it. */
    if (store->keys)
        anchor_advance(store->keys_folder, store->keys, heads, NULL);
    pthread_rwlock_unlock(&store->facts);
}

static void
drop_writer(avow_store *store)
{
    if (store->writer)
        store->writer->ops->close(store->writer);
    store->writer = NULL;
}

static avow_store_code
need_writer(avow_store *store, avow_store_error *error)
{
    if (!store->writer)
        store->writer = store->ops->open(&store->options, error);
    return store->writer ? AVOW_STORE_OK : error->code;
}

/* Tries until it is not another writer's fault. What is nearly always so is only expected at first:
 * that no request waits which a write ends, and that what is known of somebody is older. */
static avow_store_code
try_batch(avow_store *store, struct batch *batch, avow_store_error *error)
{
    avow_store_code code = need_writer(store, error);
    for (int i = 0; code == AVOW_STORE_OK; i++) {
        code = transact(store, batch, error);
        if (code == AVOW_STORE_OK)
            return code;
        bool unmet = (int)code == ENGINE_UNMET && !batch->thorough;
        batch->thorough = batch->thorough || unmet;
        if (unmet || ((int)code == ENGINE_CONFLICT && i < CONFLICTS_MAX)) {
            store->writer->ops->rollback(store->writer);
            code = AVOW_STORE_OK;
        }
    }
    if ((int)code == ENGINE_CONFLICT)
        code = fault(error, AVOW_STORE_BUSY,
                     "Other writers were always faster. Try again, or record with fewer at once.");
    return code;
}

/* After a failure ---------------------------------------------------------------------------- */

struct search {
    const struct write *write;
    bool found;
};

static avow_store_code
compare_entry(void *context, const struct entry *entry)
{
    struct search *search = context;
    search->found = entry->sequence == search->write->sequence &&
                    memcmp(entry->hash, search->write->hash, HASH_BYTES) == 0;
    return AVOW_STORE_OK;
}

/* Whether what the last try appended is in the ledger. */
static avow_store_code
find(avow_store *store, const struct write *write, bool *found, avow_store_error *error)
{
    struct search search = {write, false};
    avow_store_code code = need_writer(store, error);
    if (code == AVOW_STORE_OK)
        code = store->writer->ops->entries(store->writer, part_of(write->subject.key),
                                           write->sequence, 1, compare_entry, &search, error);
    if (code != AVOW_STORE_OK)
        drop_writer(store);
    *found = search.found;
    return code;
}

static avow_store_code
uncertain(avow_store_error *error)
{
    avow_store_error why = *error;
    return fault(error, AVOW_STORE_UNCERTAIN,
                 "Whether the event was recorded cannot be told now: %s Record it again; twice is "
                 "no harm.",
                 why.text);
}

/* A server that restarts needs a moment. */
static void
pause_before(int tries)
{
    const struct timespec wait = {.tv_nsec = 50000000L << tries};
    nanosleep(&wait, NULL);
}

/* Tries one write until it is there, or certainly is not. What is written a second time although
 * the first still comes true is there twice, which means the same. */
static avow_store_code
try_alone(avow_store *store, struct write *write, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    bool doubt = false; /* an earlier try may still come true */
    for (int i = 0; i < TRIES_MAX; i++) {
        struct batch alone = {.at = {write}, .count = 1};
        code = try_batch(store, &alone, error);
        if (code == AVOW_STORE_OK) {
            advance(store, &alone);
            return code;
        }
        drop_writer(store);
        if (!alone.committing) {
            if (code != AVOW_STORE_IO)
                break;
            continue;
        }
        bool found = false;
        avow_store_error reading = {0};
        avow_store_code read = find(store, write, &found, &reading);
        if (read == AVOW_STORE_OK && found) {
            advance(store, &alone);
            return AVOW_STORE_OK;
        }
        doubt = doubt || read != AVOW_STORE_OK || !store->ops->reading_settles;
        pause_before(i);
    }
    return doubt ? uncertain(error) : code;
}

static void
finish(struct write *write, avow_store_code code, const avow_store_error *error)
{
    write->code = code;
    if (code != AVOW_STORE_OK)
        write->error = *error;
}

/* What of a batch that failed at its commit is there counts as written; the rest is tried alone. */
static void
recover(avow_store *store, struct batch *batch, avow_store_code code, avow_store_error *error)
{
    bool committing = batch->committing;
    drop_writer(store);
    if (code == AVOW_STORE_BUSY && !committing) {
        for (size_t i = 0; i < batch->count; i++)
            finish(batch->at[i], code, error);
        return;
    }
    for (size_t i = 0; i < batch->count; i++) {
        struct write *write = batch->at[i];
        avow_store_error own = *error;
        bool found = false;
        avow_store_code read =
            committing && !write->skipped ? find(store, write, &found, &own) : AVOW_STORE_OK;
        if (read == AVOW_STORE_OK && found)
            finish(write, AVOW_STORE_OK, NULL);
        else if (read != AVOW_STORE_OK)
            finish(write, uncertain(&own), &own);
        else
            finish(write, try_alone(store, write, &own), &own);
    }
}

static void
run(avow_store *store, struct batch *batch)
{
    avow_store_error error = {0};
    avow_store_code code = try_batch(store, batch, &error);
    if (code != AVOW_STORE_OK) {
        recover(store, batch, code, &error);
        return;
    }
    advance(store, batch);
    for (size_t i = 0; i < batch->count; i++)
        finish(batch->at[i], AVOW_STORE_OK, NULL);
}

/* The queue ---------------------------------------------------------------------------------- */

bool
queue_make(struct queue *queue)
{
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        return false;
    queue->last = &queue->first;
    if (store_make_condition(&queue->gathered))
        return true;
    pthread_mutex_destroy(&queue->lock);
    return false;
}

void
queue_destroy(struct queue *queue)
{
    pthread_cond_destroy(&queue->gathered);
    pthread_mutex_destroy(&queue->lock);
}

static int64_t
clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

static struct timespec
after(int64_t nanoseconds)
{
    int64_t at = clock_ns() + nanoseconds;
    return (struct timespec){.tv_sec = (time_t)(at / SECOND), .tv_nsec = (long)(at % SECOND)};
}

/* Those whom the last commit let go mostly come again at once: whoever of them is first would else
 * commit alone, while all others wait for the one after. So it is waited for as many as there were
 * the last time, as long as some come; for half as long as a commit takes, at most. */
static void
gather(struct queue *queue)
{
    int64_t most = queue->took / 2, step = queue->took / 8;
    size_t before = 0;
    step = step < GATHER_STEP ? step : GATHER_STEP;
    for (int64_t waited = 0;
         waited < most && queue->count < queue->expected && queue->count > before; waited += step) {
        const struct timespec at = after(step);
        before = queue->count;
        while (queue->count < queue->expected &&
               pthread_cond_timedwait(&queue->gathered, &queue->lock, &at) == 0)
            ;
    }
}

static bool
is_new_subject(const struct batch *batch, const struct write *write)
{
    for (size_t i = 0; i < batch->count; i++)
        if (memcmp(batch->at[i]->subject.key, write->subject.key, KEY_BYTES) == 0)
            return false;
    return true;
}

/* Takes what may go into one transaction: subjects once, in the order of arrival. */
static void
take(struct queue *queue, struct batch *batch)
{
    struct write **at = &queue->first;
    batch->count = 0;
    batch->thorough = false;
    while (*at && batch->count < BATCH_MAX) {
        struct write *write = *at;
        if (is_new_subject(batch, write)) {
            batch->at[batch->count++] = write;
            *at = write->next;
        } else {
            at = &write->next;
        }
    }
    queue->count -= batch->count;
    queue->last = &queue->first;
    while (*queue->last)
        queue->last = &(*queue->last)->next;
}

/* Leads one round; the queue is locked before and after. */
static void
lead(avow_store *store, struct batch *batch)
{
    struct queue *queue = &store->queue;
    queue->leading = true;
    gather(queue);
    take(queue, batch);
    pthread_mutex_unlock(&queue->lock);
    int64_t began = clock_ns();
    run(store, batch);
    int64_t took = clock_ns() - began;
    pthread_mutex_lock(&queue->lock);
    queue->leading = false;
    queue->took = took;
    queue->expected = batch->count + queue->count;
    if (queue->expected > BATCH_MAX)
        queue->expected = BATCH_MAX;
    for (size_t i = 0; i < batch->count; i++) {
        batch->at[i]->finished = true;
        pthread_cond_signal(&batch->at[i]->changed);
    }
    if (queue->first)
        pthread_cond_signal(&queue->first->changed);
}

/* Puts it at the end of the queue, which is locked. */
static void
enqueue(struct queue *queue, struct write *write)
{
    write->next = NULL;
    write->finished = false;
    *queue->last = write;
    queue->last = &write->next;
    if (++queue->count >= queue->expected)
        pthread_cond_signal(&queue->gathered);
}

avow_store_code
commit_write(avow_store *store, struct write *write, avow_store_error *error)
{
    struct queue *queue = &store->queue;
    struct batch batch;
    if (pthread_cond_init(&write->changed, NULL) != 0)
        return fault_memory(error);
    pthread_mutex_lock(&queue->lock);
    enqueue(queue, write);
    while (!write->finished) {
        if (queue->leading)
            pthread_cond_wait(&write->changed, &queue->lock);
        else
            lead(store, &batch);
    }
    pthread_mutex_unlock(&queue->lock);
    pthread_cond_destroy(&write->changed);
    if (write->code != AVOW_STORE_OK && error)
        *error = write->error;
    return write->code;
}

avow_store_code
commit_saying(avow_store *store, struct write *write, const struct body *body,
              avow_store_error *error)
{
    avow_store_code code = write_say(write, body, error);
    if (code == AVOW_STORE_OK)
        code = commit_write(store, write, error);
    write_free(write);
    return code;
}
