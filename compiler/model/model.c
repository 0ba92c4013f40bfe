/* From a tree to a model: the stages in their order. */
#include "compiler/model/calendar.h"
#include "compiler/model/events.h"
#include "compiler/model/internal.h"
#include "compiler/model/locale.h"

#include <stdlib.h>

static int
by_begin(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Notes where the reader of the file lost something. */
static void
note_spoiled(struct draft *draft)
{
    const struct diagnostics *diagnostics = draft->diagnostics;
    struct span *spoiled = ARENA_ARRAY(draft->arena, diagnostics->list.count, struct span);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *d = &diagnostics->list.at[i];
        if (d->severity == ERROR && d->span.source == draft->tree->source)
            spoiled[draft->spoiled_count++] = d->span;
    }
    if (draft->spoiled_count > 0)
        qsort(spoiled, draft->spoiled_count, sizeof *spoiled, by_begin);
    draft->spoiled = spoiled;
}

bool
draft_spoiled(const struct draft *draft, struct span span)
{
    size_t low = 0, high = draft->spoiled_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (draft->spoiled[middle].begin < span.begin)
            low = middle + 1;
        else
            high = middle;
    }
    return low < draft->spoiled_count && draft->spoiled[low].begin <= span.end;
}

/* Names in what could not be read may be declared there. */
static void
forgive_lost(struct draft *draft)
{
    for (size_t i = 0; i < draft->tree->lost.count; i++)
        names_add(&draft->resolver.reported, draft->tree->lost.at[i], 0);
}

struct model *
model_make(struct arena *arena, struct sources *sources, const struct tree *tree,
           struct diagnostics *diagnostics)
{
    struct model *model = ARENA_NEW(arena, struct model);
    struct draft draft = {.arena = arena,
                          .sources = sources,
                          .diagnostics = diagnostics,
                          .tree = tree,
                          .model = model,
                          .resolver = resolver_make(arena, model, diagnostics)};
    model->arena = arena;
    model->sources = sources;
    model->tree = tree;
    model->settings = &tree->settings;
    note_spoiled(&draft);
    forgive_lost(&draft);
    model->locale = locale_load(arena, sources, &tree->settings, tree->source, diagnostics);
    model->calendar = calendar_load(arena, sources, &tree->settings, tree->source, diagnostics);
    clauses_make(&draft);
    vocabulary_make(&draft);
    sentences_make(&draft);
    events_finish(&draft);
    prose_resolve(&draft);
    examples_make(&draft);
    if (diagnostics->errors == 0)
        model_seal(model);
    return model;
}
