#include "compiler/syntax/repair.h"

struct repair {
    struct token *at;
    size_t begin; /* first token of the sentence */
};

static bool
is_modal(unsigned kind)
{
    return kind == TOKEN_MAY || kind == TOKEN_NEVER || kind == TOKEN_MUST ||
           kind == TOKEN_WRONG_MODAL;
}

static bool
is_heading(unsigned kind)
{
    return kind == TOKEN_CLAUSE || kind == TOKEN_EXAMPLE;
}

static bool
is_kind(unsigned kind)
{
    return kind == TOKEN_KIND || kind == TOKEN_REQUEST;
}

static bool
is_joint(unsigned kind)
{
    return kind == TOKEN_COMMA || kind == TOKEN_AND || kind == TOKEN_OR;
}

static bool
could_end(unsigned kind)
{
    switch (kind) {
    case TOKEN_NAME:
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_DATE:
    case TOKEN_TIME:
    case TOKEN_KIND:
    case TOKEN_REQUEST:
    case TOKEN_ONCE:
    case TOKEN_STATED:
    case TOKEN_NARRATIVE:
        return true;
    default:
        return false;
    }
}

/* "data order ..." begins a declaration; "MAY request ..." and "section data ..." do not. */
static bool
starts_declaration(const struct repair *repair, size_t i)
{
    unsigned before = repair->at[i - 1].kind, after = repair->at[i + 1].kind;
    if (after != TOKEN_NAME && after != TOKEN_STRING && !is_kind(after))
        return false;
    if (is_modal(before) || before == TOKEN_ONLY || before == TOKEN_NOT || is_joint(before))
        return false;
    return before == TOKEN_STRING || repair->at[i].flags & LINE_START;
}

/* In the middle of a line these words begin something only with what belongs to them: they may
 * stand among words for the reader that lack their mark. */
static bool
is_whole_heading(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_CLAUSE:
        return token[1].kind == TOKEN_NAME && token[2].kind == TOKEN_COLON;
    case TOKEN_SECTION:
        return token[1].kind == TOKEN_NAME && token[2].kind == TOKEN_STRING;
    case TOKEN_EXAMPLE:
        return token[1].kind == TOKEN_STRING;
    default:
        return token[1].kind == TOKEN_BY;
    }
}

/* Whether the token can only be the first of a sentence or item. */
static bool
starts(const struct repair *repair, size_t i)
{
    unsigned before = repair->at[i - 1].kind;
    bool fresh = repair->at[i].flags & LINE_START;
    if (!fresh && i - 1 == repair->begin &&
        (is_heading(before) || is_kind(before) || before == TOKEN_SECTION))
        return false; /* a reserved word where the name should be */
    switch (repair->at[i].kind) {
    case TOKEN_END:
    case TOKEN_PROSE:
        return true;
    case TOKEN_CLAUSE:
    case TOKEN_SECTION:
    case TOKEN_EXAMPLE:
    case TOKEN_PROMISE:
        return fresh || is_whole_heading(&repair->at[i]);
    case TOKEN_GIVEN:
    case TOKEN_THEN:
        return fresh;
    case TOKEN_WE:
    case TOKEN_ALLOW:
    case TOKEN_NARRATIVE:
    case TOKEN_REPEATS:
        return fresh && could_end(before);
    case TOKEN_KIND:
    case TOKEN_REQUEST:
        return starts_declaration(repair, i);
    default:
        return false;
    }
}

static void
supply(struct repair *repair, size_t i)
{
    bool heading = is_heading(repair->at[repair->begin].kind);
    repair->at[i].flags |= heading ? COLON_BEFORE : STOP_BEFORE;
    repair->begin = i;
}

/* The list of names before a modal verb is its subject: when it begins a line behind something
 * that could end a sentence, it begins a sentence. */
static void
supply_before_subject(struct repair *repair, size_t modal)
{
    size_t i = modal - 1;
    while (i > repair->begin && repair->at[i].kind == TOKEN_NAME) {
        if (repair->at[i].flags & LINE_START && could_end(repair->at[i - 1].kind)) {
            supply(repair, i);
            return;
        }
        size_t joint = i - 1;
        while (joint > repair->begin && is_joint(repair->at[joint].kind))
            joint--;
        if (joint == i - 1)
            return;
        i = joint;
    }
}

static void
see(struct repair *repair, size_t i)
{
    struct token *token = &repair->at[i];
    if (token->kind == TOKEN_COLON && !is_heading(repair->at[repair->begin].kind))
        token->kind = TOKEN_STRAY;
    else if (is_modal(token->kind))
        supply_before_subject(repair, i);
    else if (starts(repair, i))
        supply(repair, i);
}

/* A section's title ends it, with or without a full stop. */
static bool
ends_section(const struct repair *repair, size_t i)
{
    const struct token *first = &repair->at[repair->begin];
    return first->kind == TOKEN_SECTION && i == repair->begin + 3 &&
           repair->at[i - 1].kind == TOKEN_STRING && repair->at[i].kind == TOKEN_NAME &&
           repair->at[i].flags & LINE_START;
}

static bool
ends_item(unsigned kind)
{
    return kind == TOKEN_STOP || kind == TOKEN_COLON || kind == TOKEN_PROSE;
}

void
repair(struct token *tokens, size_t count)
{
    struct repair repair = {tokens, 0};
    for (size_t i = 0; i < count; i++) {
        bool begins = i == 0 || ends_item(tokens[i - 1].kind);
        if (begins)
            repair.begin = i;
        else if (ends_section(&repair, i))
            supply(&repair, i);
        if (begins && tokens[i].kind == TOKEN_COLON)
            tokens[i].kind = TOKEN_STRAY;
        else if (!begins && i > repair.begin)
            see(&repair, i);
    }
}
