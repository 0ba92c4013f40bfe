/* Connections for reading: as many as are used at once, up to a bound, of which a few are kept. */
#include "runtime/store/store.h"

#include <errno.h>
#include <time.h>

enum { DEFAULT_WAIT_MS = 5000 };

static struct timespec
deadline(int wait_ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += wait_ms / 1000;
    at.tv_nsec += wait_ms % 1000 * 1000000L;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

/* Takes an idle connection, or the right to make one: then NULL. False: neither can be had. */
static bool
take(avow_store *store, int wait_ms, struct engine **engine)
{
    const struct timespec until = deadline(wait_ms);
    int waited = 0;
    *engine = NULL;
    pthread_mutex_lock(&store->lock);
    while (store->idle_count == 0 && store->readers >= READERS_MOST && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&store->returned, &store->lock, &until);
    bool taken = store->idle_count > 0 || store->readers < READERS_MOST;
    if (store->idle_count > 0)
        *engine = store->idle[--store->idle_count];
    else if (taken)
        store->readers++;
    pthread_mutex_unlock(&store->lock);
    return taken;
}

static void
let_go(avow_store *store, struct engine *engine)
{
    if (engine)
        engine->ops->close(engine);
    pthread_mutex_lock(&store->lock);
    store->readers--;
    pthread_cond_signal(&store->returned);
    pthread_mutex_unlock(&store->lock);
}

struct engine *
pool_borrow(avow_store *store, avow_store_error *error)
{
    int wait_ms = store->options.wait_ms > 0 ? store->options.wait_ms : DEFAULT_WAIT_MS;
    struct engine *engine;
    if (!take(store, wait_ms, &engine)) {
        fault(error, AVOW_STORE_BUSY,
              "All %d connections to the store have been in use for %.1f s. Try again; or ask "
              "with fewer threads at once.",
              (int)READERS_MOST, wait_ms / 1000.0);
        return NULL;
    }
    if (engine && engine->ops->is_there(engine))
        return engine;
    if (engine) { /* a server that was restarted has dropped the others, too */
        engine->ops->close(engine);
        pool_empty(store);
    }
    engine = store->ops->open(&store->options, error);
    if (!engine)
        let_go(store, NULL);
    return engine;
}

void
pool_return(avow_store *store, struct engine *engine, bool failed)
{
    if (!engine)
        return;
    pthread_mutex_lock(&store->lock);
    bool kept = !failed && store->idle_count < READERS;
    if (kept) {
        store->idle[store->idle_count++] = engine;
        pthread_cond_signal(&store->returned);
    }
    pthread_mutex_unlock(&store->lock);
    if (!kept)
        let_go(store, engine);
}

void
pool_empty(avow_store *store)
{
    struct engine *engine;
    do {
        pthread_mutex_lock(&store->lock);
        engine = store->idle_count > 0 ? store->idle[--store->idle_count] : NULL;
        pthread_mutex_unlock(&store->lock);
        if (engine)
            let_go(store, engine);
    } while (engine);
}
