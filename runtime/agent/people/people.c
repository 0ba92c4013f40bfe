/* What is worked out of policy and settings when they are loaded; and links. */
#include "runtime/agent/people/door.h"
#include "runtime/store/fault.h"
#include "runtime/store/lifecycle.h"
#include "runtime/store/store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Loading ------------------------------------------------------------------------------------ */

static bool
is_among(const struct texts *texts, avow_text name)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->at[i], name.data) == 0)
            return true;
    return false;
}

static avow_store_code
check_name(const avow_table *table, avow_kind kind, const char *name, const char *key,
           avow_store_error *error)
{
    if (!name || avow_find(table, kind, name, strlen(name)) != AVOW_NONE)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_POLICY,
                 "%s in `people` names \"%.64s\", which is no %s of the policy.", key, name,
                 kind == AVOW_PERSON ? "person" : "purpose that mail can be about");
}

static avow_store_code
check_names(const struct people *people, avow_store_error *error)
{
    const struct people_settings *settings = people->settings;
    avow_store_code code =
        check_name(people->table, AVOW_PERSON, settings->person, "person", error);
    for (size_t i = 0; code == AVOW_STORE_OK && i < settings->no_link.count; i++)
        code = check_name(people->table, AVOW_PURPOSE, settings->no_link.at[i], "no-link", error);
    const struct renamed_settings *renamed = settings->renamed.at;
    for (size_t i = 0; code == AVOW_STORE_OK && i < settings->renamed.count; i++)
        code = check_name(people->table, AVOW_PURPOSE, renamed[i].now, "renamed", error);
    return code;
}

/* Links go through the net with what lets anybody withdraw: they are encrypted, but on this very
 * machine. */
static avow_store_code
copy_address(struct people *people, avow_store_error *error)
{
    static const char *const starts[] = {"https://", "http://127.0.0.1", "http://localhost",
                                         "http://[::1]"};
    const char *address = people->settings->address;
    size_t length = strlen(address);
    bool good = false;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        good = good || (strncasecmp(address, starts[i], strlen(starts[i])) == 0 &&
                        length > strlen(starts[i]) - (i > 0));
    if (!good || length > 200 || strcspn(address, " <>\"\r\n\t?#") != length)
        return fault(error, AVOW_STORE_INPUT,
                     "address in `people` is what links in mail begin with, such as "
                     "https://www.example.com/mail/: it begins with https:// and has no ? or #.");
    people->address = malloc(length + 2);
    if (!people->address)
        return fault_memory(error);
    memcpy(people->address, address, length + 1);
    if (address[length - 1] != '/')
        memcpy(people->address + length, "/", 2);
    return AVOW_STORE_OK;
}

static avow_store_code
find_gpc(struct people *people, avow_store_error *error)
{
    avow_id first = avow_first(people->table, AVOW_EVENT);
    people->gpc = AVOW_NONE;
    for (avow_id event = first; event < first + avow_count(people->table, AVOW_EVENT); event++) {
        avow_text address = avow_address(people->table, event);
        if (address.data && strcasecmp(address.data, "Sec-GPC: 1") == 0)
            people->gpc = event;
    }
    if (people->gpc == AVOW_NONE || offer_can_withdraw(people->table, people->gpc))
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_POLICY,
                 "The event \"%.64s\" is what a browser says by \"Sec-GPC: 1\", but it does not "
                 "only refuse: no signal of a browser can agree to anything. Let it switch a state "
                 "of a person that forbids something.",
                 avow_name(people->table, people->gpc).data);
}

static avow_store_code
no_request(const struct people *people, const struct offer *offer, avow_store_error *error)
{
    avow_text purpose = avow_name(people->table, offer->purpose);
    avow_text person = avow_name(people->table, offer->person);
    return fault(
        error, AVOW_STORE_POLICY,
        "By no request can a %.64s stop e-mail about %.64s, so a link in it could do "
        "nothing. Add to the policy: a request, a state of the person after it, \"we MUST "
        "do\" the request, and \"we NEVER email anyone about %.64s if\" the state. Or list "
        "it under no-link in `people`.",
        person.data, purpose.data, purpose.data);
}

static avow_store_code
find_offers(struct people *people, avow_store_error *error)
{
    const avow_table *table = people->table;
    uint32_t purposes = avow_count(table, AVOW_PURPOSE), persons = avow_count(table, AVOW_PERSON);
    uint64_t *effects = calloc(avow_count(table, AVOW_REQUEST) + 1, sizeof *effects);
    people->offers = calloc((size_t)purposes * persons + 1, sizeof *people->offers);
    avow_store_code code = effects && people->offers ? AVOW_STORE_OK : fault_memory(error);
    for (uint32_t i = 0; code == AVOW_STORE_OK && i < purposes * persons; i++) {
        avow_id person = avow_first(table, AVOW_PERSON) + i / purposes;
        avow_id purpose = avow_first(table, AVOW_PURPOSE) + i % purposes;
        const char *only = people->settings->person;
        if (only && strcmp(only, avow_name(table, person).data) != 0)
            continue;
        struct offer offer = offer_find(table, effects, person, purpose);
        if (offer.why == AVOW_NONE)
            continue;
        if (is_among(&people->settings->no_link, avow_name(table, purpose)))
            offer.request = AVOW_NONE;
        else if (offer.request == AVOW_NONE)
            code = no_request(people, &offer, error);
        people->offers[people->count++] = offer;
    }
    free(effects);
    return code;
}

avow_store_code
people_new(const struct generation *generation, struct people **out, avow_store_error *error)
{
    *out = NULL;
    if (!generation->config.people.given)
        return AVOW_STORE_OK;
    struct people *people = calloc(1, sizeof *people);
    if (!people)
        return fault_memory(error);
    people->table = generation->table;
    people->settings = &generation->config.people;
    guard_begin(&people->guard);
    avow_store_code code = copy_address(people, error);
    if (code == AVOW_STORE_OK)
        code = check_names(people, error);
    if (code == AVOW_STORE_OK)
        code = find_gpc(people, error);
    if (code == AVOW_STORE_OK)
        code = find_offers(people, error);
    if (code == AVOW_STORE_OK)
        *out = people;
    else
        people_free(people);
    return code;
}

void
people_free(struct people *people)
{
    if (!people)
        return;
    guard_end(&people->guard);
    free(people->address);
    free(people->offers);
    free(people);
}

/* What withdraws ----------------------------------------------------------------------------- */

const struct offer *
people_offer(const struct people *people, avow_id person, avow_id purpose)
{
    for (size_t i = 0; i < people->count; i++)
        if (people->offers[i].person == person && people->offers[i].purpose == purpose)
            return &people->offers[i];
    return NULL;
}

static avow_id
purpose_now(const struct people *people, const char *name)
{
    const struct renamed_settings *renamed = people->settings->renamed.at;
    avow_id purpose = avow_find(people->table, AVOW_PURPOSE, name, strlen(name));
    for (size_t i = 0; purpose == AVOW_NONE && i < people->settings->renamed.count; i++)
        if (strcmp(renamed[i].before, name) == 0)
            purpose =
                avow_find(people->table, AVOW_PURPOSE, renamed[i].now, strlen(renamed[i].now));
    return purpose;
}

static void
add_request(struct withdrawal *out, avow_id request)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->requests[i] == request)
            return;
    if (out->count < sizeof out->requests / sizeof out->requests[0])
        out->requests[out->count++] = request;
}

void
people_withdrawal(const struct people *people, const struct seal *seal, struct withdrawal *out)
{
    avow_id person = avow_find(people->table, AVOW_PERSON, seal->person, strlen(seal->person));
    *out = (struct withdrawal){0};
    out->offer = people_offer(people, person, purpose_now(people, seal->purpose));
    if (out->offer && out->offer->request != AVOW_NONE) {
        add_request(out, out->offer->request);
        return;
    }
    out->offer = NULL;
    for (size_t i = 0; i < people->count; i++)
        if (people->offers[i].request != AVOW_NONE &&
            (person == AVOW_NONE || people->offers[i].person == person))
            add_request(out, people->offers[i].request);
}

/* Links -------------------------------------------------------------------------------------- */

avow_store_code
people_read(avow_store *store, const char *token, struct seal *out, avow_store_error *error)
{
    for (int i = 0; i < 2; i++) {
        uint32_t epoch = 0, epochs = 0;
        avow_store_code code = AVOW_STORE_NOT_FOUND;
        pthread_rwlock_rdlock(&store->facts);
        if (!store->keys)
            code = fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
        else if (seal_read(store->keys, token, out, &epoch))
            code = AVOW_STORE_OK;
        epochs = store->keys ? store->keys->epochs : 0;
        pthread_rwlock_unlock(&store->facts);
        if (code == AVOW_STORE_OK || i == 1 || (epochs > 0 && epoch <= epochs))
            return code;
        /* A key that another process added, or keys that were away. */
        struct engine *engine = pool_borrow(store, error);
        if (!engine)
            return error->code;
        trust_look_again(store, engine);
        pool_return(store, engine, false);
    }
    return AVOW_STORE_NOT_FOUND;
}

avow_store_code
people_seal(avow_store *store, const struct seal *seal, char token[SEAL_ROOM],
            avow_store_error *error)
{
    struct subject subject = {0};
    avow_store_code code;
    pthread_rwlock_rdlock(&store->facts);
    if (!store->keys)
        code = fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
    else
        code = identity_of(store->keys, store->epoch, seal->who_kind, seal->who, seal->who_length,
                           &subject, error);
    if (code == AVOW_STORE_OK && !seal_write(store->keys, store->epoch, seal, token))
        code = fault(error, AVOW_STORE_INPUT, "This address is too long for a link.");
    pthread_rwlock_unlock(&store->facts);
    return code;
}

static avow_store_code
make_link(const struct generation *generation, struct seal *seal, avow_identity_text who,
          const char *door, char **link, avow_store_error *error)
{
    char token[SEAL_ROOM];
    const char *address = generation->people->address;
    *link = NULL;
    if (who.length > SEAL_WHO)
        return fault(error, AVOW_STORE_INPUT, "This address is too long for a link.");
    seal->who_kind = who.kind;
    seal->who_length = who.length;
    memcpy(seal->who, who.text, who.length);
    avow_store_code code = people_seal(generation->store, seal, token, error);
    if (code == AVOW_STORE_OK) {
        size_t room = strlen(address) + strlen(door) + strlen(token) + 1;
        *link = malloc(room);
        if (!*link)
            return fault_memory(error);
        snprintf(*link, room, "%s%s%s", address, door, token);
    }
    return code;
}

static void
copy_name(const avow_table *table, avow_id id, char out[SEAL_NAME + 1])
{
    avow_text name = avow_name(table, id);
    if (name.data)
        snprintf(out, SEAL_NAME + 1, "%s", name.data);
}

avow_store_code
people_link(const struct generation *generation, avow_identity_text who, avow_id person,
            avow_id purpose, char **link, avow_store_error *error)
{
    struct seal seal = {.kind = SEAL_WITHDRAW};
    *link = NULL;
    const struct offer *offer =
        generation->people ? people_offer(generation->people, person, purpose) : NULL;
    if (!offer || offer->request == AVOW_NONE)
        return fault(error, AVOW_STORE_NOT_FOUND,
                     "Mail about this has no link to unsubscribe: no-link in `people` lists it, or "
                     "the policy never permits it.");
    copy_name(generation->table, person, seal.person);
    copy_name(generation->table, purpose, seal.purpose);
    return make_link(generation, &seal, who, "u/", link, error);
}

avow_store_code
people_fresh_link(const struct generation *generation, avow_identity_text who, avow_id person,
                  char **link, int64_t *expires, avow_store_error *error)
{
    struct seal seal = {.kind = SEAL_FRESH};
    *link = NULL;
    if (!generation->people)
        return fault(error, AVOW_STORE_USAGE,
                     "There are no pages for people: the settings have no `people`.");
    long fresh = generation->people->settings->fresh;
    seal.expires = (int64_t)time(NULL) + (fresh > 0 ? fresh : FRESH_USUAL);
    *expires = seal.expires;
    copy_name(generation->table, person, seal.person);
    return make_link(generation, &seal, who, "p/", link, error);
}
