/* Words of the vocabulary that nothing uses. */
#include "compiler/check/internal.h"

struct usage {
    const struct model *model;
    bool *used; /* by symbol: something names it */
};

static void
use_symbol(struct usage *u, uint32_t symbol)
{
    if (symbol != NONE)
        u->used[symbol] = true;
}

static void
use_name(struct usage *u, struct text name)
{
    if (name.length > 0)
        use_symbol(u, names_find(&u->model->by_name, name));
}

static void
use_names(struct usage *u, const struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        use_name(u, list->at[i].text);
}

static void
use_condition(struct usage *u, const struct condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        use_name(u, condition->at[i].name.text);
}

static void
use_sentence(struct usage *u, const struct sentence *sentence)
{
    use_names(u, &sentence->subjects);
    use_names(u, &sentence->act.objects);
    use_names(u, &sentence->act.targets);
    use_names(u, &sentence->after);
    use_names(u, &sentence->before);
    use_names(u, &sentence->via);
    use_condition(u, &sentence->condition);
    for (size_t i = 0; i < sentence->exception_count; i++) {
        use_names(u, &sentence->exceptions[i].names);
        use_condition(u, &sentence->exceptions[i].condition);
    }
}

static void
use_declaration(struct usage *u, const struct declaration *word)
{
    use_name(u, word->owner.text);
    use_name(u, word->kept_in.text);
    use_names(u, &word->after);
    use_names(u, &word->until);
}

static void
use_all(struct usage *u)
{
    const struct model *model = u->model;
    const struct tree *tree = model->tree;
    for (size_t i = 0; i < tree->declarations.count; i++)
        use_declaration(u, &tree->declarations.at[i]);
    for (size_t i = 0; i < tree->clauses.count; i++)
        for (size_t k = 0; k < tree->clauses.at[i].sentence_count; k++)
            use_sentence(u, &tree->clauses.at[i].sentences[k]);
    for (size_t i = 0; i < model->clause_count; i++)
        for (size_t k = 0; k < model->clauses[i].hole_count; k++)
            use_symbol(u, model->clauses[i].holes[k].symbol);
    for (size_t i = 0; i < model->symbol_count; i++)
        for (size_t k = 0; k < model->symbols[i].in_count; k++)
            use_symbol(u, model->symbols[i].in[k]);
}

/* Who names a group names its members, and who names a member has a use for its group. Groups stand
 * before their members. */
static void
spread(struct usage *u)
{
    const struct model *model = u->model;
    for (size_t i = 0; i < model->symbol_count; i++)
        if (model->symbols[i].parent != NONE && u->used[model->symbols[i].parent])
            u->used[i] = true;
    for (size_t i = model->symbol_count; i > 0; i--)
        if (model->symbols[i - 1].parent != NONE && u->used[i - 1])
            u->used[model->symbols[i - 1].parent] = true;
}

static void
report(struct checking *c, const struct symbol *symbol)
{
    diagnose(c->diagnostics, W_UNUSED, symbol->span, "nothing uses the %s “%.*s”",
             kind_word(symbol->kind), TEXT_ARGS(symbol->name));
    diagnose_why(c->diagnostics, "A word without a use may stand for a rule that was forgotten");
    diagnose_fix(c->diagnostics,
                 "Leave the declaration out, or write the sentence that is missing");
}

/* Of one of several facts of which exactly one holds, the rest says what else there is. */
static bool
is_member_of_one(const struct model *model, const struct symbol *symbol)
{
    return symbol->parent != NONE && model->symbols[symbol->parent].one_of;
}

void
check_unused(struct checking *c)
{
    const struct model *model = c->model;
    struct usage u = {model, ARENA_ARRAY(c->arena, model->symbol_count, bool)};
    use_all(&u);
    spread(&u);
    for (size_t i = 0; i < model->symbol_count; i++) {
        const struct symbol *symbol = &model->symbols[i];
        bool group_said = symbol->parent != NONE && !u.used[symbol->parent] &&
                          model->symbols[symbol->parent].declared;
        if (!u.used[i] && symbol->declared && !symbol->built_in && !group_said &&
            !is_member_of_one(model, symbol))
            report(c, symbol);
    }
}
