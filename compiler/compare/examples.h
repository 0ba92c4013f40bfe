/* What changed, as an example that can be pasted into a policy: it holds in one version, and not in
 * the other. Empty where the language cannot say it. */
#ifndef AVOW_COMPARE_EXAMPLES_H
#define AVOW_COMPARE_EXAMPLES_H

#include "compiler/compare/rows.h"

/* Of a verdict, at the row's first point in its first case. */
struct text row_example(const struct rows *rows, const struct row *row, enum version *holds);

/* Of a duty, for the start at which the two versions differ most. */
struct text duty_example(const struct rows *rows, const struct row *row, enum version *holds);

#endif
