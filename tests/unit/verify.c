/* Tables in which one word is another: avow_open refuses them, or every call is as safe as before
 * (this links tests/fuzz/bundle.c, which makes all of them; sanitizers look on). */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;
static jmp_buf out_of_memory; /* set in main, which outlives every test */

static struct buffer
bundle_of(uint64_t seed, uint32_t leaves_of_kind, uint32_t rules, enum verb verb)
{
    struct fixture *f = fixture_new(&arena, seed);
    uint32_t n = leaves_of_kind;
    const uint32_t leaves[KIND_COUNT] = {n, n, n, n, n, 2, 2, 2, 8, 3, 2, 1};
    add_vocabulary(f, leaves, 3);
    *VECTOR_PUSH(&arena, &f->one_of) = UINT64_C(7) << 8;
    const struct model *model = fixture_model(f, add_random_rules(f, rules, verb));
    struct image image = image_make(&arena, model);
    struct buffer out = buffer_in(&arena);
    table_bundle(model, &image, &out);
    return out;
}

static uint32_t
word_at(const struct buffer *bundle, size_t word)
{
    return table_load_4((const unsigned char *)bundle->data + word * 4);
}

static void
put_word(struct buffer *bundle, size_t word, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bundle->data[word * 4 + i] = (char)(value >> 8 * i & 0xff);
}

/* What avow_open says of it, sealed anew. */
static avow_error
open_error(const struct buffer *bundle)
{
    unsigned char *bytes = malloc(bundle->length);
    avow_error error = AVOW_OK;
    assert_non_null(bytes);
    memcpy(bytes, bundle->data, bundle->length);
    avow_sha256(bytes + TABLE_SEALED_FROM, bundle->length - TABLE_SEALED_FROM, bytes + AT_SEAL * 4);
    const avow_table *table = avow_open(bytes, bundle->length, &error);
    assert_int_equal(table != NULL, error == AVOW_OK);
    free(bytes);
    return error;
}

/* Words at the edges of what is allowed are the likeliest to be let through. */
static void
change_words(struct buffer bundle, size_t every, struct chance *chance)
{
    uint32_t words = word_at(&bundle, AT_SECTIONS + SECTION_COUNT);
    for (size_t i = AT_SIZE + 1; i < words; i += 1 + below(chance, (uint32_t)every * 2 - 1)) {
        uint32_t old = word_at(&bundle, i);
        const uint32_t values[] = {0,
                                   old + 1,
                                   old - 1,
                                   old ^ TABLE_LAST,
                                   old ^ CASE_NO_MAY,
                                   TABLE_NONE,
                                   INT32_MAX,
                                   words - 1,
                                   word_at(&bundle, AT_SECTIONS + below(chance, SECTION_COUNT)),
                                   (uint32_t)draw(chance)};
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            put_word(&bundle, i, values[k]);
            LLVMFuzzerTestOneInput((const uint8_t *)bundle.data, bundle.length);
        }
        put_word(&bundle, i, old);
    }
}

static void
plain_tables(void **state)
{
    struct chance chance = {3};
    (void)state;
    change_words(bundle_of(1, 3, 12, VERB_QUESTIONS), 2, &chance);
}

static void
wide_tables(void **state)
{
    struct chance chance = {5};
    struct buffer bundle = bundle_of(2, 16, 40, VERB_STORE);
    (void)state;
    assert_true(word_at(&bundle, AT_SECTIONS + SECTION_NODES + 1) >
                word_at(&bundle, AT_SECTIONS + SECTION_NODES) + TABLE_PATH_MAX);
    print_message("# %zu bytes\n", bundle.length);
    change_words(bundle, 24, &chance);
}

/* A place may be any word of a set: what is read there ends with the section, though nothing but
 * zeros stands behind it. */
static void
sets_that_are_entered_in_the_middle(void **state)
{
    struct fixture *f = fixture_new(&arena, 9);
    const uint32_t leaves[KIND_COUNT] = {4, 1, 1, 2, 1, 1, 3, 2, 3, 1, 1, 1};
    (void)state;
    add_vocabulary(f, leaves, 0);
    uint32_t data = f->model.first_leaf[KIND_DATA], request = f->model.first_leaf[KIND_REQUEST];
    for (uint32_t i = 0; i < 3; i++)
        *VECTOR_PUSH(&arena, &f->duties) =
            (struct duty){.verb = VERB_ERASE,
                          .objects = set_of(f, data, data + 4),
                          .after = set_of(f, request, request + 1 + i),
                          .timing = {.form = TIMING_WITHIN, .amount = 1, .unit = UNIT_DAY}};
    struct image image = image_make(&arena, fixture_model(f, 1));
    struct buffer bundle = buffer_in(&arena);
    table_bundle(&f->model, &image, &bundle);
    uint32_t sets = word_at(&bundle, AT_SECTIONS + SECTION_SETS);
    uint32_t behind = word_at(&bundle, AT_SECTIONS + SECTION_SETS + 1);
    uint32_t duties = word_at(&bundle, AT_SECTIONS + SECTION_DUTIES);
    uint32_t states = word_at(&bundle, AT_SECTIONS + SECTION_STATES);
    assert_int_equal(behind, word_at(&bundle, AT_SECTIONS + SECTION_COUNT));
    memset(bundle.data + (size_t)behind * 4, 0, bundle.length - (size_t)behind * 4);
    for (uint32_t at = sets; at < behind; at++) {
        for (uint32_t i = 0; i < 3; i++) {
            put_word(&bundle, duties + i * DUTY_WORDS + DUTY_OBJECTS, at);
            put_word(&bundle, duties + i * DUTY_WORDS + DUTY_AFTER, at);
            put_word(&bundle, states + i * STATE_WORDS + STATE_OWNERS, at);
            put_word(&bundle, states + i * STATE_WORDS + STATE_UNTIL, at);
        }
        assert_int_equal(open_error(&bundle), AVOW_OK);
        LLVMFuzzerTestOneInput((const uint8_t *)bundle.data, bundle.length);
    }
}

/* What a record of a state may not say. */
static void
states_that_are_refused(void **state)
{
    struct buffer bundle = bundle_of(4, 3, 12, VERB_QUESTIONS);
    uint32_t at = word_at(&bundle, AT_SECTIONS + SECTION_STATES);
    uint32_t sets = word_at(&bundle, AT_SECTIONS + SECTION_SETS);
    uint32_t behind = word_at(&bundle, AT_SECTIONS + SECTION_SETS + 1);
    uint32_t clauses = word_at(&bundle, AT_CLAUSE_COUNT);
    uint32_t first = word_at(&bundle, AT_FIRST_LEAF + KIND_STATE + 1);
    const struct {
        uint32_t word, value;
        avow_error error;
    } changes[] = {
        {at + STATE_OWNERS, 0, AVOW_ERROR_STRUCTURE},
        {at + STATE_OWNERS, STATE_ON_REFUSES | STATE_OFF_REFUSES, AVOW_ERROR_STRUCTURE},
        {at + STATE_OWNERS, sets - 1, AVOW_ERROR_STRUCTURE},
        {at + STATE_OWNERS, (behind - 1) | STATE_ON_REFUSES, AVOW_OK},
        {at + STATE_OWNERS, behind | STATE_ON_REFUSES, AVOW_ERROR_STRUCTURE},
        {at + STATE_AFTER, 0, AVOW_OK},
        {at + STATE_AFTER, sets, AVOW_OK},
        {at + STATE_AFTER, STATE_ON_REFUSES | sets, AVOW_ERROR_STRUCTURE},
        {at + STATE_UNTIL, behind - 1, AVOW_OK},
        {at + STATE_UNTIL, behind, AVOW_ERROR_STRUCTURE},
        {at + STATE_CLAUSE, clauses - 1, AVOW_OK},
        {at + STATE_CLAUSE, TABLE_NONE, AVOW_OK},
        {at + STATE_CLAUSE, clauses, AVOW_ERROR_STRUCTURE},
        /* A state more than there are records, and one less. */
        {AT_FIRST_LEAF + KIND_STATE + 1, first + 1, AVOW_ERROR_STRUCTURE},
        {AT_FIRST_LEAF + KIND_STATE + 1, first - 1, AVOW_ERROR_STRUCTURE},
    };
    (void)state;
    assert_int_equal(open_error(&bundle), AVOW_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        uint32_t old = word_at(&bundle, changes[i].word);
        put_word(&bundle, changes[i].word, changes[i].value);
        assert_int_equal(open_error(&bundle), changes[i].error);
        put_word(&bundle, changes[i].word, old);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_tables),
        cmocka_unit_test(wide_tables),
        cmocka_unit_test(sets_that_are_entered_in_the_middle),
        cmocka_unit_test(states_that_are_refused),
    };
    arena_init(&arena);
    if (setjmp(out_of_memory) != 0)
        abort();
    memcpy(arena.out_of_memory, out_of_memory, sizeof out_of_memory);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
