/* The reference evaluator, question by question, on a policy that has every case. */
#include "compiler/model/answer.h"

#include "compiler/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char policy[] =
    "---\n"
    "policy: test\n"
    "title: Test\n"
    "language: en\n"
    "effective: 2026-03-01\n"
    "---\n"
    "system shop \"shop\".\n"
    "system office \"office\".\n"
    "person customer \"customer\".\n"
    "data order.email \"email\" of customer.\n"
    "data order.phone \"phone\" of customer.\n"
    "audience couriers \"couriers\".\n"
    "purpose news \"news\".\n"
    "purpose delivery \"delivery\".\n"
    "request stop \"stop\".\n"
    "request join \"join\".\n"
    "state stopped \"stopped\" of customer after stop.\n"
    "state joined \"joined\" of customer after join.\n"
    "fact region one of eu \"EU\", usa \"USA\", asia \"Asia\".\n"
    "contact help \"help\" at \"mailto:help@example.org\".\n"
    "clause a:\n"
    "  we MAY email customer about news if joined.\n"
    "  shop MAY email customer about delivery.\n"
    "  shop MAY call customer about delivery if region.eu and not stopped.\n"
    "  > x\n"
    "clause b:\n"
    "  we NEVER email anyone if stopped.\n"
    "  we NEVER email anyone about news if stopped.\n"
    "  > x\n"
    "clause c:\n"
    "  customer MAY request stop or join via help.\n"
    "  we MUST do stop or join at once.\n"
    "  we MAY show order.email only to customer.\n"
    "  > x\n"
    "clause d:\n"
    "  we NEVER email anyone about news if region.usa.\n"
    "  we MAY email customer about delivery.\n"
    "  > x\n"
    "clause e:\n"
    "  we MAY text customer about news if joined.\n"
    "  we NEVER text anyone about delivery if stopped.\n"
    "  > x\n"
    "clause f:\n"
    "  we NEVER text anyone, except as stated.\n"
    "  > x\n"
    "clause g:\n"
    "  we NEVER text anyone about news if stopped, except as stated.\n"
    "  we NEVER post anyone about news if region.usa, except as stated.\n"
    "  > x\n";

struct fixture {
    struct compilation compilation;
    const struct model *model;
};

static int
set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f ||
        !compile_text(&f->compilation, TEXT("test.policy"),
                      (struct text){policy, sizeof policy - 1}, STAGE_MODEL) ||
        f->compilation.diagnostics.errors > 0)
        return -1;
    f->model = f->compilation.model;
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    compilation_free(&f->compilation);
    free(f);
    return 0;
}

static uint32_t
leaf_of(const struct fixture *f, const char *name)
{
    uint32_t symbol = names_find(&f->model->by_name, text_of(name));
    assert_int_not_equal(symbol, NONE);
    assert_false(f->model->symbols[symbol].group);
    return f->model->symbols[symbol].leaves.low;
}

/* "stopped,-joined,region.eu": known yes, known no; what is not named is unknown. */
static void
set_states(const struct fixture *f, const char *words, struct question *q)
{
    while (*words) {
        bool no = *words == '-';
        const char *begin = words + no;
        size_t length = strcspn(begin, ",");
        char name[64] = {0};
        memcpy(name, begin, length);
        uint64_t bit = UINT64_C(1) << (leaf_of(f, name) - f->model->first_leaf[KIND_STATE]);
        q->known |= bit;
        q->yes |= no ? 0 : bit;
        words = begin + length + (begin[length] == ',');
    }
}

static struct answer
ask(struct fixture *f, const char *actor, enum verb verb, const char *object, const char *target,
    const char *states)
{
    bool us_target = strcmp(target, "us") == 0;
    struct question q = {leaf_of(f, actor),
                         verb,
                         leaf_of(f, object),
                         us_target ? us_audience(f->model) : leaf_of(f, target),
                         0,
                         0};
    set_states(f, states, &q);
    return answer_make(f->model, &f->compilation.arena, q);
}

/* Verdict, cited clauses ("ab") and missing states in one. */
static void
assert_answer(struct fixture *f, struct answer answer, enum verdict verdict, const char *clauses,
              const char *missing)
{
    struct question q = {0};
    set_states(f, missing, &q);
    assert_int_equal(answer.verdict, verdict);
    assert_int_equal(answer.missing, q.known);
    assert_int_equal(answer.clause_count, strlen(clauses));
    for (size_t i = 0; i < answer.clause_count; i++)
        assert_int_equal(f->model->clauses[answer.clauses[i]].name.data[0], clauses[i]);
}

static void
test_certain(void **state)
{
    struct fixture *f = *state;
    enum verb email = VERB_EMAIL;
    assert_answer(f, ask(f, "us", email, "customer", "news", "joined,-stopped,region.eu"),
                  VERDICT_ALLOWED, "a", "");
    assert_answer(f, ask(f, "us", email, "customer", "news", "-joined,-stopped,region.eu"),
                  VERDICT_UNSTATED, "", "");
    assert_answer(f, ask(f, "us", email, "customer", "news", "joined,stopped,region.usa"),
                  VERDICT_FORBIDDEN, "bd", "");
    assert_answer(f, ask(f, "shop", email, "customer", "news", "joined,-stopped,region.eu"),
                  VERDICT_UNSTATED, "", "");
    assert_answer(f, ask(f, "us", email, "customer", "delivery", "-stopped"), VERDICT_ALLOWED, "d",
                  "");
    assert_answer(f, ask(f, "shop", email, "customer", "delivery", "-stopped"), VERDICT_ALLOWED,
                  "a", "");
}

/* A prohibition holds if it possibly does, a permission only if it certainly does. */
static void
test_unknown(void **state)
{
    struct fixture *f = *state;
    enum verb email = VERB_EMAIL;
    assert_answer(f, ask(f, "us", email, "customer", "news", ""), VERDICT_FORBIDDEN, "bd",
                  "stopped,region.usa");
    assert_answer(f, ask(f, "us", email, "customer", "news", "stopped"), VERDICT_FORBIDDEN, "bd",
                  "");
    assert_answer(f, ask(f, "us", email, "customer", "news", "-stopped,region.asia"),
                  VERDICT_UNSTATED, "", "joined");
    assert_answer(f, ask(f, "shop", VERB_CALL, "customer", "delivery", "region.eu"),
                  VERDICT_UNSTATED, "", "stopped");
    assert_answer(f, ask(f, "shop", VERB_CALL, "customer", "delivery", "stopped"), VERDICT_UNSTATED,
                  "", "");
    assert_answer(f, ask(f, "office", VERB_CALL, "customer", "delivery", ""), VERDICT_UNSTATED, "",
                  "");
}

static void
test_may_only(void **state)
{
    struct fixture *f = *state;
    assert_answer(f, ask(f, "us", VERB_SHOW, "order.email", "customer", ""), VERDICT_ALLOWED, "c",
                  "");
    assert_answer(f, ask(f, "us", VERB_SHOW, "order.email", "couriers", ""), VERDICT_FORBIDDEN, "c",
                  "");
    assert_answer(f, ask(f, "office", VERB_SHOW, "order.email", "us", ""), VERDICT_FORBIDDEN, "c",
                  "");
    assert_answer(f, ask(f, "us", VERB_SHOW, "order.phone", "couriers", ""), VERDICT_UNSTATED, "",
                  "");
}

/* What forbids the rest: like any other prohibition where no permission holds for certain. */
static void
test_as_stated(void **state)
{
    struct fixture *f = *state;
    enum verb text = VERB_TEXT;
    assert_answer(f, ask(f, "us", text, "customer", "news", "joined"), VERDICT_ALLOWED, "e", "");
    assert_answer(f, ask(f, "us", text, "customer", "news", "joined,stopped"), VERDICT_ALLOWED, "e",
                  "");
    assert_answer(f, ask(f, "us", text, "customer", "news", "-joined,-stopped"), VERDICT_FORBIDDEN,
                  "f", "");
    assert_answer(f, ask(f, "us", text, "customer", "news", "-joined"), VERDICT_FORBIDDEN, "fg",
                  "");
    assert_answer(f, ask(f, "us", text, "customer", "news", "stopped"), VERDICT_FORBIDDEN, "fg",
                  "joined");
    assert_answer(f, ask(f, "us", text, "customer", "news", ""), VERDICT_FORBIDDEN, "fg",
                  "joined,stopped");
    assert_answer(f, ask(f, "shop", text, "customer", "news", "joined,-stopped"), VERDICT_FORBIDDEN,
                  "f", "");
    /* Together with a plain one, of which it makes the answer certain. */
    assert_answer(f, ask(f, "us", text, "customer", "delivery", ""), VERDICT_FORBIDDEN, "ef", "");
    assert_false(ask(f, "us", text, "customer", "delivery", "stopped").rest);
    assert_true(ask(f, "us", text, "customer", "delivery", "-stopped").rest);
    /* With a condition of its own. */
    assert_answer(f, ask(f, "us", VERB_POST, "customer", "news", ""), VERDICT_FORBIDDEN, "g",
                  "region.usa");
    assert_answer(f, ask(f, "us", VERB_POST, "customer", "news", "region.usa"), VERDICT_FORBIDDEN,
                  "g", "");
    assert_answer(f, ask(f, "us", VERB_POST, "customer", "news", "region.eu"), VERDICT_UNSTATED, "",
                  "");
}

static void
test_one_of(void **state)
{
    struct fixture *f = *state;
    enum verb email = VERB_EMAIL;
    /* One yes makes the others no; nothing is inferred from two noes. */
    assert_answer(f, ask(f, "us", email, "customer", "news", "region.eu,-stopped,joined"),
                  VERDICT_ALLOWED, "a", "");
    assert_answer(
        f, ask(f, "us", email, "customer", "news", "-region.eu,-region.asia,-stopped,joined"),
        VERDICT_FORBIDDEN, "d", "region.usa");
    assert_answer(f, ask(f, "us", email, "customer", "news", "region.eu,region.usa"),
                  VERDICT_BAD_QUESTION, "", "");
    assert_answer(f, ask(f, "us", email, "customer", "news", "-region.eu,-region.asia,-region.usa"),
                  VERDICT_BAD_QUESTION, "", "");
}

static void
test_bad_points(void **state)
{
    struct fixture *f = *state;
    enum verb email = VERB_EMAIL;
    assert_answer(f, ask(f, "customer", email, "customer", "news", ""), VERDICT_BAD_QUESTION, "",
                  "");
    assert_answer(f, ask(f, "us", email, "order.email", "news", ""), VERDICT_BAD_QUESTION, "", "");
    assert_answer(f, ask(f, "us", email, "customer", "couriers", ""), VERDICT_BAD_QUESTION, "", "");
    assert_answer(f, ask(f, "us", VERB_DO, "stop", "news", ""), VERDICT_BAD_QUESTION, "", "");
    struct question far = {NONE, VERB_EMAIL, NONE, NONE, 0, 0};
    assert_int_equal(answer_make(f->model, &f->compilation.arena, far).verdict,
                     VERDICT_BAD_QUESTION);
}

static struct nearest
nearest(struct fixture *f, const char *actor, enum verb verb, const char *object,
        const char *target, const char *states)
{
    struct question q = {leaf_of(f, actor), verb, leaf_of(f, object), leaf_of(f, target), 0, 0};
    set_states(f, states, &q);
    return answer_nearest(f->model, q);
}

static void
test_nearest(void **state)
{
    struct fixture *f = *state;
    uint64_t joined = UINT64_C(1) << (leaf_of(f, "joined") - f->model->first_leaf[KIND_STATE]);
    /* A missing state is nearer than another purpose of which nothing is wrong but that. */
    struct nearest n = nearest(f, "us", VERB_EMAIL, "customer", "news", "-stopped,-joined");
    assert_int_equal(n.rule->clause, 0);
    assert_false(n.actor_wrong || n.object_wrong || n.target_wrong);
    assert_int_equal(n.must_hold, joined);
    /* One wrong part (the target) is nearer than two (actor and state). */
    n = nearest(f, "shop", VERB_EMAIL, "customer", "news", "-stopped,-joined");
    assert_true(n.target_wrong && !n.actor_wrong);
    assert_int_equal(n.rule->clause, 0);
    assert_int_equal(n.must_hold, 0);
    assert_null(nearest(f, "us", VERB_POST, "customer", "news", "").rule);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certain),    cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_may_only),   cmocka_unit_test(test_one_of),
        cmocka_unit_test(test_bad_points), cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_as_stated),
    };
    return cmocka_run_group_tests_name("answer", tests, set_up, tear_down);
}
