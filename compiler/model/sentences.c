/* Sentences to rules: language.md, Semantics 3 and 4. */
#include "compiler/model/sentences.h"

/* Cases of the exceptions of one sentence, and of all sentences of a policy together: several
 * "except if" with several conditions each multiply. */
enum { CASES_MAX = 256, EXTRA_CASES_MAX = 1 << 20 };

static bool
report_cases(const struct saying *saying, bool alone)
{
    struct draft *draft = saying->draft;
    diagnose(draft->diagnostics, E_TOO_MANY_CASES, saying->tree->span,
             "the exceptions of %s make more than %d cases",
             alone ? "this sentence" : "the policy up to here",
             alone ? CASES_MAX : EXTRA_CASES_MAX);
    diagnose_fix(draft->diagnostics, "Write several sentences, or declare a state for what the "
                                     "exceptions have in common");
    return false;
}

static bool
report_nothing_left(const struct saying *saying, struct span span, const char *message)
{
    struct draft *draft = saying->draft;
    diagnose(draft->diagnostics, E_NOTHING_LEFT, span, "%s", message);
    diagnose_why(draft->diagnostics,
                 "What it asks for excludes itself, so the sentence would never mean anything");
    diagnose_fix(draft->diagnostics, "Correct it, or leave it out");
    return false;
}

/* Takes the cases of one "except if" out. */
static bool
except_case(const struct saying *saying, const struct exception *exception,
            const struct about *about, struct cube **cubes, size_t *count)
{
    struct resolver *resolver = &saying->draft->resolver;
    struct cube excluded;
    if (!resolve_condition(resolver, &exception->condition, about, &excluded))
        return false;
    if (cube_empty(excluded))
        return report_nothing_left(saying, exception->condition.span,
                                   "this exception can never hold");
    if (!resolve_not(resolver, excluded, *cubes, *count, CASES_MAX, cubes, count))
        return report_cases(saying, true);
    if (*count == 0)
        return report_nothing_left(saying, exception->span,
                                   "with this exception the sentence can never hold");
    return true;
}

bool
saying_cases(const struct saying *saying, const struct about *about, struct cube **cubes,
             size_t *count)
{
    struct draft *draft = saying->draft;
    const struct sentence *tree = saying->tree;
    struct cube *base = ARENA_NEW(draft->arena, struct cube);
    bool good = resolve_condition(&draft->resolver, &tree->condition, about, base);
    if (good && cube_empty(*base))
        good = report_nothing_left(saying, tree->condition.span, "this condition can never hold");
    *cubes = base;
    *count = 1;
    for (size_t i = 0; i < tree->exception_count; i++)
        if (exception_is_case(&tree->exceptions[i]) && good)
            good = except_case(saying, &tree->exceptions[i], about, cubes, count);
    if (*count > 1)
        draft->cases += *count;
    return good && (draft->cases <= EXTRA_CASES_MAX || report_cases(saying, false));
}

static void
add_rule(const struct saying *saying, const struct rule *rule)
{
    struct draft *draft = saying->draft;
    if (rule->actors.count == 0 || rule->objects.count == 0 || rule->targets.count == 0)
        return; /* a prohibition about a kind of which the policy names nothing */
    *VECTOR_PUSH(draft->arena, &draft->rules) = *rule;
}

/* The prohibition in "MAY only": the same act with every other target, for every system of ours. */
static void
forbid_elsewhere(const struct saying *saying, struct rule rule)
{
    struct draft *draft = saying->draft;
    const struct sentence *tree = saying->tree;
    struct set all = verb_targets(&draft->resolver, rule.verb);
    rule.mode = MODE_NEVER;
    rule.targets = set_minus(draft->arena, all, rule.targets);
    (void)resolve_actors(&draft->resolver, tree->we, &tree->subjects, true, &rule.actors);
    add_rule(saying, &rule);
}

static void
look_up(struct draft *draft, const struct name_list *list)
{
    struct set unused;
    (void)resolve_list(&draft->resolver, list, ANY_KIND, &unused);
}

void
saying_look_up(const struct saying *saying)
{
    struct draft *draft = saying->draft;
    const struct sentence *tree = saying->tree;
    struct set objects;
    look_up(draft, &tree->subjects);
    look_up(draft, &tree->act.targets);
    look_up(draft, &tree->after);
    look_up(draft, &tree->before);
    for (size_t i = 0; i < tree->condition.count; i++)
        (void)resolve_symbol(&draft->resolver, &tree->condition.at[i].name, ANY_KIND);
    (void)resolve_list(&draft->resolver, &tree->act.objects, ANY_KIND, &objects);
    answered_add(draft, saying->answered->done, objects);
    if (tree->form == SENTENCE_CHOICE)
        choice_forgive(saying);
}

/* MAY, MAY only, NEVER. */
static void
rule_say(const struct saying *saying)
{
    struct draft *draft = saying->draft;
    const struct sentence *tree = saying->tree;
    bool never = tree->form == SENTENCE_NEVER;
    bool rest = tree->as_stated.end > tree->as_stated.begin;
    struct act_sets act;
    struct set actors;
    struct cube *cubes;
    size_t count;
    bool good = resolve_actors(&draft->resolver, tree->we, &tree->subjects, never, &actors);
    good = resolve_act(&draft->resolver, &tree->act, never ? ACT_NEVER : ACT_MAY, &act) && good;
    if (act.verb == VERB_COUNT) {
        saying_look_up(saying);
        return;
    }
    good =
        resolve_exceptions(&draft->resolver, tree->exceptions, tree->exception_count, &act) && good;
    struct about about = about_act(&act, draft->model);
    about.anybody = about.anybody || !good;
    good = saying_cases(saying, &about, &cubes, &count) && good;
    for (size_t i = 0; i < count && good; i++) {
        struct rule rule = {.mode = rest    ? MODE_REST
                                    : never ? MODE_NEVER
                                            : MODE_MAY,
                            .verb = act.verb,
                            .actors = actors,
                            .objects = act.objects,
                            .targets = act.targets,
                            .when = cubes[i],
                            .clause = saying->clause,
                            .sentence = saying->sentence};
        add_rule(saying, &rule);
        if (tree->form == SENTENCE_MAY_ONLY)
            forbid_elsewhere(saying, rule);
    }
}

static void
say(const struct saying *saying)
{
    if (saying->tree->broken) {
        saying_look_up(saying);
        return;
    }
    switch (saying->tree->form) {
    case SENTENCE_MAY:
    case SENTENCE_MAY_ONLY:
    case SENTENCE_NEVER:
        rule_say(saying);
        break;
    case SENTENCE_MUST:
        duty_say(saying);
        break;
    case SENTENCE_RIGHT:
        right_say(saying);
        break;
    case SENTENCE_CHOICE:
        choice_say(saying);
        break;
    case SENTENCE_PROMISE:
    case SENTENCE_NARRATIVE:
    case SENTENCE_REPEATS:
    case SENTENCE_FORMS:
        break;
    }
}

static void
resolve_subject_to(struct draft *draft, struct sentence_model *sentence)
{
    const struct name_list *list = &sentence->tree->subject_to;
    uint32_t *clauses = ARENA_ARRAY(draft->arena, list->count, uint32_t);
    for (size_t i = 0; i < list->count; i++) {
        uint32_t found = resolve_clause(&draft->resolver, &list->at[i]);
        if (found != NONE)
            clauses[sentence->subject_to_count++] = found;
    }
    sentence->subject_to = clauses;
}

static void
make_sentence(struct draft *draft, const struct sentence *tree, uint32_t clause,
              struct answered *answered)
{
    struct sentence_model sentence = {.tree = tree,
                                      .clause = clause,
                                      .first_rule = (uint32_t)draft->rules.count,
                                      .first_duty = (uint32_t)draft->duties.count,
                                      .first_right = (uint32_t)draft->rights.count};
    uint32_t number = (uint32_t)draft->sentences.count;
    struct saying saying = {draft, tree, clause, number, answered};
    say(&saying);
    resolve_subject_to(draft, &sentence);
    sentence.rule_count = (uint32_t)draft->rules.count - sentence.first_rule;
    sentence.duty_count = (uint32_t)draft->duties.count - sentence.first_duty;
    sentence.right_count = (uint32_t)draft->rights.count - sentence.first_right;
    *VECTOR_PUSH(draft->arena, &draft->sentences) = sentence;
}

/* The strongest thing that a clause says itself; what it repeats comes on top in repeats.c. */
static enum clause_class
class_of(const struct clause_tree *tree)
{
    static const enum clause_class classes[SENTENCE_FORMS] = {
        [SENTENCE_MAY] = CLAUSE_ENFORCED,      [SENTENCE_MAY_ONLY] = CLAUSE_ENFORCED,
        [SENTENCE_NEVER] = CLAUSE_ENFORCED,    [SENTENCE_MUST] = CLAUSE_DUTY,
        [SENTENCE_RIGHT] = CLAUSE_DUTY,        [SENTENCE_CHOICE] = CLAUSE_DUTY,
        [SENTENCE_PROMISE] = CLAUSE_PROMISE,   [SENTENCE_NARRATIVE] = CLAUSE_NARRATIVE,
        [SENTENCE_REPEATS] = CLAUSE_NARRATIVE,
    };
    enum clause_class class = CLAUSE_NARRATIVE;
    for (size_t i = 0; i < tree->sentence_count; i++) {
        enum clause_class next = classes[tree->sentences[i].form];
        class = next < class ? next : class;
    }
    return class;
}

static void
check_narrative(struct draft *draft, const struct clause_tree *tree)
{
    const struct sentence *narrative = NULL;
    for (size_t i = 0; i < tree->sentence_count && !narrative; i++)
        if (tree->sentences[i].form == SENTENCE_NARRATIVE)
            narrative = &tree->sentences[i];
    if (!narrative || tree->sentence_count == 1)
        return;
    const struct sentence *other = narrative == tree->sentences ? narrative + 1 : tree->sentences;
    diagnose(draft->diagnostics, E_NARRATIVE, narrative->span,
             "a narrative has no other sentence beside it");
    diagnose_why(draft->diagnostics,
                 "It says that nothing stands behind the words, and something does");
    diagnose_fix(draft->diagnostics, "Leave out “narrative”, or make two clauses");
    diagnose_see(draft->diagnostics, other->span, "the other sentence");
}

static void
check_behind(struct draft *draft, const struct clause_tree *tree)
{
    if (tree->sentence_count > 0 || draft_spoiled(draft, tree->span))
        return;
    struct span span = tree->name.span;
    bool words = tree->prose_count > 0;
    diagnose(draft->diagnostics, E_NOTHING_BEHIND, span,
             words ? "“%.*s” publishes words with nothing behind them"
                   : "“%.*s” says nothing at all",
             TEXT_ARGS(tree->name.text));
    if (!words) {
        diagnose_fix(draft->diagnostics, "Add its sentences and its words, or leave it out");
        return;
    }
    diagnose_why(draft->diagnostics,
                 "What the page says is a rule, a promise that somebody keeps, or only words");
    diagnose_fix(draft->diagnostics,
                 "Add the rule, or “promise by \"who keeps it\".”, or “narrative.”");
}

static void
make_clause(struct draft *draft, uint32_t number, struct answered *answered)
{
    const struct clause_tree *tree = &draft->tree->clauses.at[number];
    struct clause *clause = &draft->clauses[number];
    clause->first_sentence = (uint32_t)draft->sentences.count;
    clause->sentence_count = (uint32_t)tree->sentence_count;
    clause->class = class_of(tree);
    for (size_t i = 0; i < tree->sentence_count; i++)
        make_sentence(draft, &tree->sentences[i], number, answered);
    check_narrative(draft, tree);
    check_behind(draft, tree);
}

/* Room for what the sentences will make, so that nothing is moved while it grows; only exceptions
 * make more. */
static void
make_room(struct draft *draft)
{
    size_t count = 0, forms[SENTENCE_FORMS] = {0};
    for (size_t i = 0; i < draft->tree->clauses.count; i++) {
        const struct clause_tree *clause = &draft->tree->clauses.at[i];
        count += clause->sentence_count;
        for (size_t k = 0; k < clause->sentence_count; k++)
            forms[clause->sentences[k].form]++;
    }
    draft->sentences.room = count;
    draft->sentences.at = ARENA_ARRAY(draft->arena, count, struct sentence_model);
    draft->rules.room = forms[SENTENCE_MAY] + 2 * forms[SENTENCE_MAY_ONLY] + forms[SENTENCE_NEVER];
    draft->rules.at = ARENA_ARRAY(draft->arena, draft->rules.room, struct rule);
    draft->duties.room = forms[SENTENCE_MUST] + forms[SENTENCE_CHOICE];
    draft->duties.at = ARENA_ARRAY(draft->arena, draft->duties.room, struct duty);
    draft->rights.room = forms[SENTENCE_RIGHT] + forms[SENTENCE_CHOICE];
    draft->rights.at = ARENA_ARRAY(draft->arena, draft->rights.room, struct right);
}

/* Checks and tables walk the rules in their order, and look at all sets of each. A set of one
 * interval, as nearly all are, stands in that order too, not where its name was resolved. */
static void
gather_sets(struct draft *draft)
{
    struct interval *at = ARENA_ARRAY(draft->arena, 3 * draft->rules.count, struct interval);
    for (size_t i = 0; i < draft->rules.count; i++) {
        struct rule *rule = &draft->rules.at[i];
        struct set *sets[] = {&rule->actors, &rule->objects, &rule->targets};
        for (size_t k = 0; k < sizeof sets / sizeof sets[0]; k++) {
            if (sets[k]->count != 1)
                continue;
            *at = *sets[k]->at;
            sets[k]->at = at++;
        }
    }
}

void
sentences_make(struct draft *draft)
{
    struct model *model = draft->model;
    struct answered answered = answered_make(draft);
    make_room(draft);
    for (uint32_t i = 0; i < draft->tree->clauses.count; i++)
        make_clause(draft, i, &answered);
    answered_check(draft, &answered);
    repeats_make(draft);
    gather_sets(draft);
    model->sentences = draft->sentences.at;
    model->sentence_count = draft->sentences.count;
    model->rules = draft->rules.at;
    model->rule_count = draft->rules.count;
    model->duties = draft->duties.at;
    model->duty_count = draft->duties.count;
    model->rights = draft->rights.at;
    model->right_count = draft->rights.count;
}
