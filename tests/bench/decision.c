/* Times one decision of the seed policy side by side with what somebody would write by hand.
 *
 * decision SCALE SEED.avow [LARGE.avow ...]   SCALE divides all counts: 1 to measure, 1000 to try
 *
 * First all must give equal answers. Then each group's contenders run in turn, piece by piece of
 * the same questions; of each piece the shortest time of all rounds counts, so that a disturbance
 * of the machine drops out. A line of output: group, contender, nanoseconds of one question, its
 * ratio to the group's first. */
#include "jibrok_policy.h"
#include "runtime/core/table.h"
#include "tests/bench/decision_hand.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM = 8, PIECE = 16384, STREAM = 64 * PIECE, CONTENDERS = 6, VERBS = AVOW_VERBS };

/* A question as who writes the table by hand stores it. */
struct record {
    uint8_t actor, verb, object, target, yes, known, zero[2];
};

/* The same questions in the forms of all contenders, as far as these need them. */
struct stream {
    avow_question *avow;
    struct record *hand;
    avow_named_point *named;
    void *bundle; /* to be opened instead */
    size_t count; /* of questions, or bytes of the bundle */
};

typedef uint64_t run_function(const void *subject, const struct stream *stream, size_t first,
                              size_t count);

struct contender {
    const char *name;
    run_function *run;
    const void *subject;
};

static void
fail(const char *why)
{
    fprintf(stderr, "decision: %s\n", why);
    exit(1);
}

static void *
memory(size_t size)
{
    void *got = calloc(1, size);
    if (!got)
        fail("no memory");
    return got;
}

/* Numbers and names ------------------------------------------------------------------------- */

/* The first number and the count of what a verb takes. */
struct range {
    uint32_t first, count;
};

static struct range
kinds(avow_kind from, avow_kind to)
{
    const avow_table *table = jibrok_table();
    uint32_t first = avow_first(table, from);
    return (struct range){first, avow_first(table, to) + avow_count(table, to) - first};
}

static struct range
objects_of(uint32_t verb)
{
    return verb < AVOW_EMAIL ? kinds(AVOW_DATA, AVOW_DATA) : kinds(AVOW_PERSON, AVOW_PERSON);
}

static struct range
targets_of(uint32_t verb)
{
    switch (verb) {
    case AVOW_COLLECT:
        return kinds(AVOW_AUDIENCE, AVOW_PLACE);
    case AVOW_STORE:
        return kinds(AVOW_PLACE, AVOW_SYSTEM);
    case AVOW_SHOW:
    case AVOW_SHARE:
        return kinds(AVOW_AUDIENCE, AVOW_PERSON);
    default:
        return kinds(AVOW_PURPOSE, AVOW_PURPOSE);
    }
}

static const char *const verb_words[VERBS] = {"collect", "store", "use",  "show", "share",
                                              "email",   "text",  "call", "post"};

static avow_named_point
name_point(avow_point point)
{
    const avow_table *table = jibrok_table();
    avow_text actor = avow_name(table, point.actor), object = avow_name(table, point.object);
    avow_text target = avow_name(table, point.target);
    const char *verb = verb_words[point.verb];
    return (avow_named_point){actor.data,   verb,         object.data,   target.data,
                              actor.length, strlen(verb), object.length, target.length};
}

static struct record
record_of(avow_point point, uint32_t yes, uint32_t known)
{
    return (struct record){(uint8_t)(point.actor - avow_first(jibrok_table(), AVOW_SYSTEM)),
                           (uint8_t)point.verb,
                           (uint8_t)(point.object - objects_of(point.verb).first),
                           (uint8_t)(point.target - targets_of(point.verb).first),
                           (uint8_t)yes,
                           (uint8_t)known,
                           {0, 0}};
}

static avow_point
point_by_names(const avow_table *table, const char *words)
{
    char parts[4][65] = {{0}};
    if (sscanf(words, "%64s %64s %64s %64s", parts[0], parts[1], parts[2], parts[3]) != 4)
        fail("four words make a question");
    const avow_named_point named = {parts[0],         parts[1],         parts[2],
                                    parts[3],         strlen(parts[0]), strlen(parts[1]),
                                    strlen(parts[2]), strlen(parts[3])};
    return avow_find_point(table, &named);
}

/* Streams ----------------------------------------------------------------------------------- */

static uint32_t
random_below(uint64_t *state, uint32_t bound)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 32) * bound >> 32);
}

static avow_point
random_point(uint64_t *chance, uint32_t verb)
{
    struct range actors = kinds(AVOW_SYSTEM, AVOW_SYSTEM);
    struct range objects = objects_of(verb), targets = targets_of(verb);
    return (avow_point){actors.first + random_below(chance, actors.count), verb,
                        objects.first + random_below(chance, objects.count),
                        targets.first + random_below(chance, targets.count)};
}

/* Whether any rule can have the point. */
static int
is_ruled(avow_point point)
{
    for (uint32_t yes = 0; yes < 8; yes++)
        if (avow_ask(jibrok_table(), point, (avow_states){yes, 7}).verdict != AVOW_UNSTATED)
            return 1;
    return 0;
}

static struct stream
make_stream(size_t count)
{
    struct stream stream = {.count = count};
    stream.avow = memory(count * sizeof *stream.avow);
    stream.hand = memory(count * sizeof *stream.hand);
    stream.named = memory(count * sizeof *stream.named);
    return stream;
}

static void
set_question(struct stream *stream, size_t at, avow_point point, uint32_t yes, uint32_t known)
{
    stream->avow[at] = (avow_question){point, {yes, known}};
    stream->hand[at] = record_of(point, yes, known);
    stream->named[at] = name_point(point);
}

/* Questions at random: any verb or one, all points or only those that a rule has. */
static struct stream
random_stream(size_t count, uint32_t verb, int ruled)
{
    uint64_t chance = 88172645463325252u;
    struct stream stream = make_stream(count);
    for (size_t i = 0; i < count; i++) {
        avow_point point;
        do
            point = random_point(&chance, verb < VERBS ? verb : random_below(&chance, VERBS));
        while (ruled && !is_ruled(point));
        set_question(&stream, i, point, random_below(&chance, 8), random_below(&chance, 8));
    }
    return stream;
}

/* The few that a service asks again and again, with its states and whether these are known. */
static const struct warm_question {
    const char *words;
    uint32_t yes, known;
} warm_questions[WARM] = {
    {"us email licensee notify.expiry", 0, 7},   {"us email licensee newsletter", 0, 7},
    {"us show issue.name everybody", 2, 7},      {"us show issue.text everybody", 0, 7},
    {"app use user-key analytics", 0, 0},        {"us store licence-contact our-servers", 0, 0},
    {"website use cookie-id recognition", 0, 3}, {"us collect account reporter", 0, 7},
};

static struct stream
warm_stream(size_t count)
{
    struct stream stream = make_stream(count);
    for (size_t i = 0; i < count; i++) {
        const struct warm_question *q = &warm_questions[i % WARM];
        set_question(&stream, i, point_by_names(jibrok_table(), q->words), q->yes, q->known);
    }
    return stream;
}

static void
free_stream(struct stream *stream)
{
    free(stream->avow);
    free(stream->hand);
    free(stream->named);
}

/* Contenders -------------------------------------------------------------------------------- */

static inline uint64_t
use_answer(avow_answer answer)
{
    return answer.verdict + ((uint64_t)answer.clause << 8) + answer.missing;
}

static inline uint64_t
use_hand(struct hand_answer answer)
{
    return answer.verdict + ((uint64_t)answer.clause << 8) + answer.missing;
}

static uint64_t
run_avow(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    uint64_t sum = 0;
    for (const avow_question *q = stream->avow + first, *end = q + count; q < end; q++)
        sum += use_answer(avow_ask(subject, q->point, q->states));
    return sum;
}

/* Inlined, so that each contender has a loop of its own around a call, or around no call. */
static inline uint64_t
run_by_hand(hand_function *function, const struct stream *stream, size_t first, size_t count)
{
    uint64_t sum = 0;
    for (const struct record *q = stream->hand + first, *end = q + count; q < end; q++)
        sum += use_hand(function(q->actor, q->verb, q->object, q->target, q->yes, q->known));
    return sum;
}

static uint64_t
run_inline(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    (void)subject;
    return run_by_hand(hand_inline, stream, first, count);
}

static uint64_t
run_table(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    (void)subject;
    return run_by_hand(hand_table, stream, first, count);
}

static uint64_t
run_straight(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    (void)subject;
    return run_by_hand(hand_straight, stream, first, count);
}

static uint64_t
run_switch(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    (void)subject;
    return run_by_hand(hand_switch, stream, first, count);
}

/* Through a function of the generated header, with names of its types. */
static uint64_t
run_header(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    uint64_t sum = 0;
    (void)subject;
    for (const avow_question *q = stream->avow + first, *end = q + count; q < end; q++)
        sum += use_answer(jibrok_may_email(
            (jibrok_system){q->point.actor + 1}, (jibrok_person){q->point.object + 1},
            (jibrok_purpose){q->point.target + 1}, (jibrok_states){q->states}));
    return sum;
}

static uint64_t
run_names(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = first; i < first + count; i++)
        sum += use_answer(
            avow_ask(subject, avow_find_point(subject, &stream->named[i]), stream->avow[i].states));
    return sum;
}

static uint64_t
run_hand_names(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    uint64_t sum = 0;
    (void)subject;
    for (size_t i = first; i < first + count; i++)
        sum += use_hand(hand_names(&stream->named[i], stream->hand[i].yes, stream->hand[i].known));
    return sum;
}

static uint64_t
run_open(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    uint64_t sum = 0;
    (void)subject, (void)first;
    for (size_t i = 0; i < count; i++)
        sum += avow_open(stream->bundle, stream->count, NULL) != NULL;
    return sum;
}

static uint64_t
run_sha256(const void *subject, const struct stream *stream, size_t first, size_t count)
{
    uint64_t sum = 0;
    (void)subject, (void)first;
    for (size_t i = 0; i < count; i++) {
        uint8_t digest[32];
        avow_sha256(stream->bundle, stream->count, digest);
        sum += digest[0];
    }
    return sum;
}

/* Equal answers ----------------------------------------------------------------------------- */

static int
same(avow_answer a, struct hand_answer h)
{
    avow_reason reason = h.missing != 0               ? AVOW_REASON_UNKNOWN
                         : h.clause != HAND_NO_CLAUSE ? AVOW_REASON_CLAUSE
                                                      : AVOW_REASON_NO_CLAUSE;
    uint32_t clause = h.clause == HAND_NO_CLAUSE ? AVOW_NONE : h.clause;
    return a.verdict == h.verdict && a.reason == (uint8_t)reason && a.possible == h.possible &&
           a.clause == clause && a.missing == h.missing;
}

static void
check_point(avow_point point)
{
    const avow_table *table = jibrok_table();
    struct record h = record_of(point, 0, 0);
    avow_named_point named = name_point(point);
    avow_point found = avow_find_point(table, &named);
    if (memcmp(&found, &point, sizeof point) != 0)
        fail("a name is not found again");
    for (uint32_t bits = 0; bits < 64; bits++) {
        uint32_t yes = bits & 7, known = bits >> 3;
        avow_answer answer = avow_ask(table, point, (avow_states){yes, known});
        if (!same(answer, hand_table(h.actor, h.verb, h.object, h.target, yes, known)) ||
            !same(answer, hand_straight(h.actor, h.verb, h.object, h.target, yes, known)) ||
            !same(answer, hand_switch(h.actor, h.verb, h.object, h.target, yes, known)) ||
            !same(answer, hand_names(&named, yes, known)))
            fail("answers differ");
    }
}

/* Every point of the policy, with all three values of every state. */
static void
check_answers(void)
{
    struct range actors = kinds(AVOW_SYSTEM, AVOW_SYSTEM);
    uint32_t points = 0;
    if (avow_count(jibrok_table(), AVOW_STATE) + avow_count(jibrok_table(), AVOW_FACT) != 3)
        fail("the policy has other states than this was written for");
    for (uint32_t verb = 0; verb < VERBS; verb++) {
        struct range objects = objects_of(verb), targets = targets_of(verb);
        for (uint32_t actor = 0; actor < actors.count; actor++)
            for (uint32_t object = 0; object < objects.count; object++)
                for (uint32_t target = 0; target < targets.count; target++, points++)
                    check_point((avow_point){actors.first + actor, verb, objects.first + object,
                                             targets.first + target});
    }
    printf("equal\tpoints\t%" PRIu32 "\t%" PRIu32 "\n", points, points * 64);
}

/* Timing ------------------------------------------------------------------------------------ */

static volatile uint64_t sink;

static double
nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

struct race {
    const char *group;
    const struct contender *contenders;
    size_t contender_count;
    const struct stream *streams; /* one for each contender, or the same for all */
    size_t stream_count;
    size_t count, piece; /* questions, and of them at a time */
    unsigned rounds;
};

static double
time_piece(const struct race *race, size_t contender, size_t first)
{
    const struct contender *c = &race->contenders[contender];
    const struct stream *stream = &race->streams[race->stream_count > 1 ? contender : 0];
    double began = nanoseconds();
    sink += c->run(c->subject, stream, first, race->piece);
    return nanoseconds() - began;
}

/* Nanoseconds a question of each contender; prints them. */
static void
run_race(const struct race *race)
{
    size_t pieces = race->count / race->piece;
    double *best = memory(pieces * CONTENDERS * sizeof *best);
    for (unsigned round = 0; round < race->rounds; round++)
        for (size_t piece = 0; piece < pieces; piece++)
            for (size_t c = 0; c < race->contender_count; c++) {
                double took = time_piece(race, c, piece * race->piece);
                double *so_far = &best[piece * CONTENDERS + c];
                *so_far = round == 0 || took < *so_far ? took : *so_far;
            }
    double first = 0;
    for (size_t c = 0; c < race->contender_count; c++) {
        double sum = 0;
        for (size_t piece = 0; piece < pieces; piece++)
            sum += best[piece * CONTENDERS + c];
        sum /= (double)(pieces * race->piece);
        first = c == 0 ? sum : first;
        printf("%s\t%s\t%.3f\t%.3f\n", race->group, race->contenders[c].name, sum, sum / first);
    }
    free(best);
    fflush(stdout);
}

/* Groups ------------------------------------------------------------------------------------ */

static void
race_decision(const char *group, struct stream stream, size_t piece, unsigned rounds)
{
    const struct contender contenders[] = {
        {"table", run_table, NULL},
        {"table inlined", run_inline, NULL},
        {"table without branches", run_straight, NULL},
        {"switch", run_switch, NULL},
        {"avow_ask", run_avow, jibrok_table()},
    };
    run_race(&(struct race){group, contenders, 5, &stream, 1, stream.count, piece, rounds});
    free_stream(&stream);
}

static void
race_header(const char *group, struct stream stream, size_t piece, unsigned rounds)
{
    const struct contender contenders[] = {
        {"table", run_table, NULL},
        {"table inlined", run_inline, NULL},
        {"jibrok_may_email", run_header, NULL},
    };
    run_race(&(struct race){group, contenders, 3, &stream, 1, stream.count, piece, rounds});
    free_stream(&stream);
}

static void
race_names(const char *group, struct stream stream, size_t piece, unsigned rounds)
{
    const struct contender contenders[] = {
        {"perfect hash and table", run_hand_names, NULL},
        {"avow_find_point, avow_ask", run_names, jibrok_table()},
    };
    run_race(&(struct race){group, contenders, 2, &stream, 1, stream.count, piece, rounds});
    free_stream(&stream);
}

struct bundle {
    void *bytes;
    size_t size;
    const avow_table *table;
};

static struct bundle
load(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct bundle bundle = {NULL, 0, NULL};
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail("cannot read a bundle");
    bundle.size = (size_t)ftell(file);
    rewind(file);
    bundle.bytes = aligned_alloc(64, (bundle.size + 63) & ~(size_t)63);
    if (!bundle.bytes || fread(bundle.bytes, 1, bundle.size, file) != bundle.size)
        fail("cannot read a bundle");
    fclose(file);
    bundle.table = avow_open(bundle.bytes, bundle.size, NULL);
    if (!bundle.table)
        fail("avow_open refuses a bundle");
    return bundle;
}

static uint64_t
bits_in(const avow_table *table, uint64_t bits)
{
    uint64_t out = 0;
    avow_id first = avow_first(jibrok_table(), AVOW_STATE);
    for (uint32_t i = 0; i < avow_count(jibrok_table(), AVOW_STATE); i++) {
        avow_text name = avow_name(jibrok_table(), first + i);
        if ((bits >> i & 1) != 0)
            out |= avow_bit(table, avow_find(table, AVOW_STATE, name.data, name.length));
    }
    return out;
}

/* The warm questions from `first` on in the numbers of a table, until there are count. */
static struct stream
table_stream(const avow_table *table, size_t first, size_t kinds_of, size_t count)
{
    struct stream stream = {.avow = memory(count * sizeof *stream.avow), .count = count};
    for (size_t i = 0; i < count; i++) {
        const struct warm_question *q = &warm_questions[first + i % kinds_of];
        stream.avow[i] = (avow_question){point_by_names(table, q->words),
                                         {bits_in(table, q->yes), bits_in(table, q->known)}};
    }
    return stream;
}

static int
same_clause(const avow_table *a, uint32_t in_a, const avow_table *b, uint32_t in_b)
{
    if (in_a == AVOW_NONE || in_b == AVOW_NONE)
        return in_a == in_b;
    avow_text x = avow_clause_at(a, in_a).name, y = avow_clause_at(b, in_b).name;
    return x.length == y.length && memcmp(x.data, y.data, x.length) == 0;
}

static void
check_same_decisions(const avow_table *seed, const avow_table *large)
{
    for (size_t i = 0; i < WARM; i++) {
        const struct warm_question *q = &warm_questions[i];
        avow_answer a = avow_ask(seed, point_by_names(seed, q->words),
                                 (avow_states){bits_in(seed, q->yes), bits_in(seed, q->known)});
        avow_answer b = avow_ask(large, point_by_names(large, q->words),
                                 (avow_states){bits_in(large, q->yes), bits_in(large, q->known)});
        if (a.verdict == AVOW_REFUSED || a.verdict != b.verdict || a.reason != b.reason ||
            b.missing != bits_in(large, a.missing) || !same_clause(seed, a.clause, large, b.clause))
            fail("a large policy answers differently");
    }
}

/* The same questions of the seed's table and of larger ones. */
static void
race_large(const char *group, const struct bundle *bundles, size_t count, size_t first,
           size_t kinds_of, size_t scale)
{
    struct contender contenders[CONTENDERS];
    struct stream streams[CONTENDERS];
    char names[CONTENDERS][32];
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "%" PRIu32, avow_clause_count(bundles[i].table));
        contenders[i] = (struct contender){names[i], run_avow, bundles[i].table};
        streams[i] = table_stream(bundles[i].table, first, kinds_of, 4096);
    }
    run_race(&(struct race){group, contenders, count, streams, count, 4096, 4096,
                            (unsigned)(400 / scale + 1)});
    for (size_t i = 0; i < count; i++)
        free_stream(&streams[i]);
}

static void
race_all_large(const struct bundle *bundles, size_t count, size_t scale)
{
    for (size_t i = 1; i < count; i++)
        check_same_decisions(bundles[0].table, bundles[i].table);
    race_large("large", bundles, count, 0, WARM, scale);
    for (size_t i = 0; i < WARM; i++)
        race_large(warm_questions[i].words, bundles, count, i, 1, scale);
}

static void
race_open(const struct bundle *bundle, size_t scale)
{
    const struct contender contenders[] = {{"avow_sha256", run_sha256, NULL},
                                           {"avow_open", run_open, NULL}};
    struct stream stream = {.bundle = bundle->bytes, .count = bundle->size};
    run_race(&(struct race){"open", contenders, 2, &stream, 1, 1, 1, (unsigned)(2000 / scale + 1)});
}

static void
print_size(const avow_table *table)
{
    const uint32_t *words = (const uint32_t *)(const void *)table;
    uint32_t first_text = words[table_start(words, SECTION_TEXTS)];
    printf("size\tbytes, and without texts\t%" PRIu32 "\t%" PRIu32 "\n", words[AT_SIZE],
           first_text);
}

int
main(int argc, char **argv)
{
    struct bundle bundles[CONTENDERS];
    size_t scale = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, count = 0;
    if (scale == 0 || argc < 3 || argc - 2 > CONTENDERS) {
        fprintf(stderr, "use: decision SCALE SEED.avow [LARGE.avow ...]\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        bundles[count++] = load(argv[i]);
    check_answers();
    print_size(bundles[0].table);
    unsigned many = (unsigned)(400 / scale + 1), rounds = (unsigned)(20 / scale + 1);
    size_t stream = scale == 1 ? STREAM : PIECE;
    race_decision("warm", warm_stream(4096), 4096, many);
    race_decision("random", random_stream(stream, VERBS, 0), PIECE, rounds);
    race_decision("random, ruled", random_stream(stream, VERBS, 1), PIECE, rounds);
    race_header("header, random", random_stream(stream, AVOW_EMAIL, 0), PIECE, rounds);
    race_names("names, warm", warm_stream(4096), 4096, many);
    race_names("names, random few", random_stream(1024, VERBS, 0), 1024, many);
    race_names("names, random", random_stream(stream / 16, VERBS, 0), PIECE / 16, rounds);
    race_all_large(bundles, count, scale);
    race_open(&bundles[0], scale);
    for (size_t i = 0; i < count; i++)
        free(bundles[i].bytes);
    return 0;
}
