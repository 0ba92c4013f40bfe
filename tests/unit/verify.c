/* Tables in which one word is another: avow_open refuses them, or every call is as safe as before
 * (this links tests/fuzz/bundle.c, which makes all of them; sanitizers look on). */
#include "compiler/table/table.h"
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_tables),
        cmocka_unit_test(wide_tables),
    };
    arena_init(&arena);
    if (setjmp(out_of_memory) != 0)
        abort();
    memcpy(arena.out_of_memory, out_of_memory, sizeof out_of_memory);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
