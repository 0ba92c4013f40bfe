/* Holds the reference evaluator and the core equal.
 *
 * points FILE [OUT [BUNDLE]] every point of a policy; OUT receives points with digests, BUNDLE its
 *                            bundle, as this program indexes it
 * random FIRST COUNT FOLDER  random policies by seed; a failing one is left in FOLDER
 * write SEED FOLDER          writes a random policy there as random-SEED.policy, without comparing
 *
 * FOLDER holds calendar.yaml. Exit 0: equal, 1: a difference, 2: wrong use. */
#include "compiler/model/answer.h"
#include "tests/equivalence/compare.h"
#include "tests/equivalence/generate.h"

#include <inttypes.h>
#include <stdlib.h>

static bool
compare_all(const struct subject *subject, uint64_t seed, struct tally *tally, FILE *points)
{
    return compare_answers(subject, tally, points) && compare_bad_points(subject, seed, tally) &&
           compare_deadlines(subject, seed, tally);
}

static void
print_tally(const struct tally *tally)
{
    printf("points %" PRIu64 " cases %" PRIu64 " allowed %" PRIu64 " forbidden %" PRIu64
           " unstated %" PRIu64 " refused %" PRIu64 " deadlines %" PRIu64 "\n",
           tally->points, tally->cases, tally->verdicts[VERDICT_ALLOWED],
           tally->verdicts[VERDICT_FORBIDDEN], tally->verdicts[VERDICT_UNSTATED],
           tally->verdicts[VERDICT_BAD_QUESTION], tally->deadlines);
}

static bool
save_bundle(const struct subject *subject, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool written = fwrite(subject->bundle, subject->bundle_size, 1, file) == 1;
    return fclose(file) == 0 && written;
}

static int
run_points(const char *path, const char *out, const char *bundle)
{
    struct subject subject;
    struct tally tally = {0};
    FILE *points = out ? fopen(out, "wb") : NULL;
    bool fine = (!out || points) && subject_load(&subject, path) &&
                compare_all(&subject, 1, &tally, points) &&
                (!bundle || save_bundle(&subject, bundle));
    if (points && fclose(points) != 0)
        fine = false;
    print_tally(&tally);
    return fine ? 0 : 1;
}

static bool
save(const char *folder, uint64_t seed, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/random-%" PRIu64 ".policy", folder, seed);
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    bool written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

static bool
run_seed(const char *folder, uint64_t seed, struct tally *tally)
{
    struct subject subject;
    char *text = NULL;
    bool fine =
        subject_generate(&subject, folder, seed, &text) && compare_all(&subject, seed, tally, NULL);
    if (!fine) {
        printf("seed %" PRIu64 " failed; its policy is %s/random-%" PRIu64 ".policy\n", seed,
               folder, seed);
        if (text)
            (void)save(folder, seed, text);
    }
    subject_free(&subject);
    free(text);
    return fine;
}

static int
run_random(const char *first, const char *count, const char *folder)
{
    uint64_t seed = strtoull(first, NULL, 10), end = seed + strtoull(count, NULL, 10);
    struct tally tally = {0};
    unsigned failed = 0;
    for (; seed < end && failed < 5; seed++)
        failed += !run_seed(folder, seed, &tally);
    print_tally(&tally);
    return failed > 0;
}

static int
run_write(const char *first, const char *folder)
{
    struct subject subject;
    char *text = NULL;
    uint64_t seed = strtoull(first, NULL, 10);
    bool fine = subject_generate(&subject, folder, seed, &text);
    fine = text && save(folder, seed, text) && fine;
    subject_free(&subject);
    free(text);
    return fine ? 0 : 1;
}

int
main(int argc, char **argv)
{
    if (argc >= 3 && argc <= 5 && strcmp(argv[1], "points") == 0)
        return run_points(argv[2], argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
    if (argc == 5 && strcmp(argv[1], "random") == 0)
        return run_random(argv[2], argv[3], argv[4]);
    if (argc == 4 && strcmp(argv[1], "write") == 0)
        return run_write(argv[2], argv[3]);
    fprintf(stderr, "use: equivalence points FILE [OUT [BUNDLE]] | random FIRST COUNT FOLDER | "
                    "write SEED FOLDER\n");
    return 2;
}
