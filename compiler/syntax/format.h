/* The canonical form of a policy: the same tokens, comments and published words in one layout, as
 * grammar/LANGUAGE.md describes it under “Form”. */
#ifndef AVOW_SYNTAX_FORMAT_H
#define AVOW_SYNTAX_FORMAT_H

#include "compiler/syntax/tree.h"

/* Columns of a line of rules; words for the reader and comments are never broken. */
enum { FORMAT_COLUMNS = 100 };

/* The text of a source in its canonical form. The source was read into a tree without errors. */
struct text format_policy(struct arena *arena, const struct sources *sources, uint32_t source);

/* Whether a text says what the one that a tree was read from says: front matter and published words
 * byte for byte, the same comments in the same order, the same words in the same order but for what
 * the form may change, and the same tree. It does not rely on how the text was made. */
bool format_is_faithful(struct arena *arena, const struct tree *tree, struct text formatted);

#endif
