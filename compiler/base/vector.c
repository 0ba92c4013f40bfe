#include "compiler/base/vector.h"

void *
vector_room(struct arena *arena, void *at, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return at;
    size_t more = *room == 0 ? 8 : *room * 2;
    if (more > SIZE_MAX / 4 / size)
        longjmp(arena->out_of_memory, 1);
    at = arena_grow(arena, *room == 0 ? NULL : at, *room * size, more * size);
    *room = more;
    return at;
}

void *
vector_keep(struct arena *arena, void *at, size_t count, size_t *room, size_t size)
{
    enum { MANY = 64 * 1024 };
    if (count * size < MANY) {
        void *copy = arena_array(arena, count, size);
        if (count > 0)
            memcpy(copy, at, count * size);
        return copy;
    }
    *room = 0; /* the next push takes a new place */
    return at;
}
