/* The reference for deadlines: which duties bind, whose clock, and what keeps. */
#include "compiler/model/due.h"

#include "compiler/compile.h"
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"

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
    "person customer \"customer\".\n"
    "data order \"order\" of customer.\n"
    "data mail \"mail\" of customer.\n"
    "data photo \"photo\" of customer.\n"
    "data log \"log\" of customer.\n"
    "data note \"note\" of customer.\n"
    "data tape \"tape\" of customer.\n"
    "data free \"free\" of customer.\n"
    "data trail \"trail\" of customer.\n"
    "purpose news \"news\".\n"
    "place cloud \"cloud\".\n"
    "request stop \"stop\".\n"
    "request leave \"leave\".\n"
    "request slow \"slow\".\n"
    "event closed \"closed\".\n"
    "event paid \"paid\".\n"
    "event sleeping \"sleeping\".\n"
    "event waking \"waking\".\n"
    "event breach \"breach\".\n"
    "event moving \"moving\".\n"
    "request ready \"ready\".\n"
    "data plan \"plan\" of customer.\n"
    "state asleep \"asleep\" of customer after sleeping until waking.\n"
    "state stopped \"stopped\" of customer after stop.\n"
    "fact business \"business\".\n"
    "contact help \"help\" at \"mailto:help@example.org\".\n"
    "clause a:\n"
    "  customer MAY request stop or leave or slow via help.\n"
    "  we MUST do stop at once.\n"
    "  we MUST do leave within 3 days.\n"
    "  we MUST do slow within 1 month after closed or paid.\n"
    "  > x\n"
    "clause b:\n"
    "  we MUST erase order within 10 days after closed.\n"
    "  we MUST erase order within 30 days after paid.\n"
    "  we MUST erase order from cloud within 2 days if stopped.\n"
    "  > x\n"
    "clause c:\n"
    "  we MUST erase mail within 5 days after closed.\n"
    "  > x\n"
    "clause d:\n"
    "  we MUST keep mail for 20 days after paid.\n"
    "  we MUST keep mail for 40 days after paid if business.\n"
    "  we MUST keep mail for 50 years after breach.\n"
    "  > x\n"
    "clause e:\n"
    "  we MUST erase photo within 6 hours.\n"
    "  we MUST erase log within 1 day if asleep.\n"
    "  we MUST erase note within 1 day if asleep and stopped and not business.\n"
    "  we MUST erase tape within 2 weeks if business.\n"
    "  we MUST tell customer about breach within 72 hours.\n"
    "  > x\n"
    "clause f:\n"
    "  we MUST erase trail within 2 days after last waking or stop.\n"
    "  we MUST keep trail for 1 day after last paid.\n"
    "  > x\n"
    "clause g:\n"
    "  we MUST erase plan at least 3 days before moving.\n"
    "  we MUST do ready at least 1 month before moving or closed if not business.\n"
    "  we MUST tell customer about moving at least 12 hours before moving.\n"
    "  we MUST tell customer about moving at least 2 weeks before moving if asleep.\n"
    "  > x\n";

struct fixture {
    struct compilation compilation;
    const struct model *model;
};

static int
set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct text text = {policy, sizeof policy - 1};
    if (!f || !compile_text(&f->compilation, TEXT("test.policy"), text, STAGE_MODEL))
        return -1;
    f->model = f->compilation.model;
    *state = f;
    return f->compilation.diagnostics.errors == 0 ? 0 : -1;
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
    return f->model->symbols[symbol].leaves.low;
}

/* Days of March 2026, at noon UTC. */
static int64_t
march(int day)
{
    return civil_day((struct date){2026, 3, 1}) * SECONDS_PER_DAY + (day - 1) * SECONDS_PER_DAY +
           SECONDS_PER_DAY / 2;
}

static int64_t
end_of(int64_t noon)
{
    return noon + SECONDS_PER_DAY / 2 - 1;
}

enum { MOMENTS = 4, STATES = 4 };

struct situation {
    const char *what;
    struct {
        const char *what; /* "" is the collection */
        int64_t at;
    } moments[MOMENTS];
    const char *states[STATES]; /* "-name" is known not to hold */
};

static struct due
due_in(const struct fixture *f, const struct situation *s)
{
    struct moment_of moments[MOMENTS];
    struct due_question q = {.what = leaf_of(f, s->what), .moments = moments};
    for (; q.count < MOMENTS && s->moments[q.count].what; q.count++) {
        const char *what = s->moments[q.count].what;
        moments[q.count] =
            (struct moment_of){*what ? leaf_of(f, what) : NONE, s->moments[q.count].at};
    }
    for (size_t i = 0; i < STATES && s->states[i]; i++) {
        bool no = s->states[i][0] == '-';
        uint32_t leaf = leaf_of(f, s->states[i] + no);
        uint64_t bit = UINT64_C(1) << (leaf - f->model->first_leaf[KIND_STATE]);
        q.known |= bit;
        q.yes |= no ? 0 : bit;
    }
    return due_make(f->model, q);
}

static void
assert_due(struct fixture *f, struct situation s, avow_due_kind kind, avow_due_reason reason,
           int64_t at, char clause)
{
    struct due due = due_in(f, &s);
    assert_int_equal(due.kind, kind);
    assert_int_equal(due.reason, reason);
    assert_int_equal(due.at, at);
    if (clause == '-')
        assert_int_equal(due.clause, NONE);
    else
        assert_int_equal(f->model->clauses[due.clause].name.data[0], clause);
}

static void
test_requests(void **state)
{
    struct fixture *f = *state;
    assert_due(f, (struct situation){"stop", {{"stop", march(7)}}, {0}}, AVOW_DUE_AT_ONCE,
               AVOW_DUE_CERTAIN, march(7), 'a');
    assert_due(f, (struct situation){"leave", {{"leave", march(7)}}, {0}}, AVOW_DUE_AT,
               AVOW_DUE_CERTAIN, end_of(march(10)), 'a');
    /* A second receipt does not move the clock. */
    assert_due(f, (struct situation){"leave", {{"leave", march(9)}, {"leave", march(7)}}, {0}},
               AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(10)), 'a');
    /* With "after", the receipt starts nothing; the first of the events does. */
    assert_due(f, (struct situation){"slow", {{"slow", march(7)}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_NOT_STARTED, 0, 'a');
    assert_due(f, (struct situation){"slow", {{"paid", march(9)}, {"closed", march(8)}}, {0}},
               AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(8 + 31)), 'a');
}

static void
test_several_erasures(void **state)
{
    struct fixture *f = *state;
    const char *unstopped[STATES] = {"-stopped"};
    struct situation s = {"order", {{"closed", march(20)}, {"paid", march(1)}}, {0}};
    memcpy(s.states, unstopped, sizeof s.states);
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(30)), 'b');
    s.moments[0].at = march(22);
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(31)), 'b');
    /* The condition holds from a moment on; without that moment its clock has not started. */
    s.states[0] = "stopped";
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(31)), 'b');
    s.moments[2].what = "stopped";
    s.moments[2].at = march(5);
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(7)), 'b');
    /* Unknown: the earliest candidate binds. */
    s.states[0] = NULL;
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_POSSIBLE, end_of(march(7)), 'b');
    assert_int_not_equal(due_in(f, &s).missing, 0);
}

static void
test_keep(void **state)
{
    struct fixture *f = *state;
    struct situation s = {"mail", {{"closed", march(1)}}, {"-business"}};
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(6)), 'c');
    s.moments[1].what = "paid";
    s.moments[1].at = march(2);
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_KEPT, end_of(march(22)), 'd');
    s.states[0] = "business"; /* the longer one */
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_KEPT, end_of(march(42)), 'd');
    s.states[0] = NULL; /* what only possibly keeps moves nothing further */
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_KEPT, end_of(march(22)), 'd');
    assert_int_not_equal(due_in(f, &s).missing, 0);
    /* A keep that ended before moves nothing. */
    s.moments[1].at = march(2) - INT64_C(30) * SECONDS_PER_DAY;
    s.states[0] = "-business";
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(6)), 'c');
    /* One whose end is past the known years makes the answer unknown. */
    s.moments[1].what = "breach";
    s.moments[1].at = march(2);
    assert_due(f, s, AVOW_DUE_UNKNOWN, AVOW_DUE_PAST_ZONES, 0, 'd');
    /* Nothing is due as long as the erasure's clock stands. */
    s.moments[0].what = "waking";
    assert_due(f, s, AVOW_DUE_UNKNOWN, AVOW_DUE_NOT_STARTED, 0, 'c');
}

/* "after last": every report moves the clock, in whatever order they are told. */
static void
test_last(void **state)
{
    struct fixture *f = *state;
    struct situation s = {"trail", {{"waking", march(9)}, {"waking", march(3)}}, {0}};
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(11)), 'f');
    s.moments[2].what = "stop";
    s.moments[2].at = march(12);
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(14)), 'f');
    s.moments[3].what = "";
    s.moments[3].at = march(20); /* the collection is none of them */
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(14)), 'f');
    struct situation kept = {
        "trail", {{"waking", march(3)}, {"paid", march(20)}, {"paid", march(8)}}, {0}};
    assert_due(f, kept, AVOW_DUE_AT, AVOW_DUE_KEPT, end_of(march(21)), 'f');
    assert_due(f, (struct situation){"trail", {{"", march(3)}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_NOT_STARTED, 0, 'f');
}

/* Whole days lie between: neither the day of the event nor that of the instant is counted. */
static void
test_before(void **state)
{
    struct fixture *f = *state;
    struct situation s = {"plan", {{"moving", march(31)}, {"", march(2)}}, {0}};
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(27)), 'g');
    s.moments[1].what = "moving"; /* planned twice: the earlier */
    s.moments[1].at = march(20);
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(16)), 'g');
    assert_due(f, (struct situation){"plan", {{"", march(3)}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_NOT_STARTED, 0, 'g');
    /* The end of a month clamps: 31 March less a month is 28 February, which is left whole. */
    struct situation ready = {"ready", {{"closed", march(31)}, {"ready", march(1)}}, {"-business"}};
    assert_due(f, ready, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(-1)), 'g');
    ready.states[0] = "business";
    assert_due(f, ready, AVOW_DUE_NOTHING, AVOW_DUE_CERTAIN, 0, '-');
    /* Past what is known, either way. */
    assert_due(f, (struct situation){"plan", {{"moving", INT64_MAX}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_PAST_ZONES, 0, 'g');
    assert_due(f, (struct situation){"plan", {{"moving", f->model->calendar->from}}, {0}},
               AVOW_DUE_UNKNOWN, AVOW_DUE_PAST_ZONES, 0, 'g');
}

/* By when people must have been told of an event: whoever is told first. */
static void
test_event(void **state)
{
    struct fixture *f = *state;
    struct situation s = {"moving", {{"moving", march(31)}}, {"-asleep"}};
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, march(31) - 12 * 3600, 'g');
    s.states[0] = NULL;
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_POSSIBLE, end_of(march(16)), 'g');
    s.states[0] = "asleep"; /* since when does not matter: the event is the clock */
    assert_due(f, s, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(16)), 'g');
    assert_due(f, (struct situation){"breach", {{"breach", march(3)}}, {0}}, AVOW_DUE_AT,
               AVOW_DUE_CERTAIN, march(3) + 72 * 3600, 'e');
    assert_due(f, (struct situation){"paid", {{"paid", march(3)}}, {0}}, AVOW_DUE_NOTHING,
               AVOW_DUE_CERTAIN, 0, '-');
    assert_due(f, (struct situation){"moving", {{"moving", INT64_MIN}}, {"-asleep"}},
               AVOW_DUE_UNKNOWN, AVOW_DUE_PAST_ZONES, 0, 'g');
}

static void
test_conditions(void **state)
{
    struct fixture *f = *state;
    assert_due(f, (struct situation){"photo", {{"", march(3)}}, {0}}, AVOW_DUE_AT, AVOW_DUE_CERTAIN,
               march(3) + 6 * 3600, 'e');
    struct situation log = {"log", {{"asleep", march(3)}, {"asleep", march(9)}}, {"asleep"}};
    assert_due(f, log, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(10)), 'e'); /* the last time */
    log.states[0] = "-asleep"; /* reactivation cancels it */
    assert_due(f, log, AVOW_DUE_NOTHING, AVOW_DUE_CERTAIN, 0, '-');
    struct situation note = {
        "note", {{"asleep", march(3)}, {"stopped", march(5)}}, {"asleep", "stopped", "-business"}};
    assert_due(f, note, AVOW_DUE_AT, AVOW_DUE_CERTAIN, end_of(march(6)), 'e'); /* the later one */
    /* A condition of facts alone counts from collection. */
    assert_due(f, (struct situation){"tape", {{"", march(3)}}, {"business"}}, AVOW_DUE_AT,
               AVOW_DUE_CERTAIN, end_of(march(17)), 'e');
}

static void
test_nothing_and_nonsense(void **state)
{
    struct fixture *f = *state;
    assert_due(f, (struct situation){"free", {{"", march(3)}}, {0}}, AVOW_DUE_NOTHING,
               AVOW_DUE_CERTAIN, 0, '-');
    assert_due(f, (struct situation){"customer", {{"", march(3)}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_BAD_QUESTION, 0, '-');
    struct due_question far = {.what = NONE};
    assert_int_equal(due_make(f->model, far).reason, AVOW_DUE_BAD_QUESTION);
    assert_due(f, (struct situation){"photo", {{"", INT64_MAX}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_PAST_ZONES, 0, 'e');
    assert_due(f, (struct situation){"leave", {{"leave", INT64_MIN}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_PAST_ZONES, 0, 'a');
    assert_due(f, (struct situation){"leave", {{"leave", INT64_MAX}}, {0}}, AVOW_DUE_UNKNOWN,
               AVOW_DUE_PAST_ZONES, 0, 'a');
}

static void
test_telling(void **state)
{
    struct fixture *f = *state;
    struct moment_of moment = {leaf_of(f, "breach"), march(3)};
    struct due_question q = {.what = leaf_of(f, "customer"), .moments = &moment, .count = 1};
    struct due due = due_of_act(f->model, VERB_TELL, (struct set){NULL, 0}, q);
    assert_int_equal(due.kind, AVOW_DUE_AT);
    assert_int_equal(due.at, march(3) + 72 * 3600);
    struct interval closed = {leaf_of(f, "closed"), leaf_of(f, "closed") + 1};
    due = due_of_act(f->model, VERB_TELL, (struct set){&closed, 1}, q);
    assert_int_equal(due.kind, AVOW_DUE_NOTHING);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),   cmocka_unit_test(test_several_erasures),
        cmocka_unit_test(test_keep),       cmocka_unit_test(test_last),
        cmocka_unit_test(test_before),     cmocka_unit_test(test_event),
        cmocka_unit_test(test_conditions), cmocka_unit_test(test_nothing_and_nonsense),
        cmocka_unit_test(test_telling),
    };
    return cmocka_run_group_tests_name("due", tests, set_up, tear_down);
}
