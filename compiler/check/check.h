/* What is wrong with a policy whose every sentence was understood: a table of checks, each a code,
 * its severity and a function over the model. */
#ifndef AVOW_CHECK_CHECK_H
#define AVOW_CHECK_CHECK_H

#include "compiler/model/model.h"

/* Runs every check whose needs are met and reports to diagnostics. */
void checks_run(const struct model *model, struct diagnostics *diagnostics);

#endif
