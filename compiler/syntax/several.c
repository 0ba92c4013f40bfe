/* Slips in names: several words for one, articles, words for nobody in particular. */
#include "compiler/syntax/misfit.h"

static bool
is_kind(unsigned kind)
{
    return kind == TOKEN_KIND || kind == TOKEN_REQUEST;
}

static bool
is_modal(unsigned kind)
{
    return kind == TOKEN_MAY || kind == TOKEN_NEVER || kind == TOKEN_MUST ||
           kind == TOKEN_WRONG_MODAL;
}

/* Finds the names that are declared somewhere in the file, once. */
static void
read_declared(struct builder *build)
{
    build->declared = names_in(build->arena);
    build->declared_read = true;
    for (size_t i = 0; i + 1 < build->tokens.count; i++) {
        unsigned kind = build->tokens.at[i].kind;
        if ((!is_kind(kind) && kind != TOKEN_CLAUSE) || build->tokens.at[i + 1].kind != TOKEN_NAME)
            continue;
        struct text name = build_text(build, token_span(build->source, build->tokens.at[i + 1]));
        names_add(&build->declared, name, (uint32_t)i);
    }
}

const struct token *
misfit_declared(const struct misfit *m, struct text name)
{
    if (!m->build->declared_read)
        read_declared(m->build);
    uint32_t found = names_find(&m->build->declared, name);
    return found == NONE ? NULL : &m->build->tokens.at[found];
}

struct text
misfit_joined(const struct misfit *m, const struct token *first, const struct token *last)
{
    struct buffer out = buffer_in(m->build->arena);
    for (const struct token *token = first; token <= last; token++) {
        if (token > first)
            buffer_char(&out, '-');
        struct text word = build_text(m->build, token_span(m->build->source, *token));
        for (size_t i = 0; i < word.length; i++) {
            char c = word.data[i];
            buffer_char(&out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
        }
    }
    return buffer_text(&out);
}

void
misfit_several(const struct misfit *m, const struct token *first, const struct token *last,
               bool declare)
{
    static const char *const numbers[] = {"two", "three", "four", "five", "six"};
    size_t count = (size_t)(last - first);
    struct builder *build = m->build;
    struct text joined = misfit_joined(m, first, last);
    struct span span = {build->source, first->begin, last->end};
    diagnose(build->diagnostics, E_SEVERAL_WORDS, span, "“%.*s” is %s words, and a name is one",
             TEXT_ARGS(text_shown(build->arena, build_text(build, span))),
             count <= 5 ? numbers[count - 1] : "many");
    diagnose_fix(build->diagnostics,
                 declare ? "Write “%.*s”, and declare that name" : "Write “%.*s”",
                 TEXT_ARGS(text_shown(build->arena, joined)));
    if (!declare)
        diagnose_edit(build->diagnostics, span, "%.*s", TEXT_ARGS(joined));
    build->joined = joined;
    *VECTOR_PUSH(build->arena, &build->tree->lost) = joined;
}

/* Words around the misfit that are a declared name when they are joined: the longest row of them.
 */
static bool
find_joined(const struct misfit *m, const struct token **first, const struct token **last)
{
    enum { AROUND = 3 };
    const struct token *from = m->at - 1, *to = m->at;
    for (int i = 0; i < AROUND && from > m->first && token_is_letters(from[-1].kind) &&
                    !(from->flags & LINE_START);
         i++)
        from--;
    for (int i = 0; i < AROUND && token_is_letters(to[1].kind) && !(to[1].flags & LINE_START); i++)
        to++;
    for (*first = from; *first < m->at; (*first)++)
        for (*last = to; *last >= m->at; (*last)--)
            if (misfit_declared(m, misfit_joined(m, *first, *last)))
                return true;
    return false;
}

static bool
is_one_of(struct text word, const char *const *words)
{
    for (; *words; words++)
        if (text_equal_folded(word, text_of(*words)))
            return true;
    return false;
}

static bool
is_article(const struct misfit *m, const struct token *token)
{
    static const char *const words[] = {"the",  "a",     "an",      "this", "these", "those",
                                        "our",  "your",  "their",   "his",  "her",   "its",
                                        "such", "each",  "every",   "any",  "all",   "some",
                                        "no",   "other", "certain", "both", NULL};
    return token->kind == TOKEN_NAME && is_one_of(misfit_text(m, token), words);
}

/* The kind that a word names, in singular or plural; NULL if it is none. */
static const char *
kind_meant(const struct misfit *m, const struct token *token)
{
    struct text word = misfit_text(m, token);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        struct text known = text_of(kind_word((enum kind)kind));
        bool plural = word.length == known.length + 1 && (word.data[known.length] | 0x20) == 's';
        struct text singular = {word.data, word.length - (plural ? 1 : 0)};
        if (text_equal_folded(singular, known))
            return kind_word((enum kind)kind);
    }
    return NULL;
}

/* The first name that is declared with a kind, or "". */
static struct text
example_of(const struct misfit *m, const char *kind)
{
    enum { MOST = 100000 }; /* the work of many messages stays in bounds */
    const struct tokens *tokens = &m->build->tokens;
    for (size_t i = 0; i + 1 < tokens->count && i < MOST; i++)
        if (is_kind(tokens->at[i].kind) && tokens->at[i + 1].kind == TOKEN_NAME &&
            text_equal_folded(misfit_text(m, &tokens->at[i]), text_of(kind)))
            return misfit_text(m, &tokens->at[i + 1]);
    return TEXT("");
}

/* “all data”, “any purpose”. */
static bool
slip_every_kind(const struct misfit *m, const struct token *article)
{
    struct diagnostics *to = m->build->diagnostics;
    struct span span = {m->build->source, article->begin, m->at->end};
    const char *kind = kind_meant(m, m->at);
    bool never = false;
    if (!kind)
        return false;
    for (const struct token *token = m->first; token < article; token++)
        never = never || token->kind == TOKEN_NEVER;
    bool person = strcmp(kind, "person") == 0 || strcmp(kind, "audience") == 0;
    bool place = strcmp(kind, "place") == 0 || strcmp(kind, "system") == 0;
    const char *wild = person ? "anyone" : place ? "anywhere" : "anything";
    struct text words = build_text(m->build, span), example = example_of(m, kind);
    if (never) {
        diagnose(to, E_EVERYDAY, span, "for “%.*s” a rule has the word “%s”", TEXT_ARGS(words),
                 wild);
        diagnose_fix(to, "Write “%s”", wild);
        diagnose_edit(to, span, "%s", wild);
        return true;
    }
    diagnose(to, E_SWEEPING, span, "“%.*s” cannot stand here", TEXT_ARGS(words));
    diagnose_why(to, "A rule covers only what it names, not what is added to the policy later");
    if (example.length > 0)
        diagnose_fix(to, "Name what is meant, as it is declared, such as “%.*s”",
                     TEXT_ARGS(example));
    else
        diagnose_fix(to, "Declare what is meant behind “%s”, and name it", kind);
    return true;
}

static void
say_article(const struct misfit *m, const struct token *article)
{
    struct diagnostics *to = m->build->diagnostics;
    struct text word = misfit_text(m, article);
    uint32_t end = article[1].begin;
    diagnose(to, E_EVERYDAY, token_span(m->build->source, *article),
             "“%.*s” cannot stand before a name", TEXT_ARGS(word));
    diagnose_why(to, "A name stands alone, and means all that it was declared for");
    diagnose_fix(to, "Leave “%.*s” out", TEXT_ARGS(word));
    diagnose_edit(to, (struct span){m->build->source, article->begin, end}, "%s", "");
}

/* Words before MAY, NEVER or MUST that are no name: “our company”. */
static bool
slip_subject(const struct misfit *m)
{
    enum { MOST = 4 };
    const struct token *last = m->at;
    while (last - m->at < MOST && last[1].kind == TOKEN_NAME)
        last++;
    if (m->at != m->first + 1 || !is_modal(last[1].kind))
        return false;
    struct diagnostics *to = m->build->diagnostics;
    struct span span = {m->build->source, m->first->begin, last->end};
    if (!is_article(m, m->first)) {
        misfit_several(m, m->first, last, true);
    } else if (last == m->at && misfit_declared(m, misfit_word(m))) {
        say_article(m, m->first);
    } else {
        diagnose(to, E_EVERYDAY, span, "for “%.*s” a rule has the word “we”",
                 TEXT_ARGS(text_shown(m->build->arena, build_text(m->build, span))));
        diagnose_why(to, "Whoever else acts is declared as a system");
        diagnose_fix(to, "Write “we”");
        diagnose_edit(to, span, "we");
    }
    return true;
}

/* Words in a row, of which none is a declared name: they become one. */
bool
slip_in_row(struct misfit *m)
{
    if (m->ended || m->at < m->first + 2 || m->at->flags & LINE_START || is_kind(m->first->kind) ||
        m->at[-1].kind != TOKEN_NAME || (m->at->kind != TOKEN_NAME && !is_kind(m->at->kind)))
        return false;
    const struct token *first = m->at - 1, *last = m->at;
    bool rule = false;
    for (const struct token *token = m->first; token < first; token++)
        rule = rule || is_modal(token->kind);
    if (!rule || is_modal(first[-1].kind) ||
        (misfit_declared(m, misfit_before(m)) && misfit_declared(m, misfit_word(m))))
        return false;
    while (first > m->first + 1 && first[-1].kind == TOKEN_NAME && !is_modal(first[-2].kind))
        first--;
    while ((last[1].kind == TOKEN_NAME || is_kind(last[1].kind)) && !(last[1].flags & LINE_START))
        last++;
    misfit_several(m, first, last, true);
    return true;
}

bool
slip_in_name(struct misfit *m)
{
    const struct token *first, *last;
    if (m->ended || m->at == m->first || m->at->flags & LINE_START ||
        !token_is_letters(m->at->kind) || !token_is_letters(m->at[-1].kind) ||
        m->first->kind == TOKEN_CLAUSE)
        return false;
    if (m->at > m->first + 1 || m->first->kind == TOKEN_NAME) {
        if (find_joined(m, &first, &last)) {
            misfit_several(m, first, last, false);
            return true;
        }
    }
    bool named =
        m->at[-1].kind == TOKEN_NAME && (m->at->kind == TOKEN_NAME || is_kind(m->at->kind));
    if (!named || is_kind(m->first->kind))
        return false;
    if (slip_subject(m))
        return true;
    if (m->at < m->first + 2)
        return false;
    if (is_article(m, m->at - 1)) {
        if (!slip_every_kind(m, m->at - 1))
            say_article(m, m->at - 1);
        return true;
    }
    return false;
}
