/* The words of the language. */
#include "compiler/syntax/tokens.h"

const char *
kind_word(enum kind kind)
{
    static const char *const words[KIND_COUNT] = {
        [KIND_DATA] = "data",       [KIND_PURPOSE] = "purpose", [KIND_AUDIENCE] = "audience",
        [KIND_PERSON] = "person",   [KIND_PLACE] = "place",     [KIND_SYSTEM] = "system",
        [KIND_REQUEST] = "request", [KIND_EVENT] = "event",     [KIND_STATE] = "state",
        [KIND_FACT] = "fact",       [KIND_CONTACT] = "contact", [KIND_VALUE] = "value",
    };
    return words[kind];
}

const char *
preposition_word(enum preposition preposition)
{
    static const char *const words[] = {"", "from", "in", "for", "to", "with", "about"};
    return words[preposition];
}

/* Words that are keywords in one place only, as "once" is in "at once", are no reserved words
 * (tokens.c, in_place); kind words and the six prepositions of acts may name clauses and sections.
 */
const char *const reserved_words[] = {
    "about",   "after",   "and",     "at",      "audience", "because", "by",    "clause",
    "contact", "data",    "event",   "example", "except",   "fact",    "for",   "formerly",
    "from",    "given",   "if",      "in",      "is",       "may",     "must",  "narrative",
    "never",   "not",     "of",      "only",    "or",       "person",  "place", "promise",
    "purpose", "request", "section", "state",   "system",   "then",    "to",    "until",
    "value",   "via",     "we",      "with",    "within",   NULL,
};

bool
token_is_reserved(unsigned kind)
{
    return kind >= TOKEN_KIND && kind <= TOKEN_ABOUT;
}

bool
token_is_letters(unsigned kind)
{
    return kind == TOKEN_NAME || token_is_reserved(kind) ||
           (kind >= TOKEN_SUBJECT && kind < TOKEN_OPEN_STRING);
}

/* Bytes of the quotation mark at the start of written. */
static size_t
mark_length(struct text written)
{
    if (written.length > 0 && written.data[0] == '"')
        return 1;
    return written.length >= 3 && memcmp(written.data, "\xE2\x80", 2) == 0 ? 3 : 0;
}

struct text
token_quoted(struct text written)
{
    size_t open = mark_length(written);
    struct text inside = {written.data + open, written.length - open};
    if (inside.length >= 1 && inside.data[inside.length - 1] == '"') {
        inside.length--;
    } else if (inside.length >= 3) {
        const char *end = inside.data + inside.length - 3;
        if (memcmp(end, "\xE2\x80", 2) == 0 && (unsigned char)end[2] >= 0x9C &&
            (unsigned char)end[2] <= 0x9E)
            inside.length -= 3;
    }
    return inside;
}
