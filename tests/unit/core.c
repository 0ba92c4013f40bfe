/* What a table says besides decisions: names, clauses, who it is, and which of two is in force. */
#include "compiler/compile.h"
#include "compiler/table/table.h"
#include "runtime/avow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char head[] = "---\n"
                           "policy: %s\n"
                           "title: A title\n"
                           "language: en\n"
                           "effective: %s\n"
                           "revision: \"%s\"\n"
                           "---\n";

enum { LEAVES = 16 };

static const char body[] = "system mailer.of-newsletters-of-ours-one.sender \"the mailer\".\n"
                           "system mailer.of-newsletters-of-ours-two.sender \"the other mailer\".\n"
                           "person customer \"customer\".\n"
                           "data a \"the letter a\" of customer.\n"
                           "data order.mail \"mail\" of customer.\n"
                           "data order.phone \"phone\" of customer.\n"
                           "data abcdefgh \"eight\" of customer.\n"
                           "data abcdefghi \"nine\" of customer.\n"
                           "purpose use \"use\".\n"
                           "purpose news \"news\".\n"
                           "request stop \"stop\".\n"
                           "state stopped \"stopped\" of customer after stop.\n"
                           "fact sunday \"it is Sunday\".\n"
                           "contact help \"our help\" at \"mailto:help@org.example\".\n"
                           "clause first:\n"
                           "  we MAY use a for use.\n"
                           "  customer MAY request stop via help.\n"
                           "  we MUST do stop at once.\n"
                           "  > The first clause.\n"
                           "section part \"The title of a part\"\n"
                           "clause second:\n"
                           "  we MAY email customer about news if not stopped.\n"
                           "  > The second clause.\n"
                           "section other \"Other\"\n"
                           "clause third:\n"
                           "  we MAY show order to us if sunday.\n"
                           "  > The third clause.\n";

struct loaded {
    void *bytes;
    size_t size;
    const avow_table *table;
};

static struct loaded
load(const char *policy, const char *effective, const char *revision)
{
    static char text[8192]; /* set before setjmp and a possible longjmp */
    struct compilation c = {0};
    struct loaded loaded = {0};
    int length = snprintf(text, sizeof text, head, policy, effective, revision);
    length += snprintf(text + length, sizeof text - (size_t)length, "%s", body);
    assert_true(
        compile_text(&c, TEXT("x.policy"), (struct text){text, (size_t)length}, STAGE_CHECKED));
    assert_int_equal(c.diagnostics.errors, 0);
    if (setjmp(c.arena.out_of_memory) != 0)
        abort();
    struct image image = image_make(&c.arena, c.model);
    struct buffer out = buffer_in(&c.arena);
    table_bundle(c.model, &image, &out);
    loaded.size = out.length;
    loaded.bytes = aligned_alloc(64, (out.length + 63) & ~(size_t)63);
    assert_non_null(loaded.bytes);
    memcpy(loaded.bytes, out.data, out.length);
    loaded.table = avow_open(loaded.bytes, loaded.size, NULL);
    assert_non_null(loaded.table);
    compilation_free(&c);
    return loaded;
}

static int
set_up(void **state)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);
    if (!loaded)
        return -1;
    *loaded = load("org", "2026-03-01", "1");
    *state = loaded;
    return 0;
}

static int
tear_down(void **state)
{
    struct loaded *loaded = *state;
    free(loaded->bytes);
    free(loaded);
    return 0;
}

static void
assert_text(avow_text text, const char *wanted)
{
    assert_non_null(text.data);
    assert_int_equal(text.length, strlen(wanted));
    assert_string_equal(text.data, wanted);
}

static avow_id
find(const avow_table *table, avow_kind kind, const char *name)
{
    return avow_find(table, kind, name, strlen(name));
}

static void
names_are_found(void **state)
{
    const avow_table *table = ((struct loaded *)*state)->table;
    uint32_t found = 0;
    for (int kind = 0; kind < AVOW_KINDS; kind++)
        for (uint32_t i = 0; i < avow_count(table, (avow_kind)kind); i++, found++) {
            avow_id id = avow_first(table, (avow_kind)kind) + i;
            avow_text name = avow_name(table, id);
            assert_int_equal(avow_find(table, (avow_kind)kind, name.data, name.length), id);
            for (int other = 0; other < AVOW_KINDS; other++)
                if (other != kind && strcmp(name.data, "us") != 0)
                    assert_int_equal(avow_find(table, (avow_kind)other, name.data, name.length),
                                     AVOW_NONE);
        }
    assert_int_equal(found, LEAVES);
    assert_int_equal(avow_first(table, AVOW_VALUE), AVOW_NONE);
    assert_int_equal(avow_count(table, AVOW_KINDS), 0);
    assert_int_not_equal(find(table, AVOW_SYSTEM, "us"), find(table, AVOW_AUDIENCE, "us"));
}

/* Whatever byte of a name is another, or missing, or too many. */
static void
other_names_are_not(void **state)
{
    const avow_table *table = ((struct loaded *)*state)->table;
    for (avow_id id = 0; id < LEAVES; id++) {
        char near[80] = {0};
        avow_text name = avow_name(table, id);
        for (size_t at = 0; at < name.length; at++) {
            memcpy(near, name.data, name.length);
            near[at] ^= 1;
            for (int kind = 0; kind < AVOW_KINDS; kind++) {
                avow_id got = avow_find(table, (avow_kind)kind, near, name.length);
                assert_true(got == AVOW_NONE ||
                            memcmp(avow_name(table, got).data, near, name.length) == 0);
            }
        }
        memcpy(near, name.data, name.length);
        near[name.length] = 'x';
        for (int kind = 0; kind < AVOW_KINDS; kind++)
            assert_int_equal(avow_find(table, (avow_kind)kind, near, name.length + 1), AVOW_NONE);
    }
    assert_int_equal(find(table, AVOW_DATA, "order"), AVOW_NONE); /* a group */
    assert_int_equal(find(table, AVOW_DATA, ""), AVOW_NONE);
    assert_int_equal(avow_find(table, AVOW_DATA, NULL, 0), AVOW_NONE);
    assert_int_equal(avow_find(NULL, AVOW_DATA, "a", 1), AVOW_NONE);
    assert_int_equal(find(table, AVOW_SYSTEM, "mailer.of-newsletters-of-ours-six.sender"),
                     AVOW_NONE);
}

static avow_point
point(const avow_table *table, const char *actor, const char *verb, const char *object,
      const char *target)
{
    return avow_find_point(table,
                           &(avow_named_point){actor, verb, object, target, strlen(actor),
                                               strlen(verb), strlen(object), strlen(target)});
}

static void
questions_by_names(void **state)
{
    static const char *const verbs[AVOW_VERBS] = {"collect", "store", "use",  "show", "share",
                                                  "email",   "text",  "call", "post"};
    const avow_table *table = ((struct loaded *)*state)->table;
    for (uint32_t verb = 0; verb < AVOW_VERBS; verb++)
        assert_int_equal(point(table, "us", verbs[verb], "a", "news").verb, verb);
    assert_int_equal(point(table, "us", "erase", "a", "news").verb, AVOW_NONE);
    assert_int_equal(point(table, "us", "collects", "a", "news").verb, AVOW_NONE);
    avow_point p = point(table, "us", "use", "a", "news");
    assert_int_equal(p.actor, find(table, AVOW_SYSTEM, "us"));
    assert_int_equal(p.object, find(table, AVOW_DATA, "a"));
    assert_int_equal(p.target, find(table, AVOW_PURPOSE, "news"));
    p = point(table, "us", "show", "order.mail", "us");
    assert_int_equal(p.target, find(table, AVOW_AUDIENCE, "us"));
    assert_int_equal(point(table, "customer", "use", "a", "news").actor, AVOW_NONE);
    p = point(table, "us", "email", "a", "news"); /* data is not written to */
    assert_int_equal(p.object, AVOW_NONE);
    assert_int_equal(avow_ask(table, p, (avow_states){0, 0}).reason, AVOW_REASON_BAD_POINT);
    assert_int_equal(avow_find_point(table, NULL).verb, AVOW_NONE);
    assert_int_equal(avow_find_point(NULL, NULL).verb, AVOW_NONE);
}

static void
texts(void **state)
{
    const avow_table *table = ((struct loaded *)*state)->table;
    avow_id help = find(table, AVOW_CONTACT, "help"), a = find(table, AVOW_DATA, "a");
    assert_text(avow_name(table, help), "help");
    assert_text(avow_label(table, help), "our help");
    assert_text(avow_address(table, help), "mailto:help@org.example");
    assert_text(avow_label(table, a), "the letter a");
    assert_null(avow_address(table, a).data);
    assert_null(avow_name(table, AVOW_NONE).data);
    assert_null(avow_name(NULL, a).data);
    assert_true(avow_bit(table, find(table, AVOW_STATE, "stopped")) == 1);
    assert_true(avow_bit(table, find(table, AVOW_FACT, "sunday")) == 2);
    assert_true(avow_bit(table, a) == 0 && avow_bit(table, AVOW_NONE) == 0);
    assert_true(avow_bit(NULL, 0) == 0);
    assert_string_equal(avow_error_text(AVOW_ERROR_HASH),
                        "The bundle was changed after it was made.");
    assert_string_equal(avow_error_text((avow_error)99), "This error is not known.");
    assert_string_equal(avow_reason_text(AVOW_REASON_NO_CLAUSE), "No clause permits it.");
    assert_string_equal(avow_reason_text((avow_reason)-1), "This reason is not known.");
}

static void
clauses(void **state)
{
    const avow_table *table = ((struct loaded *)*state)->table;
    assert_int_equal(avow_clause_count(table), 3);
    avow_clause c = avow_clause_at(table, 0);
    assert_text(c.name, "first");
    assert_text(c.anchor, "first");
    assert_text(c.words, "The first clause.");
    assert_null(c.section_title.data);
    assert_int_equal(c.section, 0);
    c = avow_clause_at(table, 2);
    assert_text(c.name, "third");
    assert_text(c.section_title, "Other");
    assert_int_equal(c.section, 2);
    assert_null(avow_clause_at(table, 3).name.data);
    assert_null(avow_clause_at(table, AVOW_NONE).name.data);
    assert_null(avow_clause_at(NULL, 0).name.data);
    assert_int_equal(avow_clause_count(NULL), 0);
    avow_identity identity = avow_identify(table);
    assert_text(identity.policy, "org");
    assert_text(identity.title, "A title");
    assert_text(identity.language, "en");
    assert_text(identity.revision, "1");
    assert_int_equal(identity.effective, 20513);
    assert_int_not_equal(identity.content[0] | identity.content[31], 0);
    assert_int_equal(avow_identify(NULL).effective, 0);
}

static avow_error
replace(const char *effective, const char *revision, const struct loaded *current, int32_t today)
{
    struct loaded next = load("org", effective, revision);
    avow_error error = avow_may_replace(next.table, current->table, today);
    free(next.bytes);
    return error;
}

static void
later_tables_replace(void **state)
{
    enum { DAY = 20513 }; /* 2026-03-01 */
    const struct loaded *now = *state;
    struct loaded other = load("orf", "2027-03-01", "1");
    assert_int_equal(avow_may_replace(NULL, now->table, DAY), AVOW_ERROR_STRUCTURE);
    assert_int_equal(avow_may_replace(now->table, NULL, DAY), AVOW_OK);
    assert_int_equal(avow_may_replace(now->table, NULL, DAY - 1), AVOW_ERROR_NOT_YET);
    assert_int_equal(avow_may_replace(now->table, now->table, DAY), AVOW_OK);
    assert_int_equal(avow_may_replace(other.table, now->table, DAY + 1000), AVOW_ERROR_POLICY);
    assert_int_equal(replace("2026-02-28", "2", now, DAY), AVOW_ERROR_OLDER);
    assert_int_equal(replace("2026-03-02", "0", now, DAY + 1), AVOW_OK);
    assert_int_equal(replace("2026-03-02", "0", now, DAY), AVOW_ERROR_NOT_YET);
    assert_int_equal(replace("2026-03-01", "0", now, DAY), AVOW_ERROR_OLDER);
    assert_int_equal(replace("2026-03-01", "2", now, DAY), AVOW_OK);
    free(other.bytes);
}

/* Revisions from the oldest to the newest: numbers count as numbers, all else by its bytes. */
static void
revisions_have_an_order(void **state)
{
    static const char *const rising[] = {"-",
                                         "1",
                                         "1.9",
                                         "1.10",
                                         "1a",
                                         "2",
                                         "2.1b",
                                         "9",
                                         "10",
                                         "12345678",
                                         "123456789",
                                         "987654321",
                                         "1000000000000000000",
                                         "A",
                                         "a",
                                         "a2",
                                         "a10",
                                         "b"};
    enum { COUNT = sizeof rising / sizeof *rising };
    struct loaded all[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        all[i] = load("org", "2026-03-01", rising[i]);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++)
            assert_int_equal(avow_may_replace(all[i].table, all[k].table, 30000),
                             i < k ? AVOW_ERROR_OLDER : AVOW_OK);
    for (size_t i = 0; i < COUNT; i++)
        free(all[i].bytes);
}

static avow_error
open_as(const void *bytes, size_t size)
{
    avow_error error = AVOW_OK;
    return avow_open((void *)(uintptr_t)bytes, size, &error) ? AVOW_OK : error;
}

static void
bundles_that_are_none(void **state)
{
    const struct loaded *good = *state;
    unsigned char *bytes = good->bytes;
    assert_int_equal(open_as(bytes, good->size), AVOW_OK);
    assert_int_equal(open_as(bytes + 4, good->size - 4), AVOW_ERROR_ALIGNMENT);
    assert_int_equal(open_as(NULL, good->size), AVOW_ERROR_SHORT);
    assert_int_equal(open_as(bytes, 7), AVOW_ERROR_SHORT);
    assert_int_equal(open_as(bytes, 43), AVOW_ERROR_SHORT);
    assert_int_equal(open_as(bytes, 200), AVOW_ERROR_SHORT);
    assert_int_equal(open_as(bytes, good->size - 1), AVOW_ERROR_SHORT);
    for (size_t i = 0; i < good->size; i++) {
        bytes[i] ^= 4;
        avow_error wanted = i < 8               ? AVOW_ERROR_MAGIC
                            : i >= 40 && i < 44 ? AVOW_ERROR_ABI
                                                : AVOW_ERROR_HASH;
        avow_error error = open_as(bytes, good->size);
        if (i >= 44 && i < 48 && error == AVOW_ERROR_SHORT)
            wanted = error; /* a size that is larger now is seen before anything is hashed */
        assert_int_equal(error, wanted);
        bytes[i] ^= 4;
    }
    assert_int_equal(open_as(bytes, good->size), AVOW_OK);
}

/* Signatures may stand behind a bundle: whatever is there is not read. */
static void
bytes_behind_a_bundle(void **state)
{
    const struct loaded *good = *state;
    unsigned char *longer = aligned_alloc(8, good->size + 104);
    assert_non_null(longer);
    memcpy(longer, good->bytes, good->size);
    for (int fill = 0; fill < 256; fill += 85) {
        memset(longer + good->size, fill, 104);
        for (size_t more = 0; more <= 104; more++)
            assert_int_equal(open_as(longer, good->size + more), AVOW_OK);
    }
    longer[good->size - 1] ^= 1;
    assert_int_equal(open_as(longer, good->size + 104), AVOW_ERROR_HASH);
    longer[good->size - 1] ^= 1;
    longer[44] ^= 8; /* a size that takes in what stands behind, or leaves out the end */
    assert_int_equal(open_as(longer, good->size + 104), AVOW_ERROR_HASH);
    free(longer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(other_names_are_not),
        cmocka_unit_test(questions_by_names),
        cmocka_unit_test(texts),
        cmocka_unit_test(clauses),
        cmocka_unit_test(later_tables_replace),
        cmocka_unit_test(revisions_have_an_order),
        cmocka_unit_test(bundles_that_are_none),
        cmocka_unit_test(bytes_behind_a_bundle),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
