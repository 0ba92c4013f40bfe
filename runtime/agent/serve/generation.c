#include "runtime/agent/serve/generation.h"

#include "runtime/agent/mail/mail.h"
#include "runtime/agent/people/people.h"
#include "runtime/agent/place.h"
#include "runtime/agent/serve/policy.h"
#include "runtime/store/emit.h"
#include "runtime/store/fault.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct generations {
    pthread_mutex_t lock; /* of current and trouble */
    struct generation *current;
    char trouble[512];
    uint64_t loaded;
    struct emit fixed; /* what cannot change while running, as it was at the first load */
};

struct generations *
generations_new(void)
{
    struct generations *generations = calloc(1, sizeof *generations);
    if (generations)
        pthread_mutex_init(&generations->lock, NULL);
    return generations;
}

void
generations_free(struct generations *generations)
{
    if (!generations)
        return;
    if (generations->current)
        generation_release(generations->current);
    emit_free(&generations->fixed);
    pthread_mutex_destroy(&generations->lock);
    free(generations);
}

/* One generation ----------------------------------------------------------------------------- */

static void
generation_free(struct generation *generation)
{
    mail_free(generation->mail);
    people_free(generation->people);
    tokens_free(generation->tokens);
    if (generation->store)
        avow_store_close(generation->store);
    bundle_free(&generation->bundle);
    config_free(&generation->config);
    free(generation);
}

struct generation *
generation_hold(struct generations *generations)
{
    pthread_mutex_lock(&generations->lock);
    struct generation *generation = generations->current;
    if (generation)
        atomic_fetch_add_explicit(&generation->holders, 1, memory_order_relaxed);
    pthread_mutex_unlock(&generations->lock);
    return generation;
}

void
generation_release(struct generation *generation)
{
    if (atomic_fetch_sub_explicit(&generation->holders, 1, memory_order_acq_rel) == 1)
        generation_free(generation);
}

/* Loading ------------------------------------------------------------------------------------ */

static avow_store_code
open_store(struct generation *generation, avow_store_error *error)
{
    const struct config *config = &generation->config;
    const struct place place = {.store = config->store, .keys = config->keys};
    char keys[PLACE_MAX];
    avow_store_code code = place_keys(&place, keys, error);
    if (code != AVOW_STORE_OK)
        return code;
    generation->store = avow_store_open(&(avow_store_options){.url = config->store,
                                                              .keys = keys[0] ? keys : NULL,
                                                              .table = generation->table},
                                        error);
    return generation->store ? AVOW_STORE_OK : error->code;
}

/* Everything that the configuration names, the policy first. */
static avow_store_code
fill(struct generation *generation, const avow_table *in_force, char trouble[512],
     avow_store_error *error)
{
    struct policy_choice choice;
    const struct config *config = &generation->config;
    generation->since = time(NULL);
    avow_store_code code = policy_choose(config, in_force, generation->since, &choice, error);
    generation->bundle = choice.bundle;
    if (code != AVOW_STORE_OK)
        return code;
    memcpy(trouble, choice.trouble, 512);
    generation->table = generation->bundle.table;
    if (config->tokens)
        code = tokens_read(config->tokens, &generation->tokens, error);
    if (code == AVOW_STORE_OK)
        code = people_new(generation, &generation->people, error);
    if (code == AVOW_STORE_OK)
        code = open_store(generation, error);
    if (code == AVOW_STORE_OK) /* which tries whether there are links, and they need the keys */
        code = mail_new(generation, &generation->mail, error);
    if (code != AVOW_STORE_OK || trouble[0])
        return code;
    avow_store_error kept = {0};
    if (policy_keep(config, generation->table, generation->since, &kept) != AVOW_STORE_OK)
        memcpy(trouble, kept.text, 512);
    return AVOW_STORE_OK;
}

/* What sockets and rights were made of: a difference waits for the next start. */
static void
write_fixed(const struct config *config, struct emit *out)
{
    emit_begin(out);
    emit_text(out, "user", config->user);
    const struct listener_settings *listeners = config->http.at;
    for (size_t i = 0; i < config->http.count; i++) {
        emit_text(out, "listen", listeners[i].listen);
        emit_number(out, "doors", listeners[i].doors);
        emit_number(out, "mode", listeners[i].mode);
        emit_text(out, "group", listeners[i].group);
    }
    emit_number(out, "connections", config->limits.connections);
    emit_number(out, "per-address", config->limits.per_address);
    emit_number(out, "header", config->limits.header);
    emit_number(out, "writers", config->limits.writers);
    emit_number(out, "waiting", config->limits.waiting);
    emit_text(out, "milter", config->mail.milter);
    emit_text(out, "socketmap", config->mail.socketmap);
    emit_end(out, NULL);
}

/* Keeps what is fixed at the first load; says later if it differs. */
static void
compare_fixed(struct generations *generations, const struct config *config,
              void (*say)(void *context, const char *line), void *context)
{
    struct emit now = {0};
    write_fixed(config, &now);
    if (!generations->fixed.text) {
        generations->fixed = now;
        return;
    }
    if (!now.failed && strcmp(now.text, generations->fixed.text) != 0)
        say(context, "Where avowd listens, its user, or limits of connections, headers and writers "
                     "were changed: that takes effect at the next start.");
    emit_free(&now);
}

static void
put_in_force(struct generations *generations, struct generation *next, const char *trouble)
{
    pthread_mutex_lock(&generations->lock);
    struct generation *last = generations->current;
    generations->current = next;
    snprintf(generations->trouble, sizeof generations->trouble, "%s", trouble);
    pthread_mutex_unlock(&generations->lock);
    if (last)
        generation_release(last);
}

static void
keep_trouble(struct generations *generations, const char *trouble)
{
    pthread_mutex_lock(&generations->lock);
    snprintf(generations->trouble, sizeof generations->trouble, "%s", trouble);
    pthread_mutex_unlock(&generations->lock);
}

avow_store_code
generations_load(struct generations *generations, const char *config_path,
                 void (*say)(void *context, const char *line), void *context,
                 avow_store_error *error)
{
    avow_store_error mine = {0};
    char trouble[512] = "";
    struct generation *next = calloc(1, sizeof *next);
    if (!next)
        return fault_memory(error);
    next->holders = 1;
    const avow_table *in_force = generations->current ? generations->current->table : NULL;
    avow_store_code code = config_read(&next->config, config_path, say, context, &mine);
    if (code == AVOW_STORE_OK)
        code = fill(next, in_force, trouble, &mine);
    if (code != AVOW_STORE_OK) {
        generation_free(next);
        keep_trouble(generations, mine.text);
        return fault(error, code, "%s", mine.text);
    }
    compare_fixed(generations, &next->config, say, context);
    next->number = ++generations->loaded;
    put_in_force(generations, next, trouble);
    return AVOW_STORE_OK;
}

bool
generations_trouble(struct generations *generations, char text[512])
{
    pthread_mutex_lock(&generations->lock);
    memcpy(text, generations->trouble, 512);
    pthread_mutex_unlock(&generations->lock);
    return text[0] != '\0';
}
