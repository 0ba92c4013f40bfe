/* The published words of all clauses: Markdown into nodes, holes into words. */
#ifndef AVOW_MODEL_PROSE_H
#define AVOW_MODEL_PROSE_H

#include "compiler/model/model.h"

/* Fills prose, holes, words and new_paragraph of every clause. `clauses` is the array behind
 * model->clauses, which stand in the order of the tree's; names, sentences, duties and the locale
 * of the model must be complete. */
void prose_make(const struct model *model, struct clause *clauses, struct diagnostics *diagnostics);

#endif
