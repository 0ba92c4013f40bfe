/* Many at once on one store: processes times threads record, ask and link.
 *
 *   store-crowd BUNDLE FOLDER PROCESSES THREADS ROUNDS [SEED]
 *
 * A board in shared memory says what has been acknowledged. Who is about to ask reads it first, so
 * whatever it says was acknowledged before he asked: a yes to such a one is a failure, in whatever
 * process. Afterwards the ledger has every entry once. */
#include "tests/store/kit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PEOPLE = 400, LINKED = 40, SPARED = 20, THREADS_MAX = 64, PROCESSES_MAX = 16 };

struct board {
    _Atomic bool refused[PEOPLE]; /* acknowledged */
    _Atomic bool linked[LINKED];  /* person i with his telephone */
    _Atomic unsigned long records, links, asks, yes, checked;
};

static struct board *board;
static const avow_table *table;
static avow_point news;
static char url[600];
static unsigned rounds;

struct worker {
    avow_store *store;
    uint64_t numbers;
};

static avow_identity_text
person(unsigned number, char text[64])
{
    snprintf(text, 64, "email:p%u@x.example", number);
    return kit_identity(text);
}

static avow_identity_text
telephone(unsigned number, char text[64])
{
    snprintf(text, 64, "tel:+4930%07u", number);
    return kit_identity(text);
}

static avow_store_code
record(avow_store *store, const char *what, avow_identity_text who, bool done,
       avow_store_error *error)
{
    avow_recorded out;
    avow_event event = {.what = what, .subject = who, .evidence = "a form", .done = done};
    return avow_store_record(store, &event, &out, error);
}

static void
refuse(struct worker *worker)
{
    char text[64];
    avow_store_error error = {0};
    unsigned who = (unsigned)(kit_random(&worker->numbers) % (PEOPLE - SPARED));
    bool done = kit_random(&worker->numbers) % 2;
    if (record(worker->store, "unsubscribe", person(who, text), done, &error) != AVOW_STORE_OK)
        kit_fail("not recorded: %s", error.text);
    atomic_fetch_add(&board->records, 1);
    atomic_store(&board->refused[who], true);
}

static void
tie(struct worker *worker)
{
    char one[64], other[64];
    avow_store_error error = {0};
    unsigned who = (unsigned)(kit_random(&worker->numbers) % LINKED);
    if (avow_store_link(worker->store, person(who, one), telephone(who, other), "x", &error) !=
        AVOW_STORE_OK)
        kit_fail("not linked: %s", error.text);
    atomic_fetch_add(&board->links, 2);
    atomic_store(&board->linked[who], true);
}

/* By the address, or by the telephone that is linked to it. */
static void
ask(struct worker *worker)
{
    char text[64];
    avow_store_error error = {0};
    unsigned who = (unsigned)(kit_random(&worker->numbers) % PEOPLE);
    bool by_telephone = who < LINKED && kit_random(&worker->numbers) % 2;
    bool must_refuse =
        atomic_load(&board->refused[who]) && (!by_telephone || atomic_load(&board->linked[who]));
    avow_states states;
    avow_store_reason reason;
    bool yes;
    if (by_telephone) {
        avow_identity_text nobody = {0};
        if (avow_store_states(worker->store, telephone(who, text), nobody, &states, &reason,
                              &error) != AVOW_STORE_OK)
            kit_fail("no states: %s", error.text);
        yes = (states.yes & states.known &
               avow_bit(table, avow_find(table, AVOW_STATE, "subscribed", 10))) != 0;
    } else {
        avow_store_question question = {.point = news, .subject = person(who, text)};
        avow_store_answer out = avow_store_ask(worker->store, &question, &error);
        yes = out.answer.verdict == AVOW_ALLOWED;
        if (out.reason == AVOW_STORE_FAILED || out.reason == AVOW_STORE_UNTRUSTED)
            kit_fail("not answered: %s: %s", kit_reason(out.reason), error.text);
        if (!yes && who >= PEOPLE - SPARED)
            kit_fail("%s has refused nothing, and is refused: %s", text, kit_reason(out.reason));
    }
    if (yes && must_refuse)
        kit_fail("%s is allowed after an acknowledged refusal", text);
    atomic_fetch_add(&board->asks, 1);
    atomic_fetch_add(&board->yes, yes);
    atomic_fetch_add(&board->checked, must_refuse);
}

static void *
work(void *context)
{
    struct worker *worker = context;
    for (unsigned i = 0; i < rounds; i++) {
        unsigned what = (unsigned)(kit_random(&worker->numbers) % 10);
        if (what < 3)
            refuse(worker);
        else if (what == 3)
            tie(worker);
        else
            ask(worker);
    }
    return NULL;
}

static void
service(unsigned number, unsigned threads, uint64_t seed)
{
    pthread_t thread[THREADS_MAX];
    struct worker worker[THREADS_MAX];
    avow_store_error error = {0};
    avow_store_options options = {.url = url, .table = table, .wait_ms = 60000};
    avow_store *store = avow_store_open(&options, &error);
    if (!store)
        kit_fail("not opened: %s", error.text);
    for (unsigned i = 0; i < threads; i++) {
        worker[i] = (struct worker){store, (seed + number * 100 + i) * 0x9e3779b97f4a7c15u | 1};
        KIT_MUST(pthread_create(&thread[i], NULL, work, &worker[i]) == 0);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    if (avow_store_trust(store, &error) != AVOW_STORE_OK)
        kit_fail("not trusted: %s", error.text);
    avow_store_close(store);
}

static unsigned
prepare(void)
{
    char text[64], wrong[200];
    struct kit_ledger ledger;
    avow_store_error error = {0};
    avow_store_options options = {.url = url, .table = table};
    if (avow_store_create(&options, &error) != AVOW_STORE_OK)
        kit_fail("%s", error.text);
    avow_store *store = avow_store_open(&options, &error);
    KIT_MUST(store);
    KIT_MUST(avow_store_settle(store, 6, "x", &error) == AVOW_STORE_OK);
    for (unsigned i = 0; i < PEOPLE; i++)
        KIT_MUST(record(store, "address-confirmed", person(i, text), false, &error) ==
                 AVOW_STORE_OK);
    avow_store_close(store);
    if (!kit_inspect(url + 7, &ledger, wrong))
        kit_fail("%s", wrong);
    return ledger.entries;
}

static void
look_after(unsigned before)
{
    char wrong[200];
    struct kit_ledger ledger;
    if (!kit_inspect(url + 7, &ledger, wrong))
        kit_fail("%s", wrong);
    unsigned long written = ledger.entries - before;
    unsigned long expected = board->records + board->links;
    if (written != expected)
        kit_fail("%lu entries, and %lu were acknowledged", written, expected);
    KIT_MUST(board->checked > 0 && board->yes > 0);
    printf("%lu refusals, %lu links, %lu questions of which %lu met an acknowledged refusal and "
           "%lu a yes\n",
           (unsigned long)board->records, (unsigned long)board->links / 2,
           (unsigned long)board->asks, (unsigned long)board->checked, (unsigned long)board->yes);
}

int
main(int count, char **words)
{
    pid_t child[PROCESSES_MAX];
    KIT_MUST(count >= 6);
    unsigned processes = (unsigned)atoi(words[3]), threads = (unsigned)atoi(words[4]);
    uint64_t seed = count > 6 ? strtoull(words[6], NULL, 10) : 1;
    rounds = (unsigned)atoi(words[5]);
    KIT_MUST(processes >= 1 && processes <= PROCESSES_MAX && threads >= 1 &&
             threads <= THREADS_MAX);
    mkdir(words[2], 0700);
    snprintf(url, sizeof url, "sqlite:%.500s/store.db", words[2]);
    table = kit_table(words[1]);
    news = kit_point(table, "us email customer advertising.news");
    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    KIT_MUST(board != MAP_FAILED);
    unsigned before = prepare();
    for (unsigned i = 0; i + 1 < processes; i++) {
        child[i] = fork();
        KIT_MUST(child[i] >= 0);
        if (child[i] == 0) {
            service(i, threads, seed);
            exit(0);
        }
    }
    service(processes, threads, seed);
    for (unsigned i = 0; i + 1 < processes; i++) {
        int status;
        KIT_MUST(waitpid(child[i], &status, 0) == child[i] && status == 0);
    }
    look_after(before);
    return 0;
}
