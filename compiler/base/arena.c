#include "compiler/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ALIGN = 16,
    BLOCK_MIN = 64 * 1024,
    LARGE = 1024 * 1024 /* from here on an allocation has a block of its own */
};

struct arena_block { /* its size is a multiple of ALIGN, and so is what stands behind it */
    struct arena_block *older, *newer;
};

void
arena_init(struct arena *arena)
{
    memset(arena, 0, sizeof *arena);
}

static void
free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void
arena_free(struct arena *arena)
{
    free_blocks(arena->newest);
    free_blocks(arena->newest_large);
    arena->newest = NULL;
    arena->newest_large = NULL;
    arena->at = NULL;
    arena->left = 0;
    arena->held = 0;
}

/* Blocks come zeroed, and no byte of them is given out twice; the system's fresh pages are zero
 * without being touched. */
static void
add_block(struct arena *arena, size_t size)
{
    size_t want = size > BLOCK_MIN ? size : BLOCK_MIN;
    /* Blocks grow with what is held, so that their number stays logarithmic. */
    if (want < arena->held / 4)
        want = arena->held / 4;
    struct arena_block *block = calloc(1, sizeof *block + want);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    block->older = arena->newest;
    arena->newest = block;
    arena->at = (char *)(block + 1);
    arena->left = want;
    arena->held += want;
}

static void
link_large(struct arena *arena, struct arena_block *block)
{
    if (block->older)
        block->older->newer = block;
    if (block->newer)
        block->newer->older = block;
    else
        arena->newest_large = block;
}

static void *
alloc_large(struct arena *arena, size_t size)
{
    struct arena_block *block = calloc(1, sizeof *block + size);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    block->older = arena->newest_large;
    link_large(arena, block);
    return block + 1;
}

/* The same block with more room; the system moves it without copying. */
static void *
grow_large(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    struct arena_block *block = (struct arena_block *)old - 1;
    block = realloc(block, sizeof *block + new_size);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    link_large(arena, block);
    memset((char *)(block + 1) + old_size, 0, new_size - old_size);
    return block + 1;
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
    if (size >= LARGE)
        return alloc_large(arena, size);
    if (size > arena->left)
        add_block(arena, size);
    void *place = arena->at;
    arena->at += size;
    arena->left -= size;
    return place;
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
    if (more < held)
        return old;
    if (held >= LARGE)
        return grow_large(arena, old, held, more);
    if (old && (char *)old + held == arena->at && more - held <= arena->left && more < LARGE) {
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
