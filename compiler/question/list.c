#include "compiler/question/list.h"

#include "compiler/question/say.h"

/* How good an answer is for whoever asks: allowed, perhaps, not. */
static unsigned
rank(const struct answer *answer)
{
    return answer->verdict == VERDICT_ALLOWED ? 0 : answer->missing != 0 ? 1 : 2;
}

struct walk { /* through the leaves of a set */
    struct set set;
    size_t part;
    uint32_t leaf;
};

/* Moves to the first leaf, or to the next; false at the end. */
static bool
walk_next(struct walk *walk, bool start)
{
    if (!start && ++walk->leaf < walk->set.at[walk->part].high)
        return true;
    walk->part += !start;
    if (walk->part >= walk->set.count)
        return false;
    walk->leaf = walk->set.at[walk->part].low;
    return true;
}

struct answer
answer_of_any(const struct model *model, struct arena *arena, const struct asked *asked,
              struct question *question)
{
    struct walk actor = {.set = asked->parts[PART_ACTOR]};
    struct answer best = answer_make(model, arena, *question);
    struct question with = *question;
    for (bool more = asked->any_actor && walk_next(&actor, true); more;
         more = walk_next(&actor, false)) {
        with.actor = actor.leaf;
        struct answer answer = answer_make(model, arena, with);
        if (rank(&answer) < rank(&best)) {
            best = answer;
            *question = with;
        }
    }
    return best;
}

static bool
same(const struct answer *a, const struct answer *b)
{
    return a->verdict == b->verdict && a->missing == b->missing &&
           a->clause_count == b->clause_count &&
           (a->clause_count == 0 ||
            memcmp(a->clauses, b->clauses, a->clause_count * sizeof *a->clauses) == 0);
}

/* Adds a leaf to a set. */
static void
add_leaf(struct arena *arena, struct set *set, uint32_t leaf)
{
    struct interval *one = ARENA_NEW(arena, struct interval);
    *one = (struct interval){leaf, leaf + 1};
    if (!set_has(*set, leaf))
        *set = set_union(arena, *set, (struct set){one, 1});
}

static bool
many(struct set set)
{
    return set_size(set) > 1;
}

struct listing {
    const struct model *model;
    struct arena *arena;
    struct answer_list list;
    bool apart; /* more than one place is open: points with different things are not put together
                   until all of them are known */
};

static void
add_point(void *context, struct question question, const struct answer *answer)
{
    struct listing *listing = context;
    struct answer_list *list = &listing->list;
    size_t at = 0;
    for (; at < list->at.count; at++)
        if (same(&list->at.at[at].answer, answer) &&
            (!listing->apart || (list->at.at[at].question.object == question.object &&
                                 list->at.at[at].question.actor == question.actor)))
            break;
    if (at == list->at.count)
        *VECTOR_PUSH(listing->arena, &list->at) = (struct answers){question, *answer, {{0}}};
    struct answers *group = &list->at.at[at];
    add_leaf(listing->arena, &group->parts[PART_ACTOR], question.actor);
    add_leaf(listing->arena, &group->parts[PART_OBJECT], question.object);
    add_leaf(listing->arena, &group->parts[PART_TARGET], question.target);
}

/* Puts groups together that differ in one place only, so that each stays a product. */
static void
merge(struct listing *listing, enum part open)
{
    struct answer_list *list = &listing->list;
    size_t kept = 0;
    for (size_t i = 0; i < list->at.count; i++) {
        struct answers *group = &list->at.at[i];
        size_t k = 0;
        for (; k < kept; k++) {
            bool fits = same(&list->at.at[k].answer, &group->answer);
            for (enum part part = 0; part < PART_COUNT && fits; part++)
                fits = part == open || set_same(list->at.at[k].parts[part], group->parts[part]);
            if (fits)
                break;
        }
        if (k == kept)
            list->at.at[kept++] = *group;
        else
            list->at.at[k].parts[open] =
                set_union(listing->arena, list->at.at[k].parts[open], group->parts[open]);
    }
    list->at.count = kept;
}

/* By rank; within one in order of appearance. */
static void
sort_list(struct answer_list *list)
{
    for (size_t i = 1; i < list->at.count; i++)
        for (size_t k = i; k > 0 && rank(&list->at.at[k].answer) < rank(&list->at.at[k - 1].answer);
             k--) {
            struct answers moved = list->at.at[k];
            list->at.at[k] = list->at.at[k - 1];
            list->at.at[k - 1] = moved;
        }
}

void
answers_each(const struct model *model, struct arena *arena, const struct asked *asked,
             void (*visit)(void *context, struct question question, const struct answer *answer),
             void *context)
{
    struct interval first = {asked->parts[PART_ACTOR].at[0].low,
                             asked->parts[PART_ACTOR].at[0].low + 1};
    struct set one = {&first, 1};
    struct walk actor = {.set = asked->any_actor ? one : asked->parts[PART_ACTOR]};
    for (bool a = walk_next(&actor, true); a; a = walk_next(&actor, false)) {
        struct walk object = {.set = asked->parts[PART_OBJECT]};
        for (bool o = walk_next(&object, true); o; o = walk_next(&object, false)) {
            struct walk target = {.set = asked->parts[PART_TARGET]};
            for (bool t = walk_next(&target, true); t; t = walk_next(&target, false)) {
                struct question q = asked_point(asked);
                q.actor = actor.leaf;
                q.object = object.leaf;
                q.target = target.leaf;
                struct answer answer = answer_of_any(model, arena, asked, &q);
                visit(context, q, &answer);
            }
        }
    }
}

struct answer_list
answers_list(const struct model *model, struct arena *arena, const struct asked *asked)
{
    struct listing listing = {model, arena, {{0}}, false};
    unsigned open = !asked->any_actor && many(asked->parts[PART_ACTOR]);
    open += many(asked->parts[PART_OBJECT]);
    open += many(asked->parts[PART_TARGET]);
    listing.apart = open > 1;
    answers_each(model, arena, asked, add_point, &listing);
    if (listing.apart) {
        merge(&listing, PART_OBJECT);
        merge(&listing, PART_ACTOR);
    }
    sort_list(&listing.list);
    return listing.list;
}

static void
add_group(struct buffer *out, const struct model *model, const struct asked *asked,
          const struct answers *group, bool colour)
{
    static const char *const heads[] = {"Yes", "It depends on ", "No"};
    const struct answer *answer = &group->answer;
    bool yes = answer->verdict == VERDICT_ALLOWED, open = answer->missing != 0;
    say_coloured(out, colour, yes, text_of(heads[rank(answer)]));
    if (open)
        say_whether(out, model, answer->missing);
    buffer_string(out, ": ");
    say_asked(out, model, asked, group->parts, yes || open);
    if (asked->any_actor && yes && !set_has(group->parts[PART_ACTOR], us_actor(model))) {
        buffer_string(out, " by ");
        set_names(model, group->parts[PART_ACTOR], out);
    }
    if (!yes && !open)
        buffer_add(out, answer->clause_count > 0 ? TEXT(". It is forbidden")
                                                 : TEXT(". Nothing permits it"));
    buffer_string(out, ".\n");
    for (size_t i = 0; i < answer->clause_count; i++)
        say_clause(out, model, "Clause", answer->clauses[i]);
    buffer_char(out, '\n');
}

void
say_list(struct buffer *out, const struct model *model, const struct asked *asked,
         const struct answer_list *list, bool colour)
{
    for (size_t i = 0; i < list->at.count; i++)
        add_group(out, model, asked, &list->at.at[i], colour);
    if (out->length > 0)
        out->length--; /* the last empty line */
}
