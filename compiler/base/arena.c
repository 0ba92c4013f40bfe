#include "compiler/base/arena.h"

#include "compiler/base/format.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONS 1
#endif
#endif
/* The address sanitizer's: nobody may touch the bytes, or may again. */
#ifdef POISONS
void __asan_poison_memory_region(const volatile void *place, size_t size);
void __asan_unpoison_memory_region(const volatile void *place, size_t size);
#define poison __asan_poison_memory_region
#define unpoison __asan_unpoison_memory_region
#else
static void
poison(const volatile void *place, size_t size)
{
    (void)place;
    (void)size;
}
#define unpoison poison
#endif

enum {
    ALIGN = 16,
    PIECE_MIN = 64,      /* bytes from which on something that was given back is used again */
    LARGE = 1024 * 1024, /* from here on an allocation has a block of its own */
    HUGE_PAGE = 2 * 1024 * 1024
};

struct arena_piece { /* given back */
    struct arena_piece *next;
    size_t size;
};

struct arena_block { /* its size is a multiple of ALIGN, and so is what stands behind it */
    struct arena_block *older, *newer;
    size_t size;   /* of all that the system gave, with this head */
    size_t before; /* bytes of it that stand before this head */
};

void
arena_init(struct arena *arena)
{
    memset(arena, 0, sizeof *arena);
}

/* From the system ------------------------------------------------------------------------------ */

/* Pages are zero, and there only when they are touched: what a vector has room for, but has not
 * filled, costs nothing. Under the address sanitizer blocks come from malloc, which it watches. */
#ifdef POISONS

static void *
system_alloc(size_t size)
{
    return calloc(1, size);
}

static void *
system_grow(void *block, size_t old_size, size_t new_size)
{
    char *place = realloc(block, new_size);
    if (place)
        memset(place + old_size, 0, new_size - old_size);
    return place;
}

static void
system_free(void *block, size_t size)
{
    (void)size;
    free(block);
}

static struct arena_block *
shared_alloc(size_t room)
{
    struct arena_block *block = system_alloc(sizeof *block + room);
    if (block)
        block->size = sizeof *block + room;
    return block;
}

#else

static void *
system_alloc(size_t size)
{
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? NULL : block;
}

/* Moves pages, not bytes. */
static void *
system_grow(void *block, size_t old_size, size_t new_size)
{
    void *place = mremap(block, old_size, new_size, MREMAP_MAYMOVE);
    return place == MAP_FAILED ? NULL : place;
}

static void
system_free(void *block, size_t size)
{
    (void)munmap(block, size);
}

/* A small policy touches more than a hundred pages, and their faults took longer than parsing it; a
 * huge page is one fault. It can begin at a multiple of its size only. Where the system has none to
 * give, these are pages as others. */
static struct arena_block *
shared_alloc(size_t room)
{
    size_t size = sizeof(struct arena_block) + room + HUGE_PAGE;
    char *place = system_alloc(size);
    if (!place)
        return NULL;
    size_t before = -(uintptr_t)place & (HUGE_PAGE - 1);
    struct arena_block *block = (struct arena_block *)(place + before);
    (void)madvise(place, size, MADV_HUGEPAGE); /* all, so that it need not be parted */
    block->size = size;
    block->before = before;
    return block;
}

#endif

static void
free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        system_free((char *)block - block->before, block->size);
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
    memset(arena->pieces, 0, sizeof arena->pieces);
}

/* Pieces --------------------------------------------------------------------------------------- */

/* Class k has pieces of 2^k times PIECE_MIN bytes or more, but less than twice that. */
static unsigned
class_of(size_t size)
{
    unsigned order = 0;
    while (size >= (size_t)PIECE_MIN << (order + 1))
        order++;
    return order;
}

/* Keeps the bytes (a multiple of ALIGN, less than LARGE) for later. */
static void
keep_piece(struct arena *arena, void *place, size_t size)
{
    if (size < PIECE_MIN)
        return;
    struct arena_piece *piece = place;
    struct arena_piece **list = &arena->pieces[class_of(size)];
    *piece = (struct arena_piece){*list, size};
    *list = piece;
    poison((char *)place + sizeof *piece, size - sizeof *piece);
}

/* A piece with at least size bytes, or NULL: the newest of size's own class if it is large enough,
 * or of the next; others would be wasted on it. */
static struct arena_piece **
fitting(struct arena *arena, size_t size)
{
    unsigned class = class_of(size);
    if (arena->pieces[class] && arena->pieces[class]->size >= size)
        return &arena->pieces[class];
    if (class + 1 < ARENA_CLASSES && arena->pieces[class + 1])
        return &arena->pieces[class + 1];
    return NULL;
}

static void *
take_piece(struct arena *arena, size_t size)
{
    struct arena_piece **list = size < PIECE_MIN ? NULL : fitting(arena, size);
    if (!list)
        return NULL;
    struct arena_piece *piece = *list;
    size_t whole = piece->size;
    *list = piece->next;
    unpoison(piece, whole);
    memset(piece, 0, size);
    keep_piece(arena, (char *)piece + size, whole - size);
    return piece;
}

/* Blocks --------------------------------------------------------------------------------------- */

static void
add_block(struct arena *arena, size_t size)
{
    /* Blocks grow with what is held, so that their number stays logarithmic. */
    size_t want = size > arena->held / 4 ? size : arena->held / 4;
    want = (sizeof(struct arena_block) + want + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE -
           sizeof(struct arena_block);
    struct arena_block *block = shared_alloc(want);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    keep_piece(arena, arena->at, arena->left);
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
    struct arena_block *block = system_alloc(sizeof *block + size);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    block->size = sizeof *block + size;
    block->older = arena->newest_large;
    link_large(arena, block);
    return block + 1;
}

/* The same block with more room. */
static void *
grow_large(struct arena *arena, void *old, size_t new_size)
{
    struct arena_block *block = (struct arena_block *)old - 1;
    block = system_grow(block, block->size, sizeof *block + new_size);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    block->size = sizeof *block + new_size;
    link_large(arena, block);
    return block + 1;
}

static void
free_large(struct arena *arena, void *place)
{
    struct arena_block *block = (struct arena_block *)place - 1;
    if (block->older)
        block->older->newer = block->newer;
    if (block->newer)
        block->newer->older = block->older;
    else
        arena->newest_large = block->older;
    system_free(block, block->size);
}

static size_t
rounded(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        longjmp(arena->out_of_memory, 1);
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

/* Allocating ----------------------------------------------------------------------------------- */

void *
arena_alloc(struct arena *arena, size_t size)
{
    size = rounded(arena, size);
    if (size >= LARGE)
        return alloc_large(arena, size);
    void *place = take_piece(arena, size);
    if (place)
        return place;
    if (size > arena->left)
        add_block(arena, size);
    place = arena->at;
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
        return grow_large(arena, old, more);
    if (old && (char *)old + held == arena->at && more - held <= arena->left && more < LARGE) {
        arena->at += more - held;
        arena->left -= more - held;
        return old;
    }
    void *place = arena_alloc(arena, new_size);
    if (old_size > 0)
        memcpy(place, old, old_size);
    if (old)
        keep_piece(arena, old, held);
    return place;
}

void
arena_release(struct arena *arena, void *place, size_t size)
{
    size = rounded(arena, size);
    if (place && size >= LARGE)
        free_large(arena, place);
    else if (place)
        keep_piece(arena, place, size);
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
    char most[256]; /* what nearly all have room in */
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t length = format_print(most, sizeof most, format, arguments);
    va_end(arguments);
    char *place = arena_alloc(arena, length + 1);
    if (length < sizeof most)
        memcpy(place, most, length);
    else
        format_print(place, length + 1, format, again);
    va_end(again);
    return (struct text){place, length};
}
