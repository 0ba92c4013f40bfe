/* The words of the languages that are compiled in, read when the compiler was built. */
#ifndef AVOW_MODEL_SHIPPED_H
#define AVOW_MODEL_SHIPPED_H

#include "compiler/model/yaml.h"

/* A node of such a tree. Numbers stand where struct yaml has pointers, which would all have to be
 * set right each time the program is loaded, used or not. */
struct shipped_node {
    uint32_t text; /* of a scalar: where it begins in the texts */
    uint16_t length;
    uint16_t key, child, next; /* nodes; 0, the root, stands for none */
    uint16_t count;
    uint8_t kind;
};

struct shipped_tree {
    const struct shipped_node *nodes;
    size_t count;
    const unsigned char *texts;
};

/* What yaml_read makes of each of locale_files, in its order, without places (yaml_trees.py). */
extern const struct shipped_tree locale_trees[];

/* The tree's root, as yaml_read would give it; a test holds the two equal. Texts are not copied. */
const struct yaml *shipped_read(struct arena *arena, const struct shipped_tree *tree);

#endif
