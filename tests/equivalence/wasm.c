/* What the page of a browser would need of the core, as wasm32: memory for a bundle and a points
 * file, and the walk. No libc. */
#include "tests/equivalence/walk.h"

#define EXPORT(name) __attribute__((export_name(name), used))

extern unsigned char __heap_base; /* from the linker: what follows belongs to nobody */

EXPORT("heap") uintptr_t heap(void)
{
    return ((uintptr_t)&__heap_base + 63) & ~(uintptr_t)63;
}

EXPORT("open") const avow_table *open_bundle(void *bytes, uint32_t size)
{
    return avow_open(bytes, size, NULL);
}

/* The index of the first point whose digest differs, or count. */
EXPORT("walk")
uint32_t
walk(const avow_table *table, const struct walk_point *points, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (walk_table(table, &points[i]) != points[i].digest)
            return i;
    return count;
}
