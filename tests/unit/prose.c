/* Prose: the words and nodes of clauses, and what must not be taken for typed numbers. */
#include "compiler/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char head[] = "---\n"
                           "policy: test\n"
                           "title: Test\n"
                           "language: %s\n"
                           "effective: 2026-03-01\n"
                           "---\n"
                           "person customer \"customer\".\n"
                           "data order \"*orders* & <b>\" of customer.\n"
                           "purpose uses.a \"news\".\n"
                           "purpose uses.b \"delivery\".\n"
                           "purpose uses.c \"statistics\".\n"
                           "event closed \"the end\".\n"
                           "request leave \"leave\".\n"
                           "contact help \"help desk\" at \"mailto:help@example.org\".\n"
                           "value age \"minimum age\" is \"16 years\".\n"
                           "clause here:\n"
                           "  we MUST erase order within %s after closed.\n"
                           "  customer MAY request leave via help.\n"
                           "  we MUST do leave within 1 day.\n";

struct result {
    struct compilation compilation;
    char *policy;
};

/* Compiles a policy whose only clause has these prose lines ("\n" between them). */
static struct result
read_prose(const char *language, const char *span, const char *prose)
{
    struct result r;
    size_t room = sizeof head + 64 + strlen(prose) * 6;
    r.policy = calloc(1, room);
    assert_non_null(r.policy);
    int at = snprintf(r.policy, room, head, language, span);
    for (const char *line = prose; *line;) {
        int length = (int)strcspn(line, "\n");
        at += snprintf(r.policy + at, room - (size_t)at, "  > %.*s\n", length, line);
        line += length + (line[length] == '\n');
    }
    struct text text = {r.policy, (size_t)at};
    assert_true(compile_text(&r.compilation, TEXT("test.policy"), text, STAGE_MODEL));
    return r;
}

static void
release(struct result *r)
{
    compilation_free(&r->compilation);
    free(r->policy);
}

static void
assert_words_in(const char *language, const char *span, const char *prose, const char *words)
{
    struct result r = read_prose(language, span, prose);
    assert_int_equal(r.compilation.diagnostics.errors, 0);
    struct text got = r.compilation.model->clauses[0].words;
    assert_int_equal(got.length, strlen(words));
    assert_memory_equal(got.data, words, got.length);
    release(&r);
}

static void
assert_words(const char *prose, const char *words)
{
    assert_words_in("en", "30 days", prose, words);
}

static void
test_holes(void **state)
{
    (void)state;
    assert_words("Your {order}.", "Your *orders* & <b>.");
    assert_words("{order \"Orders\"} and { order  “all your\norders” }.",
                 "Orders and all your orders.");
    assert_words("within {deadline of order} and {deadline of leave}", "within 30 days and 1 day");
    assert_words("for {list of uses}; {list of uses.b}",
                 "for news, delivery and statistics; delivery");
    assert_words("{link of help} or {link of help \"us\"} or {help}",
                 "help desk or us or help desk");
    assert_words("from {value of age} and {age}", "from 16 years and minimum age");
    assert_words("since {date of effective}", "since 1 March 2026");
    assert_words("{{name}} {{{order}}}", "{name} {*orders* & <b>}");
    assert_words("**{order}** _{order}_ `{order}`", "*orders* & <b> *orders* & <b> *orders* & <b>");
}

static void
test_languages(void **state)
{
    (void)state;
    assert_words_in("de", "30 days", "binnen {deadline of order}, {date of effective}",
                    "binnen 30 Tagen, 1. März 2026");
    assert_words_in("de-AT", "1 year", "binnen {deadline of order}", "binnen 1 Jahr");
    assert_words_in("de", "2 weeks", "für {list of uses}", "für news, delivery und statistics");
    assert_words_in("en-GB", "1 hour", "{deadline of order}", "1 hour");
}

static void
test_markdown(void **state)
{
    (void)state;
    assert_words("one\ntwo  \nthree", "one two\nthree");
    assert_words("one\n\ntwo", "one\n\ntwo");
    assert_words("- a\n- b\n  - c\n\n1. x\n2. y", "- a\n- b\n- c\n\n1. x\n2. y");
    assert_words("> quoted *words*\n\nend", "quoted words\n\nend");
    assert_words("[text](https://example.org/30) <https://example.org>",
                 "text https://example.org");
    assert_words("1 < 2, a `<b>` and \\<b\\>, \\*no\\* & AT&amp;T",
                 "1 < 2, a <b> and <b>, *no* & AT&T");
    assert_words("not a [link]: here, nor ![this", "not a [link]: here, nor ![this");
    assert_words("\"straight\" -- 'quotes' ...", "\"straight\" -- 'quotes' ...");
}

static void
test_nodes(void **state)
{
    (void)state;
    struct result r = read_prose("en", "30 days", "\nA *{order}* [b](https://example.org).");
    const struct clause *clause = &r.compilation.model->clauses[0];
    assert_true(clause->new_paragraph);
    const struct node *at = clause->prose;
    assert_int_equal(at->kind, NODE_PARAGRAPH);
    assert_null(at->next);
    at = at->child;
    assert_int_equal(at->kind, NODE_TEXT);
    assert_int_equal(at->next->kind, NODE_EMPHASIS);
    assert_int_equal(at->next->child->kind, NODE_HOLE);
    assert_int_equal(at->next->child->hole, 0);
    assert_int_equal(at->next->next->next->kind, NODE_LINK);
    assert_int_equal(at->next->next->next->text.length, strlen("https://example.org"));
    assert_int_equal(clause->hole_count, 1);
    assert_int_equal(clause->holes[0].kind, HOLE_NAME);
    release(&r);
}

/* None of this is a number, date or address that a hole must give. */
static void
test_free_digits(void **state)
{
    static const char *const lines[] = {
        "Art. 6, Art. 6(1) second sentence, Section 5, § 13, paragraph 2, No. 7",
        "ISO 27001, ISO 27001:2013, RFC 9636, SHA-256, version 1.2.3, 10.15.7, IPv4, OAuth 2.0",
        "HTTP/2, TLS 1.3, 2FA, A4, H2O, MP3, 3D, 24/7, 50:50, GPT-4, e2e",
        "https://example.org/2026-03-01/30-days?tel=0301234567 and www.example.org/17:30",
        "[law](https://example.org/30/days) and <https://example.org/5-years>",
        "one of us, two-factor, third parties, first, the second day, once a year, a day",
        "you may 2 of them; Regulation (EU) 2016/679; Directive 2002/58/EC; 45 CFR 164",
        "since 2018, in the 1990s, article 2026, customers 18 or older, 100 users, 5 stars",
        "one, two, three; a dozen; twenty-four of them; thirty people",
        "Drive 5, Platz 3, step 1: do it; 1) first; (2) second; 3. third",
        "{order \"orders of 2026\"}, @name, user@, a@b, 1+1, C++20, #42, x = 5",
        "per day, every month, days and months, the euro, a percent sign (%), $name, half a year",
        "call us at any time, phone and mail, by fax or mobile",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct result r = read_prose("en", "30 days", lines[i]);
        if (r.compilation.diagnostics.list.count > 0)
            print_message("%s: %.*s\n", lines[i],
                          TEXT_ARGS(r.compilation.diagnostics.list.at[0].message));
        assert_int_equal(r.compilation.diagnostics.errors, 0);
        release(&r);
    }
}

static void
test_free_digits_in_german(void **state)
{
    static const char *const lines[] = {
        "Art. 6 Abs. 1 Satz 1, § 13 Abs. 2, Nr. 7, ISO 27001, Platz 3, seit 2018",
        "eine von uns, die Tage und Monate, jeden Monat, ein Dritter, Version 1.2.3",
        "Mai und März, zum Beispiel eins, eine Frist, 5 Sterne, in der Straße",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct result r = read_prose("de", "30 days", lines[i]);
        if (r.compilation.diagnostics.list.count > 0)
            print_message("%s: %.*s\n", lines[i],
                          TEXT_ARGS(r.compilation.diagnostics.list.at[0].message));
        assert_int_equal(r.compilation.diagnostics.errors, 0);
        release(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holes),       cmocka_unit_test(test_languages),
        cmocka_unit_test(test_markdown),    cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_free_digits), cmocka_unit_test(test_free_digits_in_german),
    };
    return cmocka_run_group_tests_name("prose", tests, NULL, NULL);
}
