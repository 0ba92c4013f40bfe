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
    uint32_t clause;                       /* of the event that it is done, else NONE */
    const struct declaration *declaration; /* NULL: implied, a member of "one of", or built in */
};

/* What declarations say beside kind, name and label: owners, switches of states, addresses ... */
void options_read(struct draft *draft, const struct entry *entries, size_t count);

/* Says that a part of a declaration belongs to words of other kinds only. */
void report_part(struct draft *draft, const struct declaration *declaration, unsigned kinds,
                 const char *words, struct span span);

/* "basis" and "in" of one declaration; and what members have of them from their groups. */
void bases_read(struct draft *draft, const struct declaration *declaration, struct symbol *symbol);
void bases_inherit(struct draft *draft);

#endif
