/* What a store remembers of people, and what it answers: on real files. The clock is the test's. */
#include "runtime/store/store.h"
#include "compiler/compile.h"
#include "compiler/table/table.h"
#include "tests/unit/store_fixture.h"

static void
nobody_is_known_before_the_past_is_settled(void **state)
{
    struct fixture *f = *state;
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_UNSETTLED);
    settle(f);
    assert_mail(f, "service", "joe@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    assert_mail(f, "news", "joe@x.example", AVOW_UNSTATED, AVOW_STORE_KNOWN);
    /* Of telephone numbers nothing was said. */
    avow_store_answer answer = ask(f, "call", "service", who(AVOW_IDENTITY_PHONE, "+49301234567"));
    assert_int_equal(answer.answer.verdict, AVOW_FORBIDDEN);
    assert_int_equal(answer.reason, AVOW_STORE_UNSETTLED);
}

static void
a_refusal_holds_from_its_receipt(void **state)
{
    struct fixture *f = *state;
    char receipt[AVOW_RECEIPT_MAX];
    settle(f);
    assert_int_equal(
        record(f, (avow_event){.what = "stop", .subject = mail("joe@x.example")}, receipt),
        AVOW_STORE_OK);
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_PENDING);
    open_again(f);
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_PENDING);
    assert_int_equal(avow_store_done(f->store, receipt, &f->error), AVOW_STORE_OK);
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_int_equal(avow_store_done(f->store, receipt, &f->error), AVOW_STORE_OK);
    assert_mail(f, "service", "JOE@X.example.", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_mail(f, "service", "joe+tag@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    assert_int_equal(avow_store_done(f->store, "r1-1-0000000000000000", &f->error),
                     AVOW_STORE_NOT_FOUND);
    assert_int_equal(avow_store_done(f->store, "receipt", &f->error), AVOW_STORE_INPUT);
}

static void
consent_holds_when_it_is_done_and_for_its_spelling(void **state)
{
    struct fixture *f = *state;
    char receipt[AVOW_RECEIPT_MAX];
    avow_event join = {.what = "join", .subject = mail("Joe@x.example")};
    settle(f);
    assert_int_equal(record(f, join, NULL), AVOW_STORE_REFUSED);
    join.evidence = "form of the first of June";
    assert_int_equal(record(f, join, receipt), AVOW_STORE_OK);
    assert_mail(f, "news", "Joe@x.example", AVOW_UNSTATED, AVOW_STORE_PENDING);
    assert_int_equal(avow_store_done(f->store, receipt, &f->error), AVOW_STORE_OK);
    assert_mail(f, "news", "Joe@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    assert_mail(f, "news", "joe@x.example", AVOW_UNSTATED, AVOW_STORE_SPELLING);
    must_record(f, (avow_event){.what = "leave", .subject = mail("joe@x.example"), .done = true});
    assert_mail(f, "news", "Joe@x.example", AVOW_UNSTATED, AVOW_STORE_SPELLING);
    assert_mail(f, "news", "joe@x.example", AVOW_UNSTATED, AVOW_STORE_SPELLING);
}

static void
order_is_that_of_receipt(void **state)
{
    struct fixture *f = *state;
    avow_identity_text joe = mail("joe@x.example");
    settle(f);
    int64_t start = f->now;
    must_record(f, (avow_event){.what = "clicked", .subject = joe, .evidence = "click"});
    assert_mail(f, "news", "joe@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    /* The clock goes back; what comes later is later all the same. */
    f->now -= INT64_C(3600) * 1000000;
    must_record(f, (avow_event){.what = "leave", .subject = joe, .done = true});
    assert_mail(f, "news", "joe@x.example", AVOW_UNSTATED, AVOW_STORE_KNOWN);
    f->now = start + 100;
    /* What was received earlier does not overrule. */
    must_record(
        f,
        (avow_event){.what = "clicked", .subject = joe, .evidence = "late", .received = start - 5});
    assert_mail(f, "news", "joe@x.example", AVOW_UNSTATED, AVOW_STORE_KNOWN);
    must_record(
        f,
        (avow_event){.what = "clicked", .subject = joe, .evidence = "new", .received = start + 50});
    assert_mail(f, "news", "joe@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    must_record(
        f, (avow_event){.what = "leave", .subject = joe, .done = true, .received = start + 50});
    assert_mail(f, "news", "joe@x.example", AVOW_UNSTATED, AVOW_STORE_PENDING);
    assert_int_equal(
        record(f, (avow_event){.what = "leave", .subject = joe, .received = f->now + 2000000},
               NULL),
        AVOW_STORE_INPUT);
}

static void
imports_only_add_refusals(void **state)
{
    struct fixture *f = *state;
    avow_event join = {
        .what = "clicked", .subject = mail("joe@x.example"), .source = AVOW_BY_IMPORT};
    avow_recorded recorded;
    settle(f);
    assert_int_equal(avow_store_record(f->store, &join, &recorded, &f->error), AVOW_STORE_OK);
    assert_true(recorded.recorded);
    assert_mail(f, "news", "joe@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    must_record(
        f, (avow_event){
               .what = "leave", .subject = join.subject, .done = true, .source = AVOW_BY_IMPORT});
    assert_mail(f, "news", "joe@x.example", AVOW_UNSTATED, AVOW_STORE_KNOWN);
    join.source = AVOW_BY_STAFF;
    join.subject = mail("JOE@x.example"); /* no other spelling gets around it either */
    assert_int_equal(avow_store_record(f->store, &join, &recorded, &f->error), AVOW_STORE_OK);
    assert_false(recorded.recorded);
    assert_string_equal(recorded.receipt, "");
    assert_mail(f, "news", "JOE@x.example", AVOW_UNSTATED, AVOW_STORE_SPELLING);
}

static void
records_have_states_of_their_own(void **state)
{
    struct fixture *f = *state;
    avow_identity_text ticket = who(AVOW_IDENTITY_RECORD, "ticket:7");
    avow_named_point named = {"us", "show", "ticket.text", "everybody", 2, 4, 11, 9};
    avow_store_question question = {.point = avow_find_point(f->table, &named), .record = ticket};
    settle(f);
    avow_store_answer answer = avow_store_ask(f->store, &question, &f->error);
    assert_int_equal(answer.answer.verdict, AVOW_ALLOWED);
    assert_int_equal(
        record(f, (avow_event){.what = "hide", .subject = mail("joe@x.example")}, NULL),
        AVOW_STORE_INPUT);
    must_record(f,
                (avow_event){.what = "hide", .subject = mail("joe@x.example"), .record = ticket});
    answer = avow_store_ask(f->store, &question, &f->error);
    assert_int_equal(answer.answer.verdict, AVOW_UNSTATED);
    assert_int_equal(answer.reason, AVOW_STORE_PENDING);
    question.record = who(AVOW_IDENTITY_RECORD, "ticket:8");
    answer = avow_store_ask(f->store, &question, &f->error);
    assert_int_equal(answer.answer.verdict, AVOW_ALLOWED);
    question.record.kind = AVOW_IDENTITY_NONE;
    answer = avow_store_ask(f->store, &question, &f->error);
    assert_int_equal(answer.answer.verdict, AVOW_UNSTATED);
    assert_int_equal(answer.reason, AVOW_STORE_NO_SUBJECT);
}

static void
linked_identities_are_one_person(void **state)
{
    struct fixture *f = *state;
    avow_identity_text customer = who(AVOW_IDENTITY_ID, "42");
    settle(f);
    avow_store_answer answer = ask(f, "email", "service", customer);
    assert_int_equal(answer.answer.verdict, AVOW_FORBIDDEN);
    assert_int_equal(answer.reason, AVOW_STORE_NO_SUBJECT);
    assert_int_equal(
        avow_store_link(f->store, customer, mail("joe@x.example"), "account", &f->error),
        AVOW_STORE_OK);
    assert_int_equal(ask(f, "email", "service", customer).answer.verdict, AVOW_ALLOWED);
    must_record(f, (avow_event){.what = "stop", .subject = mail("joe@x.example"), .done = true});
    assert_int_equal(ask(f, "email", "service", customer).answer.verdict, AVOW_FORBIDDEN);
    assert_int_equal(
        avow_store_link(f->store, customer, mail("new@x.example"), "account", &f->error),
        AVOW_STORE_OK);
    assert_mail(f, "service", "new@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
}

static void
what_was_refused_outlives_forgetting(void **state)
{
    struct fixture *f = *state;
    settle(f);
    must_record(f, (avow_event){.what = "stop",
                                .subject = mail("joe@x.example"),
                                .done = true,
                                .evidence = "a letter of Joe Miller"});
    must_record(f,
                (avow_event){.what = "clicked", .subject = mail("joe@x.example"), .evidence = "c"});
    assert_int_equal(
        avow_store_link(f->store, mail("joe@x.example"), mail("two@x.example"), "", &f->error),
        AVOW_STORE_OK);
    assert_int_equal(avow_store_forget(f->store, mail("two@x.example"), "asked", &f->error),
                     AVOW_STORE_OK);
    assert_mail(f, "service", "two@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_int_equal(avow_store_forget(f->store, mail("joe@x.example"), "asked", &f->error),
                     AVOW_STORE_OK);
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    avow_states states;
    avow_store_reason reason;
    assert_int_equal(avow_store_states(f->store, mail("joe@x.example"), (avow_identity_text){0},
                                       &states, &reason, &f->error),
                     AVOW_STORE_OK);
    uint64_t subscribed = avow_bit(f->table, avow_find(f->table, AVOW_STATE, "subscribed", 10));
    assert_true((states.known & subscribed) != 0 && (states.yes & subscribed) == 0);
    /* Neither in the file nor in its journal. */
    char command[128];
    snprintf(command, sizeof command, "grep -rqs 'Joe Miller' %s", f->folder);
    assert_int_not_equal(system(command), 0);
}

static void
renamed_and_dropped_states(void **state)
{
    struct fixture *f = *state;
    void *renamed, *dropped;
    settle(f);
    must_record(f, (avow_event){.what = "stop", .subject = mail("joe@x.example"), .done = true});
    const avow_table *original = f->table;
    f->table = compile_shop("halted", " formerly stopped", &renamed);
    open_again(f);
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_mail(f, "service", "ann@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    f->table = compile_shop("ceased", "", &dropped);
    open_again(f);
    assert_int_equal(avow_store_trust(f->store, &f->error), AVOW_STORE_POLICY);
    assert_non_null(strstr(f->error.text, "stopped"));
    assert_mail(f, "service", "ann@x.example", AVOW_FORBIDDEN, AVOW_STORE_UNTRUSTED);
    assert_int_equal(avow_store_map_state(f->store, "stopped", "ceased", "renamed", &f->error),
                     AVOW_STORE_OK);
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_mail(f, "service", "ann@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    f->table = original;
    free(renamed);
    free(dropped);
}

struct seen {
    size_t count;
    char receipt[4][AVOW_RECEIPT_MAX];
    int64_t at[4];
    char record[4][32];
};

static avow_store_code
see_duty(void *context, const avow_duty *duty)
{
    struct seen *seen = context;
    strcpy(seen->receipt[seen->count], duty->receipt);
    assert_string_equal(duty->reference, "T-1");
    assert_string_equal(duty->request, "hide");
    seen->at[seen->count++] = duty->due.at;
    return AVOW_STORE_OK;
}

static avow_store_code
see_expired(void *context, const avow_expired *expired)
{
    struct seen *seen = context;
    assert_string_equal(expired->data, "order");
    strcpy(seen->record[seen->count], expired->record);
    seen->at[seen->count++] = expired->due.at;
    return AVOW_STORE_OK;
}

static void
what_waits_and_what_must_be_gone(void **state)
{
    struct fixture *f = *state;
    struct seen seen = {0};
    avow_identity_text ticket = who(AVOW_IDENTITY_RECORD, "ticket:7"),
                       order = who(AVOW_IDENTITY_RECORD, "order:1");
    must_record(f, (avow_event){.what = "hide", .record = ticket, .reference = "T-1"});
    assert_int_equal(avow_store_duties(f->store, INT64_MAX, see_duty, &seen, &f->error),
                     AVOW_STORE_OK);
    assert_int_equal(seen.count, 1);
    /* 2026-05-28 20:26:40 UTC, and two days: the end of the 30th */
    assert_int_equal(seen.at[0], INT64_C(1780185599));
    assert_int_equal(avow_store_done(f->store, seen.receipt[0], &f->error), AVOW_STORE_OK);
    seen.count = 0;
    assert_int_equal(avow_store_duties(f->store, INT64_MAX, see_duty, &seen, &f->error),
                     AVOW_STORE_OK);
    assert_int_equal(seen.count, 0);
    assert_int_equal(avow_store_held(f->store, "order", order, NULL, 0, &f->error), AVOW_STORE_OK);
    assert_int_equal(
        avow_store_expired(f->store, INT64_C(1990000000), see_expired, &seen, &f->error),
        AVOW_STORE_OK);
    assert_int_equal(seen.count, 0); /* its clock has not started */
    must_record(f, (avow_event){.what = "closed", .record = order});
    assert_int_equal(
        avow_store_expired(f->store, INT64_C(1780000000), see_expired, &seen, &f->error),
        AVOW_STORE_OK);
    assert_int_equal(seen.count, 0);
    assert_int_equal(
        avow_store_expired(f->store, INT64_C(1790000000), see_expired, &seen, &f->error),
        AVOW_STORE_OK);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.record[0], "order:1");
    assert_int_equal(avow_store_gone(f->store, "order", order, &f->error), AVOW_STORE_OK);
    seen.count = 0;
    assert_int_equal(
        avow_store_expired(f->store, INT64_C(1990000000), see_expired, &seen, &f->error),
        AVOW_STORE_OK);
    assert_int_equal(seen.count, 0);
}

static avow_store_code
see_too_old(void *context, const avow_expired *expired)
{
    struct seen *seen = context;
    strcpy(seen->record[seen->count++], expired->record);
    assert_int_equal(expired->due.kind, AVOW_DUE_UNKNOWN);
    assert_int_equal(expired->due.reason, AVOW_DUE_PAST_ZONES);
    assert_int_not_equal(expired->due.clause, AVOW_NONE);
    return AVOW_STORE_OK;
}

/* What began before the years of the table had to be gone at a time that nobody can tell, and must
 * not be lost; what ends after them is not due. */
static void
what_is_too_old_is_listed(void **state)
{
    struct fixture *f = *state;
    struct seen seen = {0};
    const avow_happened old = {"closed", INT64_C(-1000000000)}, far = {"closed", 1 << 30};
    avow_identity_text one = who(AVOW_IDENTITY_RECORD, "order:old"),
                       two = who(AVOW_IDENTITY_RECORD, "order:new");
    assert_int_equal(avow_store_held(f->store, "order", one, &old, 1, &f->error), AVOW_STORE_OK);
    assert_int_equal(avow_store_held(f->store, "order", two, &far, 0, &f->error), AVOW_STORE_OK);
    assert_int_equal(
        avow_store_expired(f->store, INT64_C(1780000000), see_too_old, &seen, &f->error),
        AVOW_STORE_OK);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.record[0], "order:old");
    /* By a time at which nothing can be told, what is old is not made out from what is not due. */
    assert_int_equal(
        avow_store_expired(f->store, INT64_C(99000000000), see_too_old, &seen, &f->error),
        AVOW_STORE_OK);
    assert_int_equal(seen.count, 1);
}

struct nested {
    avow_store *store;
    int depth;
    avow_store_error error;
};

/* Each visit holds its connection while it looks again. */
static avow_store_code
look_within(void *context, const avow_expired *expired)
{
    struct nested *nested = context;
    (void)expired;
    nested->depth++;
    return avow_store_expired(nested->store, INT64_C(1780000000), look_within, nested,
                              &nested->error);
}

static void
who_finds_all_connections_in_use_is_told_so(void **state)
{
    struct fixture *f = *state;
    const avow_happened old = {"closed", INT64_C(-1000000000)};
    avow_store_options options = {
        .url = f->url, .table = f->table, .now = clock_of, .now_context = f, .wait_ms = 100};
    struct nested nested = {.store = avow_store_open(&options, &f->error)};
    assert_non_null(nested.store);
    assert_int_equal(avow_store_held(nested.store, "order", who(AVOW_IDENTITY_RECORD, "order:1"),
                                     &old, 1, &f->error),
                     AVOW_STORE_OK);
    assert_int_equal(
        avow_store_expired(nested.store, INT64_C(1780000000), look_within, &nested, &nested.error),
        AVOW_STORE_BUSY);
    assert_int_equal(nested.depth, 15);
    assert_string_equal(nested.error.text,
                        "All 15 connections to the store have been in use for 0.1 s. Try again; or "
                        "ask with fewer threads at once.");
    nested.depth = 0; /* all were given back */
    assert_int_equal(
        avow_store_expired(nested.store, INT64_C(1780000000), look_within, &nested, &nested.error),
        AVOW_STORE_BUSY);
    assert_int_equal(nested.depth, 15);
    avow_store_close(nested.store);
}

static void
keys_are_added_and_missed(void **state)
{
    struct fixture *f = *state;
    char name[96], hidden[96];
    settle(f);
    must_record(f, (avow_event){.what = "stop", .subject = mail("joe@x.example"), .done = true});
    assert_int_equal(
        avow_store_link(f->store, mail("joe@x.example"), mail("two@x.example"), "", &f->error),
        AVOW_STORE_OK);
    assert_int_equal(avow_store_add_key(f->store, &f->error), AVOW_STORE_OK);
    f->now += 20 * 1000000;
    open_again(f);
    assert_mail(f, "service", "joe@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    must_record(f, (avow_event){.what = "stop", .subject = mail("ann@x.example"), .done = true});
    must_record(f,
                (avow_event){.what = "clicked", .subject = mail("joe@x.example"), .evidence = "c"});
    assert_mail(f, "service", "ann@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_mail(f, "service", "two@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_mail(f, "service", "new@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    for (int epoch = 1; epoch <= 2; epoch++) {
        snprintf(name, sizeof name, "%s/s.db.keys/identity-%04d.key", f->folder, epoch);
        snprintf(hidden, sizeof hidden, "%s/hidden", f->folder);
        assert_int_equal(rename(name, hidden), 0);
        open_again(f);
        assert_int_equal(avow_store_trust(f->store, &f->error), AVOW_STORE_KEYS);
        assert_mail(f, "service", "new@x.example", AVOW_FORBIDDEN, AVOW_STORE_UNTRUSTED);
        assert_int_equal(rename(hidden, name), 0);
        open_again(f);
        assert_mail(f, "service", "new@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    }
}

static void
copy_file(const char *from, const char *to)
{
    char command[256];
    snprintf(command, sizeof command, "cp -p %s %s", from, to);
    assert_int_equal(system(command), 0);
}

static void
an_older_store_is_noticed(void **state)
{
    struct fixture *f = *state;
    char file[64], backup[64];
    snprintf(file, sizeof file, "%s/s.db", f->folder);
    snprintf(backup, sizeof backup, "%s/backup", f->folder);
    settle(f);
    must_record(f, (avow_event){.what = "stop", .subject = mail("joe@x.example"), .done = true});
    avow_store_close(f->store); /* a write-ahead log is in the file by then */
    copy_file(file, backup);
    open_store(f);
    must_record(f, (avow_event){.what = "stop", .subject = mail("ann@x.example"), .done = true});
    avow_store_close(f->store);
    copy_file(backup, file);
    open_store(f);
    assert_int_equal(avow_store_trust(f->store, &f->error), AVOW_STORE_LOSS);
    assert_mail(f, "service", "new@x.example", AVOW_FORBIDDEN, AVOW_STORE_UNTRUSTED);
    /* A refusal is recorded all the same, and does not heal it. */
    must_record(f, (avow_event){.what = "stop", .subject = mail("bob@x.example"), .done = true});
    assert_int_equal(avow_store_trust(f->store, &f->error), AVOW_STORE_LOSS);
    assert_int_equal(avow_store_accept_loss(f->store, "the disk broke", &f->error), AVOW_STORE_OK);
    assert_mail(f, "service", "new@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
    assert_mail(f, "service", "bob@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
}

static void
receipts_and_the_ledger(void **state)
{
    struct fixture *f = *state;
    char receipt[AVOW_RECEIPT_MAX], named[AVOW_RECEIPT_MAX];
    char *document;
    avow_verified verified;
    settle(f);
    assert_int_equal(
        record(f, (avow_event){.what = "stop", .subject = mail("joe@x.example"), .done = true},
               receipt),
        AVOW_STORE_OK);
    assert_int_equal(avow_store_receipt(f->store, receipt, &document, &f->error), AVOW_STORE_OK);
    assert_non_null(strstr(document, "\"statement\":\"Never again.\""));
    assert_non_null(strstr(document, "\"event_state\":\"withdrawn\""));
    assert_null(strstr(document, "joe"));
    size_t length = strlen(document);
    assert_int_equal(avow_receipt_verify(document, length, NULL, named, &f->error), AVOW_STORE_OK);
    assert_string_equal(named, receipt);
    for (size_t i = 0; i < length; i += 7) {
        document[i] ^= 1;
        assert_int_not_equal(avow_receipt_verify(document, length, NULL, named, &f->error),
                             AVOW_STORE_OK);
        document[i] ^= 1;
    }
    avow_store_free(document);
    assert_int_equal(avow_store_verify(f->store, NULL, NULL, &verified, &f->error), AVOW_STORE_OK);
    assert_int_equal(verified.entries, 2);
    if (verified.problems > 0)
        fail_msg("%s", verified.first);
    assert_int_equal(avow_store_forget(f->store, mail("joe@x.example"), "asked", &f->error),
                     AVOW_STORE_OK);
    assert_int_equal(avow_store_receipt(f->store, receipt, &document, &f->error),
                     AVOW_STORE_NOT_FOUND);
    assert_int_equal(avow_store_verify(f->store, NULL, NULL, &verified, &f->error), AVOW_STORE_OK);
    assert_int_equal(verified.erased, 1);
    if (verified.problems > 0)
        fail_msg("%s", verified.first);
}

static size_t
count_in_file(const char *path, const char *text)
{
    static char bytes[1 << 22];
    size_t found = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    size_t length = fread(bytes, 1, sizeof bytes, file);
    assert_true(length < sizeof bytes);
    fclose(file);
    for (const char *at = bytes;
         (at = memmem(at, length - (size_t)(at - bytes), text, strlen(text))); at++)
        found++;
    return found;
}

static void
append_secret(struct engine *engine, struct head *head, uint32_t part, unsigned number)
{
    char body[1400];
    uint8_t salt[SALT_BYTES] = {1};
    size_t length = 40 + number * 37 % 1300;
    memset(body, '.', sizeof body);
    memcpy(body + snprintf(body, 40, "secret %s", number % 3 ? "erased" : "kept"), "...", 3);
    struct entry entry = {.part = part, .salt = salt, .body = body, .length = length};
    entry.sequence = ++head->sequence;
    assert_int_equal(engine->ops->append(engine, &entry, NULL), AVOW_STORE_OK);
}

static avow_store_code
note_secret(void *context, const struct entry *entry)
{
    *(bool *)context = entry->body && memcmp(entry->body, "secret erased", 13) == 0;
    return AVOW_STORE_OK;
}

static void
erase_secret(struct engine *engine, uint32_t part, uint64_t sequence)
{
    bool erased = false;
    assert_int_equal(engine->ops->entries(engine, part, sequence, 1, note_secret, &erased, NULL),
                     AVOW_STORE_OK);
    if (erased)
        assert_int_equal(engine->ops->erase_payload(engine, part, sequence, NULL), AVOW_STORE_OK);
}

/* Pages split and are put in order as entries come and go: no copy may stay behind. */
static void
erased_words_are_nowhere_in_the_file(void **state)
{
    enum { ENTRIES = 600, SOME = 60 };
    struct fixture *f = *state;
    struct head heads[ENGINE_PARTS] = {0};
    char file[64], journal[80], log[80]; /* the log if SQLite's is sound, else the journal */
    struct engine *engine = f->store->ops->open(&f->store->options, &f->error);
    assert_non_null(engine);
    snprintf(file, sizeof file, "%s/s.db", f->folder);
    snprintf(journal, sizeof journal, "%s-journal", file);
    snprintf(log, sizeof log, "%s-wal", file);
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        assert_int_equal(engine->ops->head(engine, part, &heads[part], NULL), AVOW_STORE_OK);
    for (unsigned i = 0; i < ENTRIES;) {
        assert_int_equal(engine->ops->begin(engine, true, NULL), AVOW_STORE_OK);
        for (unsigned end = i + SOME; i < end; i++)
            append_secret(engine, &heads[i * 7 % ENGINE_PARTS], i * 7 % ENGINE_PARTS, i);
        assert_int_equal(engine->ops->commit(engine, NULL), AVOW_STORE_OK);
    }
    assert_true(count_in_file(file, "secret erased") + count_in_file(log, "secret erased") >=
                ENTRIES / 2);
    assert_int_equal(engine->ops->begin(engine, true, NULL), AVOW_STORE_OK);
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        for (uint64_t sequence = heads[part].sequence; sequence > 0; sequence--)
            erase_secret(engine, part, sequence);
    assert_int_equal(engine->ops->commit(engine, NULL), AVOW_STORE_OK);
    engine->ops->close(engine);
    assert_int_equal(count_in_file(file, "secret erased"), 0);
    assert_int_equal(count_in_file(journal, "secret erased"), 0);
    assert_int_equal(count_in_file(log, "secret erased"), 0);
    assert_true(count_in_file(file, "secret kept") >= ENTRIES / 3);
}

/* A backup that is put back, and the ledger that was kept elsewhere. */
static void
an_older_store_is_brought_up_to_date(void **state)
{
    struct fixture *f = *state;
    char file[64], backup[64];
    uint64_t added;
    FILE *shipped = tmpfile();
    snprintf(file, sizeof file, "%s/s.db", f->folder);
    snprintf(backup, sizeof backup, "%s/backup", f->folder);
    settle(f);
    avow_store_close(f->store);
    copy_file(file, backup);
    open_store(f);
    must_record(f, (avow_event){.what = "stop", .subject = mail("ann@x.example"), .done = true});
    must_record(f, (avow_event){.what = "stop", .subject = mail("bob@x.example")});
    assert_non_null(shipped);
    assert_int_equal(avow_store_export(f->store, shipped, &f->error), AVOW_STORE_OK);
    avow_store_close(f->store);
    copy_file(backup, file);
    open_store(f);
    assert_int_equal(avow_store_trust(f->store, &f->error), AVOW_STORE_LOSS);
    rewind(shipped);
    if (avow_store_import(f->store, shipped, &added, &f->error) != AVOW_STORE_OK)
        fail_msg("%s", f->error.text);
    assert_int_equal(added, 2);
    fclose(shipped);
    if (avow_store_trust(f->store, &f->error) != AVOW_STORE_OK)
        fail_msg("%s", f->error.text);
    assert_mail(f, "service", "ann@x.example", AVOW_FORBIDDEN, AVOW_STORE_KNOWN);
    assert_mail(f, "service", "bob@x.example", AVOW_FORBIDDEN, AVOW_STORE_PENDING);
    assert_mail(f, "service", "new@x.example", AVOW_ALLOWED, AVOW_STORE_KNOWN);
}

static void
wrong_uses(void **state)
{
    struct fixture *f = *state;
    char file[64];
    assert_int_equal(
        record(f, (avow_event){.what = "stopp", .subject = mail("joe@x.example")}, NULL),
        AVOW_STORE_INPUT);
    assert_non_null(strstr(f->error.text, "stopp"));
    assert_int_equal(record(f, (avow_event){.what = "stop", .subject = mail("joe")}, NULL),
                     AVOW_STORE_INPUT);
    assert_int_equal(record(f, (avow_event){.what = "stop"}, NULL), AVOW_STORE_INPUT);
    avow_store_answer answer = ask(f, "email", "service", mail("Joe <joe@x.example>"));
    assert_int_equal(answer.answer.verdict, AVOW_FORBIDDEN);
    assert_int_equal(answer.reason, AVOW_STORE_FAILED);
    pid_t child = fork();
    if (child == 0)
        _exit((int)record(f, (avow_event){.what = "stop", .subject = mail("joe@x.example")}, NULL));
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), AVOW_STORE_USAGE);
    snprintf(file, sizeof file, "%s/s.db", f->folder);
    assert_int_equal(chmod(file, 0644), 0);
    avow_store_options options = options_of(f);
    assert_null(avow_store_open(&options, &f->error));
    assert_int_equal(f->error.code, AVOW_STORE_KEYS);
    assert_non_null(strstr(f->error.text, "chmod 600"));
    options.url = "mysql:here";
    assert_null(avow_store_open(&options, &f->error));
    assert_int_equal(f->error.code, AVOW_STORE_INPUT);
    options.url = "sqlite:/tmp/no-such-store.db";
    assert_null(avow_store_open(&options, &f->error));
    assert_int_equal(f->error.code, AVOW_STORE_SCHEMA);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(nobody_is_known_before_the_past_is_settled),
        CASE(a_refusal_holds_from_its_receipt),
        CASE(consent_holds_when_it_is_done_and_for_its_spelling),
        CASE(order_is_that_of_receipt),
        CASE(imports_only_add_refusals),
        CASE(records_have_states_of_their_own),
        CASE(linked_identities_are_one_person),
        CASE(what_was_refused_outlives_forgetting),
        CASE(renamed_and_dropped_states),
        CASE(what_waits_and_what_must_be_gone),
        CASE(what_is_too_old_is_listed),
        CASE(who_finds_all_connections_in_use_is_told_so),
        CASE(keys_are_added_and_missed),
        CASE(an_older_store_is_noticed),
        CASE(receipts_and_the_ledger),
        CASE(an_older_store_is_brought_up_to_date),
        CASE(erased_words_are_nowhere_in_the_file),
        CASE(wrong_uses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
