/* Pages for people: HTML that needs no script, no outside file and no cookie.
 *
 * What comes from the policy or from outside goes in as text and nothing else. */
#ifndef AVOW_AGENT_HTML_H
#define AVOW_AGENT_HTML_H

#include "runtime/agent/http/http.h"
#include "runtime/agent/people/phrases.h"

struct page {
    struct reply *reply;
    const avow_table *table;
    const struct phrases *phrases;
    const char *lang;   /* of the policy, where it is not that of the phrases; else NULL */
    const char *policy; /* URL of the published page, or NULL */
};

/* Begins a page with its heading: a phrase, and behind it a text of the policy or NULL. */
void page_begin(struct page *page, struct reply *reply, const struct generation *generation,
                unsigned status, enum phrase heading, const char *of);
void page_end(struct page *page);

/* Markup as it is. */
void html_raw(struct page *page, const char *markup);
/* A text, escaped. */
void html_text(struct page *page, const char *text);
void html_phrase(struct page *page, enum phrase phrase);

/* A paragraph of a phrase; with a class, or NULL. */
void html_say(struct page *page, enum phrase phrase, const char *class);
/* A heading of the second rank. */
void html_heading(struct page *page, enum phrase phrase);
/* What the policy calls it. */
void html_label(struct page *page, avow_id id);
/* What the policy says in a clause, with where it stands; nothing for AVOW_NONE. */
void html_clause(struct page *page, uint32_t clause);
/* Where the policy says that people reach whoever is responsible; nothing if it does not. */
void html_contacts(struct page *page);

/* "2026-03-07 10:00 UTC", as a <time>. */
void html_time(struct page *page, int64_t seconds);

#endif
