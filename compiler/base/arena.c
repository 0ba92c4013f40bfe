#include "compiler/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ALIGN = 16, BLOCK_MIN = 64 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t padding; /* keeps the bytes behind the header aligned to ALIGN */
};

void
arena_init(struct arena *arena)
{
    memset(arena, 0, sizeof *arena);
}

void
arena_free(struct arena *arena)
{
    while (arena->newest) {
        struct arena_block *block = arena->newest;
        arena->newest = block->older;
        free(block);
    }
    arena->at = NULL;
    arena->left = 0;
    arena->held = 0;
}

static void
add_block(struct arena *arena, size_t size)
{
    size_t want = size > BLOCK_MIN ? size : BLOCK_MIN;
    /* Blocks grow with what is held, so that their number stays logarithmic. */
    if (want < arena->held / 4)
        want = arena->held / 4;
    struct arena_block *block = malloc(sizeof *block + want);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    block->older = arena->newest;
    arena->newest = block;
    arena->at = (char *)(block + 1);
    arena->left = want;
    arena->held += want;
}

static size_t
rounded(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        longjmp(arena->out_of_memory, 1);
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    size = rounded(arena, size);
    if (size > arena->left)
        add_block(arena, size);
    void *place = arena->at;
    arena->at += size;
    arena->left -= size;
    return memset(place, 0, size);
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 4 / size)
        longjmp(arena->out_of_memory, 1);
    return arena_alloc(arena, count * size);
}

void *
arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    size_t held = rounded(arena, old_size);
    size_t more = rounded(arena, new_size);
    if (old && (char *)old + held == arena->at && more - held <= arena->left) {
        memset(arena->at, 0, more - held);
        arena->at += more - held;
        arena->left -= more - held;
        return old;
    }
    void *place = arena_alloc(arena, new_size);
    if (old_size > 0)
        memcpy(place, old, old_size);
    return place;
}

struct text
arena_text(struct arena *arena, struct text t)
{
    char *copy = arena_alloc(arena, t.length + 1);
    if (t.length > 0)
        memcpy(copy, t.data, t.length);
    return (struct text){copy, t.length};
}

struct text
arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *place = arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1);
    if (length > 0)
        vsnprintf(place, (size_t)length + 1, format, again);
    va_end(again);
    return (struct text){place, (size_t)(length < 0 ? 0 : length)};
}
