#include "tests/equivalence/compare.h"

#include "compiler/model/answer.h"
#include "tests/equivalence/generate.h"

#include <inttypes.h>

/* Cited clauses past this number are a mistake of themselves. */
enum { CITED_MAX = 4096 };

/* What the core should answer, given what the reference answers. */
static avow_answer
in_terms_of_core(const struct answer *answer, bool is_point)
{
    avow_answer core = {.clause = AVOW_NONE, .missing = answer->missing};
    switch (answer->verdict) {
    case VERDICT_ALLOWED:
        core.verdict = AVOW_ALLOWED;
        core.reason = AVOW_REASON_CLAUSE;
        break;
    case VERDICT_FORBIDDEN:
        core.verdict = AVOW_FORBIDDEN;
        core.possible = answer->missing != 0;
        core.reason = core.possible ? AVOW_REASON_UNKNOWN : AVOW_REASON_CLAUSE;
        break;
    case VERDICT_UNSTATED:
        core.verdict = AVOW_UNSTATED;
        core.reason = answer->missing != 0 ? AVOW_REASON_UNKNOWN : AVOW_REASON_NO_CLAUSE;
        break;
    case VERDICT_BAD_QUESTION:
        core.reason = is_point ? AVOW_REASON_BAD_STATES : AVOW_REASON_BAD_POINT;
        break;
    }
    if (answer->clause_count > 0)
        core.clause = answer->clauses[0];
    return core;
}

static bool
same(const avow_answer *a, const avow_answer *b)
{
    return a->verdict == b->verdict && a->reason == b->reason && a->possible == b->possible &&
           a->zero == b->zero && a->clause == b->clause && a->missing == b->missing;
}

static bool
same_citations(const avow_table *table, const avow_question *question, const struct answer *answer,
               avow_answer core)
{
    uint32_t clause = core.clause;
    for (size_t i = 0; i < answer->clause_count; i++) {
        if (clause != answer->clauses[i])
            return false;
        clause = avow_next_clause(table, question, clause);
    }
    return clause == AVOW_NONE;
}

static void
print_states(const struct model *model, uint64_t yes, uint64_t known)
{
    for (uint32_t bit = 0; bit < state_count(model); bit++)
        if ((known >> bit & 1) != 0)
            printf(" %s%.*s", (yes >> bit & 1) != 0 ? "" : "not ",
                   TEXT_ARGS(leaf(model, model->first_leaf[KIND_STATE] + bit)->name));
}

static void
print_cited(const struct model *model, uint32_t clause)
{
    if (clause < model->clause_count)
        printf(" %.*s", TEXT_ARGS(model->clauses[clause].name));
    else
        printf(" clause %" PRIu32 "?", clause);
}

static void
print_answer(const char *who, const avow_answer *answer)
{
    printf("\n  %s: verdict %u reason %u possible %u missing %#" PRIx64 " citing", who,
           (unsigned)answer->verdict, (unsigned)answer->reason, (unsigned)answer->possible,
           answer->missing);
}

static void
print_leaf(const struct model *model, uint32_t number)
{
    if (number < model->first_leaf[KIND_COUNT])
        printf(" %.*s", TEXT_ARGS(leaf(model, number)->name));
    else
        printf(" leaf %" PRIu32, number);
}

static void
print_difference(const struct subject *subject, const avow_question *q, const struct answer *answer,
                 const avow_answer *wanted, const avow_answer *core)
{
    const struct model *model = subject->model;
    printf("DIFFERENCE in %.*s:", TEXT_ARGS(model->settings->policy));
    print_leaf(model, q->point.actor);
    printf(" %s", q->point.verb < VERB_QUESTIONS ? verb_forms[q->point.verb].word : "?");
    print_leaf(model, q->point.object);
    print_leaf(model, q->point.target);
    printf(" if");
    print_states(model, q->states.yes & q->states.known, q->states.known);
    print_answer("reference", wanted);
    for (size_t i = 0; i < answer->clause_count; i++)
        print_cited(model, answer->clauses[i]);
    print_answer("core     ", core);
    uint32_t clause = core->clause;
    for (int i = 0; clause != AVOW_NONE && i < CITED_MAX; i++) {
        print_cited(model, clause);
        clause = avow_next_clause(subject->table, q, clause);
    }
    printf("\n");
}

/* One assignment at one point; folds the reference's answer into the digest. */
static bool
compare_case(const struct subject *subject, struct arena *arena, const avow_question *q,
             bool is_point, uint64_t *digest, struct tally *tally)
{
    struct answer answer =
        answer_make(subject->model, arena,
                    (struct question){q->point.actor, (enum verb)q->point.verb, q->point.object,
                                      q->point.target, q->states.yes, q->states.known});
    avow_answer wanted = in_terms_of_core(&answer, is_point);
    avow_answer core = avow_ask(subject->table, q->point, q->states);
    tally->cases++;
    tally->verdicts[answer.verdict]++;
    *digest = walk_fold_answer(*digest, &wanted);
    for (size_t i = 0; i < answer.clause_count; i++)
        *digest = walk_fold(*digest, answer.clauses[i]);
    if (same(&wanted, &core) && same_citations(subject->table, q, &answer, core))
        return true;
    print_difference(subject, q, &answer, &wanted, &core);
    return false;
}

/* States of all rules that can reach the point, and with a member of a one-of group all of it. */
static uint64_t
states_that_matter(const struct model *model, const struct walk_point *point)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if ((uint32_t)rule->verb == point->verb && set_has(rule->actors, point->actor) &&
            set_has(rule->objects, point->object) && set_has(rule->targets, point->target))
            mask |= rule->when.need | rule->when.forbid;
    }
    for (size_t i = 0; i < model->one_of_count; i++)
        if ((mask & model->one_of[i]) != 0)
            mask |= model->one_of[i];
    return mask;
}

static bool
walk_cases(const struct subject *subject, struct arena *arena, struct walk_point *point,
           struct tally *tally)
{
    struct walk walk;
    walk_begin(&walk, point);
    while (walk_next(&walk)) {
        avow_question q = {{point->actor, point->verb, point->object, point->target},
                           {walk.yes, walk.known}};
        if (!compare_case(subject, arena, &q, true, &point->digest, tally))
            return false;
    }
    return true;
}

static bool
compare_point(const struct subject *subject, struct walk_point *point, struct tally *tally)
{
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0) {
        arena_free(&arena);
        return false;
    }
    point->mask = states_that_matter(subject->model, point);
    point->digest = 0;
    bool fine = walk_cases(subject, &arena, point, tally);
    arena_free(&arena);
    tally->points++;
    if (fine && walk_table(subject->table, point) != point->digest) {
        printf("the digests differ though the answers agree\n");
        return false;
    }
    return fine;
}

static uint64_t
all_states(const struct model *model)
{
    uint32_t count = state_count(model);
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

static bool
compare_targets(const struct subject *subject, struct walk_point point, struct tally *tally,
                FILE *points)
{
    const struct model *model = subject->model;
    const struct verb_form *form = &verb_forms[point.verb];
    uint32_t end = model->first_leaf[form->target_last + 1];
    for (point.target = model->first_leaf[form->target_first]; point.target < end; point.target++) {
        if (!compare_point(subject, &point, tally))
            return false;
        if (points && fwrite(&point, sizeof point, 1, points) != 1)
            return false;
    }
    return true;
}

bool
compare_answers(const struct subject *subject, struct tally *tally, FILE *points)
{
    const struct model *model = subject->model;
    struct interval actors = kind_leaves(model, KIND_SYSTEM);
    struct walk_point point = {.all = all_states(model)};
    for (point.verb = 0; point.verb < VERB_QUESTIONS; point.verb++) {
        struct interval objects = kind_leaves(model, verb_forms[point.verb].object);
        for (point.actor = actors.low; point.actor < actors.high; point.actor++)
            for (point.object = objects.low; point.object < objects.high; point.object++)
                if (!compare_targets(subject, point, tally, points))
                    return false;
    }
    return true;
}

static bool
within(const struct model *model, uint32_t number, enum kind first, enum kind last)
{
    return number >= model->first_leaf[first] && number < model->first_leaf[last + 1];
}

/* Whether the numbers make a question at all, said here once more in its own words. */
static bool
is_point(const struct model *model, const avow_point *point)
{
    if (point->verb >= VERB_QUESTIONS || !within(model, point->actor, KIND_SYSTEM, KIND_SYSTEM))
        return false;
    bool mail = point->verb >= VERB_EMAIL;
    if (!within(model, point->object, mail ? KIND_PERSON : KIND_DATA,
                mail ? KIND_PERSON : KIND_DATA))
        return false;
    static const enum kind targets[][2] = {
        [VERB_COLLECT] = {KIND_AUDIENCE, KIND_PLACE}, [VERB_STORE] = {KIND_PLACE, KIND_SYSTEM},
        [VERB_USE] = {KIND_PURPOSE, KIND_PURPOSE},    [VERB_SHOW] = {KIND_AUDIENCE, KIND_PERSON},
        [VERB_SHARE] = {KIND_AUDIENCE, KIND_PERSON},  [VERB_EMAIL] = {KIND_PURPOSE, KIND_PURPOSE},
    };
    const enum kind *range = targets[mail ? VERB_EMAIL : point->verb];
    return within(model, point->target, range[0], range[1]);
}

static uint32_t
any_number(const struct model *model, struct random *random)
{
    uint32_t past = model->first_leaf[KIND_COUNT];
    switch (random_below(random, 12)) {
    case 0:
        return past + random_below(random, 4);
    case 1:
        return UINT32_MAX - random_below(random, 4);
    case 2:
        return (uint32_t)random_next(random);
    default:
        return random_below(random, past);
    }
}

static bool
ask_anything(const struct subject *subject, struct arena *arena, uint64_t seed, struct tally *tally)
{
    const struct model *model = subject->model;
    struct random random = random_from(seed);
    for (int i = 0; i < 2000; i++) {
        uint64_t digest = 0;
        avow_question q = {
            {any_number(model, &random), random_below(&random, VERB_QUESTIONS + 3),
             any_number(model, &random), any_number(model, &random)},
            {random_next(&random) & all_states(model), random_next(&random) & all_states(model)}};
        if (!compare_case(subject, arena, &q, is_point(model, &q.point), &digest, tally))
            return false;
    }
    return true;
}

bool
compare_bad_points(const struct subject *subject, uint64_t seed, struct tally *tally)
{
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0) {
        arena_free(&arena);
        return false;
    }
    bool fine = ask_anything(subject, &arena, seed, tally);
    arena_free(&arena);
    return fine;
}
