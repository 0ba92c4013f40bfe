#include "compiler/base/vector.h"

void *
vector_room(struct arena *arena, void *at, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return at;
    size_t more = *room == 0 ? 8 : *room * 2;
    if (more > SIZE_MAX / 4 / size)
        longjmp(arena->out_of_memory, 1);
    at = arena_grow(arena, at, *room * size, more * size);
    *room = more;
    return at;
}
