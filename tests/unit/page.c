/* The short layer says of every point what the reference evaluator says of it. */
#include "compiler/compile.h"
#include "compiler/model/answer.h"
#include "compiler/model/grants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TRIES = 48 }; /* assignments of the states at each point */

struct subject {
    struct compilation compilation;
    const struct model *model;
    uint64_t random;
};

static uint64_t
next_random(struct subject *s)
{
    s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return s->random ^ s->random >> 29;
}

/* States of which everything is known, and of each one-of group exactly one holds. */
static uint64_t
assignment(struct subject *s)
{
    uint64_t yes = next_random(s);
    for (size_t i = 0; i < s->model->one_of_count; i++) {
        uint64_t group = s->model->one_of[i];
        uint32_t skip = (uint32_t)(next_random(s) % (uint32_t)__builtin_popcountll(group));
        uint64_t left = group;
        while (skip-- > 0)
            left &= left - 1;
        yes = (yes & ~group) | (left & -left);
    }
    return yes;
}

static bool
cube_holds(struct cube cube, uint64_t yes)
{
    return (cube.need & ~yes) == 0 && (cube.forbid & yes) == 0;
}

static bool
terms_hold(const struct terms *terms, uint64_t yes)
{
    for (size_t i = 0; i < terms->unless_count; i++)
        if (cube_holds(terms->unless[i], yes))
            return false;
    return cube_holds(terms->when, yes);
}

static bool
granted(const struct grants *grants, uint32_t object, uint32_t target, uint64_t yes)
{
    for (size_t i = 0; i < grants->list.count; i++) {
        const struct grant *grant = &grants->list.at[i];
        if (set_has(grant->objects, object) && set_has(grant->targets, target) &&
            terms_hold(&grant->terms, yes))
            return true;
    }
    return false;
}

static enum verdict
verdict_of(struct subject *s, struct arena *scratch, uint32_t actor, enum verb verb,
           uint32_t object, uint32_t target, uint64_t yes)
{
    struct question question = {actor, verb, object, target, yes, UINT64_MAX};
    return answer_make(s->model, scratch, question).verdict;
}

static bool
anybody_may(struct subject *s, struct arena *scratch, enum verb verb, uint32_t object,
            uint32_t target, uint64_t yes)
{
    struct interval actors = kind_leaves(s->model, KIND_SYSTEM);
    for (uint32_t actor = actors.low; actor < actors.high; actor++)
        if (verdict_of(s, scratch, actor, verb, object, target, yes) == VERDICT_ALLOWED)
            return true;
    return false;
}

static struct interval
targets_of(const struct model *model, enum verb verb)
{
    return (struct interval){model->first_leaf[verb_forms[verb].target_first],
                             model->first_leaf[verb_forms[verb].target_last + 1]};
}

/* Every object and target of one act, each under some assignments. */
static void
check_allowed(struct subject *s, struct arena *scratch, enum verb verb)
{
    struct interval objects = kind_leaves(s->model, verb_forms[verb].object);
    struct interval targets = targets_of(s->model, verb);
    struct grants grants = grants_allowed(s->model, scratch, verb, targets);
    assert_false(grants.overflow);
    for (uint32_t object = objects.low; object < objects.high; object++)
        for (uint32_t target = targets.low; target < targets.high; target++)
            for (int i = 0; i < TRIES; i++) {
                uint64_t yes = assignment(s);
                assert_int_equal(granted(&grants, object, target, yes),
                                 anybody_may(s, scratch, verb, object, target, yes));
            }
}

/* What is said never to happen is forbidden in every state. */
static void
check_never(struct subject *s, struct arena *scratch, enum verb verb)
{
    struct interval actors = kind_leaves(s->model, KIND_SYSTEM);
    struct interval objects = kind_leaves(s->model, verb_forms[verb].object);
    struct interval targets = targets_of(s->model, verb);
    struct grants grants = grants_never(s->model, scratch, verb);
    for (size_t i = 0; i < grants.list.count; i++) {
        const struct grant *grant = &grants.list.at[i];
        assert_true(terms_empty(&grant->terms));
        for (uint32_t actor = actors.low; actor < actors.high; actor++)
            for (uint32_t object = objects.low; object < objects.high; object++)
                for (uint32_t target = targets.low; target < targets.high; target++)
                    if (set_has(grant->actors, actor) && set_has(grant->objects, object) &&
                        set_has(grant->targets, target))
                        assert_int_equal(
                            verdict_of(s, scratch, actor, verb, object, target, assignment(s)),
                            VERDICT_FORBIDDEN);
    }
}

static void
check_policy(const char *path)
{
    struct subject s = {.random = 1};
    struct arena scratch;
    arena_init(&scratch);
    assert_true(compile(&s.compilation, text_of(path), STAGE_MODEL));
    assert_int_equal(s.compilation.diagnostics.errors, 0);
    s.model = s.compilation.model;
    if (setjmp(scratch.out_of_memory) != 0)
        fail_msg("out of memory");
    for (int verb = 0; verb < VERB_QUESTIONS; verb++) {
        check_allowed(&s, &scratch, (enum verb)verb);
        check_never(&s, &scratch, (enum verb)verb);
        arena_free(&scratch);
    }
    compilation_free(&s.compilation);
}

static void
test_short_layer_of_jibrok(void **state)
{
    (void)state;
    check_policy("policies/jibrok.policy");
}

static void
test_short_layer_of_shop(void **state)
{
    (void)state;
    check_policy("policies/shop.policy");
}

static void
test_short_layer_of_cloud(void **state)
{
    (void)state;
    check_policy("policies/cloud.policy");
}

static void
test_short_layer_of_knots(void **state)
{
    (void)state;
    check_policy("tests/page/knots.policy");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_layer_of_jibrok),
        cmocka_unit_test(test_short_layer_of_shop),
        cmocka_unit_test(test_short_layer_of_cloud),
        cmocka_unit_test(test_short_layer_of_knots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
