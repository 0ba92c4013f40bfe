/* Cases: what the core reads once it has found the place of a question. */
#include "compiler/table/build.h"

#include <stdlib.h>

static void
put_rule(uint32_t *words, const struct rule *rule)
{
    uint64_t mask = rule->when.need | rule->when.forbid, want = rule->when.need;
    words[RULE_MASK] = (uint32_t)mask;
    words[RULE_MASK + 1] = (uint32_t)(mask >> 32);
    words[RULE_WANT] = (uint32_t)want;
    words[RULE_WANT + 1] = (uint32_t)(want >> 32);
    words[RULE_CLAUSE] = rule->clause;
}

static bool
same_effect(const struct item *a, const struct item *b)
{
    return memcmp(a->sets, b->sets, sizeof a->sets) == 0 && a->rule->mode == b->rule->mode &&
           a->rule->clause == b->rule->clause && a->rule->when.need == b->rule->when.need &&
           a->rule->when.forbid == b->rule->when.forbid;
}

/* The place of a run, from 1. */
static uint32_t
add_run(struct build *build, const struct item *items, size_t count)
{
    static const uint32_t flags[] = {
        [MODE_NEVER] = 0, [MODE_MAY] = ITEM_MAY, [MODE_REST] = ITEM_REST};
    uint32_t *words = ARENA_ARRAY(build->arena, count * ITEM_WORDS, uint32_t), *at = words;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && same_effect(&items[i - 1], &items[i]))
            continue; /* one sentence may have become several rules */
        memcpy(at, items[i].sets, sizeof items[i].sets);
        put_rule(at + ITEM_RULE, items[i].rule);
        at[ITEM_RULE + RULE_CLAUSE] |= flags[items[i].rule->mode];
        at += ITEM_WORDS;
    }
    at[ITEM_RULE + RULE_CLAUSE - ITEM_WORDS] |= TABLE_LAST;
    return pool_place(build, &build->rules, words, (size_t)(at - words)) + 1;
}

/* The rules of a case, seen as a whole. */
struct summary {
    const struct rule *never, *may; /* the first, or NULL */
    size_t nevers, mays;
    bool never_always; /* some prohibition has no condition */
    bool rest;         /* some rule forbids the rest */
    bool sets;         /* some rule has not all points of the case */
};

static bool
always(const struct rule *rule)
{
    return (rule->when.need | rule->when.forbid) == 0;
}

static struct summary
summarize(const struct item *items, size_t count)
{
    struct summary s = {0};
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = items[i].rule;
        bool may = rule->mode == MODE_MAY;
        const struct rule **first = may ? &s.may : &s.never;
        s.rest |= rule->mode == MODE_REST;
        s.sets |= (items[i].sets[0] | items[i].sets[1] | items[i].sets[2]) != 0;
        s.never_always |= !may && always(rule);
        if (i > 0 && same_effect(&items[i - 1], &items[i]))
            continue;
        if (!*first)
            *first = rule;
        *(may ? &s.mays : &s.nevers) += 1;
    }
    return s;
}

static int
by_clause(const void *a, const void *b)
{
    const struct rule *x = ((const struct item *)a)->rule, *y = ((const struct item *)b)->rule;
    if (x->clause != y->clause)
        return x->clause < y->clause ? -1 : 1;
    if (x->when.need != y->when.need)
        return x->when.need < y->when.need ? -1 : 1;
    return (x->when.forbid > y->when.forbid) - (x->when.forbid < y->when.forbid);
}

/* What forbids the rest, at points all of whose rules are here: nothing where a permission has no
 * condition, and a plain prohibition where there is no permission. Then one lookup decides. */
static const struct item *
settle_rest(struct build *build, const struct item *items, size_t *count)
{
    size_t rest = *count, may;
    while (rest > 0 && items[rest - 1].rule->mode == MODE_REST)
        rest--;
    for (may = rest; may > 0 && items[may - 1].rule->mode == MODE_MAY; may--)
        if (always(items[may - 1].rule)) {
            *count = rest;
            return items;
        }
    if (rest == *count || may < rest)
        return items;
    struct item *settled = ARENA_ARRAY(build->arena, *count, struct item);
    struct rule *rules = ARENA_ARRAY(build->arena, *count, struct rule);
    for (size_t i = 0; i < *count; i++) {
        rules[i] = *items[i].rule;
        rules[i].mode = MODE_NEVER;
        settled[i] = items[i];
        settled[i].rule = &rules[i];
    }
    qsort(settled, *count, sizeof *settled, by_clause);
    return settled;
}

/* One prohibition and one permission decide if there are no more, or if those behind the first can
 * change neither verdict nor first clause nor missing states: if the first has no condition. Where
 * a prohibition has none, no permission is ever cited. */
uint32_t
index_case(struct build *build, const struct item *items, size_t count, bool whole)
{
    if (whole)
        items = settle_rest(build, items, &count);
    uint32_t words[CASE_WORDS] = {CASE_NO_NEVER | CASE_NO_MAY};
    words[CASE_NEVER + RULE_CLAUSE] = words[CASE_MAY + RULE_CLAUSE] = TABLE_NONE;
    struct summary s = summarize(items, count);
    /* Where other rules of the points are elsewhere, one of them may forbid the rest, and must see
     * the permissions. */
    if (whole && s.never_always && !s.sets && !s.rest) {
        s.may = NULL, s.mays = 0;
        while (count > 0 && items[count - 1].rule->mode == MODE_MAY)
            count--;
    }
    if (s.sets || s.rest || (s.nevers > 1 && !always(s.never)) || (s.mays > 1 && !always(s.may))) {
        words[CASE_RUN] |= CASE_GENERAL | add_run(build, items, count);
        return pool_place(build, &build->cases, words, CASE_WORDS);
    }
    if (s.never) {
        words[CASE_RUN] &= ~CASE_NO_NEVER;
        put_rule(words + CASE_NEVER, s.never);
    }
    if (s.may) {
        words[CASE_RUN] &= ~CASE_NO_MAY;
        put_rule(words + CASE_MAY, s.may);
    }
    if (s.nevers > 1 || s.mays > 1)
        words[CASE_RUN] |= add_run(build, items, count);
    return pool_place(build, &build->cases, words, CASE_WORDS);
}
