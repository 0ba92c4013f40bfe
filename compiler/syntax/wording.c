/* What to say about a sentence that fits none of the forms: the slips that people make, most
 * particular first, then the plain rule of what can stand there. */
#include "compiler/syntax/misfit.h"

static bool
is_modal(unsigned kind)
{
    return kind == TOKEN_MAY || kind == TOKEN_NEVER || kind == TOKEN_MUST ||
           kind == TOKEN_WRONG_MODAL;
}

static bool
is_kind(unsigned kind)
{
    return kind == TOKEN_KIND || kind == TOKEN_REQUEST;
}

/* What an item that begins with a word of no meaning may have been meant to be. */
static const struct {
    const char *word, *meant;
} openings[] = {
    {"user", "person"},     {"role", "person"},        {"processor", "system"},
    {"service", "system"},  {"recipient", "audience"}, {"party", "audience"},
    {"location", "place"},  {"country", "place"},      {"heading", "section"},
    {"chapter", "section"}, {"article", "section"},    {"paragraph", "clause"},
    {"rule", "clause"},     {"test", "example"},       {"when", "given"},
    {"assume", "given"},    {"expect", "then"},        {"datum", "data"},
    {"right", "request"},   {"consent", "state"},      {"condition", "fact"},
    {"constant", "value"},  {"number", "value"},       {"address", "contact"},
    {"reason", "purpose"},  {"trigger", "event"},
};

static const char *
meant_opening(struct text word, bool labelled)
{
    static const char *const words[] = {"system",   "person",  "data",    "purpose",  "place",
                                        "audience", "request", "event",   "state",    "fact",
                                        "contact",  "value",   "section", "clause",   "example",
                                        "given",    "then",    "promise", "narrative"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        unsigned most = strlen(words[i]) > 4 ? 2 : 1;
        if (text_distance(word, text_of(words[i]), most) <= most)
            return words[i];
    }
    for (size_t i = 0; labelled && i < sizeof openings / sizeof openings[0]; i++)
        if (text_equal_folded(word, text_of(openings[i].word)))
            return openings[i].meant;
    return NULL;
}

static bool
is_later(struct text word)
{
    return text_equal_folded(word, TEXT("import")) || text_equal_folded(word, TEXT("imports"));
}

/* Acts, for a sentence that begins with one. */
static bool
is_act(struct text word)
{
    static const char *const acts[] = {"collect", "store", "use", "show",  "share", "email", "text",
                                       "call",    "post",  "do",  "erase", "keep",  "tell"};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (text_equal_folded(word, text_of(acts[i])))
            return true;
    return false;
}

/* Words meant for the reader and written like rules come in rows: one message for all of them, up
 * to a line that is something else. Whether the row was begun before. */
static bool
goes_on(struct misfit *m)
{
    bool before = m->build->words_end > 0 && m->first->begin <= m->build->words_end;
    m->build->in_words = true;
    return before;
}

static void
misfit_words(struct misfit *m)
{
    if (goes_on(m))
        return;
    struct diagnostics *to = m->build->diagnostics;
    struct text who = misfit_before(m), word = misfit_word(m);
    diagnose(to, E_NO_MODAL, m->span, "MAY, NEVER or MUST is missing behind “%.*s”",
             TEXT_ARGS(who));
    if (m->at->kind == TOKEN_NAME && is_act(word) &&
        misfit_declared(m, misfit_text(m, m->at + 1))) {
        diagnose_fix(to,
                     "Write “%.*s MAY %.*s” if that is permitted, NEVER if it is forbidden, "
                     "MUST if it is a duty",
                     TEXT_ARGS(who), TEXT_ARGS(word));
        return;
    }
    diagnose_fix(to,
                 "Write “%.*s MAY ...”, or, if these words are for the reader, begin the line "
                 "with “>”",
                 TEXT_ARGS(who));
}

/* The item begins with this token, which begins none. */
static bool
slip_at_start(struct misfit *m)
{
    if (m->at != m->first)
        return false;
    struct diagnostics *to = m->build->diagnostics;
    unsigned kind = m->at->kind;
    bool in_row = m->build->words_end > 0 && m->first->begin <= m->build->words_end;
    if (in_row) {
        (void)goes_on(m);
    } else if (kind == TOKEN_STOP) {
        misfit_say(m, "this full stop ends no sentence");
        diagnose_fix(to, "Delete it");
    } else if (is_modal(kind)) {
        misfit_say(m, "it is not said who %.*s do this", TEXT_ARGS(misfit_word(m)));
        diagnose_fix(to, "Begin the sentence with “we”, a system or a person");
    } else if (kind == TOKEN_IF || kind == TOKEN_EXCEPT) {
        misfit_say(m, "a sentence cannot begin with “%.*s”", TEXT_ARGS(misfit_word(m)));
        diagnose_fix(to, "Put this part at the end, as in “we MAY use order for delivery if ...”");
    } else if (kind == TOKEN_NUMBER) {
        bool list = m->at[1].kind == TOKEN_STOP && !(m->at[2].flags & LINE_START);
        (void)goes_on(m);
        misfit_say(m, "a sentence cannot begin with a number");
        diagnose_fix(to, "Leave it out");
        uint32_t end = list ? m->at[2].begin : m->at[1].begin;
        diagnose_edit(to, (struct span){m->build->source, m->at->begin, end}, "%s", "");
    } else if (kind == TOKEN_STRING) {
        misfit_say(m, "these words belong to no sentence");
        diagnose_fix(to, "Words for the reader stand in lines that begin with “>”");
    } else if (kind == TOKEN_STRAY) {
        misfit_say(m, "this colon ends no heading");
        diagnose_fix(to, "Delete it");
    } else {
        misfit_say(m, "a sentence cannot begin with “%.*s”", TEXT_ARGS(misfit_word(m)));
        diagnose_fix(to, "Begin it with who may, must or never do something, or with a kind of "
                         "word, “section”, “clause” or “example”");
    }
    return true;
}

/* A word of no meaning, then something that does not follow it. */
static bool
slip_in_opening(struct misfit *m)
{
    if (m->at != m->first + 1 || (m->first->kind != TOKEN_NAME && m->first->kind != TOKEN_WE))
        return false;
    struct text word = misfit_before(m);
    struct diagnostics *to = m->build->diagnostics;
    bool labelled = m->at->kind == TOKEN_NAME && m->at[1].kind == TOKEN_STRING;
    bool plain = !m->ended &&
                 (m->at->kind == TOKEN_NAME || m->at->kind == TOKEN_STRING || is_kind(m->at->kind));
    const char *meant = plain ? meant_opening(word, labelled) : NULL;
    struct span first = token_span(m->build->source, *m->first);
    if (m->first->kind == TOKEN_NAME && is_later(word)) {
        diagnose(to, E_FORM, first, "“%.*s” is not yet supported by this version of avow",
                 TEXT_ARGS(word));
        diagnose_fix(to, "Leave this sentence out");
    } else if (m->first->kind == TOKEN_NAME && meant) {
        diagnose(to, E_FORM, first, "“%.*s” begins no sentence", TEXT_ARGS(word));
        diagnose_fix(to, "Write “%s”, if that is meant", meant);
        diagnose_edit(to, first, "%s", meant);
        m->build->clause_meant = strcmp(meant, "clause") == 0;
    } else if (m->first->kind == TOKEN_NAME && plain && is_act(word)) {
        diagnose(to, E_FORM, first, "it is not said who is to “%.*s”", TEXT_ARGS(word));
        diagnose_fix(to, "Begin with who, and MAY, NEVER or MUST, as in “we MAY %.*s ...”",
                     TEXT_ARGS(word));
    } else if (m->ended) {
        return false;
    } else if (m->first->kind == TOKEN_NAME && m->at->kind == TOKEN_STRING) {
        diagnose(to, E_FORM, first, "it is not said what kind of word “%.*s” is", TEXT_ARGS(word));
        diagnose_fix(to, "Write “system”, “person”, “data”, “purpose” or another kind before it");
    } else if (m->at->kind == TOKEN_STRAY) {
        misfit_say(m, "this colon ends no heading");
        diagnose_fix(to, "Write “clause %.*s:” if a clause begins here", TEXT_ARGS(word));
    } else {
        misfit_words(m);
    }
    return true;
}

/* A word of the language where a name is given. */
static bool
slip_reserved(struct misfit *m)
{
    unsigned kind = m->first->kind;
    bool names = is_kind(kind) || kind == TOKEN_CLAUSE || kind == TOKEN_SECTION;
    if (!names || m->at != m->first + 1 || m->ended || m->at->flags & LINE_START ||
        !token_is_reserved(m->at->kind))
        return false;
    if (is_kind(kind) && is_kind(m->at->kind) && m->at[1].kind == TOKEN_NAME) {
        misfit_say(m, "two kinds of words stand before one name");
        diagnose_fix(m->build->diagnostics, "Keep one of them");
        return true;
    }
    diagnose(m->build->diagnostics, E_RESERVED_NAME, m->span,
             "“%.*s” is a word of the language and cannot be a name here",
             TEXT_ARGS(misfit_word(m)));
    diagnose_fix(m->build->diagnostics, "Choose another name, such as “%.*s-%s”",
                 TEXT_ARGS(misfit_word(m)), is_kind(kind) ? "x" : "rules");
    return true;
}

static size_t
begin_of_subject(const struct misfit *m, size_t modal)
{
    const struct token *at = m->build->tokens.at;
    size_t i = modal - 1;
    while (i >= m->build->item + 2 && at[i].kind == TOKEN_NAME &&
           (at[i - 1].kind == TOKEN_COMMA || at[i - 1].kind == TOKEN_AND ||
            at[i - 1].kind == TOKEN_OR))
        i -= 2;
    return i;
}

/* Whether the names from here on are the subject of a sentence. */
static bool
leads_to_modal(const struct misfit *m)
{
    enum { MOST = 16 };
    const struct token *token = m->at;
    for (unsigned i = 0; i < MOST && token->kind == TOKEN_NAME; i++) {
        token++;
        if (is_modal(token->kind))
            return true;
        if (token->kind == TOKEN_COMMA || token->kind == TOKEN_AND || token->kind == TOKEN_OR)
            token++;
    }
    return false;
}

/* A second sentence begins before this one has ended. */
static bool
slip_second_sentence(struct misfit *m)
{
    const struct token *tokens = m->build->tokens.at;
    size_t i = (size_t)(m->at - tokens);
    unsigned kind = m->at->kind;
    if (m->ended || i <= m->build->item + 1)
        return false;
    bool subject = kind == TOKEN_WE && is_modal(m->at[1].kind);
    if (is_kind(m->first->kind) && m->at == m->first + 2)
        return false; /* a kind word before the subject */
    bool whole = is_kind(m->first->kind) || m->first->kind == TOKEN_SECTION;
    for (const struct token *token = m->first; token < m->at && !whole; token++)
        whole = is_modal(token->kind);
    if (!whole)
        return false; /* there is no first sentence yet */
    if (is_modal(kind) && m->at[-1].kind == TOKEN_NAME)
        i = begin_of_subject(m, i);
    else if (!subject && !leads_to_modal(m) && !(is_kind(kind) && m->at[-1].kind == TOKEN_STRING))
        return false;
    uint32_t end = tokens[i - 1].end;
    struct span place = {m->build->source, end, end};
    if (tokens[i - 1].kind == TOKEN_COMMA) {
        place.begin = tokens[i - 1].begin;
        diagnose(m->build->diagnostics, E_FULL_STOP, place,
                 "a sentence ends with a full stop, not with a comma");
        diagnose_fix(m->build->diagnostics, "Write a full stop");
    } else {
        diagnose(m->build->diagnostics, E_FULL_STOP, place,
                 "the full stop between two sentences is missing");
        diagnose_fix(m->build->diagnostics, "Put a full stop here");
    }
    diagnose_edit(m->build->diagnostics, place, ".");
    return true;
}

/* "we" or a kind word where a name is wanted. */
static bool
slip_no_name(struct misfit *m)
{
    struct diagnostics *to = m->build->diagnostics;
    if (m->ended || m->at == m->first)
        return false;
    if (m->at->kind == TOKEN_WE) {
        misfit_say(m, "“we” can only begin a sentence");
        diagnose_fix(to, "Write “us” for ourselves as a recipient");
        return true;
    }
    bool extra = is_kind(m->at->kind) && m->at[1].kind == TOKEN_NAME;
    if (extra && misfit_wants(m, "a name")) {
        misfit_say(m, "“%.*s” is a kind of word, no name", TEXT_ARGS(misfit_word(m)));
        diagnose_fix(to, "Leave it out: the name alone says it");
        return true;
    }
    if (is_modal(m->at->kind) && is_kind(m->first->kind) && m->at == m->first + 2) {
        diagnose(to, E_FORM, token_span(m->build->source, *m->first), "“%.*s” cannot begin a rule",
                 TEXT_ARGS(misfit_text(m, m->first)));
        diagnose_fix(to, "Leave it out: the name alone says who");
        return true;
    }
    return false;
}

/* The act says nothing about what or whom it is done to. */
static bool
slip_no_object(struct misfit *m)
{
    if (m->at < m->first + 2 || m->at[-1].kind != TOKEN_NAME)
        return false;
    unsigned before = m->at[-2].kind;
    bool verb = is_modal(before) || before == TOKEN_ONLY || before == TOKEN_NOT;
    if (!verb || !(m->ended || token_is_reserved(m->at->kind)))
        return false;
    misfit_say(m, "it is not said what or whom to “%.*s”", TEXT_ARGS(misfit_before(m)));
    diagnose_fix(m->build->diagnostics,
                 "Name it behind “%.*s”; in a sentence with NEVER it may be “anything” or “anyone”",
                 TEXT_ARGS(misfit_before(m)));
    return true;
}

static const struct token *
find_before(const struct misfit *m, unsigned kind)
{
    for (const struct token *token = m->first; token < m->at; token++)
        if (token->kind == kind)
            return token;
    return NULL;
}

static bool
has_word(const struct misfit *m, const char *word)
{
    for (const struct token *token = m->first; token < m->at; token++)
        if (token->kind == TOKEN_NAME && text_equal_folded(misfit_text(m, token), text_of(word)))
            return true;
    return false;
}

/* "at least" without "before", and the other way round. */
static bool
slip_in_lead(struct misfit *m)
{
    if (m->at == m->first)
        return false;
    struct diagnostics *to = m->build->diagnostics;
    if (!m->ended && m->at->kind == TOKEN_NAME &&
        text_equal_folded(misfit_word(m), TEXT("before"))) {
        misfit_say(m, "it is not said how long before");
        diagnose_fix(to, "Write “at least” and a length of time, as in “at least 30 days before "
                         "change”");
        return true;
    }
    const struct token *least = find_before(m, TOKEN_LEAST);
    if (!m->ended && m->at->kind == TOKEN_AT && m->at[1].kind == TOKEN_LEAST)
        least = m->at + 1; /* "for at least" */
    bool stops = least && least + 1 < m->at && least[1].kind != TOKEN_NUMBER;
    if (!m->ended && m->at->kind == TOKEN_BEFORE && !least) {
        misfit_say(m, "a time limit runs forward, and “before” counts back from an event");
        diagnose_fix(to, "Write “at least” and the length of time before it, as in “at least 30 "
                         "days before change”");
        return true;
    }
    if (!least || stops || m->at->kind == TOKEN_NAME || find_before(m, TOKEN_BEFORE))
        return false;
    struct span span = token_span(m->build->source, least[-1]);
    span.end = least->end;
    if (has_word(m, "keep")) {
        diagnose(to, E_FORM, span, "to keep something always means at least so long");
        diagnose_fix(to, "Write “for” and the length of time, without “at least”");
    } else if (m->at > least + 2) {
        diagnose(to, E_FORM, span, "“at least” counts back from an event, and none is named");
        diagnose_fix(to, "Write “before” and the event behind the length of time, or “within” for "
                         "a time limit");
    } else {
        return false;
    }
    return true;
}

/* "last" where no clock starts. */
static bool
slip_last(struct misfit *m)
{
    if (m->at->kind != TOKEN_LAST || m->ended)
        return false;
    misfit_say(m, "“last” belongs to the clock of a duty");
    diagnose_fix(m->build->diagnostics, "Leave it out: every report of the event switches a state");
    return true;
}

/* Words that need quotation marks. */
static bool
slip_no_quotes(struct misfit *m)
{
    if (m->at == m->first || m->ended || m->at->kind != TOKEN_NAME)
        return false;
    unsigned before = m->at[-1].kind;
    bool address = before == TOKEN_AT && is_kind(m->first->kind);
    bool owner = before == TOKEN_BY && m->first->kind == TOKEN_PROMISE;
    if (!address && !owner)
        return false;
    misfit_say(m,
               address ? "the address has no quotation marks" : "the owner has no quotation marks");
    diagnose_fix(m->build->diagnostics,
                 address ? "Put it into quotation marks, as in at \"mailto:help@acme.example\""
                         : "Put the owner of the promise into quotation marks, as in "
                           "promise by \"security team\"");
    return true;
}

/* “if customer is stopped”, “given customer has stopped”: how a state is said. */
static bool
slip_has(struct misfit *m)
{
    static const char *const words[] = {"is", "has", "have", "are", "was", "were", "becomes"};
    struct diagnostics *to = m->build->diagnostics;
    bool verb = false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        verb = verb || text_equal_folded(misfit_word(m), text_of(words[i]));
    if (!verb || is_kind(m->first->kind) || m->at[-1].kind != TOKEN_NAME)
        return false;
    if (m->first->kind == TOKEN_GIVEN && m->at->kind == TOKEN_NAME) {
        misfit_say(m, "a state is given with “is”");
        diagnose_fix(to, "Write “is”");
        diagnose_edit(to, m->span, "is");
        return true;
    }
    bool negated = m->at[1].kind == TOKEN_NOT;
    const struct token *state = m->at + 1 + negated;
    unsigned before = m->at > m->first + 1 ? m->at[-2].kind : TOKEN_END;
    bool condition = before == TOKEN_IF || before == TOKEN_AND;
    misfit_say(m, "“%.*s” belongs to examples, not to rules", TEXT_ARGS(misfit_word(m)));
    if (!condition || state->kind != TOKEN_NAME) {
        diagnose_fix(to, "Write the name of the state alone, as in “if subscribed”");
        return true;
    }
    struct text name = misfit_text(m, state);
    diagnose_fix(to, "Write the state alone: “%.*s %s%.*s”", TEXT_ARGS(misfit_text(m, m->at - 2)),
                 negated ? "not " : "", TEXT_ARGS(name));
    diagnose_edit(to, (struct span){m->build->source, m->at[-1].begin, state->end}, "%s%.*s",
                  negated ? "not " : "",
                  TEXT_ARGS(build_text(m->build, token_span(m->build->source, *state))));
    return true;
}

/* A day behind a state that is given. */
static bool
slip_day_of_state(struct misfit *m)
{
    if (m->first->kind != TOKEN_GIVEN || m->ended ||
        !(text_equal_folded(misfit_word(m), TEXT("on")) || m->at->kind == TOKEN_AT ||
          text_equal_folded(misfit_word(m), TEXT("since"))))
        return false;
    misfit_say(m, "a state that is given has no day");
    diagnose_fix(m->build->diagnostics,
                 "Leave the day out; a request or event has one, as in “given stop received "
                 "2026-03-01”");
    return true;
}

/* A colon where the sentence should end. */
static bool
slip_colon_for_stop(struct misfit *m)
{
    bool last = m->at[1].flags & LINE_START || m->at[1].kind == TOKEN_END;
    if (m->at == m->first || m->at->kind != TOKEN_STRAY ||
        !(m->at[-1].kind == TOKEN_NAME || m->at[-1].kind == TOKEN_STRING))
        return false;
    misfit_say(m, last ? "a sentence ends with a full stop, not with a colon"
                       : "no colon can stand inside of a sentence");
    diagnose_fix(m->build->diagnostics, last ? "Write a full stop" : "Leave it out");
    diagnose_edit(m->build->diagnostics, m->span, "%s", last ? "." : "");
    return true;
}

/* "except as permitted", "except as described below". */
static bool
slip_as_stated(struct misfit *m)
{
    bool as = m->at - m->first > 2 && m->at[-2].kind == TOKEN_EXCEPT &&
              text_equal_folded(misfit_before(m), TEXT("as"));
    if (!as || m->ended)
        return false;
    misfit_say(m, "“as %.*s” is no exception", TEXT_ARGS(misfit_word(m)));
    diagnose_fix(m->build->diagnostics,
                 "Write “except as stated”, if whatever no clause permits is forbidden");
    return true;
}

/* Conditions. */
static bool
slip_in_condition(struct misfit *m)
{
    if (m->at == m->first || m->ended)
        return false;
    struct diagnostics *to = m->build->diagnostics;
    if (slip_has(m))
        return true;
    bool joint = m->at[-1].kind == TOKEN_AND || m->at[-1].kind == TOKEN_COMMA;
    if (m->at->kind == TOKEN_IF && joint) {
        misfit_say(m, "one “if” is enough for all conditions");
        diagnose_fix(to, "Leave the second one out");
        return true;
    }
    if (m->at->kind == TOKEN_ONLY && m->at[-1].kind >= TOKEN_FROM &&
        m->at[-1].kind <= TOKEN_ABOUT) {
        misfit_say(m, "“only” stands too late");
        diagnose_fix(to, "Write “only %.*s”", TEXT_ARGS(misfit_before(m)));
        return true;
    }
    if (m->at->kind == TOKEN_NOT && m->at[-1].kind == TOKEN_NOT) {
        misfit_say(m, "“not” stands twice");
        diagnose_fix(to, "Leave both out, or one of them");
        return true;
    }
    return false;
}

void
build_misfit(struct builder *build, const char *const *wanted, size_t count)
{
    static bool (*const slips[])(struct misfit *) = {
        slip_in_lead,      slip_last,           slip_at_start,  slip_reserved,
        slip_in_heading,   slip_in_declaration, slip_in_name,   slip_second_sentence,
        slip_no_name,      slip_in_opening,     slip_no_quotes, slip_day_of_state,
        slip_as_stated,    slip_synonym,        slip_in_time,   slip_colon_for_stop,
        slip_in_condition, slip_in_row,         slip_no_object,
    };
    struct misfit m = misfit_of(build, wanted, count);
    /* What goes on behind a stray full stop, on the same line, is the rest of that mistake. */
    bool rest = build->after_broken && !(m.first->flags & LINE_START);
    if (m.troubled || rest)
        return;
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++)
        if (slips[i](&m))
            return;
    misfit_plain(&m);
}
