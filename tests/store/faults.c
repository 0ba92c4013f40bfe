/* Kills a service at each of its system calls, or makes each of its calls fail, one after the
 * other, and looks each time whether what was acknowledged is there.
 *
 *   store-faults kill   BUNDLE FOLDER [FIRST STEP]
 *   store-faults EIO|ENOSPC|EMFILE|EINTR|memory once|always commit|open BUNDLE FOLDER [FIRST STEP]
 *
 * FIRST and STEP say which of them: 1 and 1 are all, 1 and 2 every other. */
#include "tests/store/inject.h"
#include "tests/store/kit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is done, in this order. */
enum act {
    LEAVE_0,  /* unsubscribes, which waits to be done */
    LEAVE_1,  /* unsubscribes, which is done */
    LINK_2,   /* to 0 */
    JOIN_NEW, /* somebody subscribes */
    DONE_0,   /* by its receipt */
    FORGET_0, /* whose no must hold for 2 */
    ADD_KEY,  /* */
    LEAVE_3,  /* unsubscribes, which is done */
    REJOIN_1, /* subscribes again */
    ACTS
};
static const char *const act_name[ACTS] = {"leave 0",  "leave 1", "link 2",  "join new", "done 0",
                                           "forget 0", "add key", "leave 3", "rejoin 1"};

enum { NEVER_CALLED = -1, PEOPLE = 6 };
static const char *const person[PEOPLE] = {"email:0@x.example",   "email:1@x.example",
                                           "email:2@x.example",   "email:3@x.example",
                                           "email:new@x.example", "email:free@x.example"};
enum { NEW = 4, FREE = 5 };

/* Shared between the service and who watches it. */
struct report {
    int code[ACTS];
    char text[ACTS][512];
    char wrong[700];
    long count; /* of calls that could fail */
    char hit[16];
    int opened;
};

static struct report *report;
static const avow_table *table;
static avow_point news;
static char base[400], work[400], url[500];

static avow_store *
open_store(avow_store_error *error)
{
    avow_store_options options = {.url = url, .table = table, .wait_ms = 2000};
    return avow_store_open(&options, error);
}

static avow_store_code
record(avow_store *store, const char *what, const char *who, bool done, char *receipt,
       avow_store_error *error)
{
    avow_recorded out;
    avow_event event = {
        .what = what, .subject = kit_identity(who), .evidence = "a form", .done = done};
    avow_store_code code = avow_store_record(store, &event, &out, error);
    if (code == AVOW_STORE_OK && receipt)
        memcpy(receipt, out.receipt, AVOW_RECEIPT_MAX);
    return code;
}

/* What has to be true -------------------------------------------------------------------------- */

enum must { MAY_BE, YES, NO };

static bool
was(enum act act, avow_store_code code)
{
    return report->code[act] == (int)code;
}

/* After an act that gives consent: failed is failed. */
static enum must
consent(enum act act, enum must before)
{
    if (was(act, AVOW_STORE_OK))
        return YES;
    return was(act, AVOW_STORE_UNCERTAIN) || report->code[act] == NEVER_CALLED ? MAY_BE : before;
}

static enum must
must(unsigned who)
{
    switch (who) {
    case 0:
        return was(LEAVE_0, AVOW_STORE_OK) ? NO : MAY_BE;
    case 1:
        return consent(REJOIN_1, was(LEAVE_1, AVOW_STORE_OK) ? NO : MAY_BE);
    case 2:
        return was(LEAVE_0, AVOW_STORE_OK) && was(LINK_2, AVOW_STORE_OK) ? NO : MAY_BE;
    case 3:
        return was(LEAVE_3, AVOW_STORE_OK) ? NO : MAY_BE;
    case NEW:
        return consent(JOIN_NEW, NO);
    default:
        return YES;
    }
}

static void
complain(const char *when, const char *what, const char *who)
{
    if (!report->wrong[0])
        snprintf(report->wrong, sizeof report->wrong, "%s: %s %s", when, what, who);
}

/* `sound`: nothing fails by now, so that a yes must be a yes. */
static void
ask_all(avow_store *store, const char *when, bool sound)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        avow_store_question question = {.point = news, .subject = kit_identity(person[i])};
        avow_store_error error = {0};
        avow_store_answer out = avow_store_ask(store, &question, &error);
        bool allowed = out.answer.verdict == AVOW_ALLOWED;
        if (allowed && must(i) == NO)
            complain(when, "allowed:", person[i]);
        if (sound && !allowed && must(i) == YES) {
            complain(when, "refused:", person[i]);
            complain(when, kit_reason(out.reason), error.text);
        }
    }
}

/* The service ---------------------------------------------------------------------------------- */

static void
say(enum act act, avow_store_code code, const avow_store_error *error)
{
    memcpy(report->text[act], error->text, sizeof report->text[act]);
    report->code[act] = (int)code;
}

static void
act_all(avow_store *store)
{
    char receipt[AVOW_RECEIPT_MAX] = "";
    for (int act = 0; act < ACTS; act++) {
        avow_store_error error = {0};
        avow_store_code code = AVOW_STORE_NOT_FOUND;
        if (act == LEAVE_0)
            code = record(store, "unsubscribe", person[0], false, receipt, &error);
        else if (act == LEAVE_1)
            code = record(store, "unsubscribe", person[1], true, NULL, &error);
        else if (act == LINK_2)
            code = avow_store_link(store, kit_identity(person[2]), kit_identity(person[0]), "x",
                                   &error);
        else if (act == JOIN_NEW)
            code = record(store, "address-confirmed", person[NEW], false, NULL, &error);
        else if (act == DONE_0 && receipt[0])
            code = avow_store_done(store, receipt, &error);
        else if (act == FORGET_0)
            code = avow_store_forget(store, kit_identity(person[0]), "x", &error);
        else if (act == ADD_KEY)
            code = avow_store_add_key(store, &error);
        else if (act == LEAVE_3)
            code = record(store, "unsubscribe", person[3], true, NULL, &error);
        else if (act == REJOIN_1)
            code = record(store, "address-confirmed", person[1], false, NULL, &error);
        say((enum act)act, code, &error);
    }
}

static void
make_base(void)
{
    avow_store_error error = {0};
    avow_store_options options = {.url = url, .table = table};
    if (avow_store_create(&options, &error) != AVOW_STORE_OK)
        kit_fail("%s", error.text);
    avow_store *store = open_store(&error);
    KIT_MUST(store);
    KIT_MUST(avow_store_settle(store, 1u << AVOW_IDENTITY_EMAIL, "x", &error) == AVOW_STORE_OK);
    for (unsigned i = 0; i < PEOPLE; i++)
        if (i != NEW)
            KIT_MUST(record(store, "address-confirmed", person[i], false, NULL, &error) ==
                     AVOW_STORE_OK);
    avow_store_close(store);
}

/* One case ------------------------------------------------------------------------------------- */

/* Runs something in a process of its own: its memory, locks and descriptors end with it. */
static int
apart(void (*run)(void))
{
    fflush(NULL);
    pid_t child = fork();
    KIT_MUST(child >= 0);
    if (child == 0) {
        run();
        fflush(NULL);
        exit(0); /* so that a sanitizer looks for leaks */
    }
    int status;
    KIT_MUST(waitpid(child, &status, 0) == child);
    return status;
}

static void
look_after(void)
{
    char path[450], wrong[200];
    struct kit_ledger ledger;
    avow_store_error error = {0};
    avow_store *store = open_store(&error);
    if (!store) {
        complain("afterwards", "cannot be opened:", error.text);
        return;
    }
    if (avow_store_trust(store, &error) != AVOW_STORE_OK)
        complain("afterwards", "not trusted:", error.text);
    ask_all(store, "afterwards", true);
    snprintf(path, sizeof path, "%s/store.db", work);
    if (!kit_inspect(path, &ledger, wrong))
        complain("afterwards", "not sound:", wrong);
    if (record(store, "unsubscribe", person[FREE], true, NULL, &error) != AVOW_STORE_OK)
        complain("afterwards", "does not record:", error.text);
    avow_store_question question = {.point = news, .subject = kit_identity(person[FREE])};
    if (avow_store_ask(store, &question, &error).answer.verdict == AVOW_ALLOWED)
        complain("afterwards", "allowed:", person[FREE]);
    avow_store_close(store);
}

static void
begin_case(void)
{
    kit_copy(base, work);
    memset(report, 0, sizeof *report);
    for (int act = 0; act < ACTS; act++)
        report->code[act] = NEVER_CALLED;
}

static void
end_case(const char *what, long k, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        complain("the service", "crashed by a signal", "");
    else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        complain("the service", "ended with an error", "");
    status = apart(look_after);
    if (status != 0)
        complain("afterwards", "crashed", "");
    if (!report->wrong[0])
        return;
    for (int act = 0; act < ACTS; act++)
        fprintf(stderr, "  %-10s %s %s\n", act_name[act],
                report->code[act] < 0 ? "-" : kit_code((avow_store_code)report->code[act]),
                report->text[act]);
    kit_fail("%s, call %ld (%s): %s", what, k, report->hit, report->wrong);
}

/* Kills ---------------------------------------------------------------------------------------- */

static bool opening; /* the kill, or failure, comes while the store is opened */

static void
traced(void)
{
    avow_store_error error = {0};
    avow_store *store = opening ? NULL : open_store(&error);
    KIT_MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
    raise(SIGSTOP);
    if (opening)
        store = open_store(&error);
    else
        act_all(store);
    _exit(0);
}

/* Lets a child run up to its k-th system call and kills it there. False if it ended before. */
static bool
kill_at(long k, int *status)
{
    fflush(NULL);
    pid_t child = fork();
    KIT_MUST(child >= 0);
    if (child == 0)
        traced();
    KIT_MUST(waitpid(child, status, 0) == child && WIFSTOPPED(*status));
    ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    for (long stops = 0; stops < 2 * k - 1;) {
        ptrace(PTRACE_SYSCALL, child, NULL, NULL);
        KIT_MUST(waitpid(child, status, 0) == child);
        if (!WIFSTOPPED(*status))
            return false;
        stops += WSTOPSIG(*status) == (SIGTRAP | 0x80); /* once before a call, once after */
    }
    kill(child, SIGKILL);
    KIT_MUST(waitpid(child, status, 0) == child);
    return true;
}

/* A journal with its header: the next who opens must roll back. */
static bool
is_hot(void)
{
    char path[450], header[8] = "";
    snprintf(path, sizeof path, "%s/store.db-journal", work);
    FILE *file = fopen(path, "rb");
    bool hot = file && fread(header, 1, 8, file) == 8 && header[0] != 0;
    if (file)
        fclose(file);
    return hot;
}

/* Kills also whoever rolls back, at each of his calls. */
static long
kill_recovery(long k, const char *torn)
{
    long kills = 0;
    struct report before = *report;
    kit_copy(work, torn);
    opening = true;
    for (long j = 1;; j++) {
        int status;
        kit_copy(torn, work);
        *report = before;
        bool killed = kill_at(j, &status);
        end_case("killed in recovery", k * 1000 + j, killed ? 0 : status);
        if (!killed)
            break;
        kills++;
    }
    opening = false;
    return kills;
}

static int
kill_all(long first, long step)
{
    long kills = 0, hot = 0, recoveries = 0;
    char torn[450];
    snprintf(torn, sizeof torn, "%s-torn", work);
    for (long k = first;; k += step) {
        int status;
        begin_case();
        bool killed = kill_at(k, &status);
        bool torn_now = killed && is_hot();
        hot += torn_now;
        if (torn_now && hot % 8 == 1)
            recoveries += kill_recovery(k, torn);
        else
            end_case("killed", k, killed ? 0 : status);
        if (!killed)
            break;
        kills++;
    }
    printf("%ld kills, %ld with a journal to roll back, %ld more kills in that\n", kills, hot,
           recoveries);
    return kills > 0 ? 0 : 1;
}

/* Failures ------------------------------------------------------------------------------------- */

static struct inject plan;

static void
serve(void)
{
    avow_store_error error = {0};
    avow_store *store = opening ? NULL : open_store(&error);
    inject = plan;
    inject.armed = true;
    if (opening) {
        store = open_store(&error);
        if (store)
            ask_all(store, "while it fails", false);
    } else {
        act_all(store);
        ask_all(store, "while it fails", false);
    }
    inject.armed = false;
    report->count = inject.count;
    report->opened = store ? (int)AVOW_STORE_OK : (int)error.code;
    snprintf(report->hit, sizeof report->hit, "%s", inject.hit ? inject.hit : "");
    if (opening && !store)
        memcpy(report->text[0], error.text, sizeof report->text[0]);
    if (store)
        ask_all(store, "when it works again", false);
    avow_store_close(store);
}

/* A message says what went wrong and what can be done. */
static void
check_texts(void)
{
    for (int act = 0; act < ACTS; act++) {
        const char *text = report->text[act];
        bool failed = report->code[act] > 0 && report->code[act] != AVOW_STORE_NOT_FOUND;
        if (!failed)
            continue;
        if (!text[0] || text[strlen(text) - 1] != '.' || !strchr(text, ' '))
            complain("the message is no sentence:", act_name[act], text);
        if (plan.error != 0 &&
            (was((enum act)act, AVOW_STORE_CORRUPT) || was((enum act)act, AVOW_STORE_SCHEMA)) &&
            !strstr(text, "disk"))
            complain("a failing disk is taken for damage:", act_name[act], text);
        if (getenv("STORE_FAULTS_TEXTS"))
            fprintf(stderr, "text\t%s\t%s\t%s\n", report->hit,
                    kit_code((avow_store_code)report->code[act]), text);
    }
    if (opening && report->opened > 0 && getenv("STORE_FAULTS_TEXTS"))
        fprintf(stderr, "text\t%s\t%s\t%s\n", report->hit,
                kit_code((avow_store_code)report->opened), report->text[0]);
}

static int
fail_all(const char *what, long first, long step)
{
    long cases = 0, told = 0, uncertain = 0;
    for (long k = first;; k += step) {
        begin_case();
        plan.at = k;
        int status = apart(serve);
        check_texts();
        end_case(what, k, status);
        if (!report->hit[0])
            break;
        cases++;
        for (int act = 0; act < ACTS; act++) {
            told += report->code[act] > 0;
            uncertain += report->code[act] == AVOW_STORE_UNCERTAIN;
        }
    }
    printf("%ld failures (%s), %ld told as such, %ld uncertain\n", cases, what, told, uncertain);
    return cases > 0 ? 0 : 1;
}

/* ---------------------------------------------------------------------------------------------- */

static void
place(const char *bundle, const char *folder)
{
    mkdir(folder, 0700);
    snprintf(base, sizeof base, "%s/base", folder);
    snprintf(work, sizeof work, "%s/work", folder);
    mkdir(base, 0700);
    table = kit_table(bundle);
    news = kit_point(table, "us email customer advertising.news");
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    KIT_MUST(report != MAP_FAILED);
    snprintf(url, sizeof url, "sqlite:%s/store.db", base);
    KIT_MUST(apart(make_base) == 0);
    snprintf(url, sizeof url, "sqlite:%s/store.db", work);
}

static long
number(int count, char **words, int at)
{
    return at < count ? strtol(words[at], NULL, 10) : 1;
}

static int
error_of(const char *name)
{
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EMFILE", EMFILE}, {"EINTR", EINTR}};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].error;
    return 0;
}

int
main(int count, char **words)
{
    char what[100];
    if (count >= 4 && strcmp(words[1], "kill") == 0) {
        place(words[2], words[3]);
        return kill_all(number(count, words, 4), number(count, words, 5));
    }
    if (count < 6)
        kit_fail("see the comment at the head of faults.c");
    plan.memory = strcmp(words[1], "memory") == 0;
    plan.error = error_of(words[1]);
    plan.for_good = strcmp(words[2], "always") == 0;
    opening = strcmp(words[3], "open") == 0;
    KIT_MUST(plan.memory || plan.error != 0);
    snprintf(what, sizeof what, "%s, %s, %s", words[1], words[2], words[3]);
    place(words[4], words[5]);
    return fail_all(what, number(count, words, 6), number(count, words, 7));
}
