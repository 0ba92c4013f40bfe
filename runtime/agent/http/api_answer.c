/* Answers, clauses and deadlines as JSON; and how a question is decided. */
#include "runtime/agent/http/api.h"

#include "runtime/agent/words.h"

static const char *const core_reasons[] = {"none",     "clause",    "no-clause", "unknown",
                                           "no-table", "bad-point", "bad-states"};
static const char *const store_reasons[] = {"known",     "pending",   "spelling", "no-subject",
                                            "unsettled", "untrusted", "failed"};

/* A word of a list; the last for a number that it does not have. */
#define WORD_OF(words, number)                                                                     \
    ((words)[(size_t)(number) < sizeof(words) / sizeof *(words)                                    \
                 ? (size_t)(number)                                                                \
                 : sizeof(words) / sizeof *(words)-1])

static void
emit_bool(struct emit *out, const char *name, bool yes)
{
    emit_member(out, name, yes ? "true" : "false", yes ? 4 : 5);
}

static void
emit_avow_text(struct emit *out, const char *name, avow_text text)
{
    if (text.data)
        emit_bytes(out, name, text.data, text.length);
}

void
api_emit_clause(struct emit *out, const char *name, const avow_table *table, uint32_t index)
{
    avow_clause clause = avow_clause_at(table, index);
    emit_open(out, name, '{');
    emit_avow_text(out, "name", clause.name);
    if (clause.section)
        emit_number(out, "section", clause.section);
    emit_avow_text(out, "anchor", clause.anchor);
    emit_avow_text(out, "sentence", clause.words);
    emit_close(out, '}');
}

static void
emit_missing(struct emit *out, const avow_table *table, uint64_t missing)
{
    if (!missing)
        return;
    emit_open(out, "missing", '[');
    for (avow_kind kind = AVOW_STATE; kind <= AVOW_FACT; kind++) {
        for (uint32_t i = 0; i < avow_count(table, kind); i++) {
            avow_id id = avow_first(table, kind) + i;
            if (avow_bit(table, id) & missing)
                emit_avow_text(out, NULL, avow_name(table, id));
        }
    }
    emit_close(out, ']');
}

/* Why it is not simply what the clauses say, as a sentence for people. */
static const char *
detail_of(const avow_store_answer *answer)
{
    const char *of_store = words_of_reason(answer->reason);
    if (of_store && answer->answer.missing)
        return of_store;
    return answer->answer.reason != AVOW_REASON_CLAUSE
               ? avow_reason_text((avow_reason)answer->answer.reason)
               : NULL;
}

void
api_emit_answer(struct emit *out, const avow_table *table, avow_point point,
                const avow_store_answer *answer)
{
    const avow_answer *core = &answer->answer;
    avow_question asked = {point, answer->states};
    emit_text(out, "verdict", words_of_verdict(core->verdict));
    emit_bool(out, "allowed", avow_allowed(*core));
    emit_text(out, "reason", WORD_OF(core_reasons, core->reason));
    emit_text(out, "states", WORD_OF(store_reasons, answer->reason));
    emit_text(out, "detail", detail_of(answer));
    emit_open(out, "clauses", '[');
    for (uint32_t clause = core->clause; clause != AVOW_NONE;
         clause = avow_next_clause(table, &asked, clause))
        api_emit_clause(out, NULL, table, clause);
    emit_close(out, ']');
    emit_missing(out, table, core->missing);
    if (core->possible)
        emit_true(out, "possible");
}

void
api_emit_due(struct emit *out, const char *name, const avow_table *table, avow_due due)
{
    static const char *const kinds[] = {"nothing", "at", "at-once", "unknown"};
    static const char *const reasons[] = {"certain",    "possible",      "not-started",
                                          "past-zones", "past-holidays", "bad-question",
                                          "kept"};
    char when[TIME_TEXT];
    emit_open(out, name, '{');
    emit_text(out, "kind", WORD_OF(kinds, due.kind));
    if (due.kind == AVOW_DUE_AT)
        emit_text(out, "at", words_of_time(due.at, when));
    if (due.kind != AVOW_DUE_NOTHING)
        emit_text(out, "reason", WORD_OF(reasons, due.reason));
    if (due.clause != AVOW_NONE && due.kind != AVOW_DUE_NOTHING)
        api_emit_clause(out, "clause", table, due.clause);
    emit_missing(out, table, due.missing);
    emit_close(out, '}');
}

void
api_emit_policy(struct emit *out, const avow_table *table)
{
    avow_identity identity = avow_identify(table);
    emit_avow_text(out, "policy", identity.policy);
    emit_hex(out, "content", identity.content, sizeof identity.content);
}

bool
api_decide(const struct request *request, const avow_store_question *question,
           avow_store_answer *answer, struct problem *problem)
{
    const struct generation *generation = request->generation;
    avow_store_error error = {0};
    if (question->subject.kind == AVOW_IDENTITY_NONE && question->record.kind == AVOW_IDENTITY_NONE)
        *answer = (avow_store_answer){
            .answer = avow_ask(generation->table, question->point, question->states),
            .states = question->states};
    else
        *answer = avow_store_ask(generation->store, question, &error);
    metrics_count(request->daemon->metrics, COUNT_DECISIONS, METRIC_HTTP, answer->answer.verdict,
                  answer->reason);
    /* What a clause forbids whatever the states are is certain without the store. */
    bool failed = answer->reason == AVOW_STORE_FAILED || answer->reason == AVOW_STORE_UNTRUSTED;
    if (failed && error.code != AVOW_STORE_OK)
        return problem_of_store(problem, &error);
    if (failed)
        return problem_is(problem, 503, "store-untrusted", "%s", words_of_reason(answer->reason));
    /* An address that is none decides nothing, and saying so helps to mend the call. */
    if (error.code != AVOW_STORE_OK && !avow_allowed(answer->answer) && answer->answer.missing)
        return problem_of_store(problem, &error);
    return true;
}
