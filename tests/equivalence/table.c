/* Walks a points file through a table, and prints a digest of all else that the table says. On
 * machines of any byte order.
 *
 * cc -DTABLE=ID_image ID_policy.c table.c walk.c: table POINTS
 * cc table.c walk.c:                              table POINTS BUNDLE */
#include "tests/equivalence/walk.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef TABLE
extern const uint64_t TABLE[];
#endif

enum { POINT = 40, MOMENTS = 4, QUESTIONS = 40 };

static uint64_t
little_endian(const unsigned char *bytes, unsigned count)
{
    uint64_t number = 0;
    while (count-- > 0)
        number = number << 8 | bytes[count];
    return number;
}

static int
read_point(FILE *file, struct walk_point *point)
{
    unsigned char b[POINT];
    if (fread(b, sizeof b, 1, file) != 1)
        return 0;
    *point =
        (struct walk_point){(uint32_t)little_endian(b, 4),     (uint32_t)little_endian(b + 4, 4),
                            (uint32_t)little_endian(b + 8, 4), (uint32_t)little_endian(b + 12, 4),
                            little_endian(b + 16, 8),          little_endian(b + 24, 8),
                            little_endian(b + 32, 8)};
    return 1;
}

static uint64_t
fold_text(uint64_t digest, avow_text text)
{
    for (size_t i = 0; i < text.length; i++)
        digest = walk_fold(digest, (unsigned char)text.data[i]);
    return walk_fold(digest, text.length);
}

/* Names and all that is said of them; each is found again by its name, or the digest shows it. */
static uint64_t
fold_names(uint64_t digest, const avow_table *table)
{
    for (int kind = 0; kind < AVOW_KINDS; kind++)
        for (uint32_t i = 0; i < avow_count(table, (avow_kind)kind); i++) {
            avow_id id = avow_first(table, (avow_kind)kind) + i;
            avow_text name = avow_name(table, id);
            digest = fold_text(fold_text(digest, name), avow_label(table, id));
            digest = fold_text(digest, avow_address(table, id));
            digest = walk_fold(digest, avow_bit(table, id));
            digest =
                walk_fold(digest, avow_find(table, (avow_kind)kind, name.data, name.length) == id);
        }
    return digest;
}

static uint64_t
fold_clauses(uint64_t digest, const avow_table *table)
{
    for (uint32_t i = 0; i < avow_clause_count(table); i++) {
        avow_clause c = avow_clause_at(table, i);
        digest = fold_text(fold_text(digest, c.name), c.anchor);
        digest = fold_text(fold_text(digest, c.words), c.section_title);
        digest = walk_fold(digest, c.section);
    }
    avow_identity identity = avow_identify(table);
    digest = fold_text(fold_text(digest, identity.policy), identity.title);
    digest = fold_text(fold_text(digest, identity.language), identity.revision);
    digest = walk_fold(fold_text(digest, identity.tzdata), (uint32_t)identity.effective);
    for (unsigned i = 0; i < 32; i++)
        digest = walk_fold(digest, identity.content[i] | (uint32_t)identity.vocabulary[i] << 8);
    return digest;
}

static uint64_t
next_random(uint64_t *random)
{
    *random = (*random ^ *random >> 31) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    return *random >> 16;
}

/* What happened, within thirty years of the effective day or at any time at all. */
static avow_moment
any_moment(const avow_table *table, uint64_t *random)
{
    int64_t day = avow_identify(table).effective, at = (int64_t)(next_random(random) << 20);
    uint32_t low = avow_first(table, AVOW_REQUEST), high = avow_first(table, AVOW_STATE);
    uint32_t what = low + (uint32_t)(next_random(random) % (high + 4 - low));
    if (next_random(random) % 8 != 0)
        at = day * 86400 + (int64_t)(next_random(random) % 1000000000) - 40000000;
    return (avow_moment){next_random(random) % 3 == 0 ? AVOW_NONE : what, at};
}

static uint64_t
fold_deadlines(uint64_t digest, const avow_table *table)
{
    uint64_t random = 1;
    for (avow_id what = 0; what < avow_first(table, AVOW_STATE); what++)
        for (int i = 0; i < QUESTIONS; i++) {
            avow_moment moments[MOMENTS];
            for (int k = 0; k < MOMENTS; k++)
                moments[k] = any_moment(table, &random);
            avow_due_question q = {what,
                                   moments,
                                   (size_t)(i % (MOMENTS + 1)),
                                   {next_random(&random), next_random(&random)}};
            avow_due due = avow_when_due(table, &q);
            digest = walk_fold(digest, due.kind | (uint32_t)due.reason << 8);
            digest = walk_fold(walk_fold(digest, due.clause), (uint64_t)due.at);
            digest = walk_fold(digest, due.missing);
        }
    return digest;
}

static const avow_table *
table_of(const char *path)
{
#ifdef TABLE
    return path == NULL ? (const avow_table *)(const void *)TABLE : NULL;
#else
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    void *bytes = aligned_alloc(64, 1 << 20);
    if (file == NULL || bytes == NULL)
        return NULL;
    size_t size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return avow_open(bytes, size, NULL);
#endif
}

static int
walk_points(const avow_table *table, FILE *file, unsigned long *count)
{
    struct walk_point point;
    for (; read_point(file, &point); ++*count)
        if (walk_table(table, &point) != point.digest) {
            printf("DIFFERENCE at actor %u verb %u object %u target %u\n", (unsigned)point.actor,
                   (unsigned)point.verb, (unsigned)point.object, (unsigned)point.target);
            return 0;
        }
    return *count > 0;
}

int
main(int argc, char **argv)
{
    FILE *file = argc == 2 || argc == 3 ? fopen(argv[1], "rb") : NULL;
    const avow_table *table = table_of(argc == 3 ? argv[2] : NULL);
    unsigned long count = 0;
    if (file == NULL || table == NULL) {
        printf("the points cannot be read, or there is no table\n");
        return 2;
    }
    int good = walk_points(table, file, &count);
    uint64_t digest = fold_deadlines(fold_clauses(fold_names(0, table), table), table);
    printf("points %lu digest %llu\n", count, (unsigned long long)digest);
    return fclose(file) == 0 && good ? 0 : 1;
}
