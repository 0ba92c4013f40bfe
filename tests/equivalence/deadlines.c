#include "compiler/model/due.h"
#include "tests/equivalence/compare.h"
#include "tests/equivalence/generate.h"

#include <inttypes.h>

enum { MOMENTS_MAX = 6, TRIES = 60 };

/* Around the changes of clocks, the calendar's ends and anywhere else. */
static int64_t
any_time(const struct calendar *calendar, struct random *random)
{
    int64_t length = calendar->until - calendar->from;
    switch (random_below(random, 8)) {
    case 0:
        return calendar->from + (int64_t)random_below(random, 200000) - 100000;
    case 1:
        return calendar->until + (int64_t)random_below(random, 200000) - 100000;
    case 2:
        return calendar->changes[random_below(random, (uint32_t)calendar->change_count)].instant +
               (int64_t)random_below(random, 200000) - 100000;
    case 3:
        return random_chance(random, 50) ? INT64_MAX - random_below(random, 9)
                                         : INT64_MIN + random_below(random, 9);
    case 4:
        return (int64_t)random_next(random);
    default: /* mostly the first years, for which holidays are known */
        return calendar->from + (int64_t)(random_next(random) % (uint64_t)(length / 6));
    }
}

/* Requests, events and states, mostly those that the duties of the policy speak of. */
static uint32_t
any_moment_of(const struct model *model, struct random *random)
{
    uint32_t low = model->first_leaf[KIND_REQUEST], high = model->first_leaf[KIND_FACT + 1];
    if (random_chance(random, 25))
        return NONE;
    if (random_chance(random, 3))
        return random_below(random, model->first_leaf[KIND_COUNT] + 2);
    return low + random_below(random, high - low);
}

static uint32_t
make_moments(const struct model *model, struct random *random, avow_moment *moments)
{
    uint32_t count = random_below(random, MOMENTS_MAX + 1);
    for (uint32_t i = 0; i < count; i++)
        moments[i] = (avow_moment){any_moment_of(model, random), any_time(model->calendar, random)};
    return count;
}

static bool
same(const struct due *wanted, const avow_due *core)
{
    return wanted->kind == core->kind && wanted->reason == core->reason && core->zero == 0 &&
           wanted->clause == core->clause && wanted->at == core->at &&
           wanted->missing == core->missing;
}

static void
print_difference(const struct model *model, const avow_due_question *q, const struct due *wanted,
                 const avow_due *core)
{
    printf("DIFFERENCE in %.*s: when is %" PRIu32 " (%.*s) due\n",
           TEXT_ARGS(model->settings->policy), q->what,
           TEXT_ARGS(q->what < model->first_leaf[KIND_COUNT] ? leaf(model, q->what)->name
                                                             : TEXT("?")));
    for (size_t i = 0; i < q->count; i++)
        printf("  %" PRIu32 " (%.*s) at %" PRId64 "\n", q->moments[i].what,
               TEXT_ARGS(q->moments[i].what < model->first_leaf[KIND_COUNT]
                             ? leaf(model, q->moments[i].what)->name
                             : TEXT("?")),
               q->moments[i].at);
    printf("  yes %#" PRIx64 " known %#" PRIx64 "\n", q->states.yes, q->states.known);
    printf("  reference: kind %d reason %d clause %" PRIu32 " at %" PRId64 " missing %#" PRIx64
           "\n  core:      kind %d reason %d clause %" PRIu32 " at %" PRId64 " missing %#" PRIx64
           "\n",
           wanted->kind, wanted->reason, wanted->clause, wanted->at, wanted->missing, core->kind,
           core->reason, core->clause, core->at, core->missing);
}

static bool
compare_deadline(const struct subject *subject, uint32_t what, struct random *random)
{
    const struct model *model = subject->model;
    avow_moment moments[MOMENTS_MAX];
    struct moment_of copies[MOMENTS_MAX];
    uint32_t count = make_moments(model, random, moments);
    uint64_t yes = random_next(random) & random_next(random);
    uint64_t known = random_next(random) | random_next(random);
    for (uint32_t i = 0; i < count; i++)
        copies[i] = (struct moment_of){moments[i].what, moments[i].at};
    avow_due_question q = {what, moments, count, {yes, known}};
    struct due wanted = due_make(model, (struct due_question){what, copies, count, yes, known});
    avow_due core = avow_when_due(subject->table, &q);
    if (same(&wanted, &core))
        return true;
    print_difference(model, &q, &wanted, &core);
    return false;
}

bool
compare_deadlines(const struct subject *subject, uint64_t seed, struct tally *tally)
{
    const struct model *model = subject->model;
    struct random random = random_from(seed);
    for (uint32_t what = 0; what < model->first_leaf[KIND_COUNT] + 2; what++) {
        bool due =
            what < model->first_leaf[KIND_COUNT] &&
            (leaf(model, what)->kind == KIND_DATA || leaf(model, what)->kind == KIND_REQUEST ||
             leaf(model, what)->kind == KIND_EVENT);
        for (int i = 0; i < (due ? TRIES : 2); i++, tally->deadlines++)
            if (!compare_deadline(subject, what, &random))
                return false;
    }
    return true;
}
