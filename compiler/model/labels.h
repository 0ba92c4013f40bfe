/* Sets of names in words: the labels of a set's members, a group's own label where all of it is
 * meant, nothing twice. */
#ifndef AVOW_MODEL_LABELS_H
#define AVOW_MODEL_LABELS_H

#include "compiler/model/grants.h"
#include "compiler/model/locale.h"

/* In a summary, more labels than LABELS_MAX are counted, not named; a list that must be complete
 * takes up to LABELS_ALL. */
enum { LABELS_MAX = 24, LABELS_ALL = 1000 };

enum conjunction { CONJUNCTION_AND, CONJUNCTION_OR };

/* A phrase with what is filled in; fewer arguments than the phrase has places leave them empty. */
struct text phrase(const struct model *model, struct arena *arena, const char *key, struct text a,
                   struct text b, struct text c);

/* "a, b and c", or with "or"; empty for no items. */
struct text words_join(const struct model *model, struct arena *arena, const struct text *items,
                       size_t count, enum conjunction conjunction);

/* "a, b and c". Persons among targets of show and share are the reader: "you". */
struct text labels_join(const struct model *model, struct arena *arena, struct set set,
                        enum conjunction conjunction);

/* The same with every label. False if they are more than LABELS_ALL. */
bool labels_all(const struct model *model, struct arena *arena, struct set set,
                enum conjunction conjunction, struct text *out);

/* The widest name that begins at the first leaf and lies within; *left moves behind it. */
const struct symbol *labels_next(const struct model *model, struct interval *left);
/* How a name is said to the reader: its label, "you" or "us". */
struct text labels_name(const struct model *model, const struct symbol *symbol);

/* Persons as the policy names them. */
struct text labels_persons(const struct model *model, struct arena *arena, struct set persons);

/* How many labels it takes to name a set. */
size_t labels_count(const struct model *model, struct arena *arena, struct set set);

/* What starts a duty's clock: "closing of the order or the request “delete my data”", "the last
 * login"; empty if it names nothing. */
struct text labels_clock(const struct model *model, struct arena *arena, const struct duty *duty);

/* A legal basis as the page says it: "a contract with you (you ordered it)"; of a recipient, the
 * ground of the transfer: why it is allowed. */
struct text labels_basis(const struct model *model, struct arena *arena,
                         const struct symbol *symbol, const struct basis *basis);

/* How somebody is addressed ("by e-mail"): keys of phrases, from VERB_EMAIL to VERB_POST. */
enum { CHANNELS = VERB_POST - VERB_EMAIL + 1 };
extern const char *const channel_keys[CHANNELS];

/* "only if “a”; not if “b” or “c”"; empty if the terms are. */
struct text labels_terms(const struct model *model, struct arena *arena, const struct terms *terms);

#endif
