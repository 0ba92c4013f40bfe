/* Any bytes as a question of `avow ask`. */
#include "compiler/syntax/load.h"
#include "compiler/syntax/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_question(struct arena *arena, struct text text)
{
    struct sources sources = {0};
    struct diagnostics diagnostics = {.arena = arena};
    uint32_t source = source_take(arena, &sources, TEXT("question"), text, &diagnostics);
    if (source == UINT32_MAX)
        return;
    (void)tree_read_question(arena, &sources, source, &diagnostics);
    struct buffer out = buffer_in(arena);
    diagnostics_sort(&diagnostics);
    diagnostics_render(&diagnostics, &sources, false, &out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) == 0)
        read_question(&arena, (struct text){(const char *)data, size});
    arena_free(&arena);
    return 0;
}
