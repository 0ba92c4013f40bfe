/* Whether the store is what it was: with all of its keys, no older than its anchor, and without
 * states that the policy does not know. If not, everything is unknown. */
#include "runtime/store/anchor.h"
#include "runtime/store/store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long after a key was added rows may be made with it: by then every process knows of it, since
 * each looks once a second, and clocks may differ. */
static const int64_t key_known_after = 10 * 1000000;

struct notes { /* of the store about itself */
    const avow_store *store;
    char settled_name[80];
    unsigned settled;
    uint32_t epochs;
    int64_t known_from[EPOCHS_MAX + 1];
    char fingerprint[EPOCHS_MAX + 1][FINGERPRINT_BYTES * 2 + 1];
};

/* "identity-2": "<fingerprint> <time>" */
static void
note_key(struct notes *notes, const char *name, const char *value)
{
    char *end;
    unsigned long epoch = strtoul(name, &end, 10);
    if (*end != '\0' || epoch < 1 || epoch > EPOCHS_MAX || strlen(value) < FINGERPRINT_BYTES * 2)
        return;
    snprintf(notes->fingerprint[epoch], sizeof notes->fingerprint[epoch], "%s", value);
    notes->known_from[epoch] = strtoll(value + FINGERPRINT_BYTES * 2, NULL, 10);
    if (epoch > notes->epochs)
        notes->epochs = (uint32_t)epoch;
}

static avow_store_code
note(void *context, const char *name, const char *value)
{
    struct notes *notes = context;
    if (strncmp(name, "identity-", 9) == 0)
        note_key(notes, name + 9, value);
    else if (strcmp(name, notes->settled_name) == 0)
        notes->settled = (unsigned)strtoul(value, NULL, 10);
    return AVOW_STORE_OK;
}

static bool
same_key(const struct keys *keys, const struct notes *notes, uint32_t epoch)
{
    uint8_t fingerprint[FINGERPRINT_BYTES];
    char text[FINGERPRINT_BYTES * 2 + 1];
    if (!keys_fingerprint(keys, epoch, fingerprint))
        return false;
    sodium_bin2hex(text, sizeof text, fingerprint, sizeof fingerprint);
    return strcmp(text, notes->fingerprint[epoch]) == 0;
}

static avow_store_code
check_keys(const struct keys *keys, const struct notes *notes, avow_store_error *error)
{
    if (notes->epochs == 0)
        return fault(error, AVOW_STORE_KEYS,
                     "The store does not say with which keys it was made; it was not made whole. "
                     "Run avowd init.");
    for (uint32_t epoch = 1; epoch <= notes->epochs; epoch++)
        if (epoch > keys->epochs)
            return fault(error, AVOW_STORE_KEYS,
                         "The key identity-%04u.key is missing. Without it nobody who was recorded "
                         "with it can be found: restore it from a backup (avowd key restore).",
                         (unsigned)epoch);
        else if (!same_key(keys, notes, epoch))
            return fault(error, AVOW_STORE_KEYS,
                         "The key identity-%04u.key is not the one that the store was made with. "
                         "Restore the right one from a backup (avowd key restore).",
                         (unsigned)epoch);
    return AVOW_STORE_OK;
}

static uint32_t
newest_usable(const struct notes *notes, int64_t now)
{
    uint32_t epoch = 1;
    for (uint32_t i = 2; i <= notes->epochs; i++)
        if (notes->known_from[i] + key_known_after <= now)
            epoch = i;
    return epoch;
}

/* The entry of a part at a sequence, for the anchor. */
struct wanted {
    uint64_t sequence;
    uint8_t *hash;
    bool found;
};

static avow_store_code
take_hash(void *context, const struct entry *entry)
{
    struct wanted *wanted = context;
    wanted->found = entry->sequence == wanted->sequence;
    memcpy(wanted->hash, entry->hash, HASH_BYTES);
    return AVOW_STORE_OK;
}

struct place {
    struct engine *engine;
    avow_store_error *error;
};

static avow_store_code
hash_at(void *context, uint32_t part, uint64_t sequence, uint8_t hash[HASH_BYTES])
{
    struct place *place = context;
    struct wanted wanted = {sequence, hash, false};
    avow_store_code code = place->engine->ops->entries(place->engine, part, sequence, 1, take_hash,
                                                       &wanted, place->error);
    return code == AVOW_STORE_OK && !wanted.found ? AVOW_STORE_NOT_FOUND : code;
}

static avow_store_code
check_anchor(const avow_store *store, struct engine *engine, struct head heads[ENGINE_PARTS],
             avow_store_error *error)
{
    struct place place = {engine, error};
    avow_store_code code = AVOW_STORE_OK;
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++)
        code = engine->ops->head(engine, part, &heads[part], error);
    if (code == AVOW_STORE_OK)
        code = anchor_check(store->keys_folder, store->keys, heads, hash_at, &place, error);
    return code;
}

/* A database that was replaced by an older one while this process runs. */
static avow_store_code
check_seen(avow_store *store, const struct head seen[ENGINE_PARTS],
           const struct head heads[ENGINE_PARTS], avow_store_error *error)
{
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        if (heads[part].sequence < seen[part].sequence)
            return fault(error, AVOW_STORE_LOSS,
                         "The store has fewer entries than this process has seen in it. Was an "
                         "older backup restored? Replay the shipped ledger (avowd ledger replay), "
                         "or accept the loss (avowd ledger accept-loss).");
    pthread_mutex_lock(&store->lock);
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        if (heads[part].sequence > store->seen[part].sequence)
            store->seen[part] = heads[part];
    pthread_mutex_unlock(&store->lock);
    return AVOW_STORE_OK;
}

static avow_store_code
check(avow_store *store, struct engine *engine, const struct notes *notes, avow_store_error *error)
{
    struct head seen[ENGINE_PARTS], heads[ENGINE_PARTS];
    avow_store_code code = check_keys(store->keys, notes, error);
    pthread_mutex_lock(&store->lock); /* before the heads are read, which only grow */
    memcpy(seen, store->seen, sizeof seen);
    pthread_mutex_unlock(&store->lock);
    if (code == AVOW_STORE_OK)
        code = check_anchor(store, engine, heads, error);
    if (code == AVOW_STORE_OK)
        code = check_seen(store, seen, heads, error);
    if (code == AVOW_STORE_OK && store->terms.unknown[0] != '\0')
        code = fault(error, AVOW_STORE_POLICY,
                     "The store holds a state, %s, that the policy does not know. Say what became "
                     "of it: `formerly %s` in the policy, or avowd map.",
                     store->terms.unknown, store->terms.unknown);
    return code;
}

/* Keys that were added since. */
static void
load_keys(avow_store *store, const struct notes *notes)
{
    const struct keys *fresh = NULL;
    if (store->keys && store->keys->epochs >= notes->epochs)
        return;
    if (keys_load(store->keys_folder, &fresh, &store->trust) != AVOW_STORE_OK)
        return;
    keys_free(store->keys);
    store->keys = fresh;
}

static int64_t
monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static avow_store_code
read_notes(const avow_store *store, struct engine *engine, struct notes *notes,
           avow_store_error *error)
{
    avow_text policy = avow_identify(store->table).policy;
    *notes = (struct notes){.store = store};
    snprintf(notes->settled_name, sizeof notes->settled_name, "settled:%.*s", (int)policy.length,
             policy.data ? policy.data : "");
    return engine->ops->meta(engine, note, notes, error);
}

void
trust_look(avow_store *store, struct engine *engine)
{
    struct notes notes;
    struct terms terms = {0};
    avow_store_error error = {0};
    int64_t began = monotonic();
    avow_store_code code = read_notes(store, engine, &notes, &error);
    if (code == AVOW_STORE_OK)
        code = terms_read(store, engine, &terms, &error);
    pthread_rwlock_wrlock(&store->facts);
    store->trust = (avow_store_error){0};
    if (code == AVOW_STORE_OK) {
        load_keys(store, &notes);
        terms_free(&store->terms);
        store->terms = terms;
        store->settled = notes.settled;
        store->epoch = newest_usable(&notes, store_now(store));
        if (store->keys)
            code = check(store, engine, &notes, &error);
    }
    if (code != AVOW_STORE_OK)
        store->trust = error;
    store->looked = code == AVOW_STORE_IO ? 0 : began; /* so that the next one looks again */
    pthread_rwlock_unlock(&store->facts);
}

void
trust_look_again(avow_store *store, struct engine *engine)
{
    if (monotonic() - store->looked >= 1000000)
        trust_look(store, engine);
}
