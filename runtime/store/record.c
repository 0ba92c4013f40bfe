/* An event becomes entries: one for the person, one for the record, whichever it does something
 * to. */
#include "runtime/store/held.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* An event looked up. */
struct happening {
    const avow_event *event;
    avow_id what;
    bool request;
    uint32_t term; /* of a request */
    int64_t received;
    avow_due due;
    bool grants; /* it may undo a refusal */
};

static avow_store_code
look_up(const avow_store *store, const char *name, struct happening *out, avow_store_error *error)
{
    size_t length = name ? strlen(name) : 0;
    out->what = avow_find(store->table, AVOW_REQUEST, name, length);
    out->request = out->what != AVOW_NONE;
    if (!out->request)
        out->what = avow_find(store->table, AVOW_EVENT, name, length);
    if (out->what != AVOW_NONE)
        return AVOW_STORE_OK;
    return fault(
        error, AVOW_STORE_INPUT,
        "The policy has no request or event \"%.64s\". Names are those after `request` and "
        "`event` in the .policy file.",
        name ? name : "");
}

static int64_t
seconds_of(int64_t microseconds)
{
    return microseconds / 1000000 - (microseconds % 1000000 < 0);
}

static avow_store_code
find_time(const avow_store *store, struct happening *out, avow_store_error *error)
{
    int64_t now = store_now(store);
    out->received = out->event->received != 0 ? out->event->received : now;
    if (out->received > now + 1000000)
        return fault(error, AVOW_STORE_INPUT,
                     "The event lies in the future. Record it when it has happened; if it has, set "
                     "this machine's clock.");
    return AVOW_STORE_OK;
}

static avow_due
due_of(const avow_store *store, const struct happening *happening)
{
    avow_moment moment = {happening->what, seconds_of(happening->received)};
    avow_due_question question = {.what = happening->what, .moments = &moment, .count = 1};
    return happening->request ? avow_when_due(store->table, &question) : (avow_due){0};
}

static bool
switches(const avow_store *store, avow_id what, bool of_record)
{
    for (uint32_t i = 0; i < store->state_count; i++)
        if (store->state[i].of_record == of_record &&
            lifecycle_switch_of(store->table, i, what) != SWITCH_NONE)
            return true;
    return false;
}

static avow_store_code
find_all(avow_store *store, struct happening *out, avow_store_error *error)
{
    avow_store_code code = look_up(store, out->event->what, out, error);
    if (code == AVOW_STORE_OK)
        code = find_time(store, out, error);
    if (code == AVOW_STORE_OK && out->request)
        code = terms_of_request(store, out->what, &out->term, error);
    if (code != AVOW_STORE_OK)
        return code;
    out->due = due_of(store, out);
    out->grants = (switches(store, out->what, false) || switches(store, out->what, true)) &&
                  !lifecycle_only_refuses(store->table, out->what);
    const char *evidence = out->event->evidence;
    if (out->grants && out->event->source == AVOW_BY_PERSON && (!evidence || evidence[0] == '\0'))
        return fault(error, AVOW_STORE_REFUSED,
                     "\"%.64s\" permits something, so it must be shown that the person said it. "
                     "Give the evidence: a form that was sent, a link that was clicked.",
                     out->event->what);
    return AVOW_STORE_OK;
}

/* What it does ------------------------------------------------------------------------------- */

/* A write in the making, and what it says. */
struct making {
    struct write write;
    struct body body;
    struct somebody who;
    bool only_if_absent;
    uint32_t state[STATES_MAX]; /* of each move */
    struct body_effect effect[STATES_MAX];
    avow_happened happened;
};

static avow_store_code
add_move(avow_store *store, const struct happening *happening, struct making *making,
         uint32_t state, avow_store_error *error)
{
    static const uint8_t values[] = {
        [SWITCH_ON] = VALUE_ON, [SWITCH_OFF] = VALUE_OFF, [SWITCH_BOTH] = VALUE_UNKNOWN};
    making->state[making->write.move_count] = state;
    struct move *move = &making->write.move[making->write.move_count++];
    *move =
        (struct move){.subject = making->write.subject,
                      .value = values[lifecycle_switch_of(store->table, state, happening->what)],
                      .pending = happening->request && !happening->event->done,
                      .received = happening->received,
                      .by_clock = happening->event->received == 0};
    making->effect[making->body.effect_count++] =
        (struct body_effect){store->state[state].name.data, move->value};
    return terms_of_state(store, state, &move->term, error);
}

static avow_store_code
add_moves(avow_store *store, const struct happening *happening, struct making *making,
          avow_store_error *error)
{
    bool record = making->write.subject.kind == AVOW_IDENTITY_RECORD;
    avow_store_code code = AVOW_STORE_OK;
    making->body.effects = making->effect;
    for (uint32_t i = 0; i < store->state_count && code == AVOW_STORE_OK; i++)
        if (store->state[i].of_record == record &&
            lifecycle_switch_of(store->table, i, happening->what) != SWITCH_NONE)
            code = add_move(store, happening, making, i, error);
    return code;
}

static void
add_duty(const struct happening *happening, struct write *write)
{
    write->has_duty = true;
    write->duty = (struct duty_row){.subject = write->subject,
                                    .request = happening->term,
                                    .received = happening->received,
                                    .due = INT64_MAX,
                                    .due_kind = happening->due.kind};
    if (happening->due.kind == AVOW_DUE_AT)
        write->duty.due = happening->due.at;
    else if (happening->due.kind == AVOW_DUE_AT_ONCE)
        write->duty.due = seconds_of(happening->received);
    snprintf(write->duty.reference, sizeof write->duty.reference, "%s",
             happening->event->reference ? happening->event->reference : "");
}

/* The clause that the event acts by: of its deadline, else of the first state it switches. */
static uint32_t
clause_of(const avow_store *store, const struct happening *happening)
{
    if (happening->due.kind != AVOW_DUE_NOTHING)
        return happening->due.clause;
    for (uint32_t i = 0; i < store->state_count; i++)
        if (lifecycle_switch_of(store->table, i, happening->what) != SWITCH_NONE)
            return store->state[i].clause;
    return AVOW_NONE;
}

static void
say_clause(const avow_store *store, const struct happening *happening, struct body *body)
{
    avow_clause clause = avow_clause_at(store->table, clause_of(store, happening));
    if (!clause.name.data)
        return;
    crypto_generichash(body->words, sizeof body->words, (const unsigned char *)clause.words.data,
                       clause.words.length, NULL, 0);
    body->has_words = true;
    body->clause = clause.name.data;
    body->language = avow_identify(store->table).language.data;
}

static void
say_due(const avow_store *store, const struct happening *happening, struct body *body)
{
    avow_clause clause = avow_clause_at(store->table, happening->due.clause);
    body->is_request = true;
    body->due_kind = happening->due.kind;
    body->due = happening->due.at;
    body->due_clause = clause.name.data;
    body->tzdata = avow_identify(store->table).tzdata.data;
}

/* Data of the record that are held: their clocks may start. */
static avow_store_code
happen(const avow_store *store, struct engine *engine, struct write *write, avow_store_error *error)
{
    const struct making *making = write->context;
    return held_happen(store, engine, &write->subject, &making->happened, error);
}

/* The latest receipt that anything known of a state has; false if nothing is known. */
static bool
latest_of(const struct known *known, uint32_t state, int64_t *latest)
{
    const struct state_fold *exact = &known->exact[state], *other = &known->other[state];
    *latest = exact->any && (!other->any || exact->received > other->received) ? exact->received
                                                                               : other->received;
    return exact->any || other->any;
}

static avow_store_code
read_known(avow_store *store, struct engine *engine, const struct somebody *he, struct known *known,
           avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (int i = 0; i < 2; i++) {
        struct somebody who = *he;
        memset(known, 0, sizeof *known);
        pthread_rwlock_rdlock(&store->facts);
        code = rows_read(store, engine, &who, known, error);
        pthread_rwlock_unlock(&store->facts);
        if ((int)code != ENGINE_CONFLICT)
            return code;
        trust_look(store, engine); /* names were added */
    }
    return fault(error, AVOW_STORE_CORRUPT, "The store holds a name that it does not list.");
}

/* Looks, in the write's transaction, at all that is known of him: by older keys, by links, under
 * former names. What happens now is later than that, whatever the clock shows; and who may not
 * undo a refusal adds nothing where there is anything. */
static avow_store_code
look_back(avow_store *store, struct engine *engine, struct write *write, avow_store_error *error)
{
    struct making *making = write->context;
    struct known known;
    bool raised = false;
    avow_store_code code = read_known(store, engine, &making->who, &known, error);
    for (size_t i = 0; i < write->move_count && code == AVOW_STORE_OK; i++) {
        struct move *move = &write->move[i];
        int64_t latest;
        if (!latest_of(&known, making->state[i], &latest))
            continue;
        write->skipped = write->skipped || making->only_if_absent;
        if (move->by_clock && latest >= making->body.received) {
            making->body.received = latest + 1;
            raised = true;
        }
    }
    if (code != AVOW_STORE_OK || write->skipped || !raised)
        return code;
    for (size_t i = 0; i < write->move_count; i++)
        write->move[i].received = making->body.received;
    write->duty.received = making->body.received;
    write_free(write);
    return write_say(write, &making->body, error);
}

/* The same without reading where that would change nothing: what is known is older, by whichever
 * key and of whichever state, and nobody is linked. An event with a time of its own stays as it
 * is. */
static avow_store_code
expect_older(avow_store *store, struct engine *engine, struct write *write, bool thorough,
             avow_store_error *error)
{
    const struct making *making = write->context;
    avow_store_code code = AVOW_STORE_OK;
    if (thorough || making->only_if_absent)
        return look_back(store, engine, write, error);
    if (write->move_count == 0 || !making->body.by_clock)
        return code;
    for (size_t i = 0; i < making->who.count && code == AVOW_STORE_OK; i++)
        code =
            engine->ops->expect_older(engine, making->who.at[i].key, making->body.received, error);
    return code;
}

static avow_store_code
make(avow_store *store, const struct happening *happening, const struct subject *subject,
     struct making *making, avow_store_error *error)
{
    const avow_event *event = happening->event;
    struct body *body = &making->body;
    struct write *write = &making->write;
    write_about(store, write, body, BODY_EVENT, subject);
    body->received = happening->received;
    body->by_clock = event->received == 0;
    body->what = event->what;
    body->source = (uint8_t)event->source;
    body->evidence = event->evidence;
    body->reference = event->reference;
    body->done = happening->request && event->done;
    say_clause(store, happening, body);
    if (happening->request)
        say_due(store, happening, body);
    if (body->done) {
        write->ends = happening->term;
        write->ends_until = UINT64_MAX;
    } else if (happening->request) {
        add_duty(happening, write);
    }
    if (subject->kind == AVOW_IDENTITY_RECORD) {
        making->happened = (avow_happened){event->what, seconds_of(happening->received)};
        write->more = happen;
    }
    making->only_if_absent = happening->grants && event->source != AVOW_BY_PERSON;
    write->before = expect_older;
    write->context = making;
    avow_store_code code = add_moves(store, happening, making, error);
    return code == AVOW_STORE_OK ? write_say(write, body, error) : code;
}

/* For whom ----------------------------------------------------------------------------------- */

static avow_store_code
record_for(avow_store *store, const struct happening *happening, avow_identity_text who,
           avow_recorded *out, avow_store_error *error)
{
    struct making making = {0};
    pthread_rwlock_rdlock(&store->facts);
    avow_store_code code = somebody_of(store, who, &making.who, error);
    pthread_rwlock_unlock(&store->facts);
    if (code == AVOW_STORE_OK)
        code = link_epochs(store, &making.who, false, error);
    if (code == AVOW_STORE_OK)
        code = make(store, happening, &making.who.at[0], &making, error);
    if (code == AVOW_STORE_OK)
        code = commit_write(store, &making.write, error);
    if (code == AVOW_STORE_OK) {
        out->recorded = !making.write.skipped;
        out->due = happening->due;
        if (out->recorded)
            write_name(&making.write, out->receipt);
    }
    write_free(&making.write);
    return code;
}

static avow_store_code
check_whom(const avow_event *event, bool person, bool record, avow_store_error *error)
{
    if (event->subject.kind == AVOW_IDENTITY_RECORD ||
        (event->record.kind != AVOW_IDENTITY_NONE && event->record.kind != AVOW_IDENTITY_RECORD))
        return fault(error, AVOW_STORE_USAGE, "A person was given as a record, or the reverse.");
    if (person && event->subject.kind == AVOW_IDENTITY_NONE)
        return fault(error, AVOW_STORE_INPUT,
                     "\"%.64s\" changes what holds for a person. Say for whom: give an address.",
                     event->what);
    if (record && event->record.kind == AVOW_IDENTITY_NONE)
        return fault(error, AVOW_STORE_INPUT,
                     "\"%.64s\" changes what holds for one record of data. Say for which: give its "
                     "namespace and id.",
                     event->what);
    if (event->subject.kind == AVOW_IDENTITY_NONE && event->record.kind == AVOW_IDENTITY_NONE)
        return fault(error, AVOW_STORE_INPUT, "Nobody was named whom \"%.64s\" is about.",
                     event->what);
    return AVOW_STORE_OK;
}

avow_store_code
avow_store_record(avow_store *store, const avow_event *event, avow_recorded *out,
                  avow_store_error *error)
{
    struct happening happening = {.event = event};
    avow_store_error own = {0};
    error = error ? error : &own;
    *out = (avow_recorded){0};
    avow_store_code code = store_check_ready(store, error);
    if (code == AVOW_STORE_OK)
        code = find_all(store, &happening, error);
    if (code != AVOW_STORE_OK)
        return code;
    bool person = switches(store, happening.what, false);
    bool record = switches(store, happening.what, true) ||
                  (!happening.request && event->record.kind != AVOW_IDENTITY_NONE);
    code = check_whom(event, person, record, error);
    if (code == AVOW_STORE_OK && record)
        code = record_for(store, &happening, event->record, out, error);
    if (code == AVOW_STORE_OK && (person || !record))
        code = record_for(
            store, &happening,
            event->subject.kind != AVOW_IDENTITY_NONE ? event->subject : event->record, out, error);
    return code;
}
