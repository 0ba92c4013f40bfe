/* Rules and cases: what the core reads once it has found the place of a question. */
#include "compiler/table/build.h"

uint32_t
index_rule(struct build *build, const struct rule *rule)
{
    uint64_t mask = rule->when.need | rule->when.forbid, want = rule->when.need;
    uint32_t words[RULE_WORDS] = {
        [RULE_MASK] = (uint32_t)mask,
        [RULE_MASK + 1] = (uint32_t)(mask >> 32),
        [RULE_WANT] = (uint32_t)want,
        [RULE_WANT + 1] = (uint32_t)(want >> 32),
        [RULE_ANSWER] = rule->mode == MODE_NEVER ? RULE_NEVER : RULE_MAY,
        [RULE_CLAUSE] = rule->clause,
    };
    return pool_place(build, &build->rules, words, RULE_WORDS);
}

/* The rules of a case without boxes, seen as a whole. */
struct summary {
    uint32_t nevers, mays;
    bool first_always[2]; /* of prohibitions, permissions: the first has no condition */
    bool never_always;    /* some prohibition has none */
};

static struct summary
summarize(const struct build *build, const uint32_t *items, size_t count)
{
    struct summary s = {0};
    for (size_t i = 0; i < count; i++) {
        const uint32_t *rule = build->section[SECTION_RULES].at + items[i * ITEM_WORDS + ITEM_RULE];
        bool always = table_pair(rule + RULE_MASK) == 0;
        bool may = rule[RULE_ANSWER] == RULE_MAY;
        uint32_t *counter = may ? &s.mays : &s.nevers;
        if (*counter == 0)
            s.first_always[may] = always;
        *counter += 1;
        s.never_always |= always && !may;
    }
    return s;
}

static bool
has_box(const uint32_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (items[i * ITEM_WORDS + ITEM_BOX] != 0)
            return true;
    return false;
}

/* A case whose rules do not all have the same points, or too many conditions. */
static uint32_t
general_case(struct build *build, const uint32_t *items, size_t count)
{
    uint32_t list = index_list(build, items, count) | CASE_GENERAL;
    return pool_place(build, &build->cases, (uint32_t[]){0, RULE_WORDS, list}, CASE_WORDS);
}

/* One prohibition and one permission decide if there are no more, or if those behind the first can
 * change neither verdict nor first clause nor missing states: if the first has no condition. Where
 * a prohibition has none, no permission is ever cited. */
uint32_t
index_case(struct build *build, const uint32_t *items, size_t count)
{
    uint32_t words[CASE_WORDS] = {0, RULE_WORDS, 0};
    if (has_box(items, count))
        return general_case(build, items, count);
    struct summary s = summarize(build, items, count);
    if (s.never_always)
        s.mays = 0, count = s.nevers;
    if ((s.nevers > 1 && !s.first_always[0]) || (s.mays > 1 && !s.first_always[1]))
        return general_case(build, items, count);
    if (s.nevers > 0)
        words[CASE_NEVER] = items[ITEM_RULE];
    if (s.mays > 0)
        words[CASE_MAY] = items[s.nevers * ITEM_WORDS + ITEM_RULE];
    if (s.nevers > 1 || s.mays > 1)
        words[CASE_LIST] = index_list(build, items, count);
    return pool_place(build, &build->cases, words, CASE_WORDS);
}
