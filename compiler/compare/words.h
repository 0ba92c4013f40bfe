/* What people read: words of clauses, promises, headings, labels and other definitions. */
#ifndef AVOW_COMPARE_WORDS_H
#define AVOW_COMPARE_WORDS_H

#include "compiler/compare/match.h"

/* Vocabulary: what a word means, what it is called, and what is new or gone. `told` has the places
 * of which findings speak already. */
void vocabulary_compare(struct edits *edits);

/* Promises, narratives, the words of each clause; and edits of which nothing was found so far. */
void words_compare(struct edits *edits);

/* Title, language, headings, order and calendar. */
void settings_compare(struct edits *edits);

#endif
