#include "compiler/syntax/tree.h"

#include "compiler/syntax/build.h"
#include "compiler/syntax/front.h"

/* The full stop or colon that is missing before the next token. */
static int
supply(struct builder *build, struct token token, struct span *span)
{
    uint32_t at = build->tokens.at[build->next - 1].end;
    *span = (struct span){build->source, at, at};
    build->supplied = true;
    build->at_end = true;
    build->missing = token.flags & STOP_BEFORE ? TOKEN_STOP : TOKEN_COLON;
    build->missing_span = *span;
    return build->missing;
}

int
grammar_lex(GRAMMAR_STYPE *value, GRAMMAR_LTYPE *span, struct builder *build)
{
    (void)value;
    *span = (struct span){build->source, 0, 0};
    struct token token = build->tokens.at[build->next];
    build->given = build->next;
    if (token.flags & (STOP_BEFORE | COLON_BEFORE) && !build->supplied)
        return supply(build, token, span);
    if (build->at_end)
        build->item = build->next;
    build->supplied = false;
    *span = token_span(build->source, token);
    build->at_end =
        token.kind == TOKEN_STOP || token.kind == TOKEN_COLON || token.kind == TOKEN_PROSE;
    if (token.kind != TOKEN_END)
        build->next++;
    return token.kind;
}

static struct builder
builder_of(struct arena *arena, const struct sources *sources, uint32_t source,
           struct diagnostics *diagnostics)
{
    return (struct builder){.arena = arena,
                            .sources = sources,
                            .source = source,
                            .diagnostics = diagnostics,
                            .reported_names = names_in(arena)};
}

struct tree *
tree_read(struct arena *arena, const struct sources *sources, uint32_t source,
          struct diagnostics *diagnostics)
{
    struct builder build = builder_of(arena, sources, source, diagnostics);
    build.tree = ARENA_NEW(arena, struct tree);
    build.tree->sources = sources;
    build.tree->source = source;
    uint32_t body = front_read(arena, sources, source, &build.tree->settings, diagnostics);
    build.tokens = tokens_read(arena, sources, source, body, diagnostics);
    build.at_end = true;
    if (grammar_parse(&build) != 0)
        build.tree->incomplete = true;
    build_close(&build);
    build_allowances_end(&build);
    arena_release(arena, build.tokens.at, build.tokens.count * sizeof *build.tokens.at);
    return build.tree;
}
