/* /u/TOKEN: a mail's unsubscribe link, after RFC 8058. POST acts, whoever sends it; everything else
 * only shows a page with a button. */
#include "runtime/agent/people/unsubscribe.h"

#include "runtime/agent/people/form.h"
#include "runtime/agent/people/html.h"
#include "runtime/store/lifecycle.h"

#include <string.h>

enum { RETRY_SECONDS = 120 };

/* The clause that a request acts by: of its deadline, else of the first state that it switches. */
uint32_t
people_clause_of(const avow_table *table, avow_id request)
{
    avow_moment moment = {request, 0};
    avow_due_question question = {.what = request, .moments = &moment, .count = 1};
    avow_due due = avow_when_due(table, &question);
    if (due.kind != AVOW_DUE_NOTHING && due.clause != AVOW_NONE)
        return due.clause;
    for (uint32_t i = 0; i < lifecycle_count(table); i++)
        if (lifecycle_switch_of(table, i, request) != SWITCH_NONE)
            return lifecycle_state_at(table, i).clause;
    return AVOW_NONE;
}

/* What she says by this link, in the policy's words. */
static void
put_said(struct page *page, const struct withdrawal *withdrawal)
{
    for (size_t i = 0; i < withdrawal->count; i++) {
        html_raw(page, "<p class=\"said\">");
        html_label(page, withdrawal->requests[i]);
        html_raw(page, "</p>\n");
    }
}

static void
put_button(struct page *page, const struct withdrawal *withdrawal)
{
    html_raw(page, "<form method=\"post\">\n"
                   "<input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\n"
                   "<button class=\"main\">");
    if (withdrawal->count == 0)
        html_phrase(page, SAY_STOP);
    for (size_t i = 0; i < withdrawal->count; i++) {
        html_raw(page, i > 0 ? " · " : "");
        html_label(page, withdrawal->requests[i]);
    }
    html_raw(page, "</button>\n</form>\n");
}

static void
put_clauses(struct page *page, const struct withdrawal *withdrawal)
{
    uint32_t shown = AVOW_NONE;
    html_heading(page, SAY_PUBLISHED);
    for (size_t i = 0; i < withdrawal->count; i++) {
        uint32_t clause = people_clause_of(page->table, withdrawal->requests[i]);
        if (clause != shown)
            html_clause(page, clause);
        shown = clause;
    }
}

/* Relative, so that it is right behind any proxy. */
static void
put_way_on(struct page *page, const struct request *request)
{
    html_raw(page, "<p class=\"all\"><a href=\"../p/");
    html_text(page, request->rest);
    html_raw(page, "\">");
    html_phrase(page, SAY_ALL);
    html_raw(page, "</a></p>\n");
}

static const char *
purpose_of(const struct people *people, const struct withdrawal *withdrawal)
{
    return withdrawal->offer ? avow_label(people->table, withdrawal->offer->purpose).data : NULL;
}

/* Pages -------------------------------------------------------------------------------------- */

static void
show_question(const struct visit *visit, const struct withdrawal *withdrawal, unsigned status,
              struct reply *reply)
{
    struct page page;
    page_begin(&page, reply, visit->request->generation, status, SAY_STOP,
               purpose_of(visit->people, withdrawal));
    if (status != 200)
        html_say(&page, SAY_UNCLEAR, "note");
    html_say(&page, SAY_STOP_LEAD, NULL);
    put_button(&page, withdrawal);
    put_clauses(&page, withdrawal);
    put_way_on(&page, visit->request);
    page_end(&page);
}

static void
show_recorded(const struct visit *visit, const struct withdrawal *withdrawal, struct reply *reply)
{
    struct page page;
    page_begin(&page, reply, visit->request->generation, 200, SAY_RECORDED,
               purpose_of(visit->people, withdrawal));
    html_say(&page, SAY_RECORDED_LEAD, NULL);
    put_said(&page, withdrawal);
    html_say(&page, SAY_RECORDED_STOP, NULL);
    put_clauses(&page, withdrawal);
    put_way_on(&page, visit->request);
    page_end(&page);
}

/* The policy has no mail any more that a link could stop: none at all, or such as no-link lists. */
static void
show_nothing_left(const struct visit *visit, struct reply *reply)
{
    struct page page;
    page_begin(&page, reply, visit->request->generation, 200, SAY_STOP, NULL);
    html_say(&page, visit->people->count > 0 ? SAY_NO_LINK : SAY_NO_SUCH_MAIL, NULL);
    html_contacts(&page);
    page_end(&page);
}

void
people_show_failed(const struct request *request, struct reply *reply)
{
    struct page page;
    page_begin(&page, reply, request->generation, 503, SAY_FAILED, NULL);
    reply_header(reply, "Retry-After", "%d", (int)RETRY_SECONDS);
    html_say(&page, SAY_FAILED_LEAD, "note");
    if (strncmp(request->path, "/u/", 3) == 0)
        put_button(&page, &(struct withdrawal){0});
    html_contacts(&page);
    page_end(&page);
}

void
people_show_bad_link(const struct request *request, struct reply *reply)
{
    struct page page;
    page_begin(&page, reply, request->generation, 404, SAY_BAD_LINK, NULL);
    html_say(&page, SAY_BAD_LINK_LEAD, NULL);
    html_contacts(&page);
    page_end(&page);
}

/* -------------------------------------------------------------------------------------------- */

static bool
is_one_click(const struct request *request)
{
    struct form form;
    form_read(&form, request->content_type, request->body, request->length);
    const char *value = form_value(&form, "List-Unsubscribe");
    return value && strcmp(value, "One-Click") == 0;
}

static void
act(const struct visit *visit, const struct withdrawal *withdrawal, struct reply *reply)
{
    avow_store_error error = {0};
    avow_store_code code = AVOW_STORE_OK;
    people_signal(visit, &error);
    for (size_t i = 0; i < withdrawal->count && code == AVOW_STORE_OK; i++)
        code = visit_act(visit, withdrawal->requests[i], "unsubscribe link of an e-mail", NULL,
                         &error);
    if (code == AVOW_STORE_OK)
        show_recorded(visit, withdrawal, reply);
    else
        people_show_failed(visit->request, reply);
}

void
people_unsubscribe(const struct request *request, struct reply *reply)
{
    struct visit visit;
    struct withdrawal withdrawal;
    avow_store_error error = {0};
    avow_store_code code = visit_begin(&visit, request, &error);
    if (code == AVOW_STORE_NOT_FOUND) {
        people_show_bad_link(request, reply);
        return;
    }
    if (code != AVOW_STORE_OK) {
        people_show_failed(request, reply);
        return;
    }
    people_withdrawal(visit.people, &visit.seal, &withdrawal);
    if (withdrawal.count == 0)
        show_nothing_left(&visit, reply);
    else if (request->method != METHOD_POST)
        show_question(&visit, &withdrawal, 200, reply);
    else if (!is_one_click(request))
        show_question(&visit, &withdrawal, 400, reply);
    else
        act(&visit, &withdrawal, reply);
}
