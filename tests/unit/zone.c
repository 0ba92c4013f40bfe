/* Zone files: what they say, and that a damaged one is refused without harm. */
#include "compiler/model/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t from = 1740787200, until = 2561414400; /* 2025-03-01, 2051-03-01 */

struct fixture {
    struct arena arena;
    struct text file;
};

static int
set_up(void **state)
{
    static char bytes[65536];
    struct fixture *f = calloc(1, sizeof *f);
    FILE *stream = fopen("/usr/share/zoneinfo/Africa/Casablanca", "rb");
    if (!f || !stream)
        return -1;
    f->file = (struct text){bytes, fread(bytes, 1, sizeof bytes, stream)};
    fclose(stream);
    arena_init(&f->arena);
    *state = f;
    return f->file.length > 100 ? 0 : -1;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    arena_free(&f->arena);
    free(f);
    return 0;
}

/* Either refused with a reason, or in order and within the years. */
static void
assert_sound(struct zone zone)
{
    if (zone.problem.length > 0) {
        assert_true(zone.mend.length > 0);
        return;
    }
    assert_true(zone.change_count > 0);
    assert_int_equal(zone.changes[0].instant, from);
    for (size_t i = 1; i < zone.change_count; i++) {
        assert_true(zone.changes[i].instant > zone.changes[i - 1].instant);
        assert_int_not_equal(zone.changes[i].offset, zone.changes[i - 1].offset);
        assert_true(zone.changes[i].instant < until);
    }
}

/* A copy of exactly that length, so that a read past the end is seen. */
static void
decode(struct fixture *f, const char *bytes, size_t length)
{
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    assert_sound(
        zone_decode(&f->arena, TEXT("Some/Zone"), (struct text){copy, length}, from, until));
    free(copy);
    arena_free(&f->arena);
}

static void
test_every_shorter_file(void **state)
{
    struct fixture *f = *state;
    for (size_t length = 0; length <= f->file.length; length++)
        decode(f, f->file.data, length);
}

static void
test_every_byte_changed(void **state)
{
    static const unsigned char values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    struct fixture *f = *state;
    char *bytes = malloc(f->file.length);
    assert_non_null(bytes);
    for (size_t at = 0; at < f->file.length; at++)
        for (size_t i = 0; i < sizeof values; i++) {
            memcpy(bytes, f->file.data, f->file.length);
            bytes[at] = (char)values[i];
            decode(f, bytes, f->file.length);
        }
    free(bytes);
}

/* A version 2 file without changes, of one type, with that rule behind it. */
static struct zone
zone_of_rule(struct fixture *f, const char *rule)
{
    static const unsigned char empty[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1};
    struct buffer file = buffer_in(&f->arena);
    for (int part = 0; part < 2; part++) {
        buffer_add(&file, (struct text){(const char *)empty, sizeof empty});
        buffer_add(&file, (struct text){"\0\0\0\0\0\0", 6});
    }
    buffer_format(&file, "\n%s\n", rule);
    return zone_decode(&f->arena, TEXT("Some/Zone"), buffer_text(&file), from, until);
}

static void
test_rules(void **state)
{
    struct fixture *f = *state;
    struct zone zone = zone_of_rule(f, "CET-1CEST,M3.5.0,M10.5.0/3");
    assert_sound(zone);
    assert_int_equal(zone.changes[0].offset, 3600);
    assert_int_equal(zone.changes[1].instant, 1743296400); /* 2025-03-30 01:00 UTC */
    assert_int_equal(zone.changes[1].offset, 7200);
    assert_int_equal(zone.changes[2].instant, 1761440400); /* 2025-10-26 01:00 UTC */
    /* Summer time all year: one offset, no change (RFC 9636, 3.3.1). */
    zone = zone_of_rule(f, "XXX3EDT4,0/0,J365/23");
    assert_sound(zone);
    assert_int_equal(zone.change_count, 1);
    assert_int_equal(zone.changes[0].offset, -4 * 3600);
    zone = zone_of_rule(f, "<-03>3");
    assert_sound(zone);
    assert_int_equal(zone.changes[0].offset, -3 * 3600);
    /* Days with and without 29 February: the 60th of 2028 is 29 February, "J60" is 1 March. */
    zone = zone_of_rule(f, "AAA0BBB,J60/0,J300/0");
    assert_int_equal(zone_offset(zone.changes, zone.change_count, 1835481599), 0);
    assert_int_equal(zone_offset(zone.changes, zone.change_count, 1835481600), 3600);
    zone = zone_of_rule(f, "AAA0BBB,59/0,299/0");
    assert_int_equal(zone_offset(zone.changes, zone.change_count, 1835395200), 3600);
    assert_int_equal(zone_offset(zone.changes, zone.change_count, 1835395199), 0);
}

static void
test_wrong_rules(void **state)
{
    static const char *const rules[] = {
        "CET",
        "CET-1CEST",
        "CE-1",
        "CET-25",
        "CET-1CEST,",
        "CET-1CEST,M3.5.0",
        "<CET-1",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,J0,J3",
        "CET-1CEST,366,3",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1:60",
        "CET-1CEST,M3.5.0,M10.5.0x",
        "CET-",
        "CET-1CEST,J,J",
        "-1",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        assert_true(zone_of_rule(f, rules[i]).problem.length > 0);
    /* A file that does not say what comes next does not reach to the end of the years. */
    assert_true(zone_of_rule(f, "").problem.length > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_shorter_file),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_wrong_rules),
    };
    return cmocka_run_group_tests_name("zone", tests, set_up, tear_down);
}
