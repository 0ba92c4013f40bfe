/* Which messages are given: asked by diag.c for each. */
#ifndef AVOW_DIAG_CONTROL_H
#define AVOW_DIAG_CONTROL_H

#include "compiler/diag/diag.h"

/* Whether the policy allows the message; the allowance then counts as used. */
bool is_allowed(struct diagnostics *diagnostics, enum code code, struct span span);

#endif
