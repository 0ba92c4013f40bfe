#include "compiler/check/check.h"

#include "compiler/check/internal.h"

/* What a check needs to be run at all. */
enum need {
    NEED_RULES = 1 << 0,
    NEED_DUTIES = 1 << 1,
    NEED_EXAMPLES = 1 << 2,
};

/* Adding a check: a code in diag/codes.def, a function, and a line here. */
static const struct check {
    enum code code; /* the one it reports; others may go along with it */
    void (*run)(struct checking *checking);
    unsigned needs;
} checks[] = {
    {E_DEAD_PERMISSION, check_dead_permissions, NEED_RULES},
    {E_CONSENT, check_bases, NEED_RULES}, /* and E_NO_BASIS */
    {E_DUTY_CONFLICT, check_clocks, NEED_DUTIES},
    {E_IMPOSSIBLE_DUTY, check_impossible_duties, NEED_DUTIES},
    {E_KEPT_LONGER, check_keeping, NEED_DUTIES},
    {E_NOTICE, check_notice, NEED_DUTIES},
    {E_EXAMPLE, check_examples, NEED_EXAMPLES},
    {W_CONFLICT, check_conflicts, NEED_RULES},
    {W_STALE, check_stale, 0},
    {W_UNPUBLISHED, check_unpublished, 0},
    {W_NARRATIVE_PROMISE, check_words, 0},
    {W_UNTOUCHED, check_untouched, 0},
    {W_NO_PURPOSE, check_lifecycle, 0},
    {W_STATE_PLACE, check_kept_states, NEED_RULES},
    {W_SHOWN_UNSHARED, check_shown_unshared, NEED_RULES},
    {W_BUSINESS_DAYS, check_business_days, NEED_DUTIES},
    {W_ADDS_NOTHING, check_redundant, 0},
    {W_UNUSED, check_unused, 0},
    {W_RECIPIENT_PLACE, check_recipient_places, NEED_RULES},
    {W_ALLOWS_NOTHING, check_allowances, 0}, /* the last, since it asks what the others found */
};

static unsigned
what_is_there(const struct model *model)
{
    return (model->rule_count > 0 ? NEED_RULES : 0u) | (model->duty_count > 0 ? NEED_DUTIES : 0u) |
           (model->tree->examples.count > 0 ? NEED_EXAMPLES : 0u);
}

void
checks_run(const struct model *model, struct diagnostics *diagnostics)
{
    struct checking checking = {.model = model,
                                .reach = reach_make(model->arena, model),
                                .arena = model->arena,
                                .faulty = ARENA_ARRAY(model->arena, model->sentence_count, bool),
                                .diagnostics = diagnostics};
    unsigned there = what_is_there(model);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if ((checks[i].needs & ~there) == 0)
            checks[i].run(&checking);
}
