#include "compiler/compare/rules.h"

static void
add_set(struct buffer *out, struct set set)
{
    uint32_t count = (uint32_t)set.count;
    buffer_add(out, (struct text){(const char *)&count, sizeof count});
    buffer_add(out, (struct text){(const char *)set.at, set.count * sizeof *set.at});
}

/* All that a rule says, as bytes. */
static struct text
key_of(struct arena *arena, const struct held *held, const struct box *box)
{
    struct buffer out = buffer_in(arena);
    const uint8_t head[2] = {(uint8_t)held->rule->mode, (uint8_t)held->rule->verb};
    buffer_add(&out, (struct text){(const char *)head, sizeof head});
    buffer_add(&out, (struct text){(const char *)&held->when, sizeof held->when});
    for (unsigned axis = 0; axis < AXES; axis++)
        add_set(&out, box->axis[axis]);
    return buffer_text(&out);
}

static bool
can_hold(const struct rule *rule)
{
    return (rule->when.need & rule->when.forbid) == 0;
}

static void
collect(struct rules *rules, enum version version, enum verb verb)
{
    const struct common *common = rules->common;
    const struct model *model = common->side[version].model;
    for (uint32_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if (rule->verb != verb || !can_hold(rule))
            continue;
        struct box *box = &rules->boxes[rules->count];
        rules->at[rules->count++] =
            (struct held){rule, common_condition(common, version, rule->when), version, NONE};
        box->axis[0] = common_set(common, version, rule->actors);
        box->axis[1] = common_set(common, version, rule->objects);
        box->axis[2] = common_set(common, version, rule->targets);
    }
}

/* Rules that say the same, in either version. */
struct group {
    bool has[2];
    uint32_t last; /* rule, plus 1 */
};

struct matching {
    struct rules *rules;
    VECTOR(struct group) groups;
    uint32_t *before; /* of a rule: the one before it in its group, plus 1 */
};

static void
group_rules(struct matching *m)
{
    struct rules *rules = m->rules;
    struct arena *arena = rules->common->arena;
    struct names names = names_in(arena);
    for (uint32_t i = 0; i < rules->count; i++) {
        struct held *held = &rules->at[i];
        uint32_t next = (uint32_t)m->groups.count;
        held->same = names_add(&names, key_of(arena, held, &rules->boxes[i]), next);
        if (held->same == next)
            *VECTOR_PUSH(arena, &m->groups) = (struct group){{false, false}, 0};
        struct group *group = &m->groups.at[held->same];
        group->has[held->version] = true;
        m->before[i] = group->last;
        group->last = i + 1;
    }
}

/* Whether some rule of the other version in the group stands in the clause that is this one's. */
static bool
stands_there_too(const struct matching *m, const struct group *group, const struct held *held)
{
    const struct side *side = &m->rules->common->side[held->version];
    uint32_t partner = side->clause[held->rule->clause];
    for (uint32_t at = group->last; at != 0; at = m->before[at - 1]) {
        const struct held *other = &m->rules->at[at - 1];
        if (other->version != held->version && other->rule->clause == partner)
            return true;
    }
    return false;
}

static const struct held *
homeless(const struct matching *m, const struct group *group)
{
    for (uint32_t at = group->last; at != 0; at = m->before[at - 1]) {
        const struct held *held = &m->rules->at[at - 1];
        if (held->version == OLD && !stands_there_too(m, group, held))
            return held;
    }
    return NULL;
}

static bool
found_before(const struct edit *edit, struct text meaning)
{
    for (size_t i = 0; i < edit->findings.count; i++)
        if (text_equal(edit->findings.at[i].meaning, meaning))
            return true;
    return false;
}

/* What an old clause said, and a new one says now. */
static void
find_elsewhere(struct matching *m, const struct held *before, const struct held *after)
{
    struct edits *edits = m->rules->edits;
    struct arena *arena = m->rules->common->arena;
    uint32_t from = edits->of_sentence[OLD][before->rule->sentence];
    uint32_t to = edits->of_sentence[NEW][after->rule->sentence];
    if (from == NONE || to == NONE)
        return;
    struct text old = edits->common->side[OLD].model->clauses[before->rule->clause].name;
    struct text new = edits->common->side[NEW].model->clauses[after->rule->clause].name;
    struct text meaning =
        arena_format(arena, "said-by-another-clause %.*s %.*s", TEXT_ARGS(old), TEXT_ARGS(new));
    edits->list.at[from].explained = true;
    if (found_before(&edits->list.at[to], meaning))
        return;
    edit_found(edits, to, FOUND_ELSEWHERE,
               arena_format(arena, "What clause “%.*s” ruled, clause “%.*s” rules now.",
                            TEXT_ARGS(old), TEXT_ARGS(new)),
               meaning);
    if (edits->list.at[to].clause[OLD] == NONE)
        edits->list.at[to].clause[OLD] = before->rule->clause;
}

static void
compare_clauses(struct matching *m)
{
    for (uint32_t i = 0; i < m->rules->count; i++) {
        const struct held *held = &m->rules->at[i];
        const struct group *group = &m->groups.at[held->same];
        if (held->version != NEW || !group->has[OLD] || stands_there_too(m, group, held))
            continue;
        const struct held *before = homeless(m, group);
        if (before)
            find_elsewhere(m, before, held);
    }
}

void
rules_make(struct rules *rules, struct common *common, struct edits *edits)
{
    size_t most = common->side[OLD].model->rule_count + common->side[NEW].model->rule_count + 1;
    struct matching m = {.rules = rules};
    *rules = (struct rules){.common = common, .edits = edits};
    rules->at = ARENA_ARRAY(common->arena, most, struct held);
    rules->boxes = ARENA_ARRAY(common->arena, most, struct box);
    m.before = ARENA_ARRAY(common->arena, most, uint32_t);
    for (int verb = 0; verb < VERB_COUNT; verb++) {
        rules->first[verb] = rules->count;
        collect(rules, OLD, (enum verb)verb);
        collect(rules, NEW, (enum verb)verb);
    }
    rules->first[VERB_COUNT] = rules->count;
    group_rules(&m);
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct group *group = &m.groups.at[rules->at[i].same];
        rules->boxes[i].changed = !group->has[OLD] || !group->has[NEW];
    }
    compare_clauses(&m);
}

/* A word at the first place of a set, if only one policy has it. */
static uint32_t
edit_of_place(struct edits *edits, struct set places)
{
    const struct common *common = edits->common;
    uint32_t place = places.count > 0 ? places.at[0].low : NONE;
    if (place >= common->first[KIND_COUNT])
        return NONE;
    for (int v = OLD; v <= NEW; v++) {
        enum version other = v == OLD ? NEW : OLD;
        if (!common_has(common, other, place)) {
            const struct side *side = &common->side[v];
            return edit_of_symbol(edits, (enum version)v,
                                  side->model->leaf_symbol[side->leaf[place]]);
        }
    }
    return NONE;
}

uint32_t
edit_behind(struct edits *edits, enum version version, uint32_t sentence, uint32_t clause,
            const struct set axis[AXES])
{
    uint32_t edit = edits->of_sentence[version][sentence];
    for (int i = AXES - 1; i >= 0 && edit == NONE; i--)
        edit = edit_of_place(edits, axis[i]);
    if (edit != NONE)
        return edit;
    return edit_of_words(edits, version == NEW ? clause : edits->common->side[OLD].clause[clause]);
}
