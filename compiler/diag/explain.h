/* A page for every code: what is wrong, why it matters, an example and its mend.
 *
 * The pages are compiler/diag/explain/CODE.md: a paragraph that says what, then paragraphs that
 * begin with “**Why.** ”, “**Example.**” and “**Mend.** ”, blocks of policy behind the last two.
 * They are Markdown as it stands; as text the marks are taken out. */
#ifndef AVOW_DIAG_EXPLAIN_H
#define AVOW_DIAG_EXPLAIN_H

#include "compiler/diag/diag.h"

/* Reads “E107” in any case; false if there is no such code. */
bool code_find(struct text word, enum code *code);

/* The code whose number is the most like a word, or CODE_COUNT if none is. */
enum code code_nearest(struct text word);

/* The page as Markdown, without a heading; empty if there is none. */
struct text explanation(enum code code);

/* What the code is about: the first paragraph, in one line. */
struct text explanation_what(struct arena *arena, enum code code);

/* The whole page with its heading, for a terminal. */
void explain_as_text(enum code code, bool colour, struct buffer *out);
void explain_as_markdown(enum code code, struct buffer *out);

/* Every code with its title, one a line. */
void explain_list(struct buffer *out);

/* All pages as one document, grammar/MESSAGES.md. */
void explain_all_as_markdown(struct buffer *out);

#endif
