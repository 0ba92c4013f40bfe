/* Times what an address of a list costs: its identity, then one look into a table of all subjects.
 *
 * filter SUBJECTS ADDRESSES   10000000 1000000 to measure, 1000 1000 to try
 *
 * A line of output: what, nanoseconds an address. `bare` is a table of 64-byte buckets with eight
 * whole words, the least that anybody could write; `compact` is what avowd filter uses. Of several
 * rounds the shortest time counts. */
#include "runtime/store/compact_set.h"
#include "runtime/store/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 64, ROUNDS = 5, WORDS = 8 };

struct bench {
    const struct keys *keys;
    uint64_t subjects, addresses;
    uint64_t *bare, buckets;
    struct compact_set set;
};

static uint64_t
mixed(uint64_t number)
{
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static void
fail(const char *why)
{
    fprintf(stderr, "filter: %s\n", why);
    exit(1);
}

static void
make_tables(struct bench *bench)
{
    static const uint8_t usual[8];
    bench->buckets = bench->subjects / 6 + 1;
    bench->bare = aligned_alloc(64, bench->buckets * 64);
    if (!bench->bare || !compact_make(&bench->set, bench->subjects))
        fail("no memory");
    memset(bench->bare, 0, bench->buckets * 64);
    for (uint64_t i = 0; i < bench->subjects; i++) {
        uint64_t words[2] = {mixed(2 * i), mixed(2 * i + 1)};
        uint8_t key[16];
        memcpy(key, words, sizeof key);
        bench->bare[words[0] % bench->buckets * WORDS + i % WORDS] = words[1];
        if (!compact_add(&bench->set, compact_place_of(&bench->set, key, usual), i % 4))
            fail("the set is full");
    }
}

static struct subject
identify(const struct bench *bench, uint64_t number)
{
    char text[64];
    struct subject identity;
    int length = snprintf(text, sizeof text, "user%" PRIu64 "@mail%" PRIu64 ".example", number,
                          number % 1000);
    if (identity_of(bench->keys, 1, AVOW_IDENTITY_EMAIL, text, (size_t)length, &identity, NULL) !=
        AVOW_STORE_OK)
        fail("no identity");
    return identity;
}

static uint64_t
only_text(const struct bench *bench)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < bench->addresses; i++) {
        char text[64];
        sum += (uint64_t)snprintf(text, sizeof text, "user%" PRIu64 "@mail%" PRIu64 ".example", i,
                                  i % 1000);
    }
    return sum;
}

static uint64_t
with_bare(const struct bench *bench)
{
    uint64_t found = 0;
    for (uint64_t i = 0; i < bench->addresses; i++) {
        struct subject identity = identify(bench, i);
        uint64_t words[2];
        memcpy(words, identity.key, sizeof words);
        const uint64_t *bucket = bench->bare + words[0] % bench->buckets * WORDS;
        for (int k = 0; k < WORDS; k++)
            found += bucket[k] == words[1];
    }
    return found;
}

static uint64_t
with_compact(const struct bench *bench)
{
    struct compact_place place[BATCH];
    uint64_t found = 0;
    for (uint64_t i = 0; i < bench->addresses; i += BATCH) {
        uint64_t count = bench->addresses - i < BATCH ? bench->addresses - i : BATCH;
        for (uint64_t k = 0; k < count; k++) {
            struct subject identity = identify(bench, i + k);
            place[k] = compact_place_of(&bench->set, identity.key, identity.exact);
            compact_prefetch(&bench->set, place[k]);
        }
        for (uint64_t k = 0; k < count; k++)
            found += compact_find(&bench->set, place[k]).classes != 0;
    }
    return found;
}

static double
best(const struct bench *bench, uint64_t (*run)(const struct bench *))
{
    double least = 1e9;
    volatile uint64_t kept;
    for (int i = 0; i < ROUNDS; i++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        kept = run(bench);
        clock_gettime(CLOCK_MONOTONIC, &to);
        double took = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
        least = took / (double)bench->addresses < least ? took / (double)bench->addresses : least;
    }
    (void)kept;
    return least;
}

int
main(int argc, char **argv)
{
    char folder[] = "/tmp/avow-filter-XXXXXX", keys[64], command[128];
    struct bench bench = {0};
    if (argc != 3)
        fail("give how many subjects, and how many addresses");
    bench.subjects = strtoull(argv[1], NULL, 10);
    bench.addresses = strtoull(argv[2], NULL, 10);
    if (bench.subjects == 0 || bench.addresses == 0 || !mkdtemp(folder))
        fail("give numbers above 0");
    snprintf(keys, sizeof keys, "%s/keys", folder);
    if (keys_create(keys, NULL) != AVOW_STORE_OK ||
        keys_load(keys, &bench.keys, NULL) != AVOW_STORE_OK)
        fail("no keys");
    snprintf(command, sizeof command, "rm -r %s", folder);
    make_tables(&bench);
    double text = best(&bench, only_text);
    double bare = best(&bench, with_bare) - text, compact = best(&bench, with_compact) - text;
    printf("identity and a bare table\t%.0f\nidentity and the compact set\t%.0f\nratio\t%.2f\n"
           "bytes a subject\t%.2f\n",
           bare, compact, compact / bare,
           (double)compact_bytes(&bench.set) / (double)bench.subjects);
    keys_free(bench.keys);
    compact_free(&bench.set);
    free(bench.bare);
    return system(command) == 0 ? 0 : 1;
}
