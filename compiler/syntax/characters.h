/* What to say about characters that mean nothing in a rule. */
#ifndef AVOW_SYNTAX_CHARACTERS_H
#define AVOW_SYNTAX_CHARACTERS_H

#include "compiler/diag/diag.h"

/* Reports a run of characters without a meaning; text is the whole source. */
void characters_report(struct diagnostics *diagnostics, struct text text, struct span span);

/* Reports a quotation that is not closed on its line. */
void quote_report(struct diagnostics *diagnostics, struct text text, struct span span);

#endif
