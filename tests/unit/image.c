/* The table against the reference at the points of random models, and its size for models that
 * were made to be hard to index. */
#include "compiler/model/answer.h"
#include "compiler/table/table.h"
#include "runtime/avow.h"
#include "runtime/core/table.h"
#include "tests/unit/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static jmp_buf out_of_memory; /* set in main, which outlives every test */

static void
take_arena(struct arena *taken)
{
    arena_init(taken);
    memcpy(taken->out_of_memory, out_of_memory, sizeof out_of_memory);
}

static int
begin(void **state)
{
    (void)state;
    take_arena(&arena);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* The model's table, through a bundle. */
static const avow_table *
open_model(const struct model *model, struct image *image)
{
    struct buffer out = buffer_in(&arena);
    avow_error error;
    *image = image_make(&arena, model);
    table_bundle(model, image, &out);
    void *memory = arena_alloc(&arena, out.length);
    memcpy(memory, out.data, out.length);
    const avow_table *table = avow_open(memory, out.length, &error);
    if (!table)
        print_error("%s\n", avow_error_text(error));
    assert_non_null(table);
    return table;
}

static const uint8_t verdict_of[] = {
    [VERDICT_UNSTATED] = AVOW_UNSTATED,
    [VERDICT_FORBIDDEN] = AVOW_FORBIDDEN,
    [VERDICT_ALLOWED] = AVOW_ALLOWED,
    [VERDICT_BAD_QUESTION] = AVOW_REFUSED,
};

static void
check_citations(const avow_table *table, avow_question question, struct answer wanted,
                avow_answer got)
{
    uint32_t clause = got.clause;
    for (size_t i = 0; i < wanted.clause_count; i++) {
        assert_int_equal(clause, wanted.clauses[i]);
        clause = avow_next_clause(table, &question, clause);
    }
    assert_int_equal(clause, AVOW_NONE);
}

static avow_answer
check_point(const struct model *model, const avow_table *table, avow_question q)
{
    struct arena scratch;
    take_arena(&scratch);
    struct question question = {q.point.actor,  (enum verb)q.point.verb,
                                q.point.object, q.point.target,
                                q.states.yes,   q.states.known};
    struct answer wanted = answer_make(model, &scratch, question);
    avow_answer got = avow_ask(table, q.point, q.states);
    assert_int_equal(got.verdict, verdict_of[wanted.verdict]);
    assert_true(got.missing == wanted.missing);
    assert_int_equal(got.possible, got.verdict == AVOW_FORBIDDEN && got.missing != 0);
    if (wanted.verdict != VERDICT_BAD_QUESTION) {
        avow_reason reason = got.missing != 0               ? AVOW_REASON_UNKNOWN
                             : got.verdict == AVOW_UNSTATED ? AVOW_REASON_NO_CLAUSE
                                                            : AVOW_REASON_CLAUSE;
        assert_int_equal(got.reason, reason);
        check_citations(table, q, wanted, got);
    } else {
        assert_int_equal(got.reason, AVOW_REASON_BAD_STATES);
        assert_int_equal(got.clause, AVOW_NONE);
    }
    arena_free(&scratch);
    return got;
}

static avow_states
random_states(struct chance *chance)
{
    uint64_t yes = draw(chance), known = draw(chance);
    switch (below(chance, 4)) {
    case 0:
        return (avow_states){0, 0};
    case 1:
        return (avow_states){yes, UINT64_MAX};
    case 2:
        return (avow_states){yes & draw(chance) & draw(chance), UINT64_MAX};
    default:
        return (avow_states){yes, known | draw(chance)};
    }
}

static uint32_t
random_leaf(struct chance *chance, struct interval range)
{
    return range.low + below(chance, range.high - range.low);
}

/* Points drawn evenly, and points that some rule has; counts what came out by verdict. */
static void
check_points(struct fixture *f, const avow_table *table, uint32_t count, uint32_t verdicts[4])
{
    const struct model *model = &f->model;
    for (uint32_t i = 0; i < count; i++) {
        const struct rule *rule =
            model->rule_count > 0 && i % 4 != 0
                ? &model->rules[below(&f->chance, (uint32_t)model->rule_count)]
                : NULL;
        enum verb verb = rule ? rule->verb : (enum verb)below(&f->chance, VERB_QUESTIONS);
        uint32_t leaf[3];
        for (unsigned axis = 0; axis < 3; axis++) {
            struct interval range = axis_of(model, verb, axis);
            struct set set = {&range, 1};
            if (rule && below(&f->chance, 4) != 0)
                set = axis == 0 ? rule->actors : axis == 1 ? rule->objects : rule->targets;
            leaf[axis] = random_leaf(&f->chance, set.at[below(&f->chance, (uint32_t)set.count)]);
        }
        avow_question q = {{leaf[0], (uint32_t)verb, leaf[1], leaf[2]}, random_states(&f->chance)};
        verdicts[check_point(model, table, q).verdict]++;
    }
}

static bool
is_wide(const avow_table *table, enum verb verb)
{
    const uint32_t *words = (const uint32_t *)(const void *)table;
    return (words[AT_VERBS + (uint32_t)verb * VERB_WORDS + VERB_CELLS] & CELLS_WIDE) != 0;
}

static void
small_models(void **state)
{
    (void)state;
    uint32_t verdicts[4] = {0};
    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct fixture *f = fixture_new(&arena, seed);
        uint32_t n = 1 + below(&f->chance, 8);
        const uint32_t leaves[KIND_COUNT] = {n, n, n, 1 + n / 2, n, n / 2, 2, 2, n, n / 2, 2, 1};
        struct image image;
        add_vocabulary(f, leaves, below(&f->chance, 4));
        if (seed % 5 == 0 && n >= 4)
            *VECTOR_PUSH(&arena, &f->one_of) = 3;
        uint32_t clauses = add_random_rules(f, below(&f->chance, 40), VERB_QUESTIONS);
        const struct model *model = fixture_model(f, clauses);
        check_points(f, open_model(model, &image), 200, verdicts);
    }
    for (unsigned i = 0; i < 4; i++)
        assert_true(verdicts[i] > 100);
}

static uint32_t
words_in(const struct image *image, enum table_section section)
{
    uint32_t from = AT_SECTIONS + (uint32_t)section;
    return image_word(image, from + 1) - image_word(image, from);
}

/* Enough rules of one verb to need the wide index, over trees of every depth. */
static void
wide_models(void **state)
{
    (void)state;
    uint32_t verdicts[4] = {0}, wide = 0, nodes = 0, boxes = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        end(NULL);
        begin(NULL);
        struct fixture *f = fixture_new(&arena, seed);
        uint32_t n = 20 + below(&f->chance, 60);
        const uint32_t leaves[KIND_COUNT] = {n, n, n, n, n, n / 8, 2, 2, 40, 9, 2, 1};
        struct image image;
        add_vocabulary(f, leaves, (uint32_t)seed % 12);
        if (seed % 5 == 0)
            *VECTOR_PUSH(&arena, &f->one_of) = UINT64_C(7) << 40;
        uint32_t clauses =
            add_random_rules(f, 300 + below(&f->chance, 900), (enum verb)(1 + seed % 3));
        const avow_table *table = open_model(fixture_model(f, clauses), &image);
        for (enum verb verb = 0; verb < VERB_QUESTIONS; verb++)
            wide += is_wide(table, verb);
        nodes += words_in(&image, SECTION_NODES) > 0;
        boxes += words_in(&image, SECTION_SETS) > 100;
        check_points(f, table, 1500, verdicts);
    }
    assert_true(wide > 30 && nodes > 20 && boxes > 20);
    for (unsigned i = 0; i < 4; i++)
        assert_true(verdicts[i] > 100);
}

/* Vocabulary for the shapes below: data in ten groups of many leaves, purposes flat. */
static struct fixture *
shape_fixture(uint32_t data, uint32_t purposes)
{
    struct fixture *f = fixture_new(&arena, 7);
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        begin_kind(f, kind);
        uint32_t count = kind == KIND_DATA ? data : kind == KIND_PURPOSE ? purposes : 1;
        for (uint32_t i = 0; i < count;) {
            uint32_t members = kind == KIND_DATA ? (data + 9) / 10 : 0, group = NONE;
            if (members > 0)
                group = add_symbol(f, kind, arena_format(&arena, "g%u", (unsigned)i), NONE, true);
            uint32_t until = members > 0 ? i + members : i + 1;
            for (; i < until && i < count; i++)
                add_symbol(f, kind, arena_format(&arena, "n%u-%u", (unsigned)kind, (unsigned)i),
                           group, false);
            if (group != NONE)
                close_group(f, group);
        }
        end_kind(f, kind);
    }
    return f;
}

typedef void shape(struct fixture *f, uint32_t i, uint32_t count);

static struct set
leaf_of(struct fixture *f, enum kind kind, uint32_t i)
{
    uint32_t first = f->model.first_leaf[kind];
    uint32_t count = f->model.first_leaf[kind + 1] - first;
    return set_of(f, first + i % count, first + i % count + 1);
}

static struct set
all_of(struct fixture *f, enum kind kind)
{
    return set_of(f, f->model.first_leaf[kind], f->model.first_leaf[kind + 1]);
}

static struct cube
state_needed(uint32_t i)
{
    return (struct cube){i % 2, 0};
}

/* Half of the rules are about one thing for everything, half about everything for one thing. */
static void
crossing(struct fixture *f, uint32_t i, uint32_t count)
{
    bool first = i < count / 2;
    add_rule(f, i % 3 == 0 ? MODE_MAY : MODE_NEVER, VERB_USE, all_of(f, KIND_SYSTEM),
             first ? leaf_of(f, KIND_DATA, i) : all_of(f, KIND_DATA),
             first ? all_of(f, KIND_PURPOSE) : leaf_of(f, KIND_PURPOSE, i), state_needed(i), i);
}

/* Every rule names the same large group, whose members are also named one by one. */
static void
large_group(struct fixture *f, uint32_t i, uint32_t count)
{
    uint32_t low = f->model.first_leaf[KIND_DATA], all = f->model.first_leaf[KIND_DATA + 1] - low;
    struct set group = set_of(f, low + all / 10, low + all / 10 * 2);
    add_rule(f, MODE_MAY, VERB_USE, leaf_of(f, KIND_SYSTEM, 0),
             i < count / 2 ? group : leaf_of(f, KIND_DATA, i), leaf_of(f, KIND_PURPOSE, i),
             state_needed(i), i);
}

/* What "MAY only" becomes: a permission for one, a prohibition of all others. */
static void
only_one(struct fixture *f, uint32_t i, uint32_t count)
{
    (void)count;
    struct set one = leaf_of(f, KIND_PURPOSE, i);
    add_rule(f, MODE_MAY, VERB_USE, leaf_of(f, KIND_SYSTEM, 0), leaf_of(f, KIND_DATA, i), one,
             (struct cube){0, 0}, i);
    add_rule(f, MODE_NEVER, VERB_USE, all_of(f, KIND_SYSTEM), leaf_of(f, KIND_DATA, i),
             set_minus(f->arena, all_of(f, KIND_PURPOSE), one), (struct cube){0, 0}, i);
}

/* A group less one of its members. */
static void
holes_in_groups(struct fixture *f, uint32_t i, uint32_t count)
{
    (void)count;
    uint32_t low = f->model.first_leaf[KIND_DATA], all = f->model.first_leaf[KIND_DATA + 1] - low;
    uint32_t group = low + i % 10 * (all / 10);
    struct set members = set_of(f, group, group + all / 10);
    add_rule(f, i % 2 == 0 ? MODE_NEVER : MODE_MAY, VERB_USE, all_of(f, KIND_SYSTEM),
             set_minus(f->arena, members, set_of(f, group + 1 + i % 7, group + 2 + i % 7)),
             leaf_of(f, KIND_PURPOSE, i), state_needed(i), i);
}

/* Plain pairs: what large policies consist of. */
static void
pairs(struct fixture *f, uint32_t i, uint32_t count)
{
    (void)count;
    add_rule(f, i % 4 == 0 ? MODE_NEVER : MODE_MAY, VERB_USE, leaf_of(f, KIND_SYSTEM, 0),
             leaf_of(f, KIND_DATA, i), leaf_of(f, KIND_PURPOSE, i * 7 + 1), state_needed(i), i);
}

static const struct {
    const char *name;
    shape *make;
} shapes[] = {{"crossing", crossing},
              {"large group", large_group},
              {"only one", only_one},
              {"holes in groups", holes_in_groups},
              {"pairs", pairs}};

/* Words for each rule and leaf: the same bound for every shape and size. */
enum { MOST_WORDS = 60 };

static void
sizes_are_linear(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (uint32_t count = 500; count <= 10000; count *= 20) {
            uint32_t verdicts[4] = {0};
            struct image image;
            end(NULL);
            begin(NULL);
            struct fixture *f = shape_fixture(count, count / 2);
            for (uint32_t i = 0; i < count; i++)
                shapes[s].make(f, i, count);
            const avow_table *table = open_model(fixture_model(f, count), &image);
            size_t units = f->rules.count + f->leaf_symbol.count;
            print_message("# %s %u: %zu words, %.1f for each rule and leaf, %s\n", shapes[s].name,
                          (unsigned)count, image.word_count,
                          (double)image.word_count / (double)units,
                          is_wide(table, VERB_USE) ? "wide" : "plain");
            assert_true(image.word_count < MOST_WORDS * units);
            assert_true(is_wide(table, VERB_USE));
            check_points(f, table, count == 500 ? 2000 : 200, verdicts);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(small_models, begin, end),
        cmocka_unit_test_setup_teardown(wide_models, begin, end),
        cmocka_unit_test_setup_teardown(sizes_are_linear, begin, end),
    };
    if (setjmp(out_of_memory) != 0)
        abort();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
