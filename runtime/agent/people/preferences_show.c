#include "runtime/agent/people/preferences.h"

#include "runtime/agent/people/unsubscribe.h"
#include "runtime/store/lifecycle.h"

#include <string.h>

enum { MICROS = 1000000 };

static const avow_table *
table_of(const struct preferences *p)
{
    return p->visit->people->table;
}

/* Whether what is known would be another afterwards; by a mailed link nothing is known. */
static bool
changes(const struct preferences *p, avow_id request)
{
    avow_states now = p->shown.states, after = offer_after(table_of(p), request);
    return !p->visit->fresh || (now.known & after.known) != after.known ||
           ((now.yes ^ after.yes) & after.known) != 0;
}

static void
put_button(struct preferences *p, avow_id request)
{
    struct page *page = &p->page;
    html_raw(page, "<form method=\"post\">\n<input type=\"hidden\" name=\"policy\" value=\"");
    html_raw(page, p->mark);
    html_raw(page, "\">\n<button name=\"do\" value=\"");
    html_text(page, avow_name(table_of(p), request).data);
    html_raw(page, "\">");
    html_label(page, request);
    html_raw(page, "</button>\n</form>\n");
}

/* What came of it ---------------------------------------------------------------------------- */

static void
put_receipt_link(struct preferences *p, const char *name)
{
    struct page *page = &p->page;
    html_raw(page, "<a href=\"?receipt=");
    html_text(page, name);
    html_raw(page, "\" download>");
    html_text(page, name);
    html_raw(page, "</a>");
}

static void
put_outcome(struct preferences *p)
{
    struct page *page = &p->page;
    if (p->told) {
        html_raw(page, "<div class=\"note\" role=\"status\">\n");
        if (p->recorded != AVOW_NONE)
            html_say(page, SAY_RECORDED, "said");
        html_say(page, p->outcome_say, NULL);
        if (p->recorded != AVOW_NONE) {
            html_raw(page, "<p class=\"said\">");
            html_label(page, p->recorded);
            html_raw(page, "</p>\n");
        }
        if (p->visit->fresh && p->receipt[0] != '\0') {
            html_raw(page, "<p>");
            put_receipt_link(p, p->receipt);
            html_raw(page, "</p>\n");
        }
        html_raw(page, "</div>\n");
    }
    if (p->signal == AVOW_STORE_NOT_FOUND)
        return;
    html_raw(page, "<div class=\"note\" role=\"status\">\n");
    html_say(page, p->signal == AVOW_STORE_OK ? SAY_BROWSER : SAY_BROWSER_FAILED, NULL);
    html_raw(page, "<p class=\"said\">");
    html_label(page, p->visit->people->gpc);
    html_raw(page, "</p>\n</div>\n");
}

static void
put_lead(struct preferences *p)
{
    struct page *page = &p->page;
    if (!p->visit->fresh) {
        html_say(page, p->visit->seal.kind == SEAL_FRESH ? SAY_EXPIRED_LEAD : SAY_MAILED_LEAD,
                 NULL);
        return;
    }
    html_raw(page, "<p>");
    html_phrase(page, SAY_FRESH_LEAD);
    html_raw(page, " ");
    html_time(page, p->visit->seal.expires);
    html_raw(page, ".</p>\n");
}

/* Mail --------------------------------------------------------------------------------------- */

/* What she has said decides, or leaves open. */
static enum phrase
now_of(const struct preferences *p, const struct offer *offer)
{
    const avow_table *table = table_of(p);
    avow_id first = avow_first(table, AVOW_SYSTEM);
    enum phrase say = SAY_NOW_NO;
    for (avow_id actor = first; actor < first + avow_count(table, AVOW_SYSTEM); actor++) {
        avow_point point = {actor, AVOW_EMAIL, offer->person, offer->purpose};
        avow_answer answer = avow_ask(table, point, p->shown.states);
        if (avow_allowed(answer))
            return SAY_NOW_YES;
        if (offer_is_open(table, point, p->shown.states))
            say = SAY_NOW_MAYBE;
        if (say == SAY_NOW_MAYBE && p->shown.reason != AVOW_STORE_KNOWN)
            say = SAY_NOW_UNKNOWN;
    }
    return say;
}

static bool
is_shown(const struct preferences *p, const struct offer *offer)
{
    const char *person = p->visit->seal.person;
    avow_id who = avow_find(table_of(p), AVOW_PERSON, person, strlen(person));
    return who == AVOW_NONE || who == offer->person;
}

/* Mail of one kind may go to several kinds of persons: it is one thing to whoever gets it. */
static bool
is_first(const struct preferences *p, size_t index, bool purpose)
{
    const struct offer *offers = p->visit->people->offers;
    for (size_t i = 0; i < index; i++)
        if (is_shown(p, &offers[i]) && offers[i].request == offers[index].request &&
            (!purpose || offers[i].purpose == offers[index].purpose))
            return false;
    return is_shown(p, &offers[index]);
}

static void
put_mail(struct preferences *p, const struct offer *offer)
{
    struct page *page = &p->page;
    html_raw(page, "<h3>");
    html_phrase(page, SAY_MAIL_ABOUT);
    html_raw(page, " ");
    html_label(page, offer->purpose);
    html_raw(page, "</h3>\n");
    if (p->visit->fresh)
        html_say(page, now_of(p, offer), NULL);
}

/* All mail that one request stops: what it is, why she may get it, and the button. */
static void
put_group(struct preferences *p, size_t from)
{
    const struct people *people = p->visit->people;
    avow_id request = people->offers[from].request;
    uint32_t cited = AVOW_NONE;
    for (size_t i = from; i < people->count; i++) {
        const struct offer *offer = &people->offers[i];
        if (offer->request != request || !is_first(p, i, true))
            continue;
        put_mail(p, offer);
        if (offer->why != cited)
            html_clause(&p->page, offer->why);
        cited = offer->why;
    }
    if (request == AVOW_NONE)
        html_say(&p->page, SAY_NO_LINK, NULL);
    else if (changes(p, request))
        put_button(p, request);
}

static bool
is_offered(const struct people *people, avow_id request)
{
    for (size_t i = 0; i < people->count; i++)
        if (people->offers[i].request == request)
            return true;
    return false;
}

static void
put_more_ways(struct preferences *p)
{
    const avow_table *table = table_of(p);
    avow_id first = avow_first(table, AVOW_REQUEST);
    bool any = false;
    for (avow_id request = first; request < first + avow_count(table, AVOW_REQUEST); request++) {
        if (!offer_can_withdraw(table, request) || is_offered(p->visit->people, request) ||
            !changes(p, request))
            continue;
        if (!any)
            html_heading(&p->page, SAY_MORE_WAYS);
        any = true;
        html_clause(&p->page, people_clause_of(table, request));
        put_button(p, request);
    }
}

/* What is known ------------------------------------------------------------------------------ */

static enum phrase
value_of(const struct preferences *p, uint64_t bit)
{
    if ((p->shown.states.known & bit) != 0)
        return (p->shown.states.yes & bit) != 0 ? SAY_YES : SAY_NO;
    return p->shown.reason == AVOW_STORE_PENDING ? SAY_WAITS : SAY_NOT_KNOWN;
}

static void
put_states(struct preferences *p)
{
    struct page *page = &p->page;
    const avow_table *table = table_of(p);
    html_heading(page, SAY_STATES);
    html_raw(page, "<dl>\n");
    for (uint32_t i = 0; i < lifecycle_count(table); i++) {
        struct lifecycle_state state = lifecycle_state_at(table, i);
        if (!state.stored || state.of_record)
            continue;
        html_raw(page, "<dt>");
        html_label(page, state.state);
        html_raw(page, "</dt>\n<dd>");
        html_phrase(page, value_of(p, state.bit));
        html_raw(page, "</dd>\n");
    }
    html_raw(page, "</dl>\n");
    avow_id first = avow_first(table, AVOW_REQUEST);
    for (avow_id request = first; request < first + avow_count(table, AVOW_REQUEST); request++)
        if (offer_can_agree(table, request) && changes(p, request)) {
            html_clause(page, people_clause_of(table, request));
            put_button(p, request);
        }
}

/* A request by its label; one of another policy by its name. */
static void
put_what(struct preferences *p, const char *what)
{
    avow_id id = avow_find(table_of(p), AVOW_REQUEST, what, strlen(what));
    if (id == AVOW_NONE)
        id = avow_find(table_of(p), AVOW_EVENT, what, strlen(what));
    if (id != AVOW_NONE)
        html_label(&p->page, id);
    else
        html_text(&p->page, what);
}

static void
put_receipts(struct preferences *p)
{
    struct page *page = &p->page;
    const struct shown *shown = &p->shown;
    html_heading(page, SAY_RECEIPTS);
    if (shown->count == 0 && !shown->more) {
        html_say(page, SAY_RECEIPTS_NONE, NULL);
        return;
    }
    html_say(page, SAY_RECEIPTS_LEAD, NULL);
    html_raw(page, "<ul>\n");
    for (size_t i = 0; i < shown->count; i++) {
        html_raw(page, "<li>");
        html_time(page, shown->at[i].received / MICROS);
        html_raw(page, ": ");
        put_what(p, shown->at[i].what);
        html_raw(page, "<br>");
        put_receipt_link(p, shown->at[i].name);
        html_raw(page, "</li>\n");
    }
    html_raw(page, "</ul>\n");
    if (shown->more)
        html_say(page, SAY_RECEIPTS_MORE, NULL);
}

/* -------------------------------------------------------------------------------------------- */

void
preferences_show(struct preferences *p, unsigned status, struct reply *reply)
{
    const struct people *people = p->visit->people;
    page_begin(&p->page, reply, p->visit->request->generation, status, SAY_CHOICES, NULL);
    put_outcome(p);
    put_lead(p);
    html_heading(&p->page, SAY_ALL);
    for (size_t i = 0; i < people->count; i++)
        if (is_first(p, i, false))
            put_group(p, i);
    put_more_ways(p);
    if (p->visit->fresh) {
        put_states(p);
        put_receipts(p);
    }
    html_contacts(&p->page);
    page_end(&p->page);
}
