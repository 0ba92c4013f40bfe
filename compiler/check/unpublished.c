/* Rules of which the page says nothing: their clause has no words, no other one says them
 * again, and no table shows them. */
#include "compiler/check/internal.h"

/* Marks what the words of a clause publish beside its own rules. */
static void
mark(const struct model *model, const struct clause *clause, bool *shown)
{
    for (size_t k = 0; k < clause->hole_count; k++) {
        const struct table *table = clause->holes[k].table;
        for (size_t s = 0; table && s < table->sentence_count; s++)
            shown[table->sentences[s]] = true;
    }
    for (size_t k = 0; clause->prose && k < clause->repeat_count; k++) {
        const struct clause *again = &model->clauses[clause->repeats[k]];
        for (uint32_t s = 0; s < again->sentence_count; s++)
            shown[again->first_sentence + s] = true;
    }
}

static void
look_at(struct checking *c, const struct clause *clause, const bool *shown)
{
    uint32_t first = clause->first_sentence, missing = NONE, count = 0;
    for (uint32_t i = 0; i < clause->sentence_count; i++) {
        missing = missing == NONE && !shown[first + i] ? first + i : missing;
        count += shown[first + i];
    }
    if (missing == NONE)
        return;
    /* Where tables show the rest, it is one sentence that is forgotten. */
    struct span place = count > 0 ? sentence_place(c->model, missing) : clause->span;
    if (count > 0)
        diagnose(c->diagnostics, W_UNPUBLISHED, place, "this is published nowhere");
    else
        diagnose(c->diagnostics, W_UNPUBLISHED, place, "what “%.*s” rules is published nowhere",
                 TEXT_ARGS(clause->name));
    diagnose_why(c->diagnostics, "The services obey it, and whoever reads the page does not learn "
                                 "of it");
    diagnose_fix(c->diagnostics, "Put it into words, in lines that begin with “>”");
}

void
check_unpublished(struct checking *c)
{
    const struct model *model = c->model;
    bool *shown = ARENA_ARRAY(c->arena, model->sentence_count, bool);
    for (size_t i = 0; i < model->clause_count; i++)
        mark(model, &model->clauses[i], shown);
    for (size_t i = 0; i < model->clause_count; i++)
        if (!model->clauses[i].prose && model->clauses[i].sentence_count > 0)
            look_at(c, &model->clauses[i], shown);
}
