#include "compiler/syntax/misfit.h"

#include <stdarg.h>
#include <stdio.h>

struct misfit
misfit_of(struct builder *build, const char *const *wanted, size_t count)
{
    const struct token *tokens = build->tokens.at;
    size_t i = build->given;
    struct misfit m = {.build = build,
                       .first = &tokens[build->item],
                       .at = &tokens[i],
                       .wanted = wanted,
                       .count = count};
    m.ended = build->supplied || tokens[i].kind == TOKEN_STOP || tokens[i].kind == TOKEN_END;
    m.span = build->supplied ? build->missing_span : token_span(build->source, tokens[i]);
    for (const struct token *token = m.first; token <= m.at && !m.troubled; token++)
        m.troubled = token->flags & TROUBLED;
    m.troubled = m.troubled || build->reported;
    return m;
}

struct text
misfit_text(const struct misfit *m, const struct token *token)
{
    return text_shown(m->build->arena, build_text(m->build, token_span(m->build->source, *token)));
}

struct text
misfit_word(const struct misfit *m)
{
    return misfit_text(m, m->at);
}

struct text
misfit_before(const struct misfit *m)
{
    return m->at > m->first ? misfit_text(m, m->at - 1) : TEXT("");
}

bool
misfit_wants(const struct misfit *m, const char *label)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->wanted[i], label) == 0)
            return true;
    return false;
}

void
misfit_say(const struct misfit *m, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char message[1024]; /* two texts that were shortened, and words around them */
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    diagnose(m->build->diagnostics, E_FORM, m->span, "%s", message);
}

static bool
item_has(const struct misfit *m, unsigned kind)
{
    for (const struct token *token = m->first; token < m->at; token++)
        if (token->kind == kind)
            return true;
    return false;
}

/* Things that would fit but are not worth naming, unless the item has the word beside them. */
static const struct {
    const char *label;
    int unless;
} unnamed[] = {
    {"a comma", 0},           {"“or”", 0},
    {"“request”", 0},         {"“not”", TOKEN_IF},
    {"“should”", 0},          {"“last”", 0},
    {"“by”", TOKEN_PROMISE},  {"“because”", TOKEN_THEN},
    {"“only”", TOKEN_MAY},    {"“via”", TOKEN_REQUEST},
    {"“within”", TOKEN_MUST}, {"“at”", TOKEN_MUST},
    {"“after”", TOKEN_MUST},
};

static bool
is_shown(const struct misfit *m, const char *label)
{
    static const char *const prepositions[] = {"“in”", "“for”", "“to”", "“with”", "“about”"};
    unsigned before = m->at > m->first ? m->at[-1].kind : TOKEN_END;
    if (before == TOKEN_MAY || before == TOKEN_MUST)
        return strcmp(label, "a name") == 0 || strcmp(label, "“only”") == 0;
    for (size_t i = 0; i < sizeof prepositions / sizeof prepositions[0]; i++)
        if (strcmp(label, prepositions[i]) == 0 && misfit_wants(m, "“from”"))
            return false;
    bool declares = m->first->kind == TOKEN_KIND || m->first->kind == TOKEN_GIVEN;
    for (size_t i = 0; i < sizeof unnamed / sizeof unnamed[0]; i++)
        if (strcmp(label, unnamed[i].label) == 0)
            return (unnamed[i].unless && item_has(m, (unsigned)unnamed[i].unless)) ||
                   (declares && i >= 7);
    return strcmp(label, "the full stop") != 0;
}

static const char *
shown(const struct misfit *m, const char *label)
{
    unsigned before = m->at > m->first ? m->at[-1].kind : TOKEN_END;
    bool modal = before == TOKEN_MAY || before == TOKEN_MUST || before == TOKEN_NEVER;
    if (strcmp(label, "a name") == 0 && modal)
        return "an act such as “collect”, “use”, “share” or “email”";
    if (strcmp(label, "“from”") == 0 && misfit_wants(m, "“about”"))
        return "a preposition (from, in, for, to, with, about)";
    return strcmp(label, "“at”") == 0 && item_has(m, TOKEN_MUST) ? "“at once”" : label;
}

static struct text
list_wanted(const struct misfit *m)
{
    struct buffer out = buffer_in(m->build->arena);
    bool stop = misfit_wants(m, "the full stop");
    size_t total = stop, done = 0;
    for (size_t i = 0; i < m->count; i++)
        total += is_shown(m, m->wanted[i]);
    for (size_t i = 0; i < m->count; i++) {
        if (!is_shown(m, m->wanted[i]))
            continue;
        buffer_format(&out, "%s%s",
                      done == 0           ? ""
                      : done + 1 == total ? " or "
                                          : ", ",
                      shown(m, m->wanted[i]));
        done++;
    }
    if (stop)
        buffer_format(&out, "%sthe full stop", done == 0 ? "" : " or ");
    return buffer_text(&out);
}

void
misfit_plain(const struct misfit *m)
{
    struct text before = misfit_before(m), wanted = list_wanted(m);
    if (m->ended && before.length > 0)
        misfit_say(m, "the sentence breaks off behind “%.*s”", TEXT_ARGS(before));
    else if (before.length > 0)
        misfit_say(m, "“%.*s” cannot stand behind “%.*s”", TEXT_ARGS(misfit_word(m)),
                   TEXT_ARGS(before));
    else
        misfit_say(m, "“%.*s” cannot stand here", TEXT_ARGS(misfit_word(m)));
    if (wanted.length > 0)
        diagnose_fix(m->build->diagnostics, "Go on with %.*s", TEXT_ARGS(wanted));
}
