#include "runtime/agent/people/html.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Dark and light, from 320 pixels on, large targets; nothing depends on colour alone. */
static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#565e68;--line:#868e98;"
    "--ground:#f3f5f8;--strong:#0b57a4;--on-strong:#fff}"
    "@media(prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e8eaed;--soft:#b3bac3;"
    "--line:#7d8590;--ground:#20252b;--strong:#9cc7ff;--on-strong:#0a1c30}}"
    "*{box-sizing:border-box}"
    "html{background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}"
    "body{margin:0}main,footer{max-width:40rem;margin:0 auto;padding:1.5rem 1rem;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.7rem;line-height:1.25;margin:.5rem 0 1rem}"
    "h2{font-size:1.2rem;line-height:1.3;margin:2.2rem 0 .6rem}"
    "h3{font-size:1.0625rem;margin:1.4rem 0 .4rem}p{margin:.6rem 0}"
    "a{color:var(--strong)}"
    "blockquote{margin:.7rem 0;padding:.5rem 1rem;border-left:.25rem solid var(--line);"
    "background:var(--ground)}blockquote p{margin:.2rem 0}cite{color:var(--soft)}"
    "button{font:inherit;font-weight:600;min-height:2.75rem;max-width:100%;padding:.5rem 1.1rem;"
    "margin:.3rem 0;border:2px solid var(--strong);border-radius:.5rem;background:var(--paper);"
    "color:var(--strong);text-align:left;overflow-wrap:anywhere;cursor:pointer}"
    "button.main{background:var(--strong);color:var(--on-strong)}"
    "button::first-letter,.said::first-letter,dt::first-letter{text-transform:uppercase}"
    ":focus-visible{outline:3px solid var(--ink);outline-offset:3px}"
    ".said{font-weight:600}.note{padding:.6rem 1rem;border:2px solid var(--strong);"
    "border-radius:.5rem}"
    "dl{margin:.6rem 0}dt{font-weight:600;margin-top:1rem}dd{margin:.1rem 0 .3rem}"
    "ul{padding-left:1.2rem}li{margin:.4rem 0}"
    "li a,.all a{display:inline-block;padding:.35rem 0}"
    "footer{color:var(--soft);padding-top:0}";

void
html_raw(struct page *page, const char *markup)
{
    emit_raw(&page->reply->body, markup, strlen(markup));
}

void
html_text(struct page *page, const char *text)
{
    static const struct {
        char c;
        const char *name;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    while (*text) {
        size_t plain = strcspn(text, "&<>\"'");
        emit_raw(&page->reply->body, text, plain);
        text += plain;
        for (size_t i = 0; *text && i < sizeof escapes / sizeof escapes[0]; i++)
            if (escapes[i].c == *text) {
                html_raw(page, escapes[i].name);
                text++;
                break;
            }
    }
}

void
html_phrase(struct page *page, enum phrase phrase)
{
    html_text(page, page->phrases->say[phrase]);
}

void
html_say(struct page *page, enum phrase phrase, const char *class)
{
    html_raw(page, class ? "<p class=\"" : "<p");
    html_raw(page, class ? class : "");
    html_raw(page, class ? "\">" : ">");
    html_phrase(page, phrase);
    html_raw(page, "</p>\n");
}

void
html_heading(struct page *page, enum phrase phrase)
{
    html_raw(page, "<h2>");
    html_phrase(page, phrase);
    html_raw(page, "</h2>\n");
}

/* A text of the policy, marked where its language is not that of the page. */
static void
policy_text(struct page *page, const char *text)
{
    if (page->lang) {
        html_raw(page, "<span lang=\"");
        html_text(page, page->lang);
        html_raw(page, "\">");
    }
    html_text(page, text ? text : "");
    if (page->lang)
        html_raw(page, "</span>");
}

void
html_label(struct page *page, avow_id id)
{
    avow_text label = avow_label(page->table, id);
    policy_text(page, label.data ? label.data : avow_name(page->table, id).data);
}

void
html_clause(struct page *page, uint32_t index)
{
    avow_clause clause = avow_clause_at(page->table, index);
    if (!clause.words.data)
        return;
    html_raw(page, "<blockquote><p>");
    policy_text(page, clause.words.data);
    html_raw(page, "</p>");
    if (clause.section_title.data) {
        html_raw(page, "<p><cite>");
        if (page->policy) {
            html_raw(page, "<a href=\"");
            html_text(page, page->policy);
            html_raw(page, "#");
            html_text(page, clause.anchor.data);
            html_raw(page, "\">");
        }
        policy_text(page, clause.section_title.data);
        html_raw(page, page->policy ? "</a></cite></p>" : "</cite></p>");
    }
    html_raw(page, "</blockquote>\n");
}

static bool
is_link(avow_text address)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};
    for (size_t i = 0; address.data && i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(address.data, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

void
html_contacts(struct page *page)
{
    avow_id first = avow_first(page->table, AVOW_CONTACT);
    uint32_t count = avow_count(page->table, AVOW_CONTACT), shown = 0;
    for (avow_id contact = first; contact < first + count; contact++) {
        avow_text address = avow_address(page->table, contact);
        if (!is_link(address))
            continue;
        if (shown++ == 0) {
            html_heading(page, SAY_CONTACTS);
            html_raw(page, "<ul>\n");
        }
        html_raw(page, "<li><a href=\"");
        html_text(page, address.data);
        html_raw(page, "\">");
        html_label(page, contact);
        html_raw(page, "</a></li>\n");
    }
    if (shown > 0)
        html_raw(page, "</ul>\n");
}

void
html_time(struct page *page, int64_t seconds)
{
    char text[64];
    time_t at = (time_t)seconds;
    struct tm parts;
    if (!gmtime_r(&at, &parts))
        return;
    strftime(text, sizeof text, "<time datetime=\"%Y-%m-%dT%H:%M:%SZ\">", &parts);
    html_raw(page, text);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC</time>", &parts);
    html_raw(page, text);
}

/* The whole ---------------------------------------------------------------------------------- */

/* Nothing runs, nothing is loaded, nobody frames it, and no other site learns of the link. */
static void
add_headers(struct reply *reply)
{
    uint8_t digest[32];
    char hash[64];
    avow_sha256(style, sizeof style - 1, digest);
    sodium_bin2base64(hash, sizeof hash, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
    reply_header(reply, "Content-Security-Policy",
                 "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; "
                 "frame-ancestors 'none'; base-uri 'none'",
                 hash);
    reply_header(reply, "Referrer-Policy", "no-referrer");
    reply_header(reply, "X-Robots-Tag", "noindex, nofollow, noarchive");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    reply_header(reply, "X-Frame-Options", "DENY");
    reply_header(reply, "Cross-Origin-Opener-Policy", "same-origin");
    reply_header(reply, "Cross-Origin-Resource-Policy", "same-origin");
}

static void
put_heading(struct page *page, enum phrase heading, const char *of)
{
    html_phrase(page, heading);
    if (!of)
        return;
    html_raw(page, ": ");
    policy_text(page, of);
}

/* In a title there can be no markup. */
static void
put_title(struct page *page, enum phrase heading, const char *of)
{
    html_raw(page, "<title>");
    html_phrase(page, heading);
    if (of) {
        html_raw(page, ": ");
        html_text(page, of);
    }
    html_raw(page, "</title>\n");
}

void
page_begin(struct page *page, struct reply *reply, const struct generation *generation,
           unsigned status, enum phrase heading, const char *of)
{
    const char *language = avow_identify(generation->table).language.data;
    const struct phrases *phrases = phrases_of(language ? language : "");
    size_t length = strlen(phrases->language);
    bool same = language && strcspn(language, "-_") == length &&
                strncasecmp(language, phrases->language, length) == 0;
    *page = (struct page){.reply = reply,
                          .table = generation->table,
                          .phrases = phrases,
                          .lang = same ? NULL : language,
                          .policy = generation->config.people.page};
    reply->status = status;
    reply->content_type = "text/html; charset=utf-8";
    add_headers(reply);
    reply_header(reply, "Content-Language", "%.32s", same ? language : phrases->language);
    html_raw(page, "<!DOCTYPE html>\n<html lang=\"");
    html_text(page, same ? language : phrases->language);
    html_raw(page, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"robots\" content=\"noindex, nofollow\">\n"
                   "<meta name=\"referrer\" content=\"no-referrer\">\n");
    put_title(page, heading, of);
    html_raw(page, "<style>");
    html_raw(page, style);
    html_raw(page, "</style>\n</head>\n<body>\n<main>\n<h1>");
    put_heading(page, heading, of);
    html_raw(page, "</h1>\n");
}

void
page_end(struct page *page)
{
    avow_identity identity = avow_identify(page->table);
    html_raw(page, "</main>\n<footer>\n<p>");
    if (page->policy) {
        html_raw(page, "<a href=\"");
        html_text(page, page->policy);
        html_raw(page, "\">");
    }
    policy_text(page, identity.title.data);
    html_raw(page, page->policy ? "</a></p>\n</footer>\n</body>\n</html>\n"
                                : "</p>\n</footer>\n</body>\n</html>\n");
}
