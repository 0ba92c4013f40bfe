/* A growing array in an arena: declare VECTOR(type) as a member, push with VECTOR_PUSH. */
#ifndef AVOW_BASE_VECTOR_H
#define AVOW_BASE_VECTOR_H

#include "compiler/base/arena.h"

#define VECTOR(type)                                                                               \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t count;                                                                              \
        size_t room;                                                                               \
    }

/* Makes room for one more element and gives a pointer to it (zeroed). The pointer, like every
 * pointer into the vector, holds until the next push. */
#define VECTOR_PUSH(arena, vector)                                                                 \
    ((vector)->at = vector_room((arena), (vector)->at, (vector)->count, &(vector)->room,           \
                                sizeof *(vector)->at),                                             \
     &(vector)->at[(vector)->count++])

/* The elements as an array that stays, while the vector begins anew: a copy of just their size, or
 * what the vector has if they are many. */
#define VECTOR_KEEP(arena, vector)                                                                 \
    vector_keep((arena), (vector)->at, (vector)->count, &(vector)->room, sizeof *(vector)->at)

/* Used by VECTOR_KEEP. */
void *vector_keep(struct arena *arena, void *at, size_t count, size_t *room, size_t size);

/* Used by VECTOR_PUSH: the elements in a place with room for one more. */
void *vector_room(struct arena *arena, void *at, size_t count, size_t *room, size_t size);

#endif
