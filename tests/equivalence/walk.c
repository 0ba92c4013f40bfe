#include "tests/equivalence/walk.h"

static uint32_t
count_bits(uint64_t bits)
{
    uint32_t count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static uint64_t
next_random(struct walk *walk)
{
    walk->random ^= walk->random << 13;
    walk->random ^= walk->random >> 7;
    walk->random ^= walk->random << 17;
    return walk->random;
}

void
walk_begin(struct walk *walk, const struct walk_point *point)
{
    uint64_t seed = point->actor * UINT64_C(0x9E3779B97F4A7C15) + point->verb;
    seed = (seed ^ point->object) * UINT64_C(0xBF58476D1CE4E5B9);
    seed = (seed ^ point->target) * UINT64_C(0x94D049BB133111EB);
    walk->mask = point->mask;
    walk->all = point->all;
    walk->random = seed | 1;
    walk->yes = 0;
    walk->known = 0;
    walk->exhaustive = count_bits(point->mask) <= WALK_STATES;
    walk->left = walk->exhaustive ? WALK_OTHERS : WALK_SAMPLES;
    walk->begun = 0;
}

/* Counts up in base three over the bits of the mask: unknown, no, yes. 0 after the last. */
static int
count_up(struct walk *walk)
{
    for (uint64_t bits = walk->mask; bits != 0; bits &= bits - 1) {
        uint64_t bit = bits & (~bits + 1);
        if ((walk->known & bit) == 0) {
            walk->known |= bit;
            return 1;
        }
        if ((walk->yes & bit) == 0) {
            walk->yes |= bit;
            return 1;
        }
        walk->yes &= ~bit;
        walk->known &= ~bit;
    }
    return 0;
}

/* Anything over all states, and `yes` outside `known`, which must not count. */
static void
sample(struct walk *walk)
{
    uint64_t wide = (next_random(walk) & 3) == 0 ? walk->all : walk->mask;
    walk->known = (next_random(walk) | next_random(walk)) & wide;
    walk->yes = next_random(walk) & next_random(walk) & wide;
    if ((next_random(walk) & 1) != 0)
        walk->yes = next_random(walk) & wide;
}

int
walk_next(struct walk *walk)
{
    if (walk->exhaustive) {
        if (!walk->begun) {
            walk->begun = 1;
            return 1;
        }
        if (count_up(walk))
            return 1;
        walk->exhaustive = 0;
    }
    if (walk->left == 0)
        return 0;
    walk->left--;
    sample(walk);
    return 1;
}

uint64_t
walk_fold(uint64_t digest, uint64_t value)
{
    digest = (digest ^ value) * UINT64_C(0x2545F4914F6CDD1D);
    return digest ^ (digest >> 29);
}

uint64_t
walk_fold_answer(uint64_t digest, const avow_answer *answer)
{
    digest = walk_fold(digest, answer->verdict | (uint32_t)answer->reason << 8 |
                                   (uint32_t)answer->possible << 16 | (uint32_t)answer->zero << 24);
    return walk_fold(digest, answer->missing);
}

uint64_t
walk_table(const avow_table *table, const struct walk_point *point)
{
    uint64_t digest = 0;
    struct walk walk;
    walk_begin(&walk, point);
    while (walk_next(&walk)) {
        avow_question question = {{point->actor, point->verb, point->object, point->target},
                                  {walk.yes, walk.known}};
        avow_answer answer = avow_ask(table, question.point, question.states);
        digest = walk_fold_answer(digest, &answer);
        for (uint32_t clause = answer.clause; clause != AVOW_NONE;
             clause = avow_next_clause(table, &question, clause))
            digest = walk_fold(digest, clause);
    }
    return digest;
}
