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
    ALIGN = 8,
    PIECE_MIN = 64,      /* bytes from which on something that was given back is used again */
    LARGE = 1024 * 1024, /* from here on an allocation has a block of its own */
    HUGE_PAGE = 2 * 1024 * 1024
};

struct arena_piece { /* given back */
    struct arena_piece *next;
    size_t size;
};

struct arena_block { /* its size is a multiple of ALIGN, and so is what stands behind it */
    _Alignas(ALIGN) struct arena_block *older;
    struct arena_block *newer;
    size_t size; /* with this head */
};

void
arena_init(struct arena *arena)
{
    memset(arena, 0, sizeof *arena);
}

/* From the system ------------------------------------------------------------------------------ */

/* Memory is zero, and there only when it is touched: what a vector has room for, but has not
 * filled, costs at most the rest of a huge page. Under the address sanitizer blocks come from
 * malloc, which it watches. */
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

static size_t
block_size(size_t room)
{
    return sizeof(struct arena_block) + room;
}

/* The sanitizer is to see who still uses what was given back. */
static void
keep_spare(struct arena *arena, struct arena_block *block)
{
    (void)arena;
    system_free(block, block->size);
}

static struct arena_block *
take_spare(struct arena *arena, size_t size)
{
    (void)arena;
    (void)size;
    return NULL;
}

#else

static void *
map(size_t size)
{
    void *place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return place == MAP_FAILED ? NULL : place;
}

/* Whole huge pages, which begin at a multiple of their size only. Newer kernels place them so
 * unasked; from others more is taken, and what stands before and behind is given back. */
static char *
map_huge(size_t size)
{
    char *place = map(size);
    if (!place || (uintptr_t)place % HUGE_PAGE == 0)
        return place;
    (void)munmap(place, size);
    place = map(size + HUGE_PAGE);
    if (!place)
        return NULL;
    size_t before = -(uintptr_t)place & (HUGE_PAGE - 1);
    if (before > 0)
        (void)munmap(place, before);
    (void)munmap(place + before + size, HUGE_PAGE - before);
    return place + before;
}

/* A small policy touches more than a hundred pages, and their faults took longer than parsing it; a
 * huge page is one fault. A large one's tables are read at random, and each page they have is an
 * address to look up. Where the system has no huge pages to give, these are pages as others. */
static void *
system_alloc(size_t size)
{
    char *block = map_huge(size);
    if (block)
        (void)madvise(block, size, MADV_HUGEPAGE);
    return block;
}

/* Moves pages, not bytes. */
static void *
system_grow(void *block, size_t old_size, size_t new_size)
{
    char *place = map_huge(new_size);
    if (!place || mremap(block, old_size, new_size, MREMAP_MAYMOVE | MREMAP_FIXED, place) != place)
        return NULL;
    return place;
}

static void
system_free(void *block, size_t size)
{
    (void)munmap(block, size);
}

/* Whole huge pages. */
static size_t
block_size(size_t room)
{
    return (sizeof(struct arena_block) + room + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

static void
keep_spare(struct arena *arena, struct arena_block *block)
{
    block->older = arena->spare;
    arena->spare = block;
}

/* A block of zeros that was given back, cut to size, or NULL: to zero it takes less time than to
 * get another from the system, which zeroes too. */
static struct arena_block *
take_spare(struct arena *arena, size_t size)
{
    struct arena_block **at = &arena->spare;
    while (*at && (*at)->size < size)
        at = &(*at)->older;
    struct arena_block *block = *at;
    if (!block)
        return NULL;
    *at = block->older;
    if (block->size > size) {
        struct arena_block *rest = (struct arena_block *)((char *)block + size);
        rest->size = block->size - size;
        keep_spare(arena, rest);
    }
    memset(block, 0, size);
    block->size = size;
    return block;
}

#endif

static void
free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        system_free(block, block->size);
        block = older;
    }
}

void
arena_free(struct arena *arena)
{
    free_blocks(arena->newest);
    free_blocks(arena->newest_large);
    free_blocks(arena->spare);
    arena->newest = NULL;
    arena->newest_large = NULL;
    arena->spare = NULL;
    arena->at = NULL;
    arena->left = 0;
    arena->held = 0;
    memset(arena->pieces, 0, sizeof arena->pieces);
}

/* A block of zeros with room for so many bytes behind its head. */
static struct arena_block *
block_alloc(struct arena *arena, size_t room)
{
    size_t size = block_size(room);
    struct arena_block *block = take_spare(arena, size);
    if (block)
        return block;
    block = system_alloc(size);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    block->size = size;
    return block;
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
    struct arena_block *block = block_alloc(arena, want);
    want = block->size - sizeof *block;
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
    struct arena_block *block = block_alloc(arena, size);
    block->older = arena->newest_large;
    link_large(arena, block);
    return block + 1;
}

/* The same block with more room. */
static void *
grow_large(struct arena *arena, void *old, size_t new_size)
{
    struct arena_block *block = (struct arena_block *)old - 1;
    size_t size = block_size(new_size);
    if (size == block->size)
        return old;
    block = system_grow(block, block->size, size);
    if (!block)
        longjmp(arena->out_of_memory, 1);
    block->size = size;
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
    keep_spare(arena, block);
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
