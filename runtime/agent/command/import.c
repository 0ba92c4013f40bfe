/* avowd import: what a mail provider knows of who has refused. */
#include "runtime/agent/list.h"
#include "runtime/agent/provider.h"
#include "runtime/agent/sink.h"
#include "runtime/agent/words.h"
#include "runtime/store/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AS, CONSENT_AS, STATUS, COLUMN, KIND, EVIDENCE };

static const struct flag flags[] = {
    {"as", "REQUEST", "the request of the policy that a refusal is recorded as"},
    {"consent-as", "EVENT",
     "what a subscription is recorded as; without it they are left out.\n"
     "It counts only for those of whom nothing was ever recorded"},
    {"status", "WORD",
     "what the list says of everybody, if it has no such column:\n"
     "unsubscribed, bounced, complained, suppressed or subscribed"},
    {"column", "NAME", "the column of the address, if its name is no usual one"},
    {"kind", "KIND", "what the addresses are: email, phone or id; by default email"},
    {"evidence", "TEXT", "where the list comes from"},
    {0},
};

/* Rows are recorded some at a time, by many threads at once, so that they share commits. */
enum { BATCH = 1024, THREADS = 32, ADDRESS_ROOM = 512 };

enum outcome { RECORDED, CONSENTED, ALREADY, STANDS, LEFT_OUT, REJECTED, FAILED, OUTCOMES };

struct job {
    char address[ADDRESS_ROOM];
    size_t length;
    enum says says;
    int64_t received;
    uint64_t line;
    enum outcome outcome;
    avow_store_error error;
    char *row; /* as it was read, for the list of those that were rejected */
    size_t row_length;
};

struct import {
    struct session *session;
    avow_identity_kind kind;
    avow_id request;
    int status, time; /* columns */
    enum says all;    /* what is said of everybody */
    struct list list;
    struct sink rejected;
    char path[PLACE_MAX];
    struct job *job;
    size_t count;
    uint64_t sum[OUTCOMES];
};

/* Recording ---------------------------------------------------------------------------------- */

/* Whether a request has been recorded for somebody already: its states are as it leaves them. */
static avow_store_code
is_there(const struct import *import, struct engine *engine, avow_identity_text who, bool *there,
         avow_store_error *error)
{
    avow_store *store = import->session->store;
    struct somebody somebody;
    struct known known;
    memset(&known, 0, sizeof known);
    *there = false;
    pthread_rwlock_rdlock(&store->facts);
    avow_store_code code = somebody_of(store, who, &somebody, error);
    if (code == AVOW_STORE_OK)
        code = rows_read(store, engine, &somebody, &known, error);
    pthread_rwlock_unlock(&store->facts);
    if ((int)code == ENGINE_CONFLICT) /* names that are new: nothing to go by, so it is recorded */
        return AVOW_STORE_OK;
    *there = code == AVOW_STORE_OK;
    for (uint32_t i = 0; i < store->state_count; i++) {
        enum lifecycle_switch way = lifecycle_switch_of(store->table, i, import->request);
        const struct state_fold *row = known.exact[i].any ? &known.exact[i] : &known.other[i];
        if (way != SWITCH_NONE &&
            (!row->any || row->pending || row->value != (way == SWITCH_ON ? VALUE_ON : VALUE_OFF)))
            *there = false;
    }
    return code;
}

static enum outcome
failure(const struct job *job)
{
    switch (job->error.code) {
    case AVOW_STORE_INPUT:
    case AVOW_STORE_REFUSED:
        return REJECTED;
    default:
        return FAILED;
    }
}

/* Refusals that need not be recorded again. All are read before any is written: readers would keep
 * an SQLite database from its writer. */
static avow_store_code
leave_out_known(const struct import *import, avow_store_error *error)
{
    struct engine *engine = pool_borrow(import->session->store, error);
    if (!engine)
        return error->code;
    bool failed = false;
    for (size_t i = 0; i < import->count && !failed; i++) {
        struct job *job = &import->job[i];
        bool there = false;
        if (job->outcome != OUTCOMES || job->says != SAYS_REFUSED)
            continue;
        avow_identity_text who = {import->kind, job->address, job->length};
        avow_store_code code = is_there(import, engine, who, &there, &job->error);
        if (code != AVOW_STORE_OK)
            job->outcome = failure(job);
        else if (there)
            job->outcome = ALREADY;
        failed = job->outcome == FAILED;
    }
    pool_return(import->session->store, engine, failed);
    return AVOW_STORE_OK;
}

static void
record(const struct import *import, struct job *job)
{
    const struct call *call = import->session->call;
    bool refuses = job->says == SAYS_REFUSED;
    avow_event event = {.what = refuses ? call->flag[AS] : call->flag[CONSENT_AS],
                        .subject = {import->kind, job->address, job->length},
                        .received = job->received,
                        .source = AVOW_BY_IMPORT,
                        .evidence = call->flag[EVIDENCE],
                        .done = true};
    avow_recorded recorded;
    if (avow_store_record(import->session->store, &event, &recorded, &job->error) != AVOW_STORE_OK)
        job->outcome = failure(job);
    else
        job->outcome = !recorded.recorded ? STANDS : refuses ? RECORDED : CONSENTED;
}

struct share {
    const struct import *import;
    unsigned number;
};

/* Rows of one address fall to one thread, and so stay in their order. */
static unsigned
share_of(const struct job *job)
{
    unsigned hash = 0;
    for (size_t i = 0; i < job->length; i++)
        hash = hash * 31 + ((unsigned char)job->address[i] | 0x20);
    return hash % THREADS;
}

static void *
record_share(void *context)
{
    const struct share *share = context;
    for (size_t i = 0; i < share->import->count; i++) {
        struct job *job = &share->import->job[i];
        if (job->outcome == OUTCOMES && share_of(job) == share->number)
            record(share->import, job);
    }
    return NULL;
}

static void
record_batch(const struct import *import)
{
    pthread_t thread[THREADS];
    struct share share[THREADS];
    bool started[THREADS] = {false};
    for (unsigned i = 0; i < THREADS; i++) {
        share[i] = (struct share){import, i};
        started[i] = pthread_create(&thread[i], NULL, record_share, &share[i]) == 0;
    }
    for (unsigned i = 0; i < THREADS; i++) {
        if (started[i])
            pthread_join(thread[i], NULL);
        else
            record_share(&share[i]);
    }
}

/* Rows --------------------------------------------------------------------------------------- */

static void
reject(struct job *job, const char *why)
{
    job->outcome = REJECTED;
    snprintf(job->error.text, sizeof job->error.text, "%s", why);
}

/* What is to be done about a row. */
static void
judge(struct import *import, struct job *job)
{
    const struct list *list = &import->list;
    struct cell address = list_address(list), status = column_cell(&list->row, import->status);
    struct cell name = column_cell(&list->names, import->status);
    job->says = import->status == NO_COLUMN ? import->all : provider_says(status, name);
    job->received = provider_time(column_cell(&list->row, import->time), job->says == SAYS_REFUSED);
    int64_t now = store_now(import->session->store);
    if (job->received > now || job->received < 0)
        job->received = 0;
    if (job->received == 0 && job->says == SAYS_SUBSCRIBED)
        job->received = 1; /* before every refusal */
    job->length = address.length < sizeof job->address ? address.length : 0;
    memcpy(job->address, address.text, job->length);
    job->outcome = OUTCOMES;
    if (list->row.problem)
        reject(job, list->row.problem);
    else if (job->length == 0)
        reject(job, "There is no address, or it is too long.");
    else if (job->says == SAYS_UNKNOWN)
        reject(job,
               "What its status means is not known; correct it to unsubscribed or subscribed.");
    else if (job->says == SAYS_NOTHING ||
             (job->says == SAYS_SUBSCRIBED && !import->session->call->flag[CONSENT_AS]))
        job->outcome = LEFT_OUT;
}

static bool
take_row(struct import *import)
{
    const struct row *row = &import->list.row;
    struct job *job = &import->job[import->count];
    if (!row->problem && row->count <= 1 && list_address(&import->list).length == 0)
        return true;
    memset(&job->error, 0, sizeof job->error);
    job->line = row->line;
    job->row_length = row->raw_length;
    while (job->row_length > 0 && strchr("\r\n", row->raw[job->row_length - 1]))
        job->row_length--;
    job->row = malloc(job->row_length + 1);
    if (!job->row)
        return false;
    memcpy(job->row, row->raw, job->row_length);
    judge(import, job);
    import->count++;
    return true;
}

/* Counts what became of the rows; gives the first failure of the store. */
static avow_store_code
finish_batch(struct import *import, avow_store_error *error)
{
    avow_store_code code = leave_out_known(import, error);
    if (code == AVOW_STORE_OK)
        record_batch(import);
    for (size_t i = 0; i < import->count; i++) {
        struct job *job = &import->job[i];
        char line[32];
        if (job->outcome < OUTCOMES) /* otherwise it was not come to */
            import->sum[job->outcome]++;
        if (job->outcome == REJECTED) {
            snprintf(line, sizeof line, "%" PRIu64 "\t", job->line);
            sink_text(&import->rejected, line);
            sink_text(&import->rejected, job->error.text);
            sink_text(&import->rejected, "\t");
            sink_add(&import->rejected, job->row, job->row_length);
            sink_text(&import->rejected, "\n");
        }
        if (job->outcome == FAILED && code == AVOW_STORE_OK) {
            code = job->error.code;
            *error = job->error;
        }
        free(job->row);
    }
    import->count = 0;
    return code;
}

static avow_store_code
go_through(struct import *import, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    while (code == AVOW_STORE_OK && list_next(&import->list, error)) {
        if (!take_row(import))
            return fault_memory(error);
        if (import->count == BATCH)
            code = finish_batch(import, error);
    }
    if (code == AVOW_STORE_OK)
        code = error->code; /* of reading */
    avow_store_error last = {0};
    avow_store_code end = finish_batch(import, &last);
    if (code == AVOW_STORE_OK && end != AVOW_STORE_OK)
        *error = last;
    code = code == AVOW_STORE_OK ? end : code;
    return code == AVOW_STORE_OK ? sink_flush(&import->rejected, true, error) : code;
}

/* The whole ---------------------------------------------------------------------------------- */

static avow_store_code
check_names(struct import *import, avow_store_error *error)
{
    const struct call *call = import->session->call;
    const avow_table *table = import->session->bundle.table;
    const char *as = call->flag[AS];
    import->request = avow_find(table, AVOW_REQUEST, as, strlen(as));
    if (import->request == AVOW_NONE)
        import->request = avow_find(table, AVOW_EVENT, as, strlen(as));
    if (import->request == AVOW_NONE)
        return fault(error, AVOW_STORE_INPUT, "The policy has no request '%s'.", as);
    if (!lifecycle_only_refuses(table, import->request))
        return fault(error, AVOW_STORE_INPUT,
                     "'%s' is no refusal: it could permit something. Name with --as a request "
                     "that only refuses.",
                     as);
    return AVOW_STORE_OK;
}

static avow_store_code
find_columns(struct import *import, avow_store_error *error)
{
    const char *word = import->session->call->flag[STATUS];
    struct list *list = &import->list;
    struct cell none = {"", 0};
    import->status = import->time = NO_COLUMN;
    if (list->table && !word)
        import->status = column_find(&list->names, COLUMN_STATUS);
    if (list->table)
        import->time = column_find(&list->names, COLUMN_TIME);
    if (word)
        import->all = provider_says((struct cell){word, strlen(word)}, none);
    else if (list->table && provider_all_refused(&list->names))
        import->all = SAYS_REFUSED;
    if (word && (import->all == SAYS_UNKNOWN || import->all == SAYS_NOTHING))
        return fault(error, AVOW_STORE_INPUT,
                     "--status is unsubscribed, bounced, complained, suppressed or subscribed, not "
                     "'%s'.",
                     word);
    if (import->status == NO_COLUMN && import->all == SAYS_NOTHING)
        return fault(error, AVOW_STORE_INPUT,
                     "%s does not say what became of these addresses: it has no column of status. "
                     "Say it of all of them, as in --status=unsubscribed.",
                     list->path);
    return AVOW_STORE_OK;
}

static avow_store_code
prepare(struct import *import, avow_store_error *error)
{
    static const char *const kinds[] = {"email", "phone", "id"};
    const struct call *call = import->session->call;
    const char *kind = call->flag[KIND], *path = call->operands[0];
    avow_store_code code = check_names(import, error);
    import->kind = AVOW_IDENTITY_EMAIL;
    for (int i = 0; kind && i < 3; i++)
        if (strcmp(kind, kinds[i]) == 0)
            import->kind = (avow_identity_kind)(AVOW_IDENTITY_EMAIL + i);
    if (code == AVOW_STORE_OK)
        code = list_open(&import->list, path, import->kind, call->flag[COLUMN], error);
    if (code == AVOW_STORE_OK)
        code = find_columns(import, error);
    snprintf(import->path, sizeof import->path, "%s.rejected",
             strcmp(path, "-") == 0 ? "import" : path);
    if (code == AVOW_STORE_OK)
        code = sink_open(&import->rejected, import->path, 0, &import->list.stat, error);
    import->job = calloc(BATCH, sizeof *import->job);
    return code == AVOW_STORE_OK && !import->job ? fault_memory(error) : code;
}

static int
say_sum(const struct import *import)
{
    static const char *const words[] = {"refusals recorded",
                                        "subscriptions recorded",
                                        "refusals known before",
                                        "subscriptions that an earlier word stands against",
                                        "left out: neither refused nor agreed",
                                        "rejected"};
    for (int i = 0; i < FAILED; i++)
        if (import->sum[i] > 0 || i == RECORDED)
            printf("%10" PRIu64 "  %s%s%s\n", import->sum[i], words[i],
                   i == REJECTED ? ": see " : "", i == REJECTED ? import->path : "");
    if (import->sum[REJECTED] > 0)
        return EXIT_NO;
    unlink(import->path);
    return EXIT_FINE;
}

static int
work(struct session *session)
{
    avow_store_error error = {0};
    struct import *import = calloc(1, sizeof *import);
    avow_store_code code = import ? AVOW_STORE_OK : fault_memory(&error);
    if (import) {
        import->session = session;
        code = prepare(import, &error);
    }
    if (code == AVOW_STORE_OK)
        code = go_through(import, &error);
    int status = code == AVOW_STORE_OK ? say_sum(import) : store_failed(session->call, &error);
    if (import) {
        list_close(&import->list);
        sink_close(&import->rejected);
        free(import->job);
    }
    free(import);
    return status;
}

static int
run(const struct call *call)
{
    const char *kind = call->flag[KIND];
    if (!call->flag[AS])
        return wrong_use(call, "--as is needed: the request that a refusal is recorded as");
    if (kind && strcmp(kind, "email") != 0 && strcmp(kind, "phone") != 0 && strcmp(kind, "id") != 0)
        return wrong_use(call, "--kind is email, phone or id, not '%s'", kind);
    return with_store(call, true, work);
}

const struct command import_command = {
    .name = "import",
    .summary = "record the refusals in a list that a mail provider has exported",
    .forms = "[OPTION]... --as=REQUEST LIST",
    .about =
        "Reads a list as Mailchimp, Brevo, SendGrid, Amazon SES, Mailgun, Postmark and Klaviyo\n"
        "export it: who is unsubscribed, cleaned, bounced, complained or suppressed has refused.\n"
        "Who is subscribed has agreed only if nothing was ever recorded: an import resurrects\n"
        "nobody. Rows that cannot be understood go to LIST.rejected, with their line and why.\n"
        "What is recorded already is not recorded again, so a run that was stopped is simply\n"
        "begun anew.\n",
    .examples = "  avowd --store=sqlite:consent.db --policy=shop.avow import --as=stop-mail "
                "unsubscribed.csv\n",
    .status =
        "Exit status: 0 every row was understood; 1 some were rejected; 2 wrong use, or something\n"
        "cannot be read or written; 3 the store is busy: begin anew.\n",
    .flags = flags,
    .least = 1,
    .most = 1,
    .wanted = "one list is needed",
    .run = run,
};
