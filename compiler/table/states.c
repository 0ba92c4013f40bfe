/* What a store must know of states: whose they are, what switches them, and which way refuses. */
#include "compiler/table/build.h"

/* Whether a condition needs the state, or its absence. */
struct use {
    bool on, off;
};

static struct use
use_of(struct cube when, uint64_t bit)
{
    bool possible = (when.need & when.forbid) == 0;
    return (struct use){possible && (when.need & bit) != 0, possible && (when.forbid & bit) != 0};
}

/* The flags of a state, and the first clause with a rule that asks for it, or NONE. */
static uint32_t
flags_of(const struct model *model, uint64_t bit, uint32_t *clause)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        struct use use = use_of(rule->when, bit);
        bool may = rule->mode == MODE_MAY;
        if (may ? use.off : use.on)
            flags |= STATE_ON_REFUSES;
        if (may ? use.on : use.off)
            flags |= STATE_OFF_REFUSES;
        if ((use.on || use.off) && rule->clause < *clause)
            *clause = rule->clause;
    }
    return flags;
}

/* The first clause that says when one of these requests is done, or NONE. */
static uint32_t
clause_that_does(const struct model *model, struct set requests)
{
    uint32_t clause = NONE;
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        if (duty->verb == VERB_DO && duty->clause < clause && set_meets(duty->objects, requests))
            clause = duty->clause;
    }
    return clause;
}

static uint32_t
index_some(struct build *build, struct set set)
{
    return set.count > 0 ? index_set(build, set) : 0;
}

static void
add_state(struct build *build, uint32_t number)
{
    const struct symbol *state = leaf(build->model, number);
    uint32_t clause = NONE,
             flags = flags_of(build->model, state_bit(build->model, number), &clause);
    uint32_t words[STATE_WORDS] = {
        [STATE_OWNERS] = index_set(build, state->owners) | flags,
        [STATE_AFTER] = index_some(build, state->after),
        [STATE_UNTIL] = index_some(build, state->until),
        [STATE_CLAUSE] = clause != NONE ? clause : clause_that_does(build->model, state->after),
    };
    for (size_t i = 0; i < STATE_WORDS; i++)
        add_word(build, SECTION_STATES, words[i]);
}

void
index_states(struct build *build)
{
    struct interval states = kind_leaves(build->model, KIND_STATE);
    for (uint32_t i = states.low; i < states.high; i++)
        add_state(build, i);
}
