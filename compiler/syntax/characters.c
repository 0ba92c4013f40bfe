#include "compiler/syntax/characters.h"

#include "compiler/base/utf8.h"

static const struct {
    const char *character;
    const char *mend;
} hints[] = {
    {";", "Write two sentences"},
    {"(", "Leave the brackets out; words for the reader stand in lines that begin with “>”"},
    {")", "Leave the brackets out; words for the reader stand in lines that begin with “>”"},
    {"{", "Holes stand in published words only, in lines that begin with “>”"},
    {"}", "Holes stand in published words only, in lines that begin with “>”"},
    {"'", "Put words into double quotation marks, and write names without apostrophes"},
    {"\xE2\x80\x98", "Put words into double quotation marks"},
    {"\xE2\x80\x99", "Put words into double quotation marks, and write names without apostrophes"},
    {"\xC2\xAB", "Put words into double quotation marks, as in \"our shop\""},
    {"\xC2\xBB", "Put words into double quotation marks, as in \"our shop\""},
    {"&", "Write “and”"},
    {"/", "Write “or”, or two sentences"},
    {">", "Begin a new line with “>”: all of the line is then published"},
    {"@", "An address stands in quotation marks, as in at \"mailto:help@acme.example\""},
    {"?", "End the sentence with a full stop"},
    {"!", "End the sentence with a full stop"},
    {"-", "A hyphen stands between two parts of one name, without spaces"},
    {"\xE2\x80\x90", "Write the hyphen of the keyboard: -"},
    {"\xE2\x80\x91", "Write the hyphen of the keyboard: -"},
    {"\xE2\x80\x93", "Write the hyphen of the keyboard: -"},
    {"\xE2\x80\x94", "Write two sentences, or the hyphen of the keyboard: -"},
    {"\xE2\x80\xA6", "End the sentence with one full stop"},
    {"\xE2\x80\xA2", "Write every rule as a sentence of its own, with a full stop"},
    {"*", "Write every rule as a sentence of its own, with a full stop"},
    {"%", "A value with a sign stands in quotation marks, as in is \"5 %\""},
    {"=", "Write “is”"},
    {",", "Keep one comma"},
    {".", "Keep one full stop"},
    {":", "Keep one colon"},
};

static const char *
mend_of(struct text run)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (text_starts(run, text_of(hints[i].character)))
            return hints[i].mend;
    return NULL;
}

/* The most of a run that a message repeats, in characters. */
enum { SHOWN_MAX = 12 };

static bool
is_visible(uint32_t c)
{
    return c > 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0) && utf8_columns(c) > 0;
}

void
characters_report(struct diagnostics *diagnostics, struct text text, struct span span)
{
    struct text run = {text.data + span.begin, span.end - span.begin};
    size_t at = 0;
    uint32_t first = utf8_next(run, &at);
    if (!is_visible(first)) {
        diagnose(diagnostics, E_CHARACTER, span, "here stands an invisible character (U+%04X)",
                 (unsigned)first);
        diagnose_fix(diagnostics, "Delete it");
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
    const char *mend = mend_of(run);
    diagnose_fix(diagnostics, "%s", mend ? mend : "Take it out");
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
    diagnose_fix(diagnostics, other ? "Make both marks straight, or both curly"
                                    : "Put the second quotation mark behind the last of the words");
}
