/* The short layer: what is collected, what for, where it is kept, who sees it, how long, how to
 * say no. Said by the rules, duties and rights alone, in the labels' words. */
#ifndef AVOW_PAGE_SHORT_H
#define AVOW_PAGE_SHORT_H

#include "compiler/model/locale.h"

struct short_row {
    struct text title;
    const struct node *list; /* a tight LIST; its links go to clauses of the same page */
};

struct short_layer {
    const struct short_row *rows; /* those that have something to say */
    size_t count;
};

struct short_layer short_make(const struct model *model, struct arena *arena);

#endif
