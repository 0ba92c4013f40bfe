/* What operators do to a store: make it, settle its past, map a state, accept a loss, add a key. */
#include "runtime/store/anchor.h"
#include "runtime/store/store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Making ------------------------------------------------------------------------------------- */

static avow_store_code
count_keys(void *context, const char *name, const char *value)
{
    uint32_t *count = context;
    (void)value;
    if (strncmp(name, "identity-", 9) == 0)
        ++*count;
    return AVOW_STORE_OK;
}

/* From which keys the store knows people: told by fingerprints, so that another key is noticed. */
static avow_store_code
note_keys(struct engine *engine, const struct keys *keys, uint32_t from, int64_t since,
          avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (uint32_t epoch = from; epoch <= keys->epochs && code == AVOW_STORE_OK; epoch++) {
        uint8_t fingerprint[FINGERPRINT_BYTES];
        char name[32], value[FINGERPRINT_BYTES * 2 + 32];
        keys_fingerprint(keys, epoch, fingerprint);
        snprintf(name, sizeof name, "identity-%u", (unsigned)epoch);
        sodium_bin2hex(value, sizeof value, fingerprint, sizeof fingerprint);
        snprintf(value + FINGERPRINT_BYTES * 2, sizeof value - FINGERPRINT_BYTES * 2, " %lld",
                 (long long)since);
        code = engine->ops->put_meta(engine, name, value, error);
    }
    return code;
}

static avow_store_code
register_keys(struct engine *engine, const struct keys *keys, int64_t since,
              avow_store_error *error)
{
    uint32_t known = 0;
    avow_store_code code = engine->ops->begin(engine, true, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->meta(engine, count_keys, &known, error);
    if (code == AVOW_STORE_OK)
        code = note_keys(engine, keys, known + 1, since, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->commit(engine, error);
    else
        engine->ops->rollback(engine);
    return code;
}

static avow_store_code
load_or_create_keys(const char *folder, bool create, const struct keys **keys,
                    avow_store_error *error)
{
    avow_store_error absent = {0};
    if (keys_load(folder, keys, &absent) == AVOW_STORE_OK)
        return AVOW_STORE_OK;
    if (!create) {
        if (error)
            *error = absent;
        return absent.code;
    }
    avow_store_code code = keys_create(folder, error);
    if (code == AVOW_STORE_USAGE) { /* there are some, but they cannot be used */
        if (error)
            *error = absent;
        return absent.code;
    }
    return code == AVOW_STORE_OK ? keys_load(folder, keys, error) : code;
}

/* A store that knows keys must not get new ones: with those nobody would be found. */
static avow_store_code
give_keys(struct engine *engine, const char *folder, avow_store_error *error)
{
    static const struct head none[ENGINE_PARTS];
    struct head anchored[ENGINE_PARTS];
    const struct keys *keys = NULL;
    uint32_t known = 0;
    avow_store_code code = engine->ops->meta(engine, count_keys, &known, error);
    if (code == AVOW_STORE_OK)
        code = load_or_create_keys(folder, known == 0, &keys, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (known == 0) {
        code = register_keys(engine, keys, 0, error);
        /* An anchor that is there belongs to an earlier store: it tells what is missing. */
        if (code == AVOW_STORE_OK &&
            anchor_read(folder, keys->signing_public, anchored, NULL) != AVOW_STORE_OK)
            code = anchor_set(folder, keys, none, error);
    }
    keys_free(keys);
    return code;
}

avow_store_code
avow_store_create(const avow_store_options *options, avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    const struct engine_ops *ops = store_engine(options->url, error);
    if (!ops)
        return error->code;
    if (sodium_init() < 0)
        return fault(error, AVOW_STORE_IO, "This machine gives no random numbers.");
    char *folder = store_keys_folder(options, error);
    if (!folder)
        return error->code;
    avow_store_code code = ops->create(options, error);
    struct engine *engine = code == AVOW_STORE_OK ? ops->open(options, error) : NULL;
    if (code == AVOW_STORE_OK && !engine)
        code = error->code;
    if (engine) {
        code = give_keys(engine, folder, error);
        ops->close(engine);
    }
    free(folder);
    return code;
}

/* Notes of operators ------------------------------------------------------------------------- */

struct note {
    const char *name, *value;
    struct term term;
};

static avow_store_code
put_note(const avow_store *store, struct engine *engine, struct write *write,
         avow_store_error *error)
{
    const struct note *note = write->context;
    (void)store;
    return note->name ? engine->ops->put_meta(engine, note->name, note->value, error)
                      : engine->ops->map_term(engine, &note->term, error);
}

/* Writes an entry about nobody, does what it says, and looks at the store anew. */
static avow_store_code
write_note(avow_store *store, struct write *write, const struct body *body, avow_store_error *error)
{
    avow_store_code code = commit_saying(store, write, body, error);
    struct engine *engine = code == AVOW_STORE_OK ? pool_borrow(store, NULL) : NULL;
    if (engine)
        trust_look(store, engine);
    pool_return(store, engine, false);
    return code;
}

avow_store_code
avow_store_settle(avow_store *store, unsigned kinds, const char *evidence, avow_store_error *error)
{
    static const struct subject nobody;
    char name[80], value[16];
    struct note note = {.name = name, .value = value};
    struct write write = {.more = put_note, .context = &note};
    struct body body;
    avow_store_code code = store_check_ready(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (kinds == 0 || kinds >= 1u << AVOW_IDENTITY_KINDS || (kinds & 1) != 0)
        return fault(error, AVOW_STORE_USAGE,
                     "Say for which kinds of identities the past is "
                     "settled.");
    snprintf(name, sizeof name, "settled:%s", avow_identify(store->table).policy.data);
    snprintf(value, sizeof value, "%u", kinds);
    write_about(store, &write, &body, BODY_SETTLE, &nobody);
    body.kinds = kinds;
    body.evidence = evidence;
    return write_note(store, &write, &body, error);
}

static avow_store_code
find_term(void *context, const struct term *term)
{
    struct term *wanted = context;
    if (strcmp(term->policy, wanted->policy) == 0 && strcmp(term->name, wanted->name) == 0)
        wanted->id = term->id;
    return AVOW_STORE_OK;
}

static avow_store_code
fill_term(avow_store *store, const char *before, const char *now, struct term *term,
          avow_store_error *error)
{
    if (now && avow_find(store->table, AVOW_STATE, now, strlen(now)) == AVOW_NONE)
        return fault(error, AVOW_STORE_INPUT, "The policy has no state \"%.64s\".", now);
    snprintf(term->policy, sizeof term->policy, "%s", avow_identify(store->table).policy.data);
    snprintf(term->name, sizeof term->name, "%s", before);
    snprintf(term->now, sizeof term->now, "%s", now ? now : "");
    term->mapped = true;
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    avow_store_code code = engine->ops->terms(engine, find_term, term, error);
    pool_return(store, engine, code != AVOW_STORE_OK);
    if (code == AVOW_STORE_OK && term->id == 0)
        code = fault(error, AVOW_STORE_NOT_FOUND, "The store holds no state \"%.64s\".", before);
    return code;
}

avow_store_code
avow_store_map_state(avow_store *store, const char *before, const char *now, const char *evidence,
                     avow_store_error *error)
{
    static const struct subject nobody;
    struct note note = {0};
    struct write write = {.more = put_note, .context = &note};
    struct body body;
    avow_store_error own = {0};
    error = error ? error : &own;
    avow_store_code code = store_check_ready(store, error);
    if (code == AVOW_STORE_OK)
        code = fill_term(store, before, now, &note.term, error);
    if (code != AVOW_STORE_OK)
        return code;
    write_about(store, &write, &body, BODY_MAP, &nobody);
    body.what = before;
    body.now = now;
    body.evidence = evidence;
    return write_note(store, &write, &body, error);
}

/* Loss --------------------------------------------------------------------------------------- */

static avow_store_code
read_heads(avow_store *store, struct head heads[ENGINE_PARTS], avow_store_error *error)
{
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    avow_store_code code = AVOW_STORE_OK;
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++)
        code = engine->ops->head(engine, part, &heads[part], error);
    pool_return(store, engine, code != AVOW_STORE_OK);
    return code;
}

/* The anchor is set to what there is; from now on the store is trusted as it is. */
static avow_store_code
move_anchor(avow_store *store, avow_store_error *error)
{
    struct head heads[ENGINE_PARTS];
    avow_store_code code = read_heads(store, heads, error);
    if (code != AVOW_STORE_OK)
        return code;
    pthread_mutex_lock(&store->lock);
    memcpy(store->seen, heads, sizeof heads);
    pthread_mutex_unlock(&store->lock);
    pthread_rwlock_rdlock(&store->facts);
    code = store->keys ? anchor_set(store->keys_folder, store->keys, heads, error)
                       : fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
    pthread_rwlock_unlock(&store->facts);
    return code;
}

avow_store_code
avow_store_accept_loss(avow_store *store, const char *evidence, avow_store_error *error)
{
    static const struct subject nobody;
    struct write write = {0};
    struct body body;
    struct head heads[ENGINE_PARTS];
    avow_store_error own = {0};
    error = error ? error : &own;
    avow_store_code code = store_check_ready(store, error);
    if (code == AVOW_STORE_OK)
        code = read_heads(store, heads, error);
    if (code != AVOW_STORE_OK)
        return code;
    write_about(store, &write, &body, BODY_LOSS, &nobody);
    body.heads = heads;
    body.evidence = evidence;
    code = commit_saying(store, &write, &body, error);
    if (code == AVOW_STORE_OK)
        code = move_anchor(store, error);
    return code == AVOW_STORE_OK ? avow_store_trust(store, error) : code;
}

/* Keys --------------------------------------------------------------------------------------- */

static avow_store_code
register_new_keys(avow_store *store, avow_store_error *error)
{
    const struct keys *keys = NULL;
    avow_store_code code = keys_load(store->keys_folder, &keys, error);
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = pool_borrow(store, error);
    code = engine ? register_keys(engine, keys, store_now(store), error) : AVOW_STORE_IO;
    pool_return(store, engine, code != AVOW_STORE_OK);
    keys_free(keys);
    return code;
}

avow_store_code
avow_store_add_key(avow_store *store, avow_store_error *error)
{
    uint32_t epoch, known = 0;
    avow_store_error own = {0};
    error = error ? error : &own;
    avow_store_code code = store_check_process(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    code = engine->ops->meta(engine, count_keys, &known, error);
    pool_return(store, engine, code != AVOW_STORE_OK);
    /* One that a crash left unregistered is taken first. */
    if (code == AVOW_STORE_OK && store->keys && store->keys->epochs <= known)
        code = keys_rotate(store->keys_folder, &epoch, error);
    if (code == AVOW_STORE_OK)
        code = register_new_keys(store, error);
    return code == AVOW_STORE_OK ? avow_store_trust(store, error) : code;
}
