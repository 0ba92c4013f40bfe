/* One row of the short layer while it is made: a list whose items link to the clause that says so,
 * each item once. */
#ifndef AVOW_PAGE_ROW_H
#define AVOW_PAGE_ROW_H

#include "compiler/model/labels.h"

/* More items than this are no summary any more; the row then says so instead. */
enum { ROW_MAX = GRANTS_MAX };

struct row_link {
    struct text text, address;
};

struct row {
    const struct model *model;
    struct arena *arena;
    struct node *list;
    struct node **end; /* where the next item goes */
    struct text said[ROW_MAX];
    size_t count;
    bool overflow;
    VECTOR(struct row_link) links;
};

struct row row_begin(const struct model *model, struct arena *arena);

/* A mark for the words of an item, which becomes a link of this text. */
struct text row_link(struct row *row, struct text text, struct text address);
struct text row_clause_link(struct row *row, struct text text, uint32_t clause);

/* A phrase of the row's language with what is filled in. */
struct text row_phrase(const struct row *row, const char *key, struct text a, struct text b);
struct text row_phrase3(const struct row *row, const char *key, struct text a, struct text b,
                        struct text c);
struct text row_and(const struct row *row, struct set set);
struct text row_or(const struct row *row, struct set set);

/* Adds an item of these words (with links) and, in parentheses, its terms. */
void row_add(struct row *row, struct text words, const struct terms *terms);

/* The clause in which a table of this sort says all of it; NONE if there is none. */
uint32_t row_table_clause(const struct row *row, enum table_sort sort);
/* Adds the way to that table. */
void row_add_table(struct row *row, enum table_sort sort);

/* The finished list, NULL if it has no items. */
const struct node *row_end(struct row *row);

/* The leaves that an act may name as its target. */
struct interval row_targets(const struct model *model, enum verb verb);

/* All data that duties erase, or all requests and events after which they do. */
enum erasure { ERASURE_DATA, ERASURE_STARTS };
struct set row_erasures(const struct model *model, struct arena *arena, enum erasure part);

/* The rows, each NULL if it has nothing to say. */
const struct node *row_collected(const struct model *model, struct arena *arena);
const struct node *row_used(const struct model *model, struct arena *arena);
const struct node *row_kept(const struct model *model, struct arena *arena);
const struct node *row_seen(const struct model *model, struct arena *arena);
const struct node *row_contacted(const struct model *model, struct arena *arena);
const struct node *row_periods(const struct model *model, struct arena *arena);
const struct node *row_never(const struct model *model, struct arena *arena);
const struct node *row_refusals(const struct model *model, struct arena *arena);
const struct node *row_requests(const struct model *model, struct arena *arena);

/* Adds what nobody may ever be addressed about. */
void row_add_silence(struct row *row);

/* The words with who is bound by them, unless that is everybody who could act. */
struct text row_bound(const struct row *row, struct text words, struct set actors);

#endif
