/* Whether a formatted text says what the one it was made from does: the last thing before a file
 * is replaced, and on purpose without the formatter's own view of a text. */
#include "compiler/base/names.h"
#include "compiler/syntax/format.h"
#include "compiler/syntax/front.h"
#include "compiler/syntax/load.h"
#include "compiler/syntax/tokens.h"

struct side {
    struct text text;
    struct text front;
    struct tokens tokens;
    VECTOR(struct text) comments;
    size_t next;     /* token to be compared */
    size_t only;     /* so many "only" were passed over */
    bool in_section; /* whose full stop may stand or not */
};

/* Between two tokens stand blanks, line ends, commas that are free, and comments. */
static void
collect_comments(struct arena *arena, struct side *side, uint32_t from, uint32_t end)
{
    const char *data = side->text.data;
    while (from < end) {
        const char *mark = memchr(data + from, '#', end - from);
        if (!mark)
            return;
        const char *newline = memchr(mark, '\n', (size_t)(data + end - mark));
        const char *last = newline ? newline : data + end;
        *VECTOR_PUSH(arena, &side->comments) =
            text_trim((struct text){mark, (size_t)(last - mark)});
        from = (uint32_t)(last - data);
    }
}

static struct side
side_of(struct arena *arena, const struct sources *sources, uint32_t source,
        struct diagnostics *diagnostics)
{
    struct settings settings;
    memset(&settings, 0, sizeof settings);
    uint32_t body = front_read(arena, sources, source, &settings, diagnostics);
    struct text text = sources->list.at[source].text;
    struct side side = {.text = text, .front = {text.data, body}};
    side.tokens = tokens_read(arena, sources, source, body, diagnostics);
    for (size_t i = 0; i < side.tokens.count; i++) {
        uint32_t from = i > 0 ? side.tokens.at[i - 1].end : body;
        collect_comments(arena, &side, from, side.tokens.at[i].begin);
    }
    return side;
}

/* The next token that both sides must have in its place. "only" may stand in two places (the tree
 * tells whether they mean the same). */
static struct token
next_token(struct side *side)
{
    for (;; side->next++) {
        struct token token = side->tokens.at[side->next];
        if (token.kind == TOKEN_SECTION)
            side->in_section = true;
        bool passed = token.kind == TOKEN_ONLY || (token.kind == TOKEN_STOP && side->in_section);
        side->only += token.kind == TOKEN_ONLY;
        if (token.kind == TOKEN_STOP || token.kind == TOKEN_PROSE || token.kind == TOKEN_COLON ||
            token.flags & STOP_BEFORE)
            side->in_section = token.kind == TOKEN_SECTION;
        if (!passed)
            return token;
    }
}

static bool
same_token(const struct side *a, struct token x, const struct side *b, struct token y)
{
    struct text s = {a->text.data + x.begin, x.end - x.begin};
    struct text t = {b->text.data + y.begin, y.end - y.begin};
    if (x.kind != y.kind)
        return false;
    switch (x.kind) {
    case TOKEN_STRING:
        return text_equal(token_quoted(s), token_quoted(t));
    case TOKEN_NAME:
    case TOKEN_NUMBER:
    case TOKEN_DATE:
    case TOKEN_TIME:
    case TOKEN_PROSE:
        return text_equal(s, t);
    default:
        return text_equal_folded(s, t);
    }
}

static bool
same_tokens(struct side *a, struct side *b)
{
    for (;; a->next++, b->next++) {
        struct token x = next_token(a), y = next_token(b);
        if (!same_token(a, x, b, y))
            return false;
        if (x.kind == TOKEN_END)
            return a->only == b->only;
    }
}

/* Only the last line of a file gets an end that it had not. */
static bool
same_front(struct text a, struct text b)
{
    if (!text_starts(b, a))
        return false;
    struct text more = {b.data + a.length, b.length - a.length};
    return more.length == 0 || (text_trim(more).length == 0 && a.data[a.length - 1] != '\n');
}

static bool
same_comments(const struct side *a, const struct side *b)
{
    if (a->comments.count != b->comments.count)
        return false;
    for (size_t i = 0; i < a->comments.count; i++)
        if (!text_equal(a->comments.at[i], b->comments.at[i]))
            return false;
    return true;
}

static struct text
tree_text(struct arena *arena, const struct tree *tree)
{
    struct buffer out = buffer_in(arena);
    tree_dump_without_places(tree, &out);
    return buffer_text(&out);
}

bool
format_is_faithful(struct arena *arena, const struct tree *tree, struct text formatted)
{
    struct diagnostics diagnostics = {.arena = arena};
    struct sources sources = *tree->sources; /* one more is added to the copy */
    uint32_t other = source_take(arena, &sources, TEXT("formatted"), formatted, &diagnostics);
    if (other == NONE)
        return false;
    struct side before = side_of(arena, &sources, tree->source, &diagnostics);
    struct side after = side_of(arena, &sources, other, &diagnostics);
    if (!same_front(before.front, after.front) || !same_comments(&before, &after) ||
        !same_tokens(&before, &after))
        return false;
    const struct tree *again = tree_read(arena, &sources, other, &diagnostics);
    return text_equal(tree_text(arena, tree), tree_text(arena, again)) && diagnostics.errors == 0;
}
