/* The second pass over the tokens: what is missing between two sentences. */
#ifndef AVOW_SYNTAX_REPAIR_H
#define AVOW_SYNTAX_REPAIR_H

#include "compiler/syntax/tokens.h"

/* Marks where a full stop or the colon of a heading is missing, so that whatever is wrong with one
 * sentence ends before the next one. Marks stray colons as such. Nothing is reported: what was
 * supplied in a sentence that is understood, the builder reports. */
void repair(struct token *tokens, size_t count);

#endif
