/* Rules of which the page says nothing. */
#include "compiler/check/internal.h"

void
check_unpublished(struct checking *c)
{
    const struct model *model = c->model;
    for (size_t i = 0; i < model->clause_count; i++) {
        const struct clause *clause = &model->clauses[i];
        if (clause->prose || clause->sentence_count == 0)
            continue;
        diagnose(c->diagnostics, W_UNPUBLISHED, clause->span,
                 "what “%.*s” rules is published nowhere", TEXT_ARGS(clause->name));
        diagnose_why(c->diagnostics, "The services obey it, and whoever reads the page does not "
                                     "learn of it");
        diagnose_fix(c->diagnostics, "Put it into words, in lines that begin with “>”");
    }
}
