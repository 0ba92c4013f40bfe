#include "compiler/model/similar.h"

uint32_t
similar_enter(struct names *dotted, const struct names *by_name, struct text name, uint32_t number)
{
    if (name.length == 0)
        return NONE;
    if (!memchr(name.data, '.', name.length))
        return memchr(name.data, '-', name.length) ? names_find(dotted, name) : NONE;
    char *copy = arena_alloc(dotted->arena, name.length);
    for (size_t i = 0; i < name.length; i++)
        copy[i] = name.data[i] == '.' ? '-' : name.data[i];
    struct text hyphens = {copy, name.length};
    uint32_t other = names_find(by_name, hyphens);
    if (other != NONE)
        return other;
    other = names_add(dotted, hyphens, number);
    return other == number ? NONE : other;
}
