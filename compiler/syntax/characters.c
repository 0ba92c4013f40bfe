#include "compiler/syntax/characters.h"

#include "compiler/base/utf8.h"

/* A run of signs in its place: what stands around it says what it was meant to be. */
struct run {
    struct diagnostics *diagnostics;
    struct text text; /* of the source */
    struct span span;
    bool first; /* in its sentence and its line */
};

/* How far around itself a run is looked at, in bytes: lines may be endless. */
enum { LOOK_MAX = 200 };

static char
char_at(const struct run *run, size_t at)
{
    return at < run->text.length ? run->text.data[at] : '\n';
}

static char
char_before(const struct run *run, uint32_t at)
{
    return at > 0 ? run->text.data[at - 1] : '\n';
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c & 0x80;
}

static struct text
run_text(const struct run *run)
{
    return (struct text){run->text.data + run->span.begin, run->span.end - run->span.begin};
}

static bool
starts_with(const struct run *run, const char *sign)
{
    return text_starts(run_text(run), text_of(sign));
}

static bool
starts_with_any(const struct run *run, const char *const *signs)
{
    for (; *signs; signs++)
        if (starts_with(run, *signs))
            return true;
    return false;
}

/* Whether the line of the run begins with a word. */
static bool
begins_line(const struct run *run, struct text word)
{
    uint32_t line = run->span.begin;
    while (run->span.begin - line < LOOK_MAX && char_before(run, line) != '\n')
        line--;
    return text_starts((struct text){run->text.data + line, run->text.length - line}, word);
}

static bool
mend(const struct run *run, const char *fix, const char *instead)
{
    diagnose_fix(run->diagnostics, "%s", fix);
    diagnose_edit(run->diagnostics, run->span, "%s", instead);
    return true;
}

/* “- we MAY …”, “(1) we MAY …”: rules written as a list. */
static bool
mend_list(const struct run *run)
{
    static const char *const bullets[] = {"-",
                                          "*",
                                          "+",
                                          "\xE2\x80\xA2",
                                          "\xE2\x80\x93",
                                          "\xE2\x80\x94",
                                          "\xC2\xB7",
                                          "\xE2\x97\xA6",
                                          "\xE2\x96\xAA",
                                          NULL};
    uint32_t end = run->span.end;
    if (!run->first)
        return false;
    if (starts_with(run, "(") && run->span.end - run->span.begin == 1) {
        while (is_letter(char_at(run, end)) && end - run->span.begin < 4)
            end++;
        if (char_at(run, end) != ')')
            return false;
        end++;
    } else if (!starts_with_any(run, bullets)) {
        return false;
    }
    if (!is_blank(char_at(run, end)))
        return false;
    while (end - run->span.end < LOOK_MAX &&
           (char_at(run, end) == ' ' || char_at(run, end) == '\t'))
        end++;
    diagnose_why(run->diagnostics, "Rules are no list: every one is a sentence of its own");
    diagnose_fix(run->diagnostics, "Leave the mark out");
    diagnose_edit(run->diagnostics, (struct span){run->span.source, run->span.begin, end}, "%s",
                  "");
    return true;
}

/* A dash: part of a name if there are letters on both sides, else a pause. */
static bool
mend_dash(const struct run *run)
{
    static const char *const dashes[] = {
        "-", "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92", NULL};
    if (!starts_with_any(run, dashes))
        return false;
    if (is_letter(char_before(run, run->span.begin)) && is_letter(char_at(run, run->span.end)))
        return mend(run, "Write the hyphen of the keyboard: -", "-");
    struct span span = run->span;
    while (run->span.begin - span.begin < LOOK_MAX && char_before(run, span.begin) == ' ')
        span.begin--;
    diagnose_fix(run->diagnostics, "Write a comma, or two sentences");
    diagnose_edit(run->diagnostics, span, ",");
    return true;
}

/* Brackets around a condition are too much; around words for the reader, so are the words. */
static bool
mend_bracket(const struct run *run)
{
    static const char *const rules[] = {"if",  "except", "within", "only",
                                        "via", "after",  "and",    "or"};
    if (!starts_with(run, "(") && !starts_with(run, ")") && !starts_with(run, "["))
        return false;
    uint32_t next = run->span.end;
    while (next - run->span.end < LOOK_MAX && char_at(run, next) == ' ')
        next++;
    struct text rest = {run->text.data + next, run->text.length - next};
    bool rule = false;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct text word = text_of(rules[i]);
        rule = rule || (text_starts(rest, word) && rest.length > word.length &&
                        is_blank(rest.data[word.length]));
    }
    diagnose_fix(run->diagnostics,
                 rule ? "Leave the brackets out"
                      : "Leave the brackets out with what stands in them; words for the reader "
                        "stand in lines that begin with “>”");
    return true;
}

/* “customer's order”, “we don't”, and quotation marks. */
static bool
mend_apostrophe(const struct run *run)
{
    if (!starts_with(run, "'") && !starts_with(run, "\xE2\x80\x99") &&
        !starts_with(run, "\xE2\x80\x98"))
        return false;
    uint32_t begin = run->span.begin, end = run->span.end;
    while (begin > 0 && run->span.begin - begin < LOOK_MAX &&
           (is_letter(char_before(run, begin)) || char_before(run, begin) == '-' ||
            char_before(run, begin) == '.'))
        begin--;
    char next = char_at(run, end);
    if (begin == run->span.begin || !is_letter(next) || is_letter(char_at(run, end + 1))) {
        diagnose_fix(run->diagnostics, "Put words into double quotation marks");
        return true;
    }
    struct text word = {run->text.data + begin, run->span.begin - begin};
    struct span span = {run->span.source, begin, end + 1};
    if (next == 't' || next == 'T') {
        diagnose_why(run->diagnostics, "A rule that forbids says NEVER");
        diagnose_fix(run->diagnostics, "Write “NEVER” for “%.*s't”", TEXT_ARGS(word));
        diagnose_edit(run->diagnostics, span, "NEVER");
        return true;
    }
    while (span.end - end < LOOK_MAX && char_at(run, span.end) == ' ')
        span.end++;
    diagnose_why(run->diagnostics, "Whose data it is, its declaration says behind “of”");
    diagnose_fix(run->diagnostics, "Leave “%.*s's” out", TEXT_ARGS(word));
    diagnose_edit(run->diagnostics, span, "%s", "");
    return true;
}

static bool
mend_equals(const struct run *run)
{
    if (!starts_with(run, "="))
        return false;
    if (begins_line(run, TEXT("value ")))
        return mend(run, "Write “is”", "is");
    return mend(run, "Leave it out: words for the reader stand directly behind the name", "");
}

static bool
mend_address(const struct run *run)
{
    if (!starts_with(run, "@"))
        return false;
    diagnose_fix(run->diagnostics,
                 begins_line(run, TEXT("contact "))
                     ? "Put the address into quotation marks, as in at \"mailto:help@acme.example\""
                     : "Write the name of a contact here, whose declaration has the address");
    return true;
}

/* Signs for which something else is to be written, whatever stands around them; instead is NULL
 * where the words of the fix are no edit. */
static const struct {
    const char *sign, *fix, *instead;
} signs[] = {
    {"**", "Leave the stars out: rules have no formatting", NULL},
    {"__", "Leave the lines out: rules have no formatting", NULL},
    {"*", "Leave the stars out: rules have no formatting", NULL},
    {";", "End the sentence with a full stop", "."},
    {"{", "Write the name alone; holes stand in lines that begin with “>”", NULL},
    {"}", "Write the name alone; holes stand in lines that begin with “>”", NULL},
    {"\xC2\xAB", "Put words into double quotation marks, as in \"our shop\"", NULL},
    {"\xC2\xBB", "Put words into double quotation marks, as in \"our shop\"", NULL},
    {"&", "Write “and”", "and"},
    {"/", "Write “or”", " or "},
    {">", "Begin a new line with “>”: all of the line is then published", NULL},
    {"?", "End the sentence with a full stop", "."},
    {"!", "End the sentence with a full stop", "."},
    {"\xE2\x80\xA6", "End the sentence with a full stop", "."},
    {"%", "A value with a sign stands in quotation marks, as in is \"5 %\"", NULL},
    {",", "Keep one comma", ","},
    {".", "Keep one full stop", "."},
    {":", "Keep one colon", ":"},
};

static bool
mend_sign(const struct run *run)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (!starts_with(run, signs[i].sign))
            continue;
        diagnose_fix(run->diagnostics, "%s", signs[i].fix);
        if (signs[i].instead)
            diagnose_edit(run->diagnostics, run->span, "%s", signs[i].instead);
        return true;
    }
    return false;
}

static void
add_mend(const struct run *run)
{
    static bool (*const mends[])(const struct run *) = {
        mend_list, mend_dash, mend_bracket, mend_apostrophe, mend_equals, mend_address, mend_sign,
    };
    for (size_t i = 0; i < sizeof mends / sizeof mends[0]; i++)
        if (mends[i](run))
            return;
    diagnose_fix(run->diagnostics, "Take it out");
}

/* The most of a run that a message repeats, in characters. */
enum { SHOWN_MAX = 12 };

static bool
is_visible(uint32_t c)
{
    return c > 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0) && utf8_columns(c) > 0;
}

void
characters_report(struct diagnostics *diagnostics, struct text text, struct span span, bool first)
{
    const struct run place = {diagnostics, text, span, first};
    struct text run = run_text(&place);
    size_t at = 0;
    uint32_t character = utf8_next(run, &at);
    if (!is_visible(character)) {
        diagnose(diagnostics, E_CHARACTER, span, "here stands an invisible character (U+%04X)",
                 (unsigned)character);
        diagnose_fix(diagnostics, "Delete it");
        diagnose_edit(diagnostics, span, "%s", "");
        return;
    }
    unsigned shown = 1;
    while (at < run.length && shown < SHOWN_MAX) {
        size_t next = at;
        if (!is_visible(utf8_next(run, &next)))
            break;
        at = next;
        shown++;
    }
    diagnose(diagnostics, E_CHARACTER, span, "“%.*s%s” has no meaning in a rule", (int)at, run.data,
             at < run.length ? "..." : "");
    add_mend(&place);
}

void
quote_report(struct diagnostics *diagnostics, struct text text, struct span span)
{
    struct text words = {text.data + span.begin + 1, span.end - span.begin - 1};
    bool straight = text.data[span.begin] == '"', other = false;
    for (size_t i = 0; straight && i + 2 < words.length && !other; i++)
        other = memcmp(words.data + i, "\xE2\x80\x9C", 3) == 0 ||
                memcmp(words.data + i, "\xE2\x80\x9D", 3) == 0;
    uint32_t mark = straight ? 1 : 3;
    diagnose(diagnostics, E_QUOTE, (struct span){span.source, span.begin, span.begin + mark},
             "this quotation mark is not closed on its line");
    if (other) {
        diagnose_fix(diagnostics, "Make both marks straight, or both curly");
        return;
    }
    diagnose_fix(diagnostics, "Put the second quotation mark behind the last of the words");
    words = text_trim((struct text){text.data + span.begin, span.end - span.begin});
    uint32_t end = span.begin + (uint32_t)words.length;
    end -= words.length > mark && text.data[end - 1] == '.';
    diagnose_edit(diagnostics, (struct span){span.source, end, end}, "%s",
                  straight ? "\"" : "\xE2\x80\x9D");
}
