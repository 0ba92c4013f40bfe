/* /p/TOKEN: everything that somebody can say, and, to herself, what she has said. Each button is a
 * form of its own: what is not pressed says nothing. */
#include "runtime/agent/people/unsubscribe.h"

#include "runtime/agent/people/form.h"
#include "runtime/agent/people/preferences.h"
#include "runtime/store/lifecycle.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

enum { POLICY_DIGITS = 16 };

/* The policy that a page was made by: who agrees, agrees to the words that she read. */
static void
policy_mark(const avow_table *table, char mark[POLICY_DIGITS + 1])
{
    sodium_bin2hex(mark, POLICY_DIGITS + 1, avow_identify(table).content, POLICY_DIGITS / 2);
}

static avow_id
find_request(const avow_table *table, const char *name)
{
    return avow_find(table, AVOW_REQUEST, name, strlen(name));
}

/* Her browser's signal ----------------------------------------------------------------------- */

/* A page that is fetched before anybody looks at it is no visit. */
static bool
is_own_visit(const struct visit *visit)
{
    static const char *const early[] = {"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"};
    if (visit->request->method == METHOD_POST)
        return true;
    for (size_t i = 0; i < sizeof early / sizeof early[0]; i++)
        if (request_header(visit->request, early[i]))
            return false;
    return visit->fresh && visit->request->method == METHOD_GET;
}

avow_store_code
people_signal(const struct visit *visit, avow_store_error *error)
{
    const char *signal = request_header(visit->request, "Sec-GPC");
    avow_id event = visit->people->gpc;
    if (event == AVOW_NONE || !signal || strcmp(signal, "1") != 0 ||
        request_header_count(visit->request, "Sec-GPC") != 1 || !is_own_visit(visit))
        return AVOW_STORE_NOT_FOUND;
    if (visit->fresh && visit_holds(visit, event))
        return AVOW_STORE_OK;
    return visit_act(visit, event, "Sec-GPC: 1", NULL, error);
}

/* What was sent ------------------------------------------------------------------------------ */

/* What came of it. */
struct outcome {
    unsigned status;
    enum phrase say;
    bool told, failed;
    avow_id recorded; /* the request, or AVOW_NONE */
    char receipt[AVOW_RECEIPT_MAX];
};

static struct outcome
told(unsigned status, enum phrase say)
{
    return (struct outcome){.status = status, .say = say, .told = true, .recorded = AVOW_NONE};
}

static struct outcome
carry_out(const struct visit *visit, avow_id request, const char *evidence)
{
    avow_recorded recorded;
    avow_store_error error = {0};
    struct outcome outcome = told(200, SAY_RECORDED_LEAD);
    outcome.failed = visit_act(visit, request, evidence, &recorded, &error) != AVOW_STORE_OK;
    outcome.recorded = request;
    memcpy(outcome.receipt, recorded.receipt, sizeof outcome.receipt);
    return outcome;
}

/* To agree takes her own link, the words in force, and a button on this very page. */
static struct outcome
agree(const struct visit *visit, avow_id request, const char *mark)
{
    char now[POLICY_DIGITS + 1], evidence[160];
    const char *site = request_header(visit->request, "Sec-Fetch-Site");
    policy_mark(visit->people->table, now);
    if (!visit->fresh || (site && strcmp(site, "same-origin") != 0))
        return told(403, SAY_NOT_HERE);
    if (!mark || strcmp(mark, now) != 0)
        return told(409, SAY_CHANGED);
    snprintf(evidence, sizeof evidence,
             "button on the preference page, policy %s, by a link for this person", now);
    return carry_out(visit, request, evidence);
}

static struct outcome
answer_post(const struct visit *visit)
{
    struct form form;
    const struct request *request = visit->request;
    form_read(&form, request->content_type, request->body, request->length);
    const char *wish = form_value(&form, "do");
    if (!wish)
        return told(400, SAY_UNCLEAR);
    avow_id what = find_request(visit->people->table, wish);
    if (what != AVOW_NONE && offer_can_withdraw(visit->people->table, what))
        return carry_out(visit, what, "button on the preference page");
    if (what != AVOW_NONE && offer_can_agree(visit->people->table, what))
        return agree(visit, what, form_value(&form, "policy"));
    return told(409, SAY_CHANGED);
}

/* -------------------------------------------------------------------------------------------- */

static void
send_receipt(const struct visit *visit, const char *name, struct reply *reply)
{
    char *document = NULL;
    avow_store_error error = {0};
    avow_store_code code = AVOW_STORE_NOT_FOUND;
    if (visit->fresh)
        code =
            shown_receipt(visit->request->generation->store, visit->who, name, &document, &error);
    if (code == AVOW_STORE_NOT_FOUND) {
        people_show_bad_link(visit->request, reply);
        return;
    }
    if (code != AVOW_STORE_OK) {
        people_show_failed(visit->request, reply);
        return;
    }
    reply->status = 200;
    reply->content_type = "application/json";
    reply_header(reply, "Content-Disposition", "attachment; filename=\"%.64s.json\"", name);
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    reply_header(reply, "Referrer-Policy", "no-referrer");
    reply_header(reply, "X-Robots-Tag", "noindex");
    emit_raw(&reply->body, document, strlen(document));
    avow_store_free(document);
}

static void
show(const struct visit *visit, const struct outcome *outcome, avow_store_code signal,
     struct reply *reply)
{
    struct preferences p = {.visit = visit,
                            .outcome_say = outcome->say,
                            .told = outcome->told,
                            .recorded = outcome->recorded,
                            .receipt = outcome->receipt,
                            .signal = signal};
    avow_store_error error = {0};
    policy_mark(visit->people->table, p.mark);
    if (visit->fresh && shown_read(visit->request->generation->store, visit->who, &p.shown,
                                   &error) != AVOW_STORE_OK) {
        log_line(visit->request->daemon->log, LOG_ERROR_LEVEL, "people-not-shown", "why",
                 error.text, NULL);
        people_show_failed(visit->request, reply);
        return;
    }
    preferences_show(&p, outcome->status, reply);
}

void
people_preferences(const struct request *request, struct reply *reply)
{
    struct visit visit;
    avow_store_error error = {0};
    avow_store_code code = visit_begin(&visit, request, &error);
    if (code == AVOW_STORE_NOT_FOUND) {
        people_show_bad_link(request, reply);
        return;
    }
    const char *receipt = request_query(request, "receipt");
    if (code == AVOW_STORE_OK && receipt && request->method != METHOD_POST) {
        send_receipt(&visit, receipt, reply);
        return;
    }
    struct outcome outcome = {.status = 200, .recorded = AVOW_NONE};
    avow_store_code signal = AVOW_STORE_NOT_FOUND;
    if (code == AVOW_STORE_OK)
        signal = people_signal(&visit, &error);
    if (code == AVOW_STORE_OK && request->method == METHOD_POST)
        outcome = answer_post(&visit);
    if (code != AVOW_STORE_OK || outcome.failed)
        people_show_failed(request, reply);
    else
        show(&visit, &outcome, signal, reply);
}
