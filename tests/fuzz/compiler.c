/* Any bytes through the whole compiler, and what it accepts through every back end. */
#include "compiler/compile.h"
#include "compiler/model/answer.h"
#include "compiler/page/page.h"
#include "compiler/page/short.h"
#include "compiler/table/table.h"
#include "runtime/avow.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bundle of a policy without errors must be accepted by the core. */
static void
open_bundle(struct text bytes)
{
    void *memory = aligned_alloc(64, (bytes.length + 63) & ~(size_t)63);
    if (!memory)
        return;
    memcpy(memory, bytes.data, bytes.length);
    avow_error error;
    if (!avow_open(memory, bytes.length, &error))
        abort();
    free(memory);
}

static void
run_back_ends(struct compilation *c)
{
    struct buffer out = buffer_in(&c->arena);
    struct short_layer summary = short_make(c->model, &c->arena);
    page_markdown(c->model, &summary, &out);
    page_html(c->model, &summary, &out);
    page_text(c->model, &summary, &out);
    struct image image = image_make(&c->arena, c->model);
    table_c_source(c->model, &image, &out);
    table_c_header(c->model, &image, &out);
    struct buffer bundle = buffer_in(&c->arena);
    table_bundle(c->model, &image, &bundle);
    open_bundle(buffer_text(&bundle));
}

static void
dump(struct compilation *c)
{
    struct buffer out = buffer_in(&c->arena);
    diagnostics_render(&c->diagnostics, &c->sources, true, &out);
    if (c->tree)
        tree_dump(c->tree, &out);
    if (c->model && c->diagnostics.errors == 0) {
        model_dump(c->model, &out);
        rules_dump(c->model, &out);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct compilation c;
    /* A place in which no calendar or locale is found but those named by the seeds. */
    bool done = compile_text(&c, TEXT("tests/fuzz/corpus/fuzz.policy"),
                             (struct text){(const char *)data, size}, STAGE_CHECKED);
    if (done && setjmp(c.arena.out_of_memory) == 0) {
        dump(&c);
        if (c.model && c.diagnostics.errors == 0)
            run_back_ends(&c);
    }
    compilation_free(&c);
    return 0;
}
