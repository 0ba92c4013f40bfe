/* What a table says of states, against the model it was made from, and against the answers. */
#include "runtime/store/lifecycle.h"
#include "compiler/compile.h"
#include "compiler/table/table.h"
#include "tests/unit/fixture.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct loaded {
    struct compilation compilation;
    void *bytes;
    const avow_table *table;
};

/* Of a policy that was compiled into *loaded. */
static void
open_table(struct loaded *loaded)
{
    struct compilation *c = &loaded->compilation;
    if (c->diagnostics.errors > 0)
        print_error("%.*s\n", TEXT_ARGS(c->diagnostics.list.at[0].message));
    assert_int_equal(c->diagnostics.errors, 0);
    if (setjmp(c->arena.out_of_memory) != 0)
        abort();
    struct image image = image_make(&c->arena, c->model);
    struct buffer out = buffer_in(&c->arena);
    table_bundle(c->model, &image, &out);
    loaded->bytes = malloc(out.length);
    assert_non_null(loaded->bytes);
    memcpy(loaded->bytes, out.data, out.length);
    loaded->table = avow_open(loaded->bytes, out.length, NULL);
    assert_non_null(loaded->table);
}

static void
unload(struct loaded *loaded)
{
    free(loaded->bytes);
    compilation_free(&loaded->compilation);
}

static bool
same(avow_text got, struct text wanted)
{
    return got.length == wanted.length && (got.data != NULL) == (wanted.length > 0) &&
           (wanted.length == 0 || memcmp(got.data, wanted.data, wanted.length) == 0);
}

/* The clause of a state, looked for as the header describes it. */
static uint32_t
clause_in(const struct model *model, const struct symbol *state, uint64_t bit)
{
    for (uint32_t clause = 0; clause < model->clause_count; clause++)
        for (size_t i = 0; i < model->rule_count; i++)
            if (model->rules[i].clause == clause &&
                ((model->rules[i].when.need | model->rules[i].when.forbid) & bit) != 0)
                return clause;
    for (uint32_t clause = 0; clause < model->clause_count; clause++)
        for (size_t i = 0; i < model->duty_count; i++)
            for (uint32_t l = 0; l < model->first_leaf[KIND_COUNT]; l++)
                if (model->duties[i].clause == clause && model->duties[i].verb == VERB_DO &&
                    set_has(model->duties[i].objects, l) && set_has(state->after, l))
                    return clause;
    return AVOW_NONE;
}

/* Owners and switches, for every number there is and some that are none. */
static void
check_sets(const struct loaded *loaded, uint32_t index, const struct symbol *state)
{
    uint32_t leaves = loaded->compilation.model->first_leaf[KIND_COUNT];
    for (uint32_t l = 0; l < leaves + 3; l++) {
        unsigned on = l < leaves && set_has(state->after, l) ? SWITCH_ON : SWITCH_NONE;
        unsigned off = l < leaves && set_has(state->until, l) ? SWITCH_OFF : SWITCH_NONE;
        assert_int_equal(lifecycle_switch_of(loaded->table, index, l), on | off);
        assert_int_equal(lifecycle_is_of(loaded->table, index, l),
                         l < leaves && set_has(state->owners, l));
    }
    assert_int_equal(lifecycle_switch_of(loaded->table, index, AVOW_NONE), SWITCH_NONE);
    assert_false(lifecycle_is_of(loaded->table, index, AVOW_NONE));
}

static void
check_state(const struct loaded *loaded, uint32_t index)
{
    const struct model *model = loaded->compilation.model;
    uint32_t number = model->first_leaf[KIND_STATE] + index;
    const struct symbol *state = leaf(model, number);
    struct lifecycle_state got = lifecycle_state_at(loaded->table, index);
    assert_int_equal(got.state, number);
    assert_int_equal(got.bit, UINT64_C(1) << index);
    assert_true(same(got.name, state->name));
    assert_true(same(got.formerly, state->formerly));
    assert_int_equal(got.of_record, model->symbols[state->owner].kind == KIND_DATA);
    assert_int_equal(got.stored, state->after.count > 0);
    assert_int_equal(got.clause, clause_in(model, state, got.bit));
    check_sets(loaded, index, state);
}

static avow_point
random_point(const struct model *model, struct chance *chance)
{
    avow_point point = {.verb = below(chance, AVOW_VERBS)};
    uint32_t *parts[] = {&point.actor, &point.object, &point.target};
    for (unsigned axis = 0; axis < 3; axis++) {
        struct interval range = axis_of(model, (enum verb)point.verb, axis);
        *parts[axis] =
            range.low == range.high ? AVOW_NONE : range.low + below(chance, range.high - range.low);
    }
    return point;
}

/* What was seen to happen to a yes when states were switched. */
struct seen {
    uint64_t on, off; /* states that, alone switched so, turned a yes into a no */
};

/* Chooses all facts and states, so that of each one-of group one holds. */
static avow_states
random_states(const struct model *model, struct chance *chance)
{
    avow_states states = {draw(chance), UINT64_MAX};
    for (size_t i = 0; i < model->one_of_count; i++) {
        uint64_t group = model->one_of[i];
        uint32_t skip = below(chance, (uint32_t)__builtin_popcountll(group));
        states.yes &= ~group;
        while (skip-- > 0)
            group &= group - 1;
        states.yes |= group & (~group + 1);
    }
    return states;
}

static bool
allowed(const avow_table *table, avow_point point, avow_states states)
{
    return avow_allowed(avow_ask(table, point, states)) != 0;
}

/* The states after a request or event; false if it does to and fro. */
static bool
after(const avow_table *table, avow_id what, avow_states *states)
{
    for (uint32_t i = 0; i < lifecycle_count(table); i++) {
        enum lifecycle_switch to = lifecycle_switch_of(table, i, what);
        if (to == SWITCH_BOTH)
            return false;
        if (to == SWITCH_ON)
            states->yes |= UINT64_C(1) << i;
        if (to == SWITCH_OFF)
            states->yes &= ~(UINT64_C(1) << i);
    }
    return true;
}

/* A yes may become a no only as the flags say, and what only refuses makes no yes. */
static void
switch_at(const struct loaded *loaded, avow_point point, avow_states states, struct seen *seen)
{
    const avow_table *table = loaded->table;
    bool before = allowed(table, point, states);
    for (uint32_t i = 0; i < lifecycle_count(table); i++) {
        uint64_t bit = UINT64_C(1) << i;
        avow_states other = {states.yes ^ bit, states.known};
        if (before && !allowed(table, point, other))
            *((states.yes & bit) != 0 ? &seen->off : &seen->on) |= bit;
    }
    if (before)
        return;
    for (int kind = AVOW_REQUEST; kind <= AVOW_EVENT; kind++)
        for (uint32_t i = 0; i < avow_count(table, (avow_kind)kind); i++) {
            avow_id what = avow_first(table, (avow_kind)kind) + i;
            avow_states then = states;
            if (lifecycle_only_refuses(table, what) && after(table, what, &then))
                assert_false(allowed(table, point, then));
        }
}

/* The flags of a state as its rules give them. */
static void
check_flags(const struct loaded *loaded, uint32_t index)
{
    const struct model *model = loaded->compilation.model;
    struct lifecycle_state state = lifecycle_state_at(loaded->table, index);
    bool on = false, off = false;
    for (size_t i = 0; i < model->rule_count; i++) {
        bool may = model->rules[i].mode == MODE_MAY;
        uint64_t need = model->rules[i].when.need, forbid = model->rules[i].when.forbid;
        on = on || ((may ? forbid : need) & state.bit) != 0;
        off = off || ((may ? need : forbid) & state.bit) != 0;
    }
    assert_int_equal(state.on_refuses, on);
    assert_int_equal(state.off_refuses, off);
}

static struct seen
check_policy(const struct loaded *loaded, uint32_t points)
{
    const struct model *model = loaded->compilation.model;
    uint32_t states = model->first_leaf[KIND_STATE + 1] - model->first_leaf[KIND_STATE];
    struct chance chance = {11};
    struct seen seen = {0, 0};
    assert_int_equal(lifecycle_count(loaded->table), states);
    for (uint32_t i = 0; i < points; i++)
        switch_at(loaded, random_point(model, &chance), random_states(model, &chance), &seen);
    for (uint32_t i = 0; i < states; i++) {
        struct lifecycle_state state = lifecycle_state_at(loaded->table, i);
        check_state(loaded, i);
        check_flags(loaded, i);
        assert_true((seen.on & state.bit) == 0 || state.on_refuses);
        assert_true((seen.off & state.bit) == 0 || state.off_refuses);
    }
    struct lifecycle_state none = lifecycle_state_at(loaded->table, states);
    assert_int_equal(none.state, AVOW_NONE);
    assert_int_equal(none.clause, AVOW_NONE);
    assert_null(none.name.data);
    assert_int_equal(lifecycle_switch_of(loaded->table, states, 0), SWITCH_NONE);
    assert_false(lifecycle_is_of(loaded->table, states, 0));
    return seen;
}

static void
policies_of_the_tree(void **state)
{
    uint32_t states = 0, refused = 0;
    glob_t found;
    (void)state;
    assert_int_equal(glob("policies/*.policy", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct loaded loaded = {0};
        assert_true(compile(&loaded.compilation, text_of(found.gl_pathv[i]), STAGE_CHECKED));
        open_table(&loaded);
        struct seen seen = check_policy(&loaded, 20000);
        states += lifecycle_count(loaded.table);
        refused += (uint32_t)__builtin_popcountll(seen.on | seen.off);
        unload(&loaded);
    }
    globfree(&found);
    assert_true(states > 15 && refused > 8);
}

/* Each state is another case; the policy asks for little, and need not be a good one. */
static const char shapes[] =
    "---\npolicy: shapes\ntitle: Shapes\nlanguage: en\neffective: 2026-03-01\nrevision: "
    "\"1\"\n---\n"
    "person buyer \"buyer\".\n"
    "person team.lead \"lead\".\n"
    "person team.member \"member\".\n"
    "data order \"order\" of buyer.\n"
    "data note \"note\" of buyer.\n"
    "purpose news \"news\".\n"
    "purpose offers \"offers\".\n"
    "audience public \"the public\".\n"
    "request stop.mail \"stop mail\".\n"
    "request stop.offers \"stop offers\".\n"
    "request start \"start\".\n"
    "request hide \"hide\".\n"
    "request swap \"swap\".\n"
    "request count \"count me\".\n"
    "event moved \"moving\" of buyer.\n"
    "state stopped \"stopped\" of buyer after stop until start formerly no-mail.\n"
    "state wanting \"wanting\" of team after start until stop.mail.\n"
    "state hidden \"hidden\" of order after hide formerly private.\n"
    "state mixed \"mixed\" of buyer after swap.\n"
    "state counted \"counted\" of buyer after count.\n"
    "state idle \"idle\" of buyer after moved.\n"
    "fact court \"a court says so\".\n"
    "contact desk \"our desk\" at \"mailto:desk@org.example\".\n"
    "clause plain: we MAY use note for news.\n> One {note}.\n"
    "clause counting: we MUST do count at once.\n> Two.\n"
    "clause mail: we MAY email buyer about news if not stopped.\n> Three.\n"
    "clause wish: we MAY email team about offers if wanting.\n> Four.\n"
    "clause shown: we NEVER show order to public if hidden. we MAY show order to public if not "
    "mixed.\n> Five.\n"
    "clause mix: we MAY use order for news if mixed.\n> Six.\n"
    "clause again: we NEVER email buyer about offers if stopped. we MUST do stop or start or hide "
    "or swap within 1 day.\n> Seven.\n";

static struct lifecycle_state
named(const avow_table *table, const char *name)
{
    avow_id state = avow_find(table, AVOW_STATE, name, strlen(name));
    assert_int_not_equal(state, AVOW_NONE);
    return lifecycle_state_at(table, state - avow_first(table, AVOW_STATE));
}

static void
check_named(const avow_table *table, const char *name, bool on_refuses, bool off_refuses,
            const char *clause)
{
    struct lifecycle_state state = named(table, name);
    assert_int_equal(state.on_refuses, on_refuses);
    assert_int_equal(state.off_refuses, off_refuses);
    if (clause)
        assert_string_equal(avow_clause_at(table, state.clause).name.data, clause);
    else
        assert_int_equal(state.clause, AVOW_NONE);
}

static bool
only_refuses(const avow_table *table, avow_kind kind, const char *name)
{
    avow_id what = avow_find(table, kind, name, strlen(name));
    assert_int_not_equal(what, AVOW_NONE);
    return lifecycle_only_refuses(table, what);
}

static void
each_shape(void **state)
{
    struct loaded loaded = {0};
    (void)state;
    assert_true(
        compile_text(&loaded.compilation, TEXT("shapes.policy"), text_of(shapes), STAGE_MODEL));
    open_table(&loaded);
    const avow_table *table = loaded.table;
    check_policy(&loaded, 20000);
    check_named(table, "stopped", true, false, "mail");
    check_named(table, "wanting", false, true, "wish");
    check_named(table, "hidden", true, false, "shown");
    check_named(table, "mixed", true, true, "shown");
    check_named(table, "counted", false, false, "counting");
    check_named(table, "idle", false, false, NULL);
    assert_string_equal(named(table, "stopped").formerly.data, "no-mail");
    assert_null(named(table, "wanting").formerly.data);
    assert_string_equal(named(table, "hidden").formerly.data, "private");
    assert_true(named(table, "hidden").of_record && !named(table, "stopped").of_record);
    assert_true(named(table, "idle").stored);
    /* On refuses, and off of another refuses; one of the two; permits; both ways; nothing. */
    assert_true(only_refuses(table, AVOW_REQUEST, "stop.mail"));
    assert_true(only_refuses(table, AVOW_REQUEST, "stop.offers"));
    assert_true(only_refuses(table, AVOW_REQUEST, "hide"));
    assert_false(only_refuses(table, AVOW_REQUEST, "start"));
    assert_false(only_refuses(table, AVOW_REQUEST, "swap"));
    assert_false(only_refuses(table, AVOW_REQUEST, "count"));
    assert_false(only_refuses(table, AVOW_EVENT, "moved"));
    unload(&loaded);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_of_the_tree),
        cmocka_unit_test(each_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
