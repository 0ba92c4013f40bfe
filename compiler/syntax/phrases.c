#include "compiler/syntax/phrases.h"

#include "compiler/base/buffer.h"

/* Where in a sentence a phrase can stand. */
enum spot {
    AT_MODAL, /* behind the subject, where MAY, NEVER or MUST should be */
    AT_ACT,   /* behind MAY, NEVER or MUST */
    BEHIND    /* further behind */
};

struct phrase {
    const char *words; /* parted by one space */
    enum spot spot;
    const char *meant;    /* what to write */
    uint16_t first, more; /* the tokens that this is; more may be none */
};

/* TOKEN_JUNK: what is meant needs other words behind it too, so the sentence is given up. */
static const struct phrase phrases[] = {
    {"are not allowed to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"is not allowed to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"are not permitted to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"is not permitted to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"are forbidden to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"is forbidden to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"have no right to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"has no right to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"do not", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"does not", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"promise not to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"promise never to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"agree not to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"undertake not to", AT_MODAL, "NEVER", TOKEN_NEVER, 0},
    {"are permitted to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"is permitted to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"are allowed to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"is allowed to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"are entitled to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"is entitled to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"are free to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"is free to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"are able to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"is able to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"have the right to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"has the right to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"have a right to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"has a right to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"reserve the right to", AT_MODAL, "MAY", TOKEN_MAY, 0},
    {"have to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"has to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"are obliged to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"is obliged to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"are required to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"is required to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"are bound to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"is bound to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"need to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"needs to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"undertake to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"commit to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"promise to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"agree to", AT_MODAL, "MUST", TOKEN_MUST, 0},
    {"only may", AT_MODAL, "MAY only", TOKEN_MAY, TOKEN_ONLY},
    {"send email to", AT_ACT, "email", TOKEN_JUNK, 0},
    {"send emails to", AT_ACT, "email", TOKEN_JUNK, 0},
    {"send e-mail to", AT_ACT, "email", TOKEN_JUNK, 0},
    {"send e-mails to", AT_ACT, "email", TOKEN_JUNK, 0},
    {"send an email to", AT_ACT, "email", TOKEN_JUNK, 0},
    {"send an e-mail to", AT_ACT, "email", TOKEN_JUNK, 0},
    {"send mail to", AT_ACT, "email", TOKEN_JUNK, 0},
    {"send text messages to", AT_ACT, "text", TOKEN_JUNK, 0},
    {"send sms to", AT_ACT, "text", TOKEN_JUNK, 0},
    {"send letters to", AT_ACT, "post", TOKEN_JUNK, 0},
    {"make use of", AT_ACT, "use", TOKEN_JUNK, 0},
    {"ask for", AT_ACT, "request", TOKEN_REQUEST, 0},
    {"ask us for", AT_ACT, "request", TOKEN_REQUEST, 0},
    {"ask us to", AT_ACT, "request", TOKEN_REQUEST, 0},
    {"ask to", AT_ACT, "request", TOKEN_REQUEST, 0},
    {"apply for", AT_ACT, "request", TOKEN_REQUEST, 0},
    {"provided that", BEHIND, "if", TOKEN_IF, 0},
    {"on condition that", BEHIND, "if", TOKEN_IF, 0},
    {"as long as", BEHIND, "if", TOKEN_IF, 0},
    {"so long as", BEHIND, "if", TOKEN_IF, 0},
    {"if and only if", BEHIND, "if", TOKEN_IF, 0},
    {"only if", BEHIND, "if", TOKEN_IF, 0},
    {"only when", BEHIND, "if", TOKEN_IF, 0},
    {"except when", BEHIND, "except if", TOKEN_EXCEPT, TOKEN_IF},
    {"except where", BEHIND, "except if", TOKEN_EXCEPT, TOKEN_IF},
    {"other than", BEHIND, "except", TOKEN_EXCEPT, 0},
    {"apart from", BEHIND, "except", TOKEN_EXCEPT, 0},
    {"no later than", BEHIND, "within", TOKEN_WITHIN, 0},
    {"not later than", BEHIND, "within", TOKEN_WITHIN, 0},
    {"within at most", BEHIND, "within", TOKEN_WITHIN, 0},
    {"within a maximum of", BEHIND, "within", TOKEN_WITHIN, 0},
    {"in at most", BEHIND, "within", TOKEN_WITHIN, 0},
    {"in no more than", BEHIND, "within", TOKEN_WITHIN, 0},
    {"with regard to", BEHIND, "about", TOKEN_ABOUT, 0},
    {"with respect to", BEHIND, "about", TOKEN_ABOUT, 0},
    {"in relation to", BEHIND, "about", TOKEN_ABOUT, 0},
    {"by means of", BEHIND, "via", TOKEN_VIA, 0},
    {"by way of", BEHIND, "via", TOKEN_VIA, 0},
    {"without undue delay", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"without unreasonable delay", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"without delay", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"as soon as possible", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"as soon as practicable", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"in a timely manner", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"in due time", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"in due course", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"within a reasonable time", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
    {"within a reasonable period", BEHIND, NULL, TOKEN_AT, TOKEN_ONCE},
};

/* “be shared” and the act that it hides. */
static const struct {
    const char *participle, *act;
} passives[] = {
    {"collected", "collect"}, {"stored", "store"},  {"saved", "store"},    {"used", "use"},
    {"processed", "use"},     {"shown", "show"},    {"displayed", "show"}, {"shared", "share"},
    {"disclosed", "share"},   {"emailed", "email"}, {"texted", "text"},    {"called", "call"},
    {"posted", "post"},       {"done", "do"},       {"carried-out", "do"}, {"erased", "erase"},
    {"deleted", "erase"},     {"kept", "keep"},     {"retained", "keep"},  {"told", "tell"},
    {"informed", "tell"},
};

enum {
    SHOWN_MAX = 300, /* bytes of a sentence that a message repeats */
    LETTERS = 27,    /* and one for whatever else a word begins with */
    PHRASES = sizeof phrases / sizeof phrases[0]
};
_Static_assert(PHRASES < UINT8_MAX, "numbers of phrases are bytes");

struct search {
    struct arena *arena;
    struct text text; /* of the source */
    uint32_t source;
    struct diagnostics *diagnostics;
    struct tokens tokens;
    size_t kept;  /* what is put out, at the front of the same array: never more than was read */
    size_t item;  /* first token of the item there */
    bool leading; /* so far the item is only a subject */
    bool modal;   /* MAY, NEVER or MUST was seen in it */
    /* The phrases of each spot by their first letter, in their order: the number of one behind the
     * first, and behind each the next; 0 where there is none. */
    uint8_t first[BEHIND + 1][LETTERS], next[PHRASES];
};

static struct text
written(const struct search *s, size_t i)
{
    struct token token = s->tokens.at[i];
    return (struct text){s->text.data + token.begin, token.end - token.begin};
}

static bool
is_word(const struct search *s, size_t i, const char *word)
{
    return i < s->tokens.count && text_equal_folded(written(s, i), text_of(word));
}

static struct span
span_of(const struct search *s, size_t first, size_t count)
{
    return (struct span){s->source, s->tokens.at[first].begin, s->tokens.at[first + count - 1].end};
}

/* How many tokens from i on are these words; 0 if they are not. */
static size_t
matched(const struct search *s, size_t i, const char *words)
{
    size_t count = 0;
    for (const char *at = words; *at; count++) {
        size_t length = (size_t)(strchrnul(at, ' ') - at);
        if (i + count >= s->tokens.count ||
            !text_equal_folded(written(s, i + count), (struct text){at, length}))
            return 0;
        at += length + (at[length] == ' ');
    }
    return count;
}

static bool
is_modal(unsigned kind)
{
    return kind == TOKEN_MAY || kind == TOKEN_NEVER || kind == TOKEN_MUST;
}

static void
put(struct search *s, struct token token)
{
    s->tokens.at[s->kept++] = token;
}

static unsigned
last_kind(const struct search *s)
{
    return s->kept > s->item ? s->tokens.at[s->kept - 1].kind : TOKEN_STOP;
}

/* The spot of a token, if it stands where a phrase could begin. */
static bool
find_spot(const struct search *s, enum spot *spot)
{
    unsigned before = last_kind(s);
    if (s->leading && (before == TOKEN_WE || before == TOKEN_NAME))
        *spot = AT_MODAL;
    else if (is_modal(before) || (before == TOKEN_ONLY && s->modal))
        *spot = AT_ACT;
    else if (s->modal)
        *spot = BEHIND;
    else
        return false;
    return true;
}

static void
report_no_time(struct search *s, struct span span, struct text words)
{
    diagnose(s->diagnostics, E_NO_LIMIT, span, "“%.*s” is no time that anybody could check",
             TEXT_ARGS(words));
    diagnose_why(s->diagnostics, "Nobody can say when such a duty is broken");
    diagnose_fix(s->diagnostics, "Write “at once”, or a limit such as “within 3 days”");
}

static void
report_phrase(struct search *s, const struct phrase *phrase, struct span span)
{
    struct diagnostics *to = s->diagnostics;
    struct text words =
        text_shown(s->arena, (struct text){s->text.data + span.begin, span.end - span.begin});
    if (!phrase->meant) {
        report_no_time(s, span, words);
        return;
    }
    bool modal = phrase->spot == AT_MODAL;
    diagnose(to, modal ? E_NO_MODAL : E_EVERYDAY, span, "for “%.*s” a rule has the word “%s”",
             TEXT_ARGS(words), phrase->meant);
    if (modal)
        diagnose_why(to, "A rule says MAY, NEVER or MUST, so that nobody can argue about it");
    else if (strcmp(phrase->words, "only if") == 0)
        diagnose_why(to, "What nothing permits is refused, so “if” alone says it");
    diagnose_fix(to, "Write “%s”", phrase->meant);
    diagnose_edit(to, span, "%s", phrase->meant);
}

/* Puts out what a phrase of count tokens means. */
static void
replace(struct search *s, size_t i, size_t count, const struct phrase *phrase)
{
    struct span span = span_of(s, i, count);
    struct token token = s->tokens.at[i];
    token.end = span.end;
    token.flags |= TROUBLED;
    token.kind = phrase->first;
    put(s, token);
    token.flags = TROUBLED;
    token.kind = phrase->more;
    if (phrase->more)
        put(s, token);
    s->leading = false;
    s->modal = s->modal || is_modal(phrase->first);
}

static unsigned
letter_of(struct text word)
{
    unsigned number = word.length > 0 ? ((unsigned char)word.data[0] | 0x20U) - 'a' : LETTERS;
    return number < LETTERS - 1 ? number : LETTERS - 1;
}

static void
sort_phrases(struct search *s)
{
    for (size_t p = PHRASES; p > 0; p--) {
        uint8_t *first = &s->first[phrases[p - 1].spot][letter_of(text_of(phrases[p - 1].words))];
        s->next[p - 1] = *first;
        *first = (uint8_t)p;
    }
}

/* The tokens that a phrase at i takes, or 0 if there is none. */
static size_t
take_phrase(struct search *s, size_t i, enum spot spot)
{
    for (size_t p = s->first[spot][letter_of(written(s, i))]; p > 0; p = s->next[p - 1]) {
        const struct phrase *phrase = &phrases[p - 1];
        size_t count = matched(s, i, phrase->words);
        if (count == 0)
            continue;
        report_phrase(s, phrase, span_of(s, i, count));
        replace(s, i, count, phrase);
        return count;
    }
    return 0;
}

/* Where the item that goes on at i ends: its full stop, or the last token of its line. */
static size_t
end_of_item(const struct search *s, size_t i)
{
    enum { MOST = 64 }; /* no sentence is so long, and the work stays linear */
    size_t last = i + MOST;
    while (i < last && i + 1 < s->tokens.count && s->tokens.at[i].kind != TOKEN_STOP &&
           !(s->tokens.at[i + 1].flags & LINE_START))
        i++;
    return i;
}

/* “order MAY be shared with couriers” as “we MAY share order with couriers”. */
static void
report_passive(struct search *s, size_t i, const char *act)
{
    size_t end = end_of_item(s, i + 1);
    const struct token *first = &s->tokens.at[s->item], *modal = &s->tokens.at[s->kept - 1];
    struct span subject = {s->source, first->begin, modal->begin};
    struct text who =
        text_trim((struct text){s->text.data + subject.begin, subject.end - subject.begin});
    uint32_t from = s->tokens.at[i + 1].end, to = s->tokens.at[end].end;
    struct text rest = {s->text.data + from, to - from};
    if (who.length + rest.length > SHOWN_MAX) {
        diagnose(s->diagnostics, E_PASSIVE, span_of(s, i, 2), "it is not said who does this");
        diagnose_fix(s->diagnostics, "Begin the sentence with who does it");
        return;
    }
    struct text word = {s->text.data + modal->begin, modal->end - modal->begin};
    diagnose(s->diagnostics, E_PASSIVE, span_of(s, i, 2), "it is not said who does this");
    diagnose_why(s->diagnostics, "A rule binds somebody, and that one stands first");
    bool stopped = s->tokens.at[end].kind == TOKEN_STOP;
    diagnose_fix(s->diagnostics, "Write “we %.*s %s %.*s%.*s”", TEXT_ARGS(word), act,
                 TEXT_ARGS(who), (int)(rest.length - stopped), rest.data);
    diagnose_edit(s->diagnostics, (struct span){s->source, first->begin, to}, "we %.*s %s %.*s%.*s",
                  TEXT_ARGS(word), act, TEXT_ARGS(who), TEXT_ARGS(rest));
}

static size_t
take_passive(struct search *s, size_t i, enum spot spot)
{
    if (spot != AT_ACT || s->leading || !is_word(s, i, "be"))
        return 0;
    for (size_t p = 0; p < sizeof passives / sizeof passives[0]; p++) {
        if (!is_word(s, i + 1, passives[p].participle))
            continue;
        report_passive(s, i, passives[p].act);
        static const struct phrase given_up = {"be", AT_ACT, NULL, TOKEN_JUNK, 0};
        replace(s, i, 2, &given_up);
        return 2;
    }
    return 0;
}

/* “customer.we MAY”: the space behind a full stop is missing. */
static size_t
take_joined_we(struct search *s, size_t i)
{
    struct token token = s->tokens.at[i];
    struct text name = written(s, i);
    if (token.kind != TOKEN_NAME || name.length < 4 || i + 1 >= s->tokens.count ||
        !is_modal(s->tokens.at[i + 1].kind) ||
        !text_equal_folded((struct text){name.data + name.length - 3, 3}, TEXT(".we")))
        return 0;
    uint32_t stop = token.end - 3;
    diagnose(s->diagnostics, E_FULL_STOP, (struct span){s->source, stop, stop + 1},
             "the space behind this full stop is missing");
    diagnose_why(s->diagnostics, "A full stop inside of a word makes a name with a part");
    diagnose_fix(s->diagnostics, "Put a space behind it");
    diagnose_edit(s->diagnostics, (struct span){s->source, stop + 1, stop + 1}, " ");
    token.kind = TOKEN_JUNK; /* both sentences are given up */
    token.flags |= TROUBLED;
    put(s, token);
    return 1;
}

static void
pass_on(struct search *s, struct token token)
{
    unsigned kind = token.kind;
    put(s, token);
    if (kind == TOKEN_STOP || kind == TOKEN_COLON || kind == TOKEN_PROSE) {
        s->item = s->kept;
        s->leading = true;
        s->modal = false;
        return;
    }
    s->modal = s->modal || is_modal(kind);
    s->leading = s->leading && (kind == TOKEN_WE || kind == TOKEN_NAME || kind == TOKEN_COMMA ||
                                kind == TOKEN_AND || kind == TOKEN_OR || kind == TOKEN_THEN);
}

struct tokens
phrases_replace(struct arena *arena, const struct sources *sources, uint32_t source,
                struct tokens tokens, struct diagnostics *diagnostics)
{
    struct search s = {.arena = arena,
                       .text = sources->list.at[source].text,
                       .source = source,
                       .diagnostics = diagnostics,
                       .tokens = tokens,
                       .leading = true};
    sort_phrases(&s);
    for (size_t i = 0; i < tokens.count;) {
        enum spot spot = BEHIND;
        size_t taken = take_joined_we(&s, i);
        if (taken == 0 && find_spot(&s, &spot)) {
            taken = take_phrase(&s, i, spot);
            taken = taken ? taken : take_passive(&s, i, spot);
        }
        if (taken == 0)
            pass_on(&s, tokens.at[i]);
        i += taken ? taken : 1;
    }
    return (struct tokens){s.tokens.at, s.kept};
}
