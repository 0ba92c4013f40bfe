/* Holes that name something with which no rule of their clause has to do. */
#include "compiler/check/internal.h"

enum { STEPS = 10 * 1000 * 1000 };

struct named { /* what a hole names */
    const struct model *model;
    const struct symbol *symbol;
    struct set leaves;
    uint64_t bits; /* of states and facts */
};

static bool
has_leaf(const struct named *n, struct set set)
{
    return set_meets(n->leaves, set);
}

/* What switches a state belongs to it, and the other way round. */
static bool
in_states(const struct named *n, uint64_t bits)
{
    const struct model *model = n->model;
    if (bits & n->bits)
        return true;
    if (n->symbol->kind != KIND_REQUEST && n->symbol->kind != KIND_EVENT)
        return false;
    for (; bits != 0; bits &= bits - 1) {
        uint32_t number = 0;
        while (!(bits >> number & 1))
            number++;
        const struct symbol *state = leaf(model, model->first_leaf[KIND_STATE] + number);
        if (has_leaf(n, state->after) || has_leaf(n, state->until))
            return true;
    }
    return false;
}

static bool
in_when(const struct named *n, struct cube when)
{
    return in_states(n, when.need | when.forbid);
}

/* Whether requests or events switch the state that is named. */
static bool
switches(const struct named *n, struct set set)
{
    return n->symbol->kind == KIND_STATE &&
           (set_meets(n->symbol->after, set) || set_meets(n->symbol->until, set));
}

static bool
in_rule(const struct named *n, const struct rule *rule)
{
    return has_leaf(n, rule->actors) || has_leaf(n, rule->objects) || has_leaf(n, rule->targets) ||
           in_when(n, rule->when);
}

static bool
in_duty(const struct named *n, const struct duty *duty)
{
    return has_leaf(n, duty->actors) || has_leaf(n, duty->objects) || has_leaf(n, duty->targets) ||
           has_leaf(n, duty->after) || in_when(n, duty->when) || switches(n, duty->objects) ||
           switches(n, duty->after);
}

static bool
in_right(const struct named *n, const struct right *right)
{
    return has_leaf(n, right->persons) || has_leaf(n, right->requests) || in_when(n, right->when) ||
           switches(n, right->requests);
}

/* Whether a recipient or system is in the place that is named. */
static bool
is_there(const struct named *n, const struct symbol *other)
{
    for (size_t i = 0; i < other->in_count; i++)
        if (has_leaf(n, (struct set){&n->model->symbols[other->in[i]].leaves, 1}))
            return true;
    return false;
}

/* Written names: what was excepted, contacts, and those whom something is of. */
static bool
in_names(const struct named *n, const struct name_list *list)
{
    const struct model *model = n->model;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t found = names_find(&model->by_name, list->at[i].text);
        if (found == NONE)
            continue;
        const struct symbol *other = &model->symbols[found];
        struct set leaves = {&other->leaves, 1};
        if (has_leaf(n, leaves) || has_leaf(n, other->persons) || has_leaf(n, other->owners) ||
            is_there(n, other) || set_meets(n->symbol->persons, leaves) ||
            set_meets(n->symbol->owners, leaves))
            return true;
    }
    return false;
}

static bool
in_condition(const struct named *n, const struct condition *condition)
{
    for (size_t i = 0; i < condition->count; i++) {
        struct name_list one = {&condition->at[i].name, 1, condition->span};
        if (in_names(n, &one))
            return true;
    }
    return false;
}

static bool
in_tree(const struct named *n, const struct sentence *tree)
{
    bool found = in_names(n, &tree->subjects) || in_names(n, &tree->act.objects) ||
                 in_names(n, &tree->act.targets) || in_names(n, &tree->after) ||
                 in_names(n, &tree->before) || in_names(n, &tree->via) ||
                 in_condition(n, &tree->condition);
    for (size_t i = 0; i < tree->exception_count && !found; i++)
        found = in_names(n, &tree->exceptions[i].names) ||
                in_condition(n, &tree->exceptions[i].condition);
    return found;
}

static bool
in_sentence(const struct named *n, const struct sentence_model *sentence)
{
    const struct model *model = n->model;
    bool found = in_tree(n, sentence->tree);
    for (uint32_t i = 0; i < sentence->rule_count && !found; i++)
        found = in_rule(n, &model->rules[sentence->first_rule + i]);
    for (uint32_t i = 0; i < sentence->duty_count && !found; i++)
        found = in_duty(n, &model->duties[sentence->first_duty + i]);
    for (uint32_t i = 0; i < sentence->right_count && !found; i++)
        found = in_right(n, &model->rights[sentence->first_right + i]);
    return found;
}

static bool
in_clause(const struct named *n, const struct clause *clause, size_t *steps)
{
    bool found = false;
    for (uint32_t i = 0; i < clause->sentence_count && !found && *steps > 0; i++) {
        found = in_sentence(n, &n->model->sentences[clause->first_sentence + i]);
        --*steps;
    }
    return found;
}

static uint64_t
bits_of(const struct model *model, const struct symbol *symbol)
{
    uint64_t bits = 0;
    if (symbol->parent != NONE && model->symbols[symbol->parent].one_of)
        symbol = &model->symbols[symbol->parent]; /* what one fact says, it says of the others */
    if (symbol->kind == KIND_STATE || symbol->kind == KIND_FACT)
        for (uint32_t l = symbol->leaves.low; l < symbol->leaves.high; l++)
            bits |= state_bit(model, l);
    return bits;
}

static void
report(struct checking *c, const struct clause *clause, const struct hole *hole)
{
    const struct model *model = c->model;
    struct text name = model->symbols[hole->symbol].name;
    diagnose(c->diagnostics, W_UNTOUCHED, hole->span, "no rule of “%.*s” has to do with “%.*s”",
             TEXT_ARGS(clause->name), TEXT_ARGS(name));
    diagnose_why(c->diagnostics,
                 "A reader takes what is said here of “%.*s” for one of the rules "
                 "of this clause",
                 TEXT_ARGS(name));
    diagnose_fix(c->diagnostics, "Add the rule about it, or move the words to the clause that has "
                                 "it, or say them without a hole");
    diagnose_see(c->diagnostics, sentence_place(model, clause->first_sentence),
                 "the rules of the clause");
}

/* Whether it has to do with what a clause waits for: there the story begins that it goes on with.
 */
static bool
in_clauses_before(const struct named *n, const struct clause *clause, size_t *steps)
{
    const struct model *model = n->model;
    for (uint32_t i = 0; i < clause->sentence_count; i++) {
        const struct sentence_model *s = &model->sentences[clause->first_sentence + i];
        for (uint32_t k = 0; k < s->duty_count; k++) {
            struct set after = model->duties[s->first_duty + k].after;
            for (size_t part = 0; part < after.count; part++)
                for (uint32_t l = after.at[part].low; l<after.at[part].high && * steps> 0; l++) {
                    uint32_t before = leaf(model, l)->clause;
                    *steps -= 1;
                    if (before != NONE && in_clause(n, &model->clauses[before], steps))
                        return true;
                }
        }
    }
    return false;
}

static void
look_at(struct checking *c, const struct clause *clause, const struct hole *hole, size_t *steps)
{
    const struct model *model = c->model;
    const struct symbol *symbol = &model->symbols[hole->symbol];
    struct named n = {model, symbol, {&symbol->leaves, 1}, bits_of(model, symbol)};
    bool found = in_clause(&n, clause, steps);
    for (size_t i = 0; i < clause->repeat_count && !found && *steps > 0; i++)
        found = in_clause(&n, &model->clauses[clause->repeats[i]], steps);
    found = found || in_clauses_before(&n, clause, steps);
    if (!found && *steps > 0)
        report(c, clause, hole);
}

static bool
is_about(const struct hole *hole)
{
    return hole->kind == HOLE_NAME || hole->kind == HOLE_LIST;
}

void
check_untouched(struct checking *c)
{
    const struct model *model = c->model;
    size_t steps = STEPS;
    for (size_t i = 0; i < model->clause_count && steps > 0; i++) {
        const struct clause *clause = &model->clauses[i];
        if (clause->class != CLAUSE_ENFORCED && clause->class != CLAUSE_DUTY)
            continue;
        for (size_t k = 0; k < clause->hole_count && steps > 0; k++)
            if (is_about(&clause->holes[k]))
                look_at(c, clause, &clause->holes[k], &steps);
        if (steps == 0) {
            diagnose(c->diagnostics, W_UNDECIDED, clause->span,
                     "cannot decide whether the words from here on are about the rules");
            diagnose_why(c->diagnostics, "A clause has too many rules and too many words");
        }
    }
}
