/* What to say about a sentence that fits none of the forms. */
#include "compiler/syntax/build.h"

void
build_misfit(struct builder *build, const char *const *wanted, size_t count)
{
    struct diagnostics *to = build->diagnostics;
    size_t seen = build->supplied ? build->next : build->next - 1;
    for (size_t i = build->item; i <= seen && i < build->tokens.count; i++)
        if (build->tokens.at[i].flags & TROUBLED)
            return;
    struct token token = build->tokens.at[seen];
    struct span span = build->supplied ? build->missing_span : token_span(build->source, token);
    diagnose(to, E_FORM, span, "“%.*s” cannot stand here", TEXT_ARGS(build_text(build, span)));
    struct buffer out = buffer_in(build->arena);
    for (size_t i = 0; i < count; i++)
        buffer_format(&out, "%s%s", i ? ", " : "", wanted[i]);
    diagnose_why(to, "What can stand here: %.*s", TEXT_ARGS(buffer_text(&out)));
}
