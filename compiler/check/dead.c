/* Permissions that can never apply, because prohibitions cover all of them. */
#include "compiler/check/internal.h"
#include "compiler/check/reach.h"
#include "compiler/check/states.h"

enum {
    SAMPLES = 16,                /* points of a permission that are tried first */
    STEPS_ONE = 1000 * 1000,     /* spent on one sentence at most */
    STEPS_ALL = 30 * 1000 * 1000 /* on the whole policy */
};

struct box { /* part of a permission that no prohibition before `next` covers */
    struct set actors, objects, targets;
    struct cube when;
    uint32_t next; /* index into the prohibitions of the verb */
};

struct search {
    struct checking *checking;
    size_t steps_left; /* of the whole policy */
    size_t steps;      /* of the sentence */
    VECTOR(uint32_t) nevers[VERB_QUESTIONS];
    uint32_t covering;        /* the first prohibition of the last point, in page order */
    VECTOR(struct box) boxes; /* not looked at yet */
};

/* Points -------------------------------------------------------------------------------------- */

static uint32_t
leaf_at(struct set set, uint32_t index)
{
    for (size_t i = 0; i < set.count; i++) {
        uint32_t size = set.at[i].high - set.at[i].low;
        if (index < size)
            return set.at[i].low + index;
        index -= size;
    }
    return set.at[0].low;
}

/* Samples spread over each part of the rule, and differently over each. */
static struct point
sample(const struct rule *rule, uint32_t number)
{
    uint64_t actors = set_size(rule->actors), objects = set_size(rule->objects);
    uint64_t targets = set_size(rule->targets);
    return (struct point){
        rule->verb,
        leaf_at(rule->actors, (uint32_t)(number * UINT64_C(11) % SAMPLES * actors / SAMPLES)),
        leaf_at(rule->objects, (uint32_t)(number * objects / SAMPLES)),
        leaf_at(rule->targets, (uint32_t)(number * UINT64_C(5) % SAMPLES * targets / SAMPLES))};
}

static enum search_result
alive_at(struct search *s, const struct rule *rule, struct point point)
{
    return prohibitions_leave(s->checking, point, rule->when, &s->steps, &s->covering);
}

/* Boxes --------------------------------------------------------------------------------------- */

static void
push(struct search *s, struct box box)
{
    bool empty = box.actors.count == 0 || box.objects.count == 0 || box.targets.count == 0 ||
                 !states_possible(s->checking->model, box.when);
    s->steps -= s->steps > 0;
    if (!empty)
        *VECTOR_PUSH(s->checking->arena, &s->boxes) = box;
}

static bool
meets(const struct box *box, const struct rule *never)
{
    struct cube both = cube_both(box->when, never->when);
    return (both.need & both.forbid) == 0 && set_meets(box->actors, never->actors) &&
           set_meets(box->objects, never->objects) && set_meets(box->targets, never->targets);
}

/* Pushes what of the box the prohibition leaves: first what differs in objects, then of the rest
 * what differs in targets, and so on. */
static void
subtract(struct search *s, struct box box, const struct rule *never)
{
    struct arena *arena = s->checking->arena;
    struct box piece = box;
    piece.objects = set_minus(arena, box.objects, never->objects);
    push(s, piece);
    piece = box = (struct box){box.actors, set_both(arena, box.objects, never->objects),
                               box.targets, box.when, box.next};
    piece.targets = set_minus(arena, box.targets, never->targets);
    push(s, piece);
    box.targets = set_both(arena, box.targets, never->targets);
    piece = box;
    piece.actors = set_minus(arena, box.actors, never->actors);
    push(s, piece);
    box.actors = set_both(arena, box.actors, never->actors);
    uint64_t open = (never->when.need | never->when.forbid) & ~(box.when.need | box.when.forbid);
    for (; open != 0; open &= open - 1) {
        uint64_t bit = open & (~open + 1);
        bool needed = (never->when.need & bit) != 0;
        piece = box;
        *(needed ? &piece.when.forbid : &piece.when.need) |= bit;
        push(s, piece);
        *(needed ? &box.when.need : &box.when.forbid) |= bit;
    }
}

/* Whether prohibitions leave anything of the rule: FOUND if they do. */
static enum search_result
alive_anywhere(struct search *s, const struct rule *rule)
{
    const struct model *model = s->checking->model;
    s->boxes.count = 0;
    push(s, (struct box){rule->actors, rule->objects, rule->targets, rule->when, 0});
    while (s->boxes.count > 0) {
        struct box box = s->boxes.at[--s->boxes.count];
        size_t count = s->nevers[rule->verb].count;
        const uint32_t *nevers = s->nevers[rule->verb].at;
        for (; box.next < count && !meets(&box, &model->rules[nevers[box.next]]); box.next++) {
            if (s->steps == 0)
                return SEARCH_TOO_LONG;
            s->steps--;
        }
        if (box.next == count)
            return SEARCH_FOUND;
        const struct rule *never = &model->rules[nevers[box.next++]];
        subtract(s, box, never);
    }
    return s->steps == 0 ? SEARCH_TOO_LONG : SEARCH_NONE;
}

static bool
is_one_point(const struct rule *rule)
{
    return set_size(rule->actors) == 1 && set_size(rule->objects) == 1 &&
           set_size(rule->targets) == 1;
}

static enum search_result
alive(struct search *s, const struct rule *rule)
{
    uint32_t samples = is_one_point(rule) ? 1 : SAMPLES;
    enum search_result result = SEARCH_NONE;
    if (!states_possible(s->checking->model, rule->when))
        return SEARCH_NONE;
    for (uint32_t i = 0; i < samples; i++) {
        result = alive_at(s, rule, sample(rule, i));
        if (result != SEARCH_NONE)
            return result;
    }
    return samples == 1 ? SEARCH_NONE : alive_anywhere(s, rule);
}

/* Sentences ----------------------------------------------------------------------------------- */

static void
report_dead(struct search *s, const struct sentence_model *sentence, const struct rule *rule)
{
    struct checking *c = s->checking;
    const struct model *model = c->model;
    (void)alive_at(s, rule, sample(rule, 0));
    c->faulty[rule->sentence] = true;
    diagnose(c->diagnostics, E_DEAD_PERMISSION, sentence->tree->span,
             "this permission can never apply");
    if (s->covering == NONE) {
        diagnose_why(c->diagnostics, "Its conditions cannot hold together");
        diagnose_fix(c->diagnostics, "Change its conditions, or leave the permission out");
        return;
    }
    const struct rule *never = &model->rules[s->covering];
    struct text name = model->clauses[never->clause].name;
    diagnose_why(c->diagnostics, "A prohibition always wins, and what is permitted here is "
                                 "prohibited in every case");
    diagnose_fix(c->diagnostics,
                 "Leave the permission out, or give the prohibition in “%.*s” an exception",
                 TEXT_ARGS(name));
    diagnose_see(c->diagnostics, sentence_place(model, never->sentence), "a prohibition of “%.*s”",
                 TEXT_ARGS(name));
}

static void
report_undecided(struct search *s, const struct sentence_model *sentence)
{
    struct checking *c = s->checking;
    bool all = s->steps_left == 0;
    diagnose(c->diagnostics, W_UNDECIDED, sentence->tree->span,
             all ? "cannot decide whether the permissions from here on can ever apply"
                 : "cannot decide whether this permission can ever apply");
    diagnose_why(c->diagnostics, "Too many prohibitions overlap with it in too many ways");
}

/* A sentence is dead if each of its permissions is. False if the whole policy's steps are spent. */
static bool
look_at(struct search *s, const struct sentence_model *sentence)
{
    const struct model *model = s->checking->model;
    const struct rule *first = NULL;
    enum search_result result = SEARCH_NONE;
    size_t given = s->steps_left < STEPS_ONE ? s->steps_left : STEPS_ONE;
    s->steps = given;
    for (uint32_t i = 0; i < sentence->rule_count && result == SEARCH_NONE; i++) {
        const struct rule *rule = &model->rules[sentence->first_rule + i];
        if (rule->mode != MODE_MAY)
            continue;
        first = first ? first : rule;
        result = alive(s, rule);
    }
    s->steps_left -= given - s->steps;
    if (result == SEARCH_TOO_LONG)
        report_undecided(s, sentence);
    else if (result == SEARCH_NONE && first)
        report_dead(s, sentence, first);
    return s->steps_left > 0;
}

void
check_dead_permissions(struct checking *checking)
{
    const struct model *model = checking->model;
    struct search s = {.checking = checking, .steps_left = STEPS_ALL};
    for (uint32_t i = 0; i < model->rule_count; i++)
        if (model->rules[i].mode == MODE_NEVER)
            *VECTOR_PUSH(checking->arena, &s.nevers[model->rules[i].verb]) = i;
    for (size_t i = 0; i < model->sentence_count; i++)
        if (!look_at(&s, &model->sentences[i]))
            return;
}
