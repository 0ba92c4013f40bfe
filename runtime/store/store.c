/* Opening and closing. */
#include "runtime/store/store.h"

#include "runtime/store/anchor.h"
#include "runtime/store/sqlite.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t
store_now(const avow_store *store)
{
    struct timespec now;
    if (store->options.now)
        return store->options.now(store->options.now_context);
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

avow_store_code
store_check_process(const avow_store *store, avow_store_error *error)
{
    if (store->process == getpid())
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_USAGE,
                 "The store was opened before a fork and used in the child. Open it in the child.");
}

avow_store_code
store_check_ready(const avow_store *store, avow_store_error *error)
{
    avow_store_code code = store_check_process(store, error);
    if (code == AVOW_STORE_OK && !store->table)
        code = fault(error, AVOW_STORE_USAGE, "For this the store must be opened with a policy.");
    return code;
}

const struct engine_ops *
store_engine(const char *url, avow_store_error *error)
{
    if (url && strncmp(url, "sqlite:", 7) == 0)
        return &sqlite_engine;
    if (url && (strncmp(url, "postgresql:", 11) == 0 || strncmp(url, "postgres:", 9) == 0))
        return &postgres_engine;
    fault(error, AVOW_STORE_INPUT,
          "The store's address is not understood. Give sqlite:PATH or postgresql://...");
    return NULL;
}

/* PATH.keys, or what was given. */
char *
store_keys_folder(const avow_store_options *options, avow_store_error *error)
{
    char *folder = NULL;
    if (options->keys) {
        folder = strdup(options->keys);
    } else if (strncmp(options->url, "sqlite:", 7) == 0) {
        const char *path = sqlite_path(options->url, error);
        if (!path)
            return NULL;
        if (asprintf(&folder, "%s.keys", path) < 0)
            folder = NULL;
    } else {
        fault(error, AVOW_STORE_USAGE, "Say in which folder the keys of this store are.");
        return NULL;
    }
    if (!folder)
        fault_memory(error);
    return folder;
}

/* Parts -------------------------------------------------------------------------------------- */

bool
store_make_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return made;
}

static bool
make_locks(avow_store *store)
{
    if (pthread_mutex_init(&store->lock, NULL) != 0)
        return false;
    if (!store_make_condition(&store->returned)) {
        pthread_mutex_destroy(&store->lock);
        return false;
    }
    bool queue = queue_make(&store->queue);
    if (queue && pthread_rwlock_init(&store->facts, NULL) == 0)
        return true;
    if (queue)
        queue_destroy(&store->queue);
    pthread_cond_destroy(&store->returned);
    pthread_mutex_destroy(&store->lock);
    return false;
}

static avow_store *
make_store(const avow_store_options *options, avow_store_error *error)
{
    avow_store *store = calloc(1, sizeof *store);
    if (!store || !make_locks(store)) {
        free(store);
        fault_memory(error);
        return NULL;
    }
    store->process = getpid();
    store->epoch = 1;
    store->options = *options;
    store->table = options->table;
    store->url = strdup(options->url ? options->url : "");
    store->options.url = store->url;
    store->ops = store_engine(options->url, error);
    store->keys_folder = store->ops ? store_keys_folder(options, error) : NULL;
    store->options.keys = store->keys_folder;
    if (store->url && store->keys_folder)
        return store;
    if (!store->url)
        fault_memory(error);
    avow_store_close(store);
    return NULL;
}

void
avow_store_close(avow_store *store)
{
    if (!store)
        return;
    if (store->process == getpid()) { /* connections belong to the process that made them */
        pool_empty(store);
        if (store->writer)
            store->writer->ops->close(store->writer);
    }
    terms_free(&store->terms);
    if (store->keys)
        keys_free(store->keys);
    pthread_rwlock_destroy(&store->facts);
    queue_destroy(&store->queue);
    pthread_cond_destroy(&store->returned);
    pthread_mutex_destroy(&store->lock);
    free(store->keys_folder);
    free(store->url);
    free(store);
}

static avow_store_code
read_policy(avow_store *store, avow_store_error *error)
{
    if (!store->table)
        return AVOW_STORE_OK;
    store->state_count = lifecycle_count(store->table);
    if (store->state_count > STATES_MAX)
        return fault(error, AVOW_STORE_POLICY, "The policy has too many states.");
    for (uint32_t i = 0; i < store->state_count; i++) {
        store->state[i] = lifecycle_state_at(store->table, i);
        if (store->state[i].stored)
            store->owned |= store->state[i].bit;
    }
    return AVOW_STORE_OK;
}

/* Sentences ---------------------------------------------------------------------------------- */

static avow_store_code
put_sentences(const avow_store *store, struct engine *engine, const char *note,
              avow_store_error *error)
{
    avow_store_code code = engine->ops->begin(engine, true, error);
    for (uint32_t i = 0; i < avow_clause_count(store->table) && code == AVOW_STORE_OK; i++) {
        uint8_t hash[WORDS_BYTES];
        avow_text words = avow_clause_at(store->table, i).words;
        crypto_generichash(hash, sizeof hash, (const unsigned char *)words.data, words.length, NULL,
                           0);
        code = engine->ops->put_words(engine, hash, words.data, words.length, error);
    }
    if (code == AVOW_STORE_OK)
        code = engine->ops->put_meta(engine, note, "published", error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->commit(engine, error);
    if (code != AVOW_STORE_OK)
        engine->ops->rollback(engine);
    return code;
}

struct sought {
    const char *name;
    bool found;
};

static avow_store_code
seek(void *context, const char *name, const char *value)
{
    struct sought *sought = context;
    (void)value;
    sought->found = sought->found || strcmp(name, sought->name) == 0;
    return AVOW_STORE_OK;
}

/* A receipt quotes the sentence that was in force, long after the policy has changed: each policy's
 * sentences are kept once. */
static avow_store_code
keep_sentences(const avow_store *store, struct engine *engine, avow_store_error *error)
{
    char note[80];
    avow_identity identity = avow_identify(store->table);
    struct sought sought = {.name = note};
    memcpy(note, "policy:", 7);
    sodium_bin2hex(note + 7, sizeof note - 7, identity.content, sizeof identity.content);
    avow_store_code code = engine->ops->meta(engine, seek, &sought, error);
    for (int i = 0; code == AVOW_STORE_OK && !sought.found && i < 20; i++) {
        code = put_sentences(store, engine, note, error);
        if ((int)code != ENGINE_CONFLICT)
            break;
        code = AVOW_STORE_OK;
    }
    return code;
}

/* Open --------------------------------------------------------------------------------------- */

static avow_store_code
look_first(avow_store *store, avow_store_error *error)
{
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    avow_store_code code = AVOW_STORE_OK;
    if (store->table) {
        trust_look(store, engine);
        code = keep_sentences(store, engine, error);
    }
    pool_return(store, engine, code != AVOW_STORE_OK);
    return code;
}

avow_store *
avow_store_open(const avow_store_options *options, avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    if (sodium_init() < 0) {
        fault(error, AVOW_STORE_IO, "This machine gives no random numbers.");
        return NULL;
    }
    avow_store *store = make_store(options, error);
    if (!store)
        return NULL;
    if (keys_load(store->keys_folder, &store->keys, &store->trust) != AVOW_STORE_OK)
        store->keys = NULL;
    avow_store_code code = read_policy(store, error);
    if (code == AVOW_STORE_OK)
        code = look_first(store, error);
    if (code == AVOW_STORE_OK)
        return store;
    avow_store_close(store);
    return NULL;
}

avow_store_code
avow_store_trust(avow_store *store, avow_store_error *error)
{
    avow_store_code code = store_check_process(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    avow_store_error own = {0};
    for (int i = 0; i < 2; i++) { /* a connection that was lost is made anew */
        struct engine *engine = pool_borrow(store, &own);
        if (!engine)
            break;
        trust_look(store, engine);
        pool_return(store, engine, false);
        pthread_rwlock_rdlock(&store->facts);
        own = store->trust;
        pthread_rwlock_unlock(&store->facts);
        if (own.code != AVOW_STORE_IO)
            break;
        pool_empty(store);
    }
    if (error && own.code != AVOW_STORE_OK)
        *error = own;
    return own.code;
}
