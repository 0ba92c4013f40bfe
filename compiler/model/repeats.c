/* "repeats CLAUSE": clauses that say again what others rule. They add no rule; they are as strong
 * as what they repeat, and may publish its times. */
#include "compiler/model/sentences.h"

/* Clauses repeated through others, over the whole policy: far more than people write. */
enum { REPEATS_MAX = 1 << 20 };

struct link {        /* a name behind "repeats" */
    uint32_t clause; /* that it names */
    struct span span;
};

enum colour { UNSEEN, OPEN, DONE };

struct step { /* of one clause, while they are put in order */
    struct link *links;
    size_t count, next;
    enum colour colour;
    uint32_t seen_by; /* last clause that took it among its own, + 1 */
};

struct walk {
    struct draft *draft;
    struct step *steps;
    VECTOR(uint32_t) open; /* clauses, each repeated by the one before it */
    size_t total;
    bool too_many; /* reported */
};

static void
report_itself(struct draft *draft, const struct name *name)
{
    diagnose(draft->diagnostics, E_REPEATS, name->span, "“%.*s” repeats itself",
             TEXT_ARGS(name->text));
    diagnose_why(draft->diagnostics,
                 "What repeats another clause is ruled there, and nowhere else");
    diagnose_fix(draft->diagnostics, "Leave it out, or name the clause that has the rules");
}

static void
report_circle(struct walk *walk, uint32_t clause, const struct link *link)
{
    struct draft *draft = walk->draft;
    struct text from = draft->clauses[clause].name, to = draft->clauses[link->clause].name;
    diagnose(draft->diagnostics, E_REPEATS, link->span,
             "“%.*s” repeats “%.*s”, which in the end repeats “%.*s”", TEXT_ARGS(from),
             TEXT_ARGS(to), TEXT_ARGS(from));
    diagnose_why(draft->diagnostics,
                 "What repeats another clause is ruled there, and nowhere else");
    diagnose_fix(draft->diagnostics, "Leave one of the two out");
    diagnose_see(draft->diagnostics, draft->clauses[link->clause].span, "the clause “%.*s”",
                 TEXT_ARGS(to));
}

static void
report_too_many(struct walk *walk, uint32_t clause)
{
    if (!walk->too_many)
        diagnose(walk->draft->diagnostics, E_DEPTH, walk->draft->clauses[clause].span,
                 "the clauses up to here repeat one another more than %d times", REPEATS_MAX);
    walk->too_many = true;
}

/* The clauses that one names itself. */
static void
read_links(struct draft *draft, uint32_t clause, struct step *step)
{
    const struct clause_tree *tree = &draft->tree->clauses.at[clause];
    size_t count = 0;
    for (size_t i = 0; i < tree->sentence_count; i++)
        count += tree->sentences[i].repeats.count;
    step->links = ARENA_ARRAY(draft->arena, count, struct link);
    for (size_t i = 0; i < tree->sentence_count; i++) {
        const struct name_list *list = &tree->sentences[i].repeats;
        for (size_t k = 0; k < list->count; k++) {
            uint32_t found = resolve_clause(&draft->resolver, &list->at[k]);
            if (found == clause)
                report_itself(draft, &list->at[k]);
            else if (found != NONE)
                step->links[step->count++] = (struct link){found, list->at[k].span};
        }
    }
}

static void
take(struct walk *walk, uint32_t clause, uint32_t repeated, uint32_t *list)
{
    struct clause *own = &walk->draft->clauses[clause];
    struct step *step = &walk->steps[repeated];
    if (step->seen_by == clause + 1)
        return;
    step->seen_by = clause + 1;
    list[own->repeat_count++] = repeated;
}

/* All that a clause repeats, when that is known of each that it names: those first, then what they
 * repeat in turn. */
static void
finish(struct walk *walk, uint32_t clause)
{
    struct draft *draft = walk->draft;
    struct clause *own = &draft->clauses[clause];
    struct step *step = &walk->steps[clause];
    size_t room = step->count;
    for (size_t i = 0; i < step->count; i++)
        room += draft->clauses[step->links[i].clause].repeat_count;
    walk->total += room;
    if (walk->total > REPEATS_MAX) {
        report_too_many(walk, clause);
        return;
    }
    uint32_t *list = ARENA_ARRAY(draft->arena, room, uint32_t);
    own->repeats = list;
    for (size_t i = 0; i < step->count; i++)
        take(walk, clause, step->links[i].clause, list);
    for (size_t i = 0; i < step->count; i++) {
        const struct clause *named = &draft->clauses[step->links[i].clause];
        own->class = named->class < own->class ? named->class : own->class;
        for (size_t k = 0; k < named->repeat_count; k++)
            take(walk, clause, named->repeats[k], list);
    }
}

/* Each clause after those that it names; a link that would close a circle is dropped. */
static void
order_from(struct walk *walk, uint32_t start)
{
    struct arena *arena = walk->draft->arena;
    *VECTOR_PUSH(arena, &walk->open) = start;
    walk->steps[start].colour = OPEN;
    while (walk->open.count > 0) {
        uint32_t clause = walk->open.at[walk->open.count - 1];
        struct step *step = &walk->steps[clause];
        if (step->next == step->count) {
            finish(walk, clause);
            step->colour = DONE;
            walk->open.count--;
            continue;
        }
        const struct link *link = &step->links[step->next];
        struct step *named = &walk->steps[link->clause];
        if (named->colour == OPEN) {
            report_circle(walk, clause, link);
            step->links[step->next] = step->links[--step->count];
            continue;
        }
        step->next++;
        if (named->colour == UNSEEN) {
            named->colour = OPEN;
            *VECTOR_PUSH(arena, &walk->open) = link->clause;
        }
    }
}

void
repeats_make(struct draft *draft)
{
    uint32_t count = (uint32_t)draft->tree->clauses.count;
    struct walk walk = {.draft = draft, .steps = ARENA_ARRAY(draft->arena, count, struct step)};
    for (uint32_t i = 0; i < count; i++)
        read_links(draft, i, &walk.steps[i]);
    for (uint32_t i = 0; i < count; i++)
        if (walk.steps[i].colour == UNSEEN && walk.steps[i].count > 0)
            order_from(&walk, i);
}
