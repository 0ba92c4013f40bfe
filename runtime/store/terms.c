/* Names in the store, and what they mean to the policy in force: by name, by what a state was
 * formerly called, or by what avow_store_map_state has recorded. */
#include "runtime/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const avow_store *store;
    struct terms *terms;
    char policy[65];
    bool failed;
};

static bool
is_text(avow_text text, const char *name)
{
    return text.data && strlen(name) == text.length && memcmp(text.data, name, text.length) == 0;
}

/* The state that has this name, or had it. */
static int32_t
state_named(const avow_store *store, const char *name)
{
    for (uint32_t i = 0; i < store->state_count; i++)
        if (is_text(store->state[i].name, name))
            return (int32_t)i;
    for (uint32_t i = 0; i < store->state_count; i++)
        if (is_text(store->state[i].formerly, name))
            return (int32_t)i;
    return MEANS_OTHER;
}

/* A name beginning with a sign is that of a request, "!stop-mail", or of data, "=order". */
static bool
is_of_state(const struct term *term)
{
    return term->name[0] != '!' && term->name[0] != '=';
}

static int32_t
meaning_of(const struct reading *reading, const struct term *term)
{
    if (strcmp(term->policy, reading->policy) != 0 || !is_of_state(term))
        return MEANS_OTHER;
    int32_t state = state_named(reading->store, term->name);
    if (state >= 0 || !term->mapped)
        return state;
    return term->now[0] == '\0' ? MEANS_NOTHING : state_named(reading->store, term->now);
}

static bool
make_room(struct terms *terms, uint32_t id)
{
    if (id < terms->count)
        return true;
    size_t count = (size_t)id + 16;
    int32_t *state = realloc(terms->state, count * sizeof *state);
    if (!state)
        return false;
    for (size_t i = terms->count; i < count; i++)
        state[i] = MEANS_OTHER;
    terms->state = state;
    terms->count = count;
    return true;
}

static void
add_request(struct reading *reading, const struct term *term)
{
    const avow_table *table = reading->store->table;
    avow_id id = avow_find(table, AVOW_REQUEST, term->name + 1, strlen(term->name + 1));
    if (id != AVOW_NONE)
        reading->terms->of_request[id - avow_first(table, AVOW_REQUEST)] = term->id;
}

static avow_store_code
add(void *context, const struct term *term)
{
    struct reading *reading = context;
    struct terms *terms = reading->terms;
    if (term->id > UINT32_MAX / 8 || !make_room(terms, term->id)) {
        reading->failed = true;
        return AVOW_STORE_MEMORY;
    }
    int32_t state = meaning_of(reading, term);
    bool ours = strcmp(term->policy, reading->policy) == 0;
    if (ours && term->name[0] == '!')
        add_request(reading, term);
    terms->state[term->id] = state;
    if (state >= 0 && is_text(reading->store->state[state].name, term->name))
        terms->of_state[state] = term->id;
    if (state == MEANS_OTHER && ours && is_of_state(term))
        snprintf(terms->unknown, sizeof terms->unknown, "%s", term->name);
    return AVOW_STORE_OK;
}

avow_store_code
terms_read(const avow_store *store, struct engine *engine, struct terms *out,
           avow_store_error *error)
{
    struct reading reading = {.store = store, .terms = out};
    avow_text policy = avow_identify(store->table).policy;
    *out = (struct terms){0};
    if (policy.length >= sizeof reading.policy)
        return fault(error, AVOW_STORE_POLICY, "The policy's id is too long to be stored.");
    if (policy.data)
        memcpy(reading.policy, policy.data, policy.length);
    out->of_request = calloc((size_t)avow_count(store->table, AVOW_REQUEST) + 1, sizeof(uint32_t));
    if (!out->of_request)
        return fault_memory(error);
    avow_store_code code = engine->ops->terms(engine, add, &reading, error);
    if (reading.failed)
        code = fault_memory(error);
    if (code != AVOW_STORE_OK)
        terms_free(out);
    return code;
}

void
terms_free(struct terms *terms)
{
    free(terms->state);
    free(terms->of_request);
    *terms = (struct terms){0};
}

static avow_store_code
add_in_transaction(struct engine *engine, struct term *term, avow_store_error *error)
{
    avow_store_code code = engine->ops->begin(engine, true, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->add_term(engine, term, error);
    return code == AVOW_STORE_OK ? engine->ops->commit(engine, error) : code;
}

/* Adding a name twice adds it once, so this may fail and be done again. */
static avow_store_code
add_name(avow_store *store, const char *sign, avow_text name, uint32_t *term,
         avow_store_error *error)
{
    struct term row = {0};
    avow_text policy = avow_identify(store->table).policy;
    if (policy.length >= sizeof row.policy || name.length + 1 >= sizeof row.name)
        return fault(error, AVOW_STORE_POLICY, "A name of the policy is too long to be stored.");
    snprintf(row.policy, sizeof row.policy, "%.*s", (int)policy.length, policy.data);
    snprintf(row.name, sizeof row.name, "%s%.*s", sign, (int)name.length, name.data);
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    avow_store_code code = add_in_transaction(engine, &row, error);
    if (code == AVOW_STORE_OK)
        trust_look(store, engine);
    pool_return(store, engine, code != AVOW_STORE_OK);
    *term = row.id;
    return (int)code == ENGINE_CONFLICT ? fault(error, AVOW_STORE_BUSY, "Try again.") : code;
}

avow_store_code
terms_of_state(avow_store *store, uint32_t state, uint32_t *term, avow_store_error *error)
{
    pthread_rwlock_rdlock(&store->facts);
    *term = store->terms.of_state[state];
    pthread_rwlock_unlock(&store->facts);
    return *term ? AVOW_STORE_OK : add_name(store, "", store->state[state].name, term, error);
}

avow_store_code
terms_of_request(avow_store *store, avow_id request, uint32_t *term, avow_store_error *error)
{
    uint32_t index = request - avow_first(store->table, AVOW_REQUEST);
    pthread_rwlock_rdlock(&store->facts);
    *term = store->terms.of_request ? store->terms.of_request[index] : 0;
    pthread_rwlock_unlock(&store->facts);
    return *term ? AVOW_STORE_OK
                 : add_name(store, "!", avow_name(store->table, request), term, error);
}

avow_store_code
terms_of_data(avow_store *store, avow_id data, uint32_t *term, avow_store_error *error)
{
    return add_name(store, "=", avow_name(store->table, data), term, error);
}
