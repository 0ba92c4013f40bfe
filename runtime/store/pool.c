/* Connections for reading: as many as are used at once, of which a few are kept. */
#include "runtime/store/store.h"

struct engine *
pool_borrow(avow_store *store, avow_store_error *error)
{
    struct engine *engine = NULL;
    pthread_mutex_lock(&store->lock);
    if (store->idle_count > 0)
        engine = store->idle[--store->idle_count];
    pthread_mutex_unlock(&store->lock);
    return engine ? engine : store->ops->open(&store->options, error);
}

void
pool_return(avow_store *store, struct engine *engine, bool failed)
{
    if (!engine)
        return;
    if (!failed) {
        pthread_mutex_lock(&store->lock);
        if (store->idle_count < READERS) {
            store->idle[store->idle_count++] = engine;
            engine = NULL;
        }
        pthread_mutex_unlock(&store->lock);
    }
    if (engine)
        engine->ops->close(engine);
}

void
pool_empty(avow_store *store)
{
    pthread_mutex_lock(&store->lock);
    while (store->idle_count > 0) {
        struct engine *engine = store->idle[--store->idle_count];
        engine->ops->close(engine);
    }
    pthread_mutex_unlock(&store->lock);
}
