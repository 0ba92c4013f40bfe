/* Walks a points file through a linked C table: cc -DTABLE=ID_image ID_policy.c table.c walk.c. */
#include "tests/equivalence/walk.h"

#include <stdio.h>

extern const uint64_t TABLE[];

int
main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    struct walk_point point;
    unsigned long count = 0;
    if (!file)
        return 2;
    while (fread(&point, sizeof point, 1, file) == 1) {
        if (walk_table((const avow_table *)(const void *)TABLE, &point) != point.digest) {
            printf("DIFFERENCE at actor %u verb %u object %u target %u\n", (unsigned)point.actor,
                   (unsigned)point.verb, (unsigned)point.object, (unsigned)point.target);
            return 1;
        }
        count++;
    }
    printf("points %lu\n", count);
    return fclose(file) == 0 && count > 0 ? 0 : 1;
}
