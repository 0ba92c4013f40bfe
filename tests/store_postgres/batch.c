/* Many people unsubscribe at once, so that their records are committed together; or are asked
 * about.
 *
 *   store-batch BUNDLE URL KEYS create|unsubscribe|address-confirmed|ask FIRST COUNT
 *
 * Says for each of p<FIRST> ...: number, code, and receipt, verdict or what went wrong. */
#include "tests/store/kit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE_MAX = 256, EMAILS = 1 << AVOW_IDENTITY_EMAIL };

static avow_store *store;
static const char *what;
static pthread_barrier_t together;

struct person {
    char text[64];
    avow_store_code code;
    avow_recorded recorded;
    avow_store_error error;
};

static void *
record(void *context)
{
    struct person *person = context;
    avow_event event = {.what = what,
                        .subject = kit_identity(person->text),
                        .evidence = "a form",
                        .done = strcmp(what, "unsubscribe") == 0};
    pthread_barrier_wait(&together);
    person->code = avow_store_record(store, &event, &person->recorded, &person->error);
    return NULL;
}

static void
record_all(struct person *people, unsigned count)
{
    pthread_t thread[PEOPLE_MAX];
    pthread_barrier_init(&together, NULL, count);
    for (unsigned i = 0; i < count; i++)
        KIT_MUST(pthread_create(&thread[i], NULL, record, &people[i]) == 0);
    for (unsigned i = 0; i < count; i++)
        pthread_join(thread[i], NULL);
    pthread_barrier_destroy(&together);
}

static void
ask_all(const avow_table *table, struct person *people, unsigned count)
{
    avow_point news = kit_point(table, "us email customer advertising.news");
    for (unsigned i = 0; i < count; i++) {
        avow_store_question question = {.point = news, .subject = kit_identity(people[i].text)};
        avow_store_answer out = avow_store_ask(store, &question, &people[i].error);
        people[i].code = people[i].error.code;
        snprintf(people[i].recorded.receipt, AVOW_RECEIPT_MAX, "%s",
                 kit_verdict(out.answer.verdict));
    }
}

int
main(int count, char **words)
{
    static struct person people[PEOPLE_MAX];
    avow_store_error error = {0};
    KIT_MUST(count == 7);
    const avow_table *table = kit_table(words[1]);
    avow_store_options options = {.url = words[2], .keys = words[3], .table = table};
    unsigned first = (unsigned)atoi(words[5]), number = (unsigned)atoi(words[6]);
    KIT_MUST(number <= PEOPLE_MAX);
    what = words[4];
    if (strcmp(what, "create") == 0 && avow_store_create(&options, &error) != AVOW_STORE_OK)
        kit_fail("not made: %s", error.text);
    store = avow_store_open(&options, &error);
    if (!store)
        kit_fail("not opened: %s", error.text);
    for (unsigned i = 0; i < number; i++)
        snprintf(people[i].text, sizeof people[i].text, "email:p%u@x.example", first + i);
    if (strcmp(what, "create") == 0)
        KIT_MUST(avow_store_settle(store, EMAILS, "a test", &error) == AVOW_STORE_OK);
    else if (strcmp(what, "ask") == 0)
        ask_all(table, people, number);
    else
        record_all(people, number);
    for (unsigned i = 0; i < number; i++)
        printf("%u\t%s\t%s\n", first + i, kit_code(people[i].code),
               people[i].code == AVOW_STORE_OK ? people[i].recorded.receipt : people[i].error.text);
    avow_store_close(store);
    free((void *)(uintptr_t)table); /* the kit's memory: a table begins where it does */
    return 0;
}
