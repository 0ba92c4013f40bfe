/* A hash table from names to 32-bit numbers, in an arena. Names are not copied. */
#ifndef AVOW_BASE_NAMES_H
#define AVOW_BASE_NAMES_H

#include "compiler/base/arena.h"

#define NONE UINT32_MAX

struct name_slot;

struct names {
    struct arena *arena;
    struct name_slot *slots;
    size_t room; /* a power of two */
    size_t count;
};

static inline struct names
names_in(struct arena *arena)
{
    return (struct names){arena, NULL, 0, 0};
}

/* Makes room for count names at once; for fewer, adding them one by one is as well. */
void names_reserve(struct names *names, size_t count);

/* Gives every name the number numbers[its number]. */
void names_renumber(struct names *names, const uint32_t *numbers);

/* The number of a name, or NONE. */
uint32_t names_find(const struct names *names, struct text name);

/* Enters name with number, unless it is there already; gives the number it now has. */
uint32_t names_add(struct names *names, struct text name, uint32_t number);

#endif
