#include "runtime/agent/people/act.h"

#include "runtime/store/lifecycle.h"

#include <string.h>
#include <time.h>

avow_store_code
visit_begin(struct visit *visit, const struct request *request, avow_store_error *error)
{
    const struct generation *generation = request->generation;
    *visit = (struct visit){.request = request, .people = generation->people};
    avow_store_code code = people_read(generation->store, request->rest, &visit->seal, error);
    if (code != AVOW_STORE_OK)
        return code;
    visit->who =
        (avow_identity_text){visit->seal.who_kind, visit->seal.who, visit->seal.who_length};
    visit->fresh = visit->seal.kind == SEAL_FRESH && visit->seal.expires > time(NULL);
    return code;
}

bool
visit_holds(const struct visit *visit, avow_id what)
{
    avow_states after = offer_after(visit->people->table, what), now;
    avow_store_reason reason;
    if (avow_store_states(visit->request->generation->store, visit->who, (avow_identity_text){0},
                          &now, &reason, NULL) != AVOW_STORE_OK)
        return false;
    return (now.known & after.known) == after.known &&
           (now.yes & after.known) == (after.yes & after.known);
}

/* What must be done at once is done by its being recorded: from then on mail is refused. */
static bool
is_done_with_it(const avow_table *table, avow_id what)
{
    avow_moment moment = {what, time(NULL)};
    avow_due_question question = {.what = what, .moments = &moment, .count = 1};
    avow_id first = avow_first(table, AVOW_REQUEST);
    bool request = what >= first && what - first < avow_count(table, AVOW_REQUEST);
    return request && avow_when_due(table, &question).kind == AVOW_DUE_AT_ONCE;
}

static avow_store_code
record(const struct visit *visit, avow_id what, const char *evidence, avow_recorded *recorded,
       avow_store_error *error)
{
    const struct request *request = visit->request;
    const avow_table *table = visit->people->table;
    avow_event event = {.what = avow_name(table, what).data,
                        .subject = visit->who,
                        .source = AVOW_BY_PERSON,
                        .evidence = evidence,
                        .done = is_done_with_it(table, what)};
    avow_store_code code = avow_store_record(request->generation->store, &event, recorded, error);
    metrics_count(request->daemon->metrics, COUNT_RECORDS, METRIC_PEOPLE,
                  code == AVOW_STORE_OK ? METRIC_DONE : METRIC_FAILED, 0);
    if (code != AVOW_STORE_OK)
        log_line(request->daemon->log, LOG_ERROR_LEVEL, "people-not-recorded", "what", event.what,
                 "why", error->text, NULL);
    return code;
}

avow_store_code
visit_act(const struct visit *visit, avow_id what, const char *evidence, avow_recorded *recorded,
          avow_store_error *error)
{
    struct replay_guard *guard = &visit->people->guard;
    avow_recorded own;
    uint8_t mark[GUARD_MARK];
    recorded = recorded ? recorded : &own;
    *recorded = (avow_recorded){0};
    bool withdraws = offer_can_withdraw(visit->people->table, what);
    guard_mark(guard, visit->request->rest, avow_name(visit->people->table, what).data, mark);
    if (withdraws && guard_has(guard, mark) && visit_holds(visit, what))
        return AVOW_STORE_OK;
    avow_store_code code = record(visit, what, evidence, recorded, error);
    if (code == AVOW_STORE_OK && withdraws)
        guard_add(guard, mark);
    return code;
}
