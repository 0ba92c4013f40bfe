/* avowd filter: of a list of addresses those that may be written to. */
#include "runtime/agent/list.h"
#include "runtime/agent/progress.h"
#include "runtime/agent/sink.h"
#include "runtime/agent/words.h"
#include "runtime/store/snapshot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUT, REFUSED, COLUMN, KIND, ACTOR, GIVEN, RESUME, PROGRESS };

static const struct flag flags[] = {
    {"out", "FILE", "for the lines that may be written to; '-' is standard output"},
    {"refused", "FILE",
     "for the others: address, verdict, clause and its published\n"
     "sentence, or the reason, parted by tabs"},
    {"column", "NAME", "the column of the address, if its name is no usual one"},
    {"kind", "KIND",
     "what the addresses are: email, phone or id; by default what\n"
     "the act needs"},
    {"actor", "SYSTEM", "who does it; by default us"},
    {"given", "STATES",
     "facts, and states that the store does not keep, parted by\n"
     "commas: region.eu,no:minor"},
    {"resume", NULL, "go on with a run that was stopped"},
    {"progress", NULL, "tell how far it is, even if nobody sits at a terminal"},
    {0},
};

/* Addresses are hashed some at a time, so that looking them up need not wait for memory. */
enum { BATCH = 64, BATCH_TEXT = 4 * ROW_MOST, CHECKPOINT_BYTES = 64 << 20, CHECKPOINT_MS = 2000 };

struct item {
    const char *raw; /* the row as it is, and its address */
    struct cell address;
    size_t raw_length;
    char problem[512]; /* why it is no address, or "" */
    struct snapshot_lookup lookup;
};

struct filter {
    struct session *session;
    avow_store_question question;
    avow_identity_kind kind;
    struct list list;
    struct snapshot snapshot;
    struct sink out, refused;
    struct progress now;
    struct meter meter;
    char file[PLACE_MAX]; /* of the progress; "": none is kept */
    int64_t kept_at;      /* when it was written */
    uint64_t kept_input;
    struct item *item; /* BATCH */
    size_t count;
    char *text; /* BATCH_TEXT: copies of rows */
    size_t used;
};

/* Beginning ---------------------------------------------------------------------------------- */

static avow_store_code
read_kind(struct filter *filter, const char *word, avow_store_error *error)
{
    static const char *const words[] = {"email", "phone", "id"};
    uint32_t verb = filter->question.point.verb;
    filter->kind = verb == AVOW_MESSAGE || verb == AVOW_CALL ? AVOW_IDENTITY_PHONE
                   : verb == AVOW_POST                       ? AVOW_IDENTITY_ID
                                                             : AVOW_IDENTITY_EMAIL;
    for (int i = 0; word && i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            filter->kind = (avow_identity_kind)(AVOW_IDENTITY_EMAIL + i);
            return AVOW_STORE_OK;
        }
    }
    return word ? fault(error, AVOW_STORE_INPUT, "--kind is email, phone or id, not '%s'.", word)
                : AVOW_STORE_OK;
}

/* Going on with another question or another list would mix two answers in one file. */
static void
fingerprint(struct filter *filter)
{
    const struct call *call = filter->session->call;
    const struct stat *input = &filter->list.stat;
    char text[1024];
    avow_identity table = avow_identify(filter->session->bundle.table);
    int length =
        snprintf(text, sizeof text - sizeof table.content,
                 "%s|%s|%s|%s|%s|%d|%d|%" PRIuMAX "|%" PRIuMAX, call->operands[0],
                 call->operands[1], call->operands[2], call->flag[ACTOR] ? call->flag[ACTOR] : "",
                 call->flag[GIVEN] ? call->flag[GIVEN] : "", (int)filter->kind, filter->list.column,
                 S_ISREG(input->st_mode) ? (uintmax_t)input->st_dev : 0,
                 S_ISREG(input->st_mode) ? (uintmax_t)input->st_ino : 0);
    size_t end = (size_t)length < sizeof text - sizeof table.content
                     ? (size_t)length
                     : sizeof text - sizeof table.content - 1;
    memcpy(text + end, table.content, sizeof table.content);
    uint8_t hash[32];
    avow_sha256(text, end + sizeof table.content, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(filter->now.question + 2 * i, 3, "%02x", hash[i]);
}

static avow_store_code
go_on(struct filter *filter, avow_store_error *error)
{
    struct progress before;
    avow_store_code code = progress_read(&before, filter->file, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (strcmp(before.question, filter->now.question) != 0)
        return fault(error, AVOW_STORE_INPUT,
                     "The run that was stopped asked something else, by another policy, or about "
                     "another list. Remove %s and begin without --resume.",
                     filter->file);
    filter->now = before;
    if (rows_skip(&filter->list.rows, before.input, before.line))
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT,
                 "%s is shorter than when the run was stopped. Remove %s and begin without "
                 "--resume.",
                 filter->list.path, filter->file);
}

/* Whether it can be gone on with what is written there: not with a device or a pipe. */
static bool
is_kept(const char *path)
{
    struct stat stat_of;
    return strcmp(path, "-") != 0 && (stat(path, &stat_of) != 0 || S_ISREG(stat_of.st_mode));
}

/* Where the run begins, and whether it may. */
static avow_store_code
begin_at(struct filter *filter, avow_store_error *error)
{
    const struct call *call = filter->session->call;
    fingerprint(filter);
    filter->now.line = 1;
    if (is_kept(call->flag[OUT]) && snprintf(filter->file, sizeof filter->file, "%s.progress",
                                             call->flag[OUT]) >= (int)sizeof filter->file)
        return fault(error, AVOW_STORE_USAGE, "The name of --out is too long.");
    if (call->flag[RESUME] && !filter->file[0])
        return fault(error, AVOW_STORE_USAGE, "%s is no file: it cannot be gone on with.",
                     call->flag[OUT]);
    if (call->flag[RESUME])
        return go_on(filter, error);
    if (filter->file[0] && access(filter->file, F_OK) == 0)
        return fault(error, AVOW_STORE_USAGE,
                     "A run that wrote %s was stopped. Go on with --resume, or remove %s to begin "
                     "anew.",
                     call->flag[OUT], filter->file);
    return AVOW_STORE_OK;
}

static avow_store_code
open_files(struct filter *filter, avow_store_error *error)
{
    const struct call *call = filter->session->call;
    const char *path = call->operand_count == 4 ? call->operands[3] : "-";
    avow_store_code code = list_open(&filter->list, path, filter->kind, call->flag[COLUMN], error);
    if (code == AVOW_STORE_OK)
        code = begin_at(filter, error);
    if (code == AVOW_STORE_OK)
        code = sink_open(&filter->out, call->flag[OUT], filter->now.out, &filter->list.stat, error);
    if (code == AVOW_STORE_OK)
        code = sink_open(&filter->refused, call->flag[REFUSED], filter->now.refused,
                         &filter->list.stat, error);
    if (code == AVOW_STORE_OK && filter->list.table && filter->now.input == 0) {
        sink_add(&filter->out, filter->list.names.raw, filter->list.names.raw_length);
        filter->now.input = filter->list.rows.offset;
        filter->now.line = filter->list.rows.line;
    }
    return code;
}

static avow_store_code
prepare(struct filter *filter, avow_store_error *error)
{
    const struct call *call = filter->session->call;
    const avow_table *table = filter->session->bundle.table;
    avow_store_code code =
        words_point(table, call->flag[ACTOR], call->operands, &filter->question.point, error);
    if (code == AVOW_STORE_OK)
        code = words_given(table, call->flag[GIVEN], &filter->question.states, error);
    if (code == AVOW_STORE_OK)
        code = read_kind(filter, call->flag[KIND], error);
    if (code == AVOW_STORE_OK)
        code = open_files(filter, error);
    if (code != AVOW_STORE_OK)
        return code;
    filter->item = calloc(BATCH, sizeof *filter->item);
    filter->text = malloc(BATCH_TEXT);
    if (!filter->item || !filter->text)
        return fault_memory(error);
    return snapshot_make(&filter->snapshot, filter->session->store, &filter->question, filter->kind,
                         error);
}

/* Working ------------------------------------------------------------------------------------ */

/* Everything up to here is on disk, and what comes next begins here. */
static avow_store_code
keep(struct filter *filter, avow_store_error *error)
{
    avow_store_code code = sink_flush(&filter->out, filter->file[0] != '\0', error);
    if (code == AVOW_STORE_OK)
        code = sink_flush(&filter->refused, filter->file[0] != '\0', error);
    filter->now.out = filter->out.length;
    filter->now.refused = filter->refused.length;
    if (code == AVOW_STORE_OK && filter->file[0])
        code = progress_write(&filter->now, filter->file, error);
    filter->kept_at = monotonic_ms();
    filter->kept_input = filter->now.input;
    return code;
}

static avow_store_code
keep_sometimes(struct filter *filter, avow_store_error *error)
{
    if (filter->out.failed || filter->refused.failed)
        return keep(filter, error); /* which says why */
    if (!filter->file[0] || monotonic_ms() - filter->kept_at < CHECKPOINT_MS ||
        (filter->now.input - filter->kept_input < CHECKPOINT_BYTES &&
         monotonic_ms() - filter->kept_at < 5 * CHECKPOINT_MS))
        return AVOW_STORE_OK;
    return keep(filter, error);
}

/* A text as one line of a table. */
static void
add_flat(struct sink *sink, const char *text, size_t length)
{
    for (size_t i = 0, begin = 0; i <= length; i++) {
        if (i < length && text[i] != '\t' && text[i] != '\n' && text[i] != '\r')
            continue;
        sink_add(sink, text + begin, i - begin);
        if (i < length)
            sink_add(sink, " ", 1);
        begin = i + 1;
    }
}

/* The clause; and why the answer is not certain, else the published sentence, else why nothing
 * permits it. */
static void
add_reason(struct filter *filter, const avow_store_answer *answer, const avow_store_error *error)
{
    struct sink *sink = &filter->refused;
    const avow_table *table = filter->session->bundle.table;
    const avow_answer *core = &answer->answer;
    bool clause = core->clause != AVOW_NONE;
    avow_clause at = avow_clause_at(table, core->clause);
    const char *why = words_of_reason(answer->reason);
    sink_add(sink, clause ? at.name.data : "-", clause ? at.name.length : 1);
    sink_add(sink, "\t", 1);
    if (answer->reason == AVOW_STORE_FAILED || answer->reason == AVOW_STORE_UNTRUSTED)
        sink_text(sink, error->text);
    else if (why)
        sink_text(sink, why);
    else if (clause)
        add_flat(sink, at.words.data, at.words.length);
    else
        sink_text(sink, avow_reason_text(core->reason));
}

static void
finish_item(struct filter *filter, const struct item *item)
{
    avow_store_error error = {0};
    avow_store_answer answer;
    memset(&answer, 0, sizeof answer);
    if (!item->problem[0])
        answer = snapshot_ask(&filter->snapshot, &item->lookup, item->address.text,
                              item->address.length, &error);
    if (avow_allowed(answer.answer)) {
        sink_add(&filter->out, item->raw, item->raw_length);
        return;
    }
    filter->now.refusals++;
    add_flat(&filter->refused, item->address.text, item->address.length);
    sink_text(&filter->refused, "\t");
    sink_text(&filter->refused, words_of_verdict(answer.answer.verdict));
    sink_text(&filter->refused, "\t");
    if (item->problem[0]) {
        sink_text(&filter->refused, "-\t");
        add_flat(&filter->refused, item->problem, strlen(item->problem));
    } else {
        add_reason(filter, &answer, &error);
    }
    sink_text(&filter->refused, "\n");
}

static avow_store_code
finish_batch(struct filter *filter, avow_store_error *error)
{
    for (size_t i = 0; i < filter->count; i++)
        finish_item(filter, &filter->item[i]);
    filter->count = filter->used = 0;
    filter->now.input = filter->list.rows.offset;
    filter->now.line = filter->list.rows.line;
    meter_show(&filter->meter, &filter->now,
               S_ISREG(filter->list.stat.st_mode) ? (uint64_t)filter->list.stat.st_size : 0);
    return keep_sometimes(filter, error);
}

static char *
copy(struct filter *filter, const char *text, size_t length)
{
    char *at = filter->text + filter->used;
    memcpy(at, text, length);
    filter->used += length;
    return at;
}

/* Hashes the row that was read. False: it was empty, and is nothing. */
static bool
take_row(struct filter *filter)
{
    const struct row *row = &filter->list.row;
    struct cell address = list_address(&filter->list);
    struct item *item = &filter->item[filter->count];
    avow_store_error error = {0};
    if (!row->problem && row->count <= 1 && address.length == 0)
        return false;
    item->raw = copy(filter, row->raw, row->raw_length);
    item->raw_length = row->raw_length;
    item->address.length = address.length;
    item->address.text = copy(filter, address.text, address.length);
    item->problem[0] = '\0';
    if (row->problem)
        snprintf(item->problem, sizeof item->problem, "Line %" PRIu64 ": %s", row->line,
                 row->problem);
    else if (snapshot_hash(&filter->snapshot, item->address.text, address.length, &item->lookup,
                           &error) != AVOW_STORE_OK)
        memcpy(item->problem, error.text, sizeof item->problem);
    filter->count++;
    filter->now.rows++;
    return true;
}

static avow_store_code
go_through(struct filter *filter, avow_store_error *error)
{
    avow_store_code code = keep(filter, error);
    while (code == AVOW_STORE_OK && list_next(&filter->list, error)) {
        if (!take_row(filter))
            continue;
        if (filter->count == BATCH || filter->used > BATCH_TEXT - 2 * ROW_MOST)
            code = finish_batch(filter, error);
    }
    if (code == AVOW_STORE_OK && error->code != AVOW_STORE_OK)
        code = error->code; /* of reading */
    if (code == AVOW_STORE_OK)
        code = finish_batch(filter, error);
    return code == AVOW_STORE_OK ? keep(filter, error) : code;
}

/* The whole ---------------------------------------------------------------------------------- */

static void
say_sum(const struct filter *filter)
{
    bool taken = strcmp(filter->session->call->flag[OUT], "-") == 0;
    fprintf(taken ? stderr : stdout,
            "%" PRIu64 " addresses: %" PRIu64 " allowed, %" PRIu64 " refused\n", filter->now.rows,
            filter->now.rows - filter->now.refusals, filter->now.refusals);
}

static int
work(struct session *session)
{
    avow_store_error error = {0};
    struct filter *filter = calloc(1, sizeof *filter);
    if (!filter) {
        fault_memory(&error);
        return store_failed(session->call, &error);
    }
    filter->session = session;
    filter->meter = meter_begin(session->call->flag[PROGRESS] != NULL);
    avow_store_code code = prepare(filter, &error);
    if (code == AVOW_STORE_OK)
        code = go_through(filter, &error);
    meter_end(&filter->meter);
    if (code == AVOW_STORE_OK && filter->file[0] && unlink(filter->file) != 0)
        code = fault(&error, AVOW_STORE_IO, "%s cannot be removed: %s.", filter->file,
                     strerror(errno));
    int status = code == AVOW_STORE_OK ? EXIT_FINE : store_failed(session->call, &error);
    if (code == AVOW_STORE_OK)
        say_sum(filter);
    snapshot_free(&filter->snapshot);
    list_close(&filter->list);
    sink_close(&filter->out);
    sink_close(&filter->refused);
    free(filter->item);
    free(filter->text);
    free(filter);
    return status;
}

static int
run(const struct call *call)
{
    if (!call->flag[OUT] || !call->flag[REFUSED])
        return wrong_use(call,
                         "--out and --refused are needed: for those who may be written to, and "
                         "for the others");
    if (strcmp(call->flag[OUT], call->flag[REFUSED]) == 0)
        return wrong_use(call, "--out and --refused are one file; they must be two");
    if (call->flag[RESUME] && strcmp(call->flag[OUT], "-") == 0)
        return wrong_use(call, "what went to standard output cannot be gone on with");
    return with_store(call, true, work);
}

const struct command filter_command = {
    .name = "filter",
    .summary = "of a list of addresses, those that may be written to",
    .forms = "[OPTION]... --out=FILE --refused=FILE VERB PERSON PURPOSE [LIST]",
    .about =
        "Reads addresses, one a line, or CSV with a row of names; '-' or nothing is standard\n"
        "input. Lines whose address may be written to go to --out, unchanged; all others to\n"
        "--refused, with why. All answers are of one moment: the one at which it began. Who\n"
        "refuses later is not left out, so ask again if the list is not used at once.\n"
        "Numbers, for an act that needs addresses, are each asked for by themselves: it takes\n"
        "longer, and who has no address that is linked is refused.\n"
        "It takes the same memory for a list of any length.\n",
    .examples =
        "  avowd --store=sqlite:consent.db --policy=shop.avow filter email customer news \\\n"
        "        all.csv --out=news.csv --refused=not.tsv\n",
    .status =
        "Exit status: 0 the whole list was read; 2 wrong use, or something cannot be read or\n"
        "written: then OUT.progress says how far it came, for --resume.\n",
    .flags = flags,
    .least = 3,
    .most = 4,
    .wanted =
        "an act, a person and a purpose are needed, as in 'filter email customer news', and at "
        "most one list",
    .run = run,
};
