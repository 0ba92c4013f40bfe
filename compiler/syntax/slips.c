/* Slips in headings and in the vocabulary. */
#include "compiler/syntax/misfit.h"

static bool
said(struct misfit *m, const char *message, const char *mend)
{
    misfit_say(m, "%s", message);
    diagnose_fix(m->build->diagnostics, "%s", mend);
    return true;
}

static bool
slip_in_clause(struct misfit *m, size_t place)
{
    unsigned kind = m->at->kind;
    if (place == 1 && kind == TOKEN_STRING)
        return said(m, "a clause has a name and no title",
                    "Write a name without quotation marks, as in “clause newsletter:”");
    if (place == 1)
        return said(m, "the clause has no name", "Name it, as in “clause newsletter:”");
    if (place == 2 && m->ended)
        return said(m, "the heading of a clause ends with a colon", "Write a colon here");
    if (place == 2 && kind == TOKEN_STRING)
        return said(m, "a clause has no title", "Leave it out, or make a section of it");
    if (place == 2 && kind == TOKEN_NAME) {
        misfit_say(m, "a name is one word");
        diagnose_fix(m->build->diagnostics, "Join the words with a hyphen: “%.*s-%.*s”",
                     TEXT_ARGS(misfit_before(m)), TEXT_ARGS(misfit_word(m)));
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
    if (place == 1 && kind == TOKEN_STRING)
        return said(m, "the section has no name",
                    "Write a name before its title, as in section writing \"When we write\"");
    if (place == 1)
        return false;
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
    if (place == 1)
        return said(m, "the example has no title",
                    "Write what it shows in quotation marks, as in example \"A stop wins\":");
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

static bool
slip_in_label(struct misfit *m, size_t place)
{
    unsigned kind = m->at->kind;
    if (kind == TOKEN_NAME && text_equal_folded(misfit_word(m), TEXT("one")))
        return said(m, "“of” is missing behind “one”", "Write “one of” and the facts");
    if (place == 2 && kind == TOKEN_NAME) {
        misfit_say(m, "“%.*s” cannot stand behind the name", TEXT_ARGS(misfit_word(m)));
        diagnose_fix(m->build->diagnostics,
                     "Put words for the reader into quotation marks; a name of several words is "
                     "joined with hyphens, as in “%.*s-%.*s”",
                     TEXT_ARGS(misfit_before(m)), TEXT_ARGS(misfit_word(m)));
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

bool
slip_in_declaration(struct misfit *m)
{
    if (m->first->kind != TOKEN_KIND && m->first->kind != TOKEN_REQUEST)
        return false;
    size_t place = (size_t)(m->at - m->first);
    unsigned kind = m->at->kind;
    if (place == 1 && kind == TOKEN_STRING)
        return said(m, "the name is missing before the label",
                    "Write a name, then the label, as in person customer \"customer\"");
    if (slip_in_basis(m, place))
        return true;
    if (m->ended)
        return false;
    if (slip_in_label(m, place))
        return true;
    if (kind == TOKEN_COMMA)
        return said(m, "no comma can stand here", "Leave it out");
    if (kind == TOKEN_STRAY)
        return said(m, "a declaration takes no colon", "Leave the colon out");
    return false;
}
