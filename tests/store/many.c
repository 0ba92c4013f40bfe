/* More threads than there are connections: store-many BUNDLE URL KEYS THREADS ASKS
 *
 * Each thread asks so many times. Prints how many answers were known, how many times the store was
 * busy, how many times it failed otherwise, and what was said the last time that it was not well.
 */
#include "tests/store/kit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MOST = 256 };

struct many {
    avow_store *store;
    const avow_table *table; /* kept until the end */
    avow_point point;
    int asks;
    pthread_barrier_t barrier;
    pthread_mutex_t lock;
    unsigned known, busy, failed;
    avow_store_error error;
};

static void *
ask(void *context)
{
    struct many *many = context;
    pthread_barrier_wait(&many->barrier);
    for (int i = 0; i < many->asks; i++) {
        avow_store_error error = {0};
        avow_store_question question = {.point = many->point,
                                        .subject = kit_identity("email:joe@x.example")};
        avow_store_answer answer = avow_store_ask(many->store, &question, &error);
        pthread_mutex_lock(&many->lock);
        many->known += answer.reason == AVOW_STORE_KNOWN;
        many->busy += error.code == AVOW_STORE_BUSY;
        many->failed += error.code != AVOW_STORE_OK && error.code != AVOW_STORE_BUSY;
        if (error.code != AVOW_STORE_OK)
            many->error = error;
        pthread_mutex_unlock(&many->lock);
    }
    return NULL;
}

int
main(int count, char **words)
{
    static struct many many = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread[THREADS_MOST];
    avow_store_error error = {0};
    KIT_MUST(count == 6);
    int threads = atoi(words[4]);
    many.table = kit_table(words[1]);
    avow_store_options options = {.url = words[2], .keys = words[3], .table = many.table};
    KIT_MUST(threads > 0 && threads <= THREADS_MOST);
    many.asks = atoi(words[5]);
    many.point = kit_point(options.table, "us email customer advertising.news");
    many.store = avow_store_open(&options, &error);
    if (!many.store)
        kit_fail("%s: %s", kit_code(error.code), error.text);
    KIT_MUST(pthread_barrier_init(&many.barrier, NULL, (unsigned)threads) == 0);
    for (int i = 0; i < threads; i++)
        KIT_MUST(pthread_create(&thread[i], NULL, ask, &many) == 0);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    printf("known %u, busy %u, failed %u%s%s\n", many.known, many.busy, many.failed,
           many.error.code ? ": " : "", many.error.text);
    avow_store_close(many.store);
    return 0;
}
