/* A service by lines: does to a store what each line of its input says, and answers with a line.
 *
 * Words are separated by tabs; "-" is nothing. The answer begins with the code's name ("ok"); after
 * a failure comes the error's text. What has been answered has been acknowledged. */
#include "tests/store/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 12, TABLES_MAX = 16 };

struct driver {
    const char *word[WORDS_MAX];
    avow_store *store;
    const avow_table *table;
    struct {
        char name[64];
        const avow_table *table;
    } tables[TABLES_MAX];
    size_t table_count;
    int64_t clock; /* 0: the system's */
    avow_store_error error;
};

static int64_t
now(void *context)
{
    const struct driver *driver = context;
    return driver->clock;
}

static const char *
text_or_null(const char *word)
{
    return strcmp(word, "-") == 0 ? NULL : word;
}

static void
answer(struct driver *driver, avow_store_code code, const char *rest)
{
    printf("%s\t%s\n", kit_code(code), code == AVOW_STORE_OK ? rest : driver->error.text);
}

static avow_store_options
options_of(struct driver *driver)
{
    for (size_t i = 0; i < driver->table_count; i++)
        if (strcmp(driver->tables[i].name, driver->word[1]) == 0)
            driver->table = driver->tables[i].table;
    return (avow_store_options){.url = driver->word[2],
                                .keys = text_or_null(driver->word[3]),
                                .table = driver->table,
                                .now = driver->clock ? now : NULL,
                                .now_context = driver};
}

static void
do_table(struct driver *driver)
{
    KIT_MUST(driver->table_count < TABLES_MAX);
    size_t at = driver->table_count++;
    snprintf(driver->tables[at].name, sizeof driver->tables[at].name, "%s", driver->word[1]);
    driver->tables[at].table = kit_table(driver->word[2]);
    answer(driver, AVOW_STORE_OK, "");
}

static void
do_clock(struct driver *driver)
{
    driver->clock = strtoll(driver->word[1], NULL, 10);
    answer(driver, AVOW_STORE_OK, "");
}

static void
do_create(struct driver *driver)
{
    avow_store_options options = options_of(driver);
    answer(driver, avow_store_create(&options, &driver->error), "");
}

static void
do_open(struct driver *driver)
{
    avow_store_options options = options_of(driver);
    driver->store = avow_store_open(&options, &driver->error);
    answer(driver, driver->store ? AVOW_STORE_OK : driver->error.code, "");
}

static void
do_close(struct driver *driver)
{
    avow_store_close(driver->store);
    driver->store = NULL;
    answer(driver, AVOW_STORE_OK, "");
}

static void
do_trust(struct driver *driver)
{
    answer(driver, avow_store_trust(driver->store, &driver->error), "");
}

static void
do_settle(struct driver *driver)
{
    unsigned kinds = (unsigned)strtoul(driver->word[1], NULL, 0);
    answer(driver, avow_store_settle(driver->store, kinds, "a test", &driver->error), "");
}

static void
do_map(struct driver *driver)
{
    answer(driver,
           avow_store_map_state(driver->store, driver->word[1], text_or_null(driver->word[2]),
                                "a test", &driver->error),
           "");
}

static void
do_loss(struct driver *driver)
{
    answer(driver, avow_store_accept_loss(driver->store, "a test", &driver->error), "");
}

static void
do_key(struct driver *driver)
{
    answer(driver, avow_store_add_key(driver->store, &driver->error), "");
}

/* record WHAT PERSON RECORD RECEIVED SOURCE EVIDENCE DONE */
static void
do_record(struct driver *driver)
{
    char rest[AVOW_RECEIPT_MAX + 32];
    avow_recorded recorded = {0};
    avow_event event = {.what = driver->word[1],
                        .subject = kit_identity(driver->word[2]),
                        .record = kit_identity(driver->word[3]),
                        .received = strtoll(driver->word[4], NULL, 10),
                        .source = (avow_source)atoi(driver->word[5]),
                        .evidence = text_or_null(driver->word[6]),
                        .done = driver->word[7][0] == '1'};
    avow_store_code code = avow_store_record(driver->store, &event, &recorded, &driver->error);
    snprintf(rest, sizeof rest, "%s\t%s", recorded.recorded ? "recorded" : "skipped",
             recorded.receipt);
    answer(driver, code, rest);
}

static void
do_done(struct driver *driver)
{
    answer(driver, avow_store_done(driver->store, driver->word[1], &driver->error), "");
}

static void
do_link(struct driver *driver)
{
    answer(driver,
           avow_store_link(driver->store, kit_identity(driver->word[1]),
                           kit_identity(driver->word[2]), "a test", &driver->error),
           "");
}

static void
do_forget(struct driver *driver)
{
    answer(
        driver,
        avow_store_forget(driver->store, kit_identity(driver->word[1]), "a test", &driver->error),
        "");
}

/* ask POINT PERSON RECORD */
static void
do_ask(struct driver *driver)
{
    avow_store_question question = {.point = kit_point(driver->table, driver->word[1]),
                                    .subject = kit_identity(driver->word[2]),
                                    .record = kit_identity(driver->word[3])};
    driver->error = (avow_store_error){0};
    avow_store_answer out = avow_store_ask(driver->store, &question, &driver->error);
    printf("ok\t%s\t%s\t%s\t%s\n", kit_verdict(out.answer.verdict), kit_reason(out.reason),
           kit_code(driver->error.code), driver->error.text);
}

/* states PERSON RECORD: name=on, off or unknown for each state, and the reason. */
static void
do_states(struct driver *driver)
{
    avow_states states;
    avow_store_reason reason;
    avow_store_code code =
        avow_store_states(driver->store, kit_identity(driver->word[1]),
                          kit_identity(driver->word[2]), &states, &reason, &driver->error);
    if (code != AVOW_STORE_OK) {
        answer(driver, code, "");
        return;
    }
    printf("ok\t%s", kit_reason(reason));
    for (uint32_t i = 0; i < avow_count(driver->table, AVOW_STATE); i++) {
        avow_id id = avow_first(driver->table, AVOW_STATE) + i;
        uint64_t bit = avow_bit(driver->table, id);
        printf("\t%s=%s", avow_name(driver->table, id).data,
               !(states.known & bit) ? "unknown"
               : states.yes & bit    ? "on"
                                     : "off");
    }
    printf("\n");
}

static avow_store_code
pass_duty(void *context, const avow_duty *duty)
{
    (void)context;
    (void)duty;
    return AVOW_STORE_OK;
}

static avow_store_code
pass_expired(void *context, const avow_expired *expired)
{
    (void)context;
    (void)expired;
    return AVOW_STORE_OK;
}

/* One of the questions that are no `ask`: look duties|expired|verify, or a receipt's name. */
static void
do_look(struct driver *driver)
{
    const char *what = driver->word[1];
    avow_store *store = driver->store;
    avow_store_error *error = &driver->error;
    avow_verified verified;
    avow_store_code code;
    if (strcmp(what, "duties") == 0) {
        code = avow_store_duties(store, INT64_MAX, pass_duty, NULL, error);
    } else if (strcmp(what, "expired") == 0) {
        code = avow_store_expired(store, INT64_MAX, pass_expired, NULL, error);
    } else if (strcmp(what, "verify") == 0) {
        code = avow_store_verify(store, NULL, NULL, &verified, error);
    } else {
        char *document = NULL;
        code = avow_store_receipt(store, what, &document, error);
        avow_store_free(document);
    }
    answer(driver, code, "");
}

static void
do_inspect(struct driver *driver)
{
    struct kit_ledger ledger;
    char wrong[200], rest[300];
    bool good = kit_inspect(driver->word[1], &ledger, wrong);
    snprintf(rest, sizeof rest, "%.200s\t%u\t%u\t%u", good ? "sound" : wrong, ledger.entries,
             ledger.erased, ledger.states);
    answer(driver, AVOW_STORE_OK, rest);
}

/* What a child gets that uses the parent's store: fork POINT PERSON WHAT */
static void
do_fork(struct driver *driver)
{
    fflush(stdout);
    pid_t child = fork();
    KIT_MUST(child >= 0);
    if (child > 0) {
        int status;
        KIT_MUST(waitpid(child, &status, 0) == child);
        answer(driver, AVOW_STORE_OK, WIFEXITED(status) ? "ended" : "crashed");
        return;
    }
    avow_recorded recorded;
    avow_event event = {.what = driver->word[3], .subject = kit_identity(driver->word[2])};
    driver->word[3] = "-";
    do_ask(driver);
    do_trust(driver);
    answer(driver, avow_store_record(driver->store, &event, &recorded, &driver->error), "");
    answer(
        driver,
        avow_store_link(driver->store, event.subject, kit_identity("id:1"), NULL, &driver->error),
        "");
    avow_store_close(driver->store);
    fflush(stdout);
    _exit(0);
}

static const struct {
    const char *name;
    unsigned words;
    void (*run)(struct driver *);
} commands[] = {
    {"table", 3, do_table},   {"clock", 2, do_clock},   {"create", 4, do_create},
    {"open", 4, do_open},     {"close", 1, do_close},   {"trust", 1, do_trust},
    {"settle", 2, do_settle}, {"map", 3, do_map},       {"loss", 1, do_loss},
    {"key", 1, do_key},       {"record", 8, do_record}, {"done", 2, do_done},
    {"link", 3, do_link},     {"forget", 2, do_forget}, {"ask", 4, do_ask},
    {"states", 3, do_states}, {"fork", 4, do_fork},     {"inspect", 2, do_inspect},
    {"look", 2, do_look},
};

static void
run(struct driver *driver, char *line)
{
    unsigned words = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; at && words < WORDS_MAX; words++)
        driver->word[words] = strsep(&at, "\t");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, driver->word[0]) == 0 && commands[i].words == words) {
            commands[i].run(driver);
            return;
        }
    kit_fail("no command: %s with %u words", driver->word[0], words);
}

int
main(void)
{
    static struct driver driver;
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        run(&driver, line);
        fflush(stdout);
    }
    avow_store_close(driver.store);
    free(line);
    return 0;
}
