/* What the policy allows and nothing reports. */
#include "compiler/check/internal.h"

static void
report(struct checking *c, const struct allowance *allowance, bool clause)
{
    diagnose(c->diagnostics, W_ALLOWS_NOTHING, allowance->place,
             "%s is allowed here, and does not occur in this %s", code_number(allowance->code),
             clause ? "clause" : "declaration");
    diagnose_why(c->diagnostics, "What is allowed without need hides the message on the day when "
                                 "something is wrong");
    diagnose_fix(c->diagnostics, "Leave this sentence out");
}

void
check_allowances(struct checking *c)
{
    for (int clause = 0; clause < 2; clause++)
        for (size_t i = 0; i < c->diagnostics->allowances[clause].count; i++) {
            const struct allowance *allowance = &c->diagnostics->allowances[clause].at[i];
            if (!allowance->used)
                report(c, allowance, clause);
        }
}
