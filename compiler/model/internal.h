/* The model while it is being made: the parts that later become constant, still writable. */
#ifndef AVOW_MODEL_INTERNAL_H
#define AVOW_MODEL_INTERNAL_H

#include "compiler/model/resolve.h"

struct draft {
    struct arena *arena;
    struct sources *sources;
    struct diagnostics *diagnostics;
    const struct tree *tree;
    struct model *model; /* each part is complete, and set, before the next is made */
    struct resolver resolver;
    struct symbol *symbols;   /* the model's own, writable */
    uint32_t first_done;      /* leaf of the first event that a clause is done: see events.h */
    struct section *sections; /* section i is tree->sections.at[i] */
    struct clause *clauses;   /* clause i is tree->clauses.at[i] */
    VECTOR(struct sentence_model) sentences;
    VECTOR(struct rule) rules;
    VECTOR(struct duty) duties;
    VECTOR(struct right) rights;
    size_t cases;         /* rules, duties and rights that exceptions have multiplied so far */
    bool calendar_missed; /* E_NO_CALENDAR was reported */
    const struct span *spoiled; /* where the reader of the file found errors, by place */
    size_t spoiled_count;
};

/* Whether a part of the file was not understood when it was read: then what seems to be missing in
 * it is no second mistake. */
bool draft_spoiled(const struct draft *draft, struct span span);

/* The stages of model_make, in order. Each reports what is wrong and goes on. */
void vocabulary_make(struct draft *draft); /* symbols, numbers, by_name */
void clauses_make(struct draft *draft);    /* sections and clauses, but for their sentences */
void sentences_make(struct draft *draft);  /* rules, duties, rights; classes of clauses */
void prose_resolve(struct draft *draft);   /* prose, holes, words and new_paragraph of clauses */
void examples_make(struct draft *draft);   /* what examples ask and expect */
void model_seal(struct model *model);      /* the two hashes, over a model that is complete */

#endif
