/* How names and words are written into generated C. */
#include "compiler/table/identifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;

static int
begin(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static const char *
string_of(struct buffer *out)
{
    buffer_char(out, '\0');
    return out->data;
}

static void
check_comment(const char *words, const char *wanted)
{
    struct buffer out = buffer_in(&arena);
    comment_add(&out, text_of(words));
    assert_string_equal(string_of(&out), wanted);
}

static void
comments_cannot_be_left(void **state)
{
    (void)state;
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    check_comment("plain", "plain");
    check_comment("", "");
    check_comment("a */ b", "a * / b");
    check_comment("a /* b", "a / * b");
    check_comment("*/*/", "* / * /");
    check_comment("/*/", "/ * /");
    check_comment("**//", "** //");
    check_comment("\n", "<U+000A>");
    check_comment("a\r\tb\x7F", "a<U+000D><U+0009>b<U+007F>");
    check_comment("?"
                  "?/",
                  "? ?/");
    check_comment("?"
                  "?"
                  "?",
                  "? ? ?");
}

static void
comments_cannot_turn(void **state)
{
    (void)state;
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    check_comment("\xE2\x80\xAE", "<U+202E>"); /* right-to-left override */
    check_comment("\xE2\x81\xA6", "<U+2066>"); /* isolate */
    check_comment("\xE2\x80\xA8", "<U+2028>"); /* line separator */
    check_comment("\xC2\x85", "<U+0085>");     /* next line */
    check_comment("\xEF\xBB\xBF", "<U+FEFF>"); /* byte order mark */
    check_comment("\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80",
                  "\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80");
}

static void
literals_keep_their_bytes(void **state)
{
    (void)state;
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    struct buffer out = buffer_in(&arena);
    literal_add(&out, text_of("a\"b\\c'd?e\n\xC3\xBC"
                              "1"));
    assert_string_equal(string_of(&out), "a\\\"b\\\\c\\'d\\077e\\012\\303\\2741");
}

static struct prefix
prefix_of(const char *id)
{
    struct settings settings = {.policy = text_of(id)};
    struct model model = {.settings = &settings};
    return identifier_prefix(&arena, &model);
}

static void
check_prefix(const char *id, const char *small, const char *capitals)
{
    struct prefix prefix = prefix_of(id);
    assert_true(text_equal(prefix.small, text_of(small)));
    assert_true(text_equal(prefix.capitals, text_of(capitals)));
}

static void
prefixes_are_the_policys(void **state)
{
    (void)state;
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    check_prefix("acme", "acme", "ACME");
    check_prefix("my-shop-2", "my_shop_2", "MY_SHOP_2");
    check_prefix("avow", "policy_avow", "POLICY_AVOW");
    check_prefix("avow-states", "policy_avow_states", "POLICY_AVOW_STATES");
    check_prefix("avowed", "avowed", "AVOWED");
    check_prefix("2nd", "policy_2nd", "POLICY_2ND");
}

static void
templates_are_filled(void **state)
{
    (void)state;
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    struct buffer out = buffer_in(&arena);
    template_add(&out, prefix_of("a-b"), "@_x ^_Y@^.");
    assert_string_equal(string_of(&out), "a_b_x A_B_Ya_bA_B.");
}

static void
hashes_are_hex(void **state)
{
    (void)state;
    if (setjmp(arena.out_of_memory) != 0)
        fail();
    struct buffer out = buffer_in(&arena);
    buffer_hex(&out, (const uint8_t[]){0x00, 0x0F, 0xF0, 0xFF}, 4);
    assert_string_equal(string_of(&out), "000ff0ff");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comments_cannot_be_left, begin, end),
        cmocka_unit_test_setup_teardown(comments_cannot_turn, begin, end),
        cmocka_unit_test_setup_teardown(literals_keep_their_bytes, begin, end),
        cmocka_unit_test_setup_teardown(prefixes_are_the_policys, begin, end),
        cmocka_unit_test_setup_teardown(templates_are_filled, begin, end),
        cmocka_unit_test_setup_teardown(hashes_are_hex, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
