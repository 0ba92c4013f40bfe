/* One row of the short layer while it is made: a list whose items link to the clause that says so,
 * each item once. */
#ifndef AVOW_PAGE_ROW_H
#define AVOW_PAGE_ROW_H

#include "compiler/page/labels.h"

/* More items than this are no summary any more; the row then says so instead. */
enum { ROW_MAX = GRANTS_MAX, ROW_LINKS_MAX = 64 };

struct row {
    const struct model *model;
    struct arena *arena;
    struct node *list;
    struct node **end; /* where the next item goes */
    struct text said[ROW_MAX];
    size_t count;
    bool overflow;
    struct row_link {
        struct text text, address;
    } links[ROW_LINKS_MAX]; /* of the item being made */
    size_t link_count;
};

struct row row_begin(const struct model *model, struct arena *arena);

/* Text that becomes a link where it is filled into the item that is added next. */
struct text row_link(struct row *row, struct text text, struct text address);
struct text row_clause_link(struct row *row, struct text text, uint32_t clause);

/* Adds an item of these words (with links) and, in parentheses, its terms. */
void row_add(struct row *row, struct text words, const struct terms *terms);

/* The finished list, NULL if it has no items. */
const struct node *row_end(struct row *row);

#endif
