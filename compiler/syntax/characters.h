/* What to say about characters that mean nothing in a rule. */
#ifndef AVOW_SYNTAX_CHARACTERS_H
#define AVOW_SYNTAX_CHARACTERS_H

#include "compiler/diag/diag.h"

/* Reports a run of characters without a meaning; text is the whole source. first: it stands before
 * everything else of its sentence, at the start of a line. */
void characters_report(struct diagnostics *diagnostics, struct text text, struct span span,
                       bool first);

/* Reports a quotation that is not closed on its line. */
void quote_report(struct diagnostics *diagnostics, struct text text, struct span span);

#endif
