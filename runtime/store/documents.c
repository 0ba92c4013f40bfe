/* The ledger as others see it: receipts, verification, exports. */
#include "runtime/store/anchor.h"
#include "runtime/store/export.h"
#include "runtime/store/ledger.h"
#include "runtime/store/receipt.h"
#include "runtime/store/replay.h"
#include "runtime/store/store.h"
#include "runtime/store/verify.h"

#include <stdlib.h>
#include <string.h>

void
avow_store_free(void *memory)
{
    free(memory);
}

/* Receipts ----------------------------------------------------------------------------------- */

/* What a receipt is made of, copied out of the store. */
struct material {
    const avow_store *store;
    struct receipt_name name;
    struct entry entry;
    uint8_t salt[SALT_BYTES];
    char *body;
    uint8_t previous[HASH_BYTES];
    struct body read;
    char *words;
    bool found;
    avow_store_error *error;
};

static avow_store_code
take_entry(void *context, const struct entry *entry)
{
    struct material *material = context;
    if (entry->sequence + 1 == material->name.sequence) {
        memcpy(material->previous, entry->hash, HASH_BYTES);
        return AVOW_STORE_OK;
    }
    if (!ledger_is_named(&material->name, entry))
        return AVOW_STORE_OK;
    material->found = true;
    material->entry = *entry;
    material->entry.salt = NULL;
    material->entry.body = NULL;
    if (!entry->body)
        return AVOW_STORE_OK;
    material->body = strndup(entry->body, entry->length);
    if (!material->body)
        return fault_memory(material->error);
    memcpy(material->salt, entry->salt, SALT_BYTES);
    material->entry.salt = material->salt;
    material->entry.body = material->body;
    return AVOW_STORE_OK;
}

static void
take_words(void *context, const char *words, size_t length)
{
    ((struct material *)context)->words = strndup(words, length);
}

static avow_store_code
gather(struct engine *engine, struct material *material)
{
    avow_store_error *error = material->error;
    uint64_t from = material->name.sequence > 1 ? material->name.sequence - 1 : 1;
    avow_store_code code =
        engine->ops->entries(engine, material->name.part, from, 2, take_entry, material, error);
    if (code == AVOW_STORE_OK && !material->found)
        code = fault(error, AVOW_STORE_NOT_FOUND,
                     "The store has no such receipt. Copy its whole name, as it was printed.");
    if (code != AVOW_STORE_OK || !material->body)
        return code;
    code = body_read(material->body, material->entry.length, &material->read, error);
    if (code == AVOW_STORE_OK && material->read.has_words)
        code = engine->ops->words(engine, material->read.words, take_words, material, error);
    return code;
}

/* Whether what an event switches permits, by the policy in force; of a state that it does not know
 * consent is assumed to be what switches it on. */
static enum receipt_state
state_of(const struct material *material)
{
    const struct body *body = &material->read;
    const avow_table *table = material->store->table;
    if (body->is_request && !body->done)
        return RECEIPT_REQUESTED;
    avow_id what = AVOW_NONE;
    if (table && body->what) {
        what = avow_find(table, AVOW_REQUEST, body->what, strlen(body->what));
        if (what == AVOW_NONE)
            what = avow_find(table, AVOW_EVENT, body->what, strlen(body->what));
    }
    if (what != AVOW_NONE)
        return lifecycle_only_refuses(table, what) ? RECEIPT_WITHDRAWN : RECEIPT_GIVEN;
    return body->effect_count > 0 && body->effects[0].value == VALUE_OFF ? RECEIPT_WITHDRAWN
                                                                         : RECEIPT_GIVEN;
}

static avow_store_code
write_receipt(avow_store *store, const struct material *material, char **document,
              avow_store_error *error)
{
    struct emit out = {0};
    struct receipt_source source = {.entry = &material->entry,
                                    .previous = material->previous,
                                    .state = state_of(material),
                                    .statement = material->words};
    pthread_rwlock_rdlock(&store->facts);
    avow_store_code code = store->keys ? receipt_write(&source, store->keys, &out, error)
                                       : fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
    pthread_rwlock_unlock(&store->facts);
    if (code == AVOW_STORE_OK) {
        *document = out.text;
        return code;
    }
    emit_free(&out);
    return code;
}

avow_store_code
avow_store_receipt(avow_store *store, const char *receipt, char **document, avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    struct material material = {.store = store, .error = error};
    *document = NULL;
    avow_store_code code = store_check_process(store, error);
    if (code == AVOW_STORE_OK && !ledger_read_name(receipt, &material.name))
        code = fault(error, AVOW_STORE_INPUT,
                     "This is no name of a receipt. One looks like r3-17-0123456789abcdef.");
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = pool_borrow(store, error);
    code = engine ? gather(engine, &material) : error->code;
    pool_return(store, engine, code == AVOW_STORE_IO);
    if (code == AVOW_STORE_OK)
        code = write_receipt(store, &material, document, error);
    body_free(&material.read);
    free(material.words);
    free(material.body);
    return code;
}

avow_store_code
avow_receipt_verify(const char *document, size_t length, const uint8_t public_key[32],
                    char receipt[AVOW_RECEIPT_MAX], avow_store_error *error)
{
    struct receipt_verified verified;
    avow_store_code code = receipt_verify(document, length, public_key, &verified, error);
    if (code == AVOW_STORE_OK && receipt)
        memcpy(receipt, verified.name, AVOW_RECEIPT_MAX);
    return code;
}

/* The ledger --------------------------------------------------------------------------------- */

avow_store_code
avow_store_verify(avow_store *store, bool (*progress)(void *context, uint64_t done, uint64_t all),
                  void *context, avow_verified *out, avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    struct head anchored[ENGINE_PARTS];
    struct verify_options options = {
        .anchored = anchored, .progress = progress, .context = context};
    struct verify_result result;
    avow_store_code code = store_check_process(store, error);
    pthread_rwlock_rdlock(&store->facts);
    if (code == AVOW_STORE_OK)
        code = store->keys
                   ? anchor_read(store->keys_folder, store->keys->signing_public, anchored, error)
                   : fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
    pthread_rwlock_unlock(&store->facts);
    struct engine *engine = code == AVOW_STORE_OK ? pool_borrow(store, error) : NULL;
    if (code == AVOW_STORE_OK)
        code = engine ? verify_ledger(engine, &options, &result, error) : error->code;
    pool_return(store, engine, code != AVOW_STORE_OK);
    if (code != AVOW_STORE_OK)
        return code;
    *out = (avow_verified){
        .entries = result.entries, .erased = result.erased, .problems = result.problems};
    if (result.problems > 0)
        memcpy(out->first, result.text, sizeof out->first);
    return code;
}

avow_store_code
avow_store_export(avow_store *store, FILE *file, avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    struct head heads[ENGINE_PARTS];
    avow_store_code code = store_check_process(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    /* Keys are not replaced while they sign: a look at the store waits. */
    pthread_rwlock_rdlock(&store->facts);
    code = store->keys ? export_ledger(engine, store->keys, NULL, file, heads, error)
                       : fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
    pthread_rwlock_unlock(&store->facts);
    pool_return(store, engine, code != AVOW_STORE_OK);
    return code;
}

avow_store_code
avow_store_import(avow_store *store, FILE *file, uint64_t *added, avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    struct replay_result result = {0};
    uint8_t key[SIGNING_PUBLIC_BYTES];
    avow_store_code code = store_check_process(store, error);
    pthread_rwlock_rdlock(&store->facts);
    if (code == AVOW_STORE_OK && !store->keys)
        code = fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
    if (code == AVOW_STORE_OK)
        memcpy(key, store->keys->signing_public, sizeof key);
    pthread_rwlock_unlock(&store->facts);
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = store->ops->open(&store->options, error);
    if (!engine)
        return error->code;
    code = replay_ledger(engine, file, key, &result, error);
    engine->ops->close(engine);
    if (added)
        *added = result.added;
    if (code == AVOW_STORE_OK && store->table) {
        avow_store_error why;
        avow_store_trust(store, &why); /* what is missing still is for those who ask */
    }
    return code;
}
