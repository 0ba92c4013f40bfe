/* A question: the states of whom it concerns, and the core's answer. */
#include "runtime/store/store.h"

#include <string.h>

/* What was found out about states, for one question. */
struct findings {
    avow_states states;
    avow_store_reason why[STATES_MAX];
};

static void
unknown_all(const avow_store *store, struct findings *findings, avow_store_reason why)
{
    findings->states.yes &= ~store->owned;
    findings->states.known &= ~store->owned;
    for (size_t i = 0; i < STATES_MAX; i++)
        findings->why[i] = why;
}

static bool
has_kind(const struct somebody *who, uint8_t kind)
{
    for (size_t i = 0; i < who->count; i++)
        if (who->at[i].kind == kind)
            return true;
    return false;
}

/* Reads and folds; the facts are locked. */
static avow_store_code
find_of(avow_store *store, struct engine *engine, avow_identity_text who, uint8_t channel,
        struct findings *findings, avow_store_error *error)
{
    struct somebody somebody;
    struct known known;
    bool record = who.kind == AVOW_IDENTITY_RECORD;
    uint8_t settled_by = channel != AVOW_IDENTITY_NONE ? channel : (uint8_t)who.kind;
    avow_store_code code = somebody_of(store, who, &somebody, error);
    memset(&known, 0, sizeof known);
    if (code == AVOW_STORE_OK)
        code = rows_read_alone(store, engine, &somebody, &known, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (channel != AVOW_IDENTITY_NONE && !has_kind(&somebody, channel)) {
        unknown_all(store, findings, AVOW_STORE_NO_SUBJECT);
        return AVOW_STORE_OK;
    }
    known_states(store, &known, record, (store->settled >> settled_by & 1) != 0, &findings->states,
                 findings->why);
    return AVOW_STORE_OK;
}

static avow_store_code
find_both(avow_store *store, struct engine *engine, const avow_store_question *question,
          uint8_t channel, struct findings *findings, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    if (question->subject.kind != AVOW_IDENTITY_NONE)
        code = find_of(store, engine, question->subject, channel, findings, error);
    if (code == AVOW_STORE_OK && question->record.kind != AVOW_IDENTITY_NONE)
        code = find_of(store, engine, question->record, AVOW_IDENTITY_NONE, findings, error);
    return code;
}

/* `lost`: the store could not be read to see whether it can be trusted. */
static avow_store_code
find_locked(avow_store *store, struct engine *engine, const avow_store_question *question,
            uint8_t channel, struct findings *findings, bool *lost, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    pthread_rwlock_rdlock(&store->facts);
    *lost = store->trust.code == AVOW_STORE_IO;
    if (store->trust.code != AVOW_STORE_OK) {
        unknown_all(store, findings, AVOW_STORE_UNTRUSTED);
        if (error)
            *error = store->trust;
    } else {
        code = find_both(store, engine, question, channel, findings, error);
    }
    pthread_rwlock_unlock(&store->facts);
    return code;
}

/* Two tries: a name that another process has added in between is read, and a connection that was
 * lost is made anew, as are all that are idle: a server that was restarted has dropped them too. */
static avow_store_code
find(avow_store *store, const avow_store_question *question, uint8_t channel,
     struct findings *findings, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (int i = 0; i < 2; i++) {
        *error = (avow_store_error){0};
        struct engine *engine = pool_borrow(store, error);
        if (!engine)
            return error->code;
        if ((int)code == ENGINE_CONFLICT)
            trust_look(store, engine);
        else
            trust_look_again(store, engine);
        bool lost;
        code = find_locked(store, engine, question, channel, findings, &lost, error);
        lost = lost || code == AVOW_STORE_IO;
        pool_return(store, engine, code != AVOW_STORE_OK && (int)code != ENGINE_CONFLICT);
        if (lost)
            pool_empty(store);
        else if ((int)code != ENGINE_CONFLICT)
            break;
    }
    if ((int)code == ENGINE_CONFLICT)
        code = fault(error, AVOW_STORE_CORRUPT, "The store holds a name that it does not list.");
    return code;
}

uint8_t
store_channel_of(uint32_t verb)
{
    switch (verb) {
    case AVOW_EMAIL:
        return AVOW_IDENTITY_EMAIL;
    case AVOW_MESSAGE:
    case AVOW_CALL:
        return AVOW_IDENTITY_PHONE;
    default:
        return AVOW_IDENTITY_NONE;
    }
}

/* The reason of the first state whose being unknown matters. */
static avow_store_reason
reason_of(const avow_store *store, const struct findings *findings, uint64_t missing)
{
    for (size_t i = 0; i < store->state_count; i++)
        if ((missing & store->owned & store->state[i].bit) != 0 &&
            findings->why[i] != AVOW_STORE_KNOWN)
            return findings->why[i];
    return AVOW_STORE_KNOWN;
}

/* From here on nothing is known unless it was read. */
static void
start(const avow_store *store, const avow_store_question *question, struct findings *findings)
{
    memset(findings, 0, sizeof *findings);
    findings->states = question->states;
    unknown_all(store, findings, AVOW_STORE_NO_SUBJECT);
}

static avow_store_code
check_question(const avow_store *store, const avow_store_question *question,
               avow_store_error *error)
{
    avow_store_code code = store_check_process(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (!store->table)
        return fault(error, AVOW_STORE_USAGE, "To ask, the store must be opened with a policy.");
    if (question->subject.kind == AVOW_IDENTITY_RECORD ||
        (question->record.kind != AVOW_IDENTITY_NONE &&
         question->record.kind != AVOW_IDENTITY_RECORD))
        return fault(error, AVOW_STORE_USAGE, "A person was given as a record, or the reverse.");
    return AVOW_STORE_OK;
}

avow_store_answer
avow_store_ask(avow_store *store, const avow_store_question *question, avow_store_error *error)
{
    struct findings findings;
    avow_store_error own = {0};
    start(store, question, &findings);
    avow_store_code code = check_question(store, question, &own);
    if (code == AVOW_STORE_OK)
        code = find(store, question, store_channel_of(question->point.verb), &findings, &own);
    if (code != AVOW_STORE_OK)
        unknown_all(store, &findings, AVOW_STORE_FAILED);
    if (own.code != AVOW_STORE_OK && error)
        *error = own;
    avow_store_answer out = {.states = findings.states};
    out.answer = avow_ask(store->table, question->point, findings.states);
    out.reason = reason_of(store, &findings, out.answer.missing);
    return out;
}

avow_store_code
avow_store_states(avow_store *store, avow_identity_text subject, avow_identity_text record,
                  avow_states *out, avow_store_reason *reason, avow_store_error *error)
{
    struct findings findings;
    avow_store_question question = {.subject = subject, .record = record};
    avow_store_error own = {0};
    error = error ? error : &own;
    start(store, &question, &findings);
    avow_store_code code = check_question(store, &question, error);
    if (code == AVOW_STORE_OK)
        code = find(store, &question, AVOW_IDENTITY_NONE, &findings, error);
    if (code != AVOW_STORE_OK)
        unknown_all(store, &findings, AVOW_STORE_FAILED);
    *out = findings.states;
    if (reason)
        *reason = reason_of(store, &findings, ~findings.states.known);
    return code;
}
