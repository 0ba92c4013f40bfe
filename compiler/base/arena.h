/* All memory of one run of the compiler: allocated here, released at once.
 *
 * Nothing here returns NULL. When memory runs out the arena jumps to `out_of_memory`, which its
 * owner sets before the first allocation; the owner then frees the arena and reports. */
#ifndef AVOW_BASE_ARENA_H
#define AVOW_BASE_ARENA_H

#include "compiler/base/text.h"

#include <setjmp.h>

struct arena_block;
struct arena_piece;

enum { ARENA_CLASSES = 15 }; /* of pieces that were given back, by the power of two in their size */

struct arena {
    struct arena_block *newest;
    struct arena_block *newest_large; /* allocations with a block of their own */
    struct arena_block *spare;        /* given back */
    char *at;                         /* next free byte of the newest block */
    size_t left;                      /* bytes left there */
    size_t held;                      /* bytes of the blocks that are shared */
    struct arena_piece *pieces[ARENA_CLASSES];
    jmp_buf out_of_memory;
};

/* Makes an empty arena. The caller sets out_of_memory with setjmp before it allocates. */
void arena_init(struct arena *arena);

/* Releases all of it; the arena is then empty and may be used again. */
void arena_free(struct arena *arena);

/* size zeroed bytes, aligned for pointers and 64-bit numbers. */
void *arena_alloc(struct arena *arena, size_t size);

/* count * size zeroed bytes; an overflow counts as out of memory. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* The old contents in a larger place, zeros behind them; old_size is what was asked for old. The
 * old place must not be used any more. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* Gives back what arena_alloc or arena_grow gave, of the size that was asked for; NULL is allowed.
 * Need not be called: everything goes with the arena. */
void arena_release(struct arena *arena, void *place, size_t size);

/* A copy with a NUL behind it that length does not count. */
struct text arena_text(struct arena *arena, struct text t);

/* A printed text, with a NUL behind it that length does not count. */
struct text arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
