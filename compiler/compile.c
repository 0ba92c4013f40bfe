#include "compiler/compile.h"

#include "compiler/check/check.h"
#include "compiler/syntax/load.h"

/* The way of the data, in one place. Each stage reports what is wrong and goes on with what it
 * could understand; checks need a policy whose every sentence was understood. */
static void
run_stages(struct compilation *c, enum stage last)
{
    c->tree = tree_read(&c->arena, &c->sources, c->source, &c->diagnostics);
    if (last == STAGE_TREE)
        return;
    c->model = model_make(&c->arena, &c->sources, c->tree, &c->diagnostics);
    if (last == STAGE_MODEL || c->diagnostics.errors > 0)
        return;
    checks_run(c->model, &c->diagnostics);
}

static void
begin(struct compilation *c, const struct control *control)
{
    memset(c, 0, sizeof *c);
    arena_init(&c->arena);
    c->diagnostics.arena = &c->arena;
    if (control)
        c->diagnostics.control = *control;
    c->source = NONE;
}

bool
compile(struct compilation *c, struct text path, enum stage last)
{
    return compile_controlled(c, path, last, NULL);
}

bool
compile_controlled(struct compilation *c, struct text path, enum stage last,
                   const struct control *control)
{
    begin(c, control);
    if (setjmp(c->arena.out_of_memory) != 0)
        return false;
    c->source = source_load(&c->arena, &c->sources, path, NULL, &c->diagnostics);
    if (c->source != NONE)
        run_stages(c, last);
    diagnostics_sort(&c->diagnostics);
    return true;
}

bool
compile_text(struct compilation *c, struct text path, struct text text, enum stage last)
{
    begin(c, NULL);
    if (setjmp(c->arena.out_of_memory) != 0)
        return false;
    c->source = source_take(&c->arena, &c->sources, path, text, &c->diagnostics);
    if (c->source != NONE)
        run_stages(c, last);
    diagnostics_sort(&c->diagnostics);
    return true;
}

void
compilation_free(struct compilation *c)
{
    arena_free(&c->arena);
    memset(c, 0, sizeof *c);
}
