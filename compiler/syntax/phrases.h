/* Everyday phrases for which the language has a word of its own. */
#ifndef AVOW_SYNTAX_PHRASES_H
#define AVOW_SYNTAX_PHRASES_H

#include "compiler/syntax/tokens.h"

/* Reports phrases such as “are permitted to” and puts what they mean in their place, so that the
 * rest of the sentence is understood and one mistake gives one message. Only what could stand in no
 * correct sentence counts as a phrase. */
struct tokens phrases_replace(struct arena *arena, const struct sources *sources, uint32_t source,
                              struct tokens tokens, struct diagnostics *diagnostics);

#endif
