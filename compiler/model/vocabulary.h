/* One name of the vocabulary while the hierarchy grows: shared by vocabulary.c and options.c. */
#ifndef AVOW_MODEL_VOCABULARY_H
#define AVOW_MODEL_VOCABULARY_H

#include "compiler/model/internal.h"

struct entry {
    struct text name;
    struct quoted label;
    enum kind kind;
    bool declared, built_in;
    struct span span;
    uint32_t parent, first_child, last_child, next; /* entries, or NONE */
    uint32_t symbol;
    const struct declaration *declaration; /* NULL: implied, a member of "one of", or built in */
};

/* What declarations say beside kind, name and label: owners, switches of states, addresses ... */
void options_read(struct draft *draft, const struct entry *entries, size_t count);

#endif
