/* Slips in lengths of time, days and clocks. */
#include "compiler/syntax/misfit.h"

#include <stdio.h>

static bool
is_kind(unsigned kind)
{
    return kind == TOKEN_KIND || kind == TOKEN_REQUEST;
}

static bool
begins_with_digit(struct text word)
{
    return word.length > 0 && word.data[0] >= '0' && word.data[0] <= '9';
}

/* Whether a length of time stands in the item so far. */
static bool
item_has_time(const struct misfit *m)
{
    for (const struct token *token = m->first; token < m->at; token++)
        if (token->kind == TOKEN_WITHIN || token->kind == TOKEN_NUMBER)
            return true;
    return false;
}

/* “30days”, “one month”, “soon” behind “within”. */
static void
say_no_number(struct misfit *m)
{
    static const char *const words[] = {
        "a",     "an",   "one", "two",    "three",  "four",     "five",     "six",    "seven",
        "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"};
    static const struct {
        const char *word, *digits;
    } tens[] = {{"twenty", "20"},      {"twenty-four", "24"}, {"twenty-one", "21"},
                {"thirty", "30"},      {"forty-eight", "48"}, {"sixty", "60"},
                {"seventy-two", "72"}, {"ninety", "90"}};
    struct diagnostics *to = m->build->diagnostics;
    struct text word = misfit_word(m);
    char digits[8] = "";
    misfit_say(m, "“%.*s” is no number", TEXT_ARGS(word));
    if (begins_with_digit(word)) {
        uint32_t at = m->span.begin;
        while (build_text(m->build, (struct span){m->build->source, at, at + 1}).data[0] <= '9')
            at++;
        diagnose_fix(to, "Put a space between the number and the unit of time");
        diagnose_edit(to, (struct span){m->build->source, at, at}, " ");
        return;
    }
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_equal_folded(word, text_of(words[i])))
            snprintf(digits, sizeof digits, "%u", i < 2 ? 1 : i - 1);
    for (size_t i = 0; i < sizeof tens / sizeof tens[0]; i++)
        if (text_equal_folded(word, text_of(tens[i].word)))
            snprintf(digits, sizeof digits, "%s", tens[i].digits);
    if (*digits) {
        diagnose_fix(to, "Write “%s”", digits);
        diagnose_edit(to, m->span, "%s", digits);
    } else {
        diagnose_fix(to, "Write the number in digits, as in “%s 30 days”",
                     m->at[-1].kind == TOKEN_WITHIN ? "within" : "at least");
    }
}

/* “erase order 30 days after …”, “erase order after 30 days”. */
static bool
slip_no_within(struct misfit *m)
{
    struct diagnostics *to = m->build->diagnostics;
    bool duty = false;
    for (const struct token *token = m->first; token < m->at; token++)
        duty = duty || token->kind == TOKEN_MUST;
    if (!duty || m->ended || m->at->kind != TOKEN_NUMBER)
        return false;
    unsigned before = m->at[-1].kind;
    struct text number = misfit_word(m);
    if (before != TOKEN_AFTER && before != TOKEN_NAME && before != TOKEN_IN)
        return false;
    bool instead = before != TOKEN_NAME;
    misfit_say(m, "“within” is missing before “%.*s”", TEXT_ARGS(number));
    if (instead)
        diagnose_fix(to, "Write “within %.*s” for “%.*s %.*s”", TEXT_ARGS(number),
                     TEXT_ARGS(misfit_before(m)), TEXT_ARGS(number));
    else
        diagnose_fix(to, "Write “within %.*s”", TEXT_ARGS(number));
    uint32_t begin = instead ? m->at[-1].begin : m->at->begin;
    diagnose_edit(to, (struct span){m->build->source, begin, m->at->begin}, "within ");
    return true;
}

/* “store order at back-office”. */
static bool
slip_at_place(struct misfit *m)
{
    struct diagnostics *to = m->build->diagnostics;
    const struct token *at = m->at->kind == TOKEN_AT ? m->at : m->at - 1;
    if (m->ended || at->kind != TOKEN_AT || at[1].kind != TOKEN_NAME || is_kind(m->first->kind))
        return false;
    const struct token *kind = misfit_declared(m, misfit_text(m, at + 1));
    if (!kind || !text_equal_folded(misfit_text(m, kind), TEXT("place")))
        return false;
    struct span span = token_span(m->build->source, *at);
    diagnose(to, E_EVERYDAY, span, "for “at” a rule has the word “in” before a place");
    diagnose_fix(to, "Write “in”");
    diagnose_edit(to, span, "in");
    return true;
}

/* Lengths of time and days. */
bool
slip_in_time(struct misfit *m)
{
    struct diagnostics *to = m->build->diagnostics;
    if (m->at == m->first)
        return false;
    unsigned before = m->at[-1].kind, kind = m->ended ? TOKEN_STOP : m->at->kind;
    if (before == TOKEN_NUMBER && kind != TOKEN_NAME && m->at - m->first >= 2 &&
        (m->at[-2].kind == TOKEN_WITHIN || m->at[-2].kind == TOKEN_FOR)) {
        misfit_say(m, "the unit of time is missing behind “%.*s”", TEXT_ARGS(misfit_before(m)));
        diagnose_fix(to, "Write hours, days, business days, weeks, months or years");
        return true;
    }
    if ((before == TOKEN_WITHIN || before == TOKEN_LEAST) && kind == TOKEN_NAME) {
        say_no_number(m);
        return true;
    }
    if (slip_no_within(m))
        return true;
    bool day = before == TOKEN_RECEIVED ||
               ((before == TOKEN_AT || before == TOKEN_BY) &&
                (m->first->kind == TOKEN_GIVEN || m->first->kind == TOKEN_THEN));
    if (day && !m->ended) {
        misfit_say(m, "“%.*s” is no day", TEXT_ARGS(misfit_word(m)));
        diagnose_fix(to, "Write year, month and day, as in “2026-03-01”, and a time of day behind "
                         "it if it matters, as in “14:30”");
        return true;
    }
    if (kind == TOKEN_OF && !is_kind(m->first->kind)) {
        bool clock = item_has_time(m);
        misfit_say(m, "“of” belongs to declarations");
        diagnose_fix(to, clock ? "Write “after”" : "Leave it out");
        if (clock)
            diagnose_edit(to, m->span, "after");
        return true;
    }
    if (slip_at_place(m))
        return true;
    if (before == TOKEN_AT && kind == TOKEN_NAME && !is_kind(m->first->kind)) {
        misfit_say(m, "behind “at” a rule can only say “once” or “least”");
        diagnose_fix(to, "Write “at once”; a right that can be used at any time needs no words "
                         "for it");
        return true;
    }
    return false;
}
