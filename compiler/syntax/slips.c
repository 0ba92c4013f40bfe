/* Slips in headings and in the vocabulary. */
#include "compiler/syntax/misfit.h"

static bool
said(struct misfit *m, const char *message, const char *mend)
{
    misfit_say(m, "%s", message);
    diagnose_fix(m->build->diagnostics, "%s", mend);
    return true;
}

/* A name made of a title: small letters, digits, and hyphens for all else; "" if none is left. */
static struct text
name_of_title(struct misfit *m, const struct token *title)
{
    struct text words = token_quoted(misfit_text(m, title));
    struct buffer out = buffer_in(m->build->arena);
    for (size_t i = 0; i < words.length; i++) {
        char c = words.data[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        bool letter = (c >= 'a' && c <= 'z') || (out.length > 0 && c >= '0' && c <= '9');
        if (letter)
            buffer_char(&out, c);
        else if (out.length > 0 && out.data[out.length - 1] != '-')
            buffer_char(&out, '-');
    }
    while (out.length > 0 && out.data[out.length - 1] == '-')
        out.length--;
    return out.length > 0 ? buffer_text(&out) : TEXT("name");
}

/* The last word of a row that begins at a token, on its line. */
static const struct token *
row_end(const struct token *token)
{
    while (!(token[1].flags & LINE_START) && token[1].kind != TOKEN_STOP &&
           token[1].kind != TOKEN_COLON && token[1].kind != TOKEN_STRAY &&
           token[1].kind != TOKEN_STRING && token[1].kind != TOKEN_END &&
           token[1].kind != TOKEN_COMMA && token[1].kind != TOKEN_PROSE)
        token++;
    return token;
}

static struct text
text_between(struct misfit *m, const struct token *first, const struct token *last)
{
    return text_shown(
        m->build->arena,
        build_text(m->build, (struct span){m->build->source, first->begin, last->end}));
}

static void
put_quotes(struct misfit *m, const struct token *first, const struct token *last)
{
    struct text words =
        build_text(m->build, (struct span){m->build->source, first->begin, last->end});
    diagnose_edit(m->build->diagnostics, (struct span){m->build->source, first->begin, last->end},
                  "\"%.*s\"", TEXT_ARGS(words));
}

static bool
slip_title_of_clause(struct misfit *m)
{
    struct text name = name_of_title(m, m->at);
    misfit_say(m, "a clause has a name and no title");
    diagnose_fix(m->build->diagnostics, "Write a name without quotation marks, as in “%.*s”",
                 TEXT_ARGS(name));
    diagnose_edit(m->build->diagnostics, m->span, "%.*s", TEXT_ARGS(name));
    return true;
}

/* “clause: newsletter”, or no name at all. */
static bool
slip_no_name_of_clause(struct misfit *m)
{
    const struct token *next = m->at + 1;
    if (m->at->kind != TOKEN_COLON || next->kind != TOKEN_NAME || next->flags & LINE_START)
        return said(m, "the clause has no name", "Name it, as in “clause newsletter:”");
    misfit_say(m, "the colon stands before the name of the clause");
    struct text name = misfit_text(m, next);
    diagnose_fix(m->build->diagnostics, "Write “clause %.*s:”", TEXT_ARGS(name));
    uint32_t end =
        next[1].kind == TOKEN_STOP && !(next[1].flags & LINE_START) ? next[1].end : next->end;
    diagnose_edit(m->build->diagnostics, (struct span){m->build->source, m->at->begin, end},
                  " %.*s:", TEXT_ARGS(name));
    return true;
}

static bool
slip_in_clause(struct misfit *m, size_t place)
{
    unsigned kind = m->at->kind;
    if (place == 1 && kind == TOKEN_STRING)
        return slip_title_of_clause(m);
    if (place == 1)
        return slip_no_name_of_clause(m);
    if (place == 2 && m->ended) {
        misfit_say(m, "the heading of a clause ends with a colon");
        diagnose_fix(m->build->diagnostics, "Write a colon here");
        diagnose_edit(m->build->diagnostics, m->span, ":");
        return true;
    }
    if (place == 2 && kind == TOKEN_STRING)
        return said(m, "a clause has no title", "Leave it out, or make a section of it");
    const struct token *end = row_end(m->at);
    if (place == 2 && !(m->at->flags & LINE_START) &&
        (end[1].kind == TOKEN_COLON || end[1].flags & (LINE_START | COLON_BEFORE))) {
        misfit_several(m, m->first + 1, end, false);
        return true;
    }
    if (place == 2)
        return said(m, "the colon behind the name of the clause is missing",
                    "Put a colon behind the name");
    return false;
}

static bool
slip_in_section(struct misfit *m, size_t place)
{
    unsigned kind = m->at->kind;
    if (place == 1 && kind == TOKEN_STRING) {
        struct text name = name_of_title(m, m->at);
        misfit_say(m, "the section has no name");
        diagnose_fix(m->build->diagnostics, "Write a name before its title, as in “section %.*s”",
                     TEXT_ARGS(name));
        diagnose_edit(m->build->diagnostics,
                      (struct span){m->build->source, m->at->begin, m->at->begin}, "%.*s ",
                      TEXT_ARGS(name));
        return true;
    }
    if (place == 1)
        return false;
    if (place == 2 && kind != TOKEN_STRAY && !m->ended && !(m->at->flags & LINE_START)) {
        const struct token *end = row_end(m->at);
        misfit_say(m, "the title of the section has no quotation marks");
        diagnose_fix(m->build->diagnostics, "Put it into quotation marks: \"%.*s\"",
                     TEXT_ARGS(text_between(m, m->at, end)));
        put_quotes(m, m->at, end);
        return true;
    }
    if (kind == TOKEN_STRAY)
        return said(m, "a section takes no colon", "Leave the colon out");
    if (place == 2)
        return said(m, "the section has no title",
                    "Write its title in quotation marks behind its name");
    return false;
}

static bool
slip_in_example_heading(struct misfit *m, size_t place)
{
    if (place == 1 && !m->ended && m->at->kind != TOKEN_COLON && !(m->at->flags & LINE_START)) {
        const struct token *end = row_end(m->at);
        misfit_say(m, "the title of the example has no quotation marks");
        diagnose_fix(m->build->diagnostics, "Put it into quotation marks: \"%.*s\"",
                     TEXT_ARGS(text_between(m, m->at, end)));
        put_quotes(m, m->at, end);
        return true;
    }
    if (place == 1)
        return said(m, "the example has no title",
                    "Write what it shows in quotation marks before the colon");
    if (place == 2)
        return said(m, "the heading of an example ends with a colon",
                    "Put a colon behind the title");
    return false;
}

bool
slip_in_heading(struct misfit *m)
{
    size_t place = (size_t)(m->at - m->first);
    switch (m->first->kind) {
    case TOKEN_CLAUSE:
        return slip_in_clause(m, place);
    case TOKEN_SECTION:
        return slip_in_section(m, place);
    case TOKEN_EXAMPLE:
        return slip_in_example_heading(m, place);
    case TOKEN_NARRATIVE:
        return said(m, "“narrative.” stands alone", "Put a full stop behind “narrative”");
    case TOKEN_REPEATS:
        return place == 1 ? said(m, "it is not said which clauses are repeated",
                                 "Name them, as in “repeats stopping, keeping”")
                          : said(m, "what is repeated is repeated as a whole",
                                 "Leave out what stands behind the names of the clauses");
    case TOKEN_PROMISE:
        return place == 1 && said(m, "it is not said who keeps this promise",
                                  "Write promise by \"...\" with its owner");
    default:
        return false;
    }
}

/* Words behind the name of a declaration: more of the name if a label follows, else a label. */
static void
slip_words_behind_name(struct misfit *m)
{
    const struct token *end = m->at;
    while (!(end[1].flags & LINE_START) && end[1].kind != TOKEN_STRING &&
           token_is_letters(end[1].kind) &&
           !(end[1].kind == TOKEN_OF && misfit_declared(m, misfit_text(m, &end[2]))) &&
           end[1].kind != TOKEN_AFTER && end[1].kind != TOKEN_UNTIL && end[1].kind != TOKEN_KEPT)
        end++;
    if (end[1].kind == TOKEN_STRING) {
        misfit_several(m, m->first + 1, end, false);
        return;
    }
    diagnose(m->build->diagnostics, E_FORM, (struct span){m->build->source, m->at->begin, end->end},
             "these words for the reader have no quotation marks");
    diagnose_fix(m->build->diagnostics, "Put them into quotation marks: \"%.*s\"",
                 TEXT_ARGS(text_between(m, m->at, end)));
    put_quotes(m, m->at, end);
}

static bool
slip_in_label(struct misfit *m, size_t place)
{
    unsigned kind = m->at->kind;
    if (kind == TOKEN_NAME && text_equal_folded(misfit_word(m), TEXT("one")))
        return said(m, "“of” is missing behind “one”", "Write “one of” and the facts");
    if (place == 2 &&
        (kind == TOKEN_NAME || (token_is_letters(kind) && m->at[1].kind == TOKEN_STRING))) {
        slip_words_behind_name(m);
        return true;
    }
    if (kind == TOKEN_NAME && m->at[-1].kind == TOKEN_STRING &&
        misfit_declared(m, misfit_word(m))) {
        misfit_say(m, "“of” is missing before “%.*s”", TEXT_ARGS(misfit_word(m)));
        diagnose_fix(m->build->diagnostics, "Write “of %.*s”", TEXT_ARGS(misfit_word(m)));
        diagnose_edit(m->build->diagnostics,
                      (struct span){m->build->source, m->at->begin, m->at->begin}, "of ");
        return true;
    }
    if (kind == TOKEN_STRING && place > 2) {
        bool second = m->first[2].kind == TOKEN_STRING;
        return said(m, second ? "this word has two labels" : "the label stands too late",
                    second ? "Keep one of them" : "Put the label directly behind the name");
    }
    return false;
}

/* "basis", the word and the reason: one of them is missing. */
static bool
slip_in_basis(struct misfit *m, size_t place)
{
    bool no_word = place >= 2 && m->at[-1].kind == TOKEN_BASIS;
    bool no_reason = place >= 3 && m->at[-2].kind == TOKEN_BASIS;
    if (no_reason && !m->ended && m->at->kind == TOKEN_NAME) {
        misfit_say(m, "a legal basis is one word, and its reason stands in quotation marks");
        diagnose_fix(m->build->diagnostics, "Write one of: consent, contract, law, interest, "
                                            "public, vital, and the reason in quotation marks");
        return true;
    }
    if (no_word)
        return said(m, "it is not said which legal basis this is",
                    "Write one of them before the reason: consent, contract, law, interest, "
                    "public, vital");
    if (!no_reason)
        return false;
    misfit_say(m, "the reason for the basis “%.*s” is missing", TEXT_ARGS(misfit_before(m)));
    diagnose_fix(m->build->diagnostics,
                 "Say it for the reader, in quotation marks, as in basis %.*s \"needed for your "
                 "order\"",
                 TEXT_ARGS(misfit_before(m)));
    return true;
}

static void
slip_label_first(struct misfit *m)
{
    const struct token *next = m->at + 1;
    bool swapped = next->kind == TOKEN_NAME && !(next->flags & (LINE_START | STOP_BEFORE));
    struct text name = swapped ? misfit_text(m, next) : name_of_title(m, m->at);
    struct text label = build_text(m->build, m->span);
    misfit_say(m, "the name is missing before the label");
    diagnose_fix(m->build->diagnostics, "Write the name first: %.*s %.*s", TEXT_ARGS(name),
                 TEXT_ARGS(misfit_text(m, m->at)));
    diagnose_edit(m->build->diagnostics,
                  (struct span){m->build->source, m->at->begin, swapped ? next->end : m->at->end},
                  "%.*s %.*s", TEXT_ARGS(name), TEXT_ARGS(label));
}

bool
slip_in_declaration(struct misfit *m)
{
    if (m->first->kind != TOKEN_KIND && m->first->kind != TOKEN_REQUEST)
        return false;
    size_t place = (size_t)(m->at - m->first);
    unsigned kind = m->at->kind;
    if (place == 1 && kind == TOKEN_STRING) {
        slip_label_first(m);
        return true;
    }
    if (slip_in_basis(m, place))
        return true;
    if (m->ended)
        return false;
    if (slip_in_label(m, place))
        return true;
    if (kind != TOKEN_COMMA && kind != TOKEN_STRAY)
        return false;
    misfit_say(m, kind == TOKEN_COMMA ? "no comma can stand here" : "a declaration takes no colon");
    diagnose_fix(m->build->diagnostics, "Leave it out");
    diagnose_edit(m->build->diagnostics, m->span, "%s", "");
    return true;
}
