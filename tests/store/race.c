/* Somebody is forgotten in the moment in which he refuses: his no must stay, whatever was read of
 * him before. store-race BUNDLE FOLDER ROUNDS */
#include "tests/store/kit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static avow_store *store;
static char who[64];
static pthread_barrier_t barrier;

static void
record(const char *what)
{
    avow_recorded out;
    avow_store_error error = {0};
    avow_event event = {.what = what, .subject = kit_identity(who), .evidence = "a form"};
    if (avow_store_record(store, &event, &out, &error) != AVOW_STORE_OK)
        kit_fail("%s: %s", what, error.text);
}

static void *
refuse(void *context)
{
    (void)context;
    pthread_barrier_wait(&barrier);
    record("cookies-disabled");
    return NULL;
}

static void *
forget(void *context)
{
    avow_store_error error = {0};
    (void)context;
    pthread_barrier_wait(&barrier);
    if (avow_store_forget(store, kit_identity(who), "x", &error) != AVOW_STORE_OK)
        kit_fail("%s", error.text);
    return NULL;
}

int
main(int count, char **words)
{
    char url[600];
    avow_store_error error = {0};
    KIT_MUST(count == 4);
    mkdir(words[2], 0700);
    snprintf(url, sizeof url, "sqlite:%.500s/store.db", words[2]);
    avow_store_options options = {.url = url, .table = kit_table(words[1])};
    KIT_MUST(avow_store_create(&options, &error) == AVOW_STORE_OK);
    store = avow_store_open(&options, &error);
    KIT_MUST(store && pthread_barrier_init(&barrier, NULL, 2) == 0);
    KIT_MUST(avow_store_settle(store, 1u << AVOW_IDENTITY_ID, "x", &error) == AVOW_STORE_OK);
    avow_store_question question = {
        .point = kit_point(options.table, "website store cookie-id browser")};
    for (int i = 0; i < atoi(words[3]); i++) {
        pthread_t one, other;
        snprintf(who, sizeof who, "id:%d", i);
        question.subject = kit_identity(who);
        record("cookies-enabled");
        KIT_MUST(avow_store_ask(store, &question, NULL).answer.verdict == AVOW_ALLOWED);
        KIT_MUST(pthread_create(&one, NULL, refuse, NULL) == 0);
        KIT_MUST(pthread_create(&other, NULL, forget, NULL) == 0);
        pthread_join(one, NULL);
        pthread_join(other, NULL);
        if (avow_store_ask(store, &question, NULL).answer.verdict == AVOW_ALLOWED)
            kit_fail("round %d: a refusal was forgotten", i);
    }
    avow_store_close(store);
    printf("%s rounds\n", words[3]);
    return 0;
}
