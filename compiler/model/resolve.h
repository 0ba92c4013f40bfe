/* Written names to symbols, lists to sets, acts and conditions to what rules are made of. Shared by
 * everything that reads names: sentences, prose, examples, questions. Each function reports what
 * is wrong itself, once; a caller that gets `false` or NONE goes on without a word. */
#ifndef AVOW_MODEL_RESOLVE_H
#define AVOW_MODEL_RESOLVE_H

#include "compiler/model/model.h"

struct resolver {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct model *model; /* its symbols, clauses and their tables of names are complete */
    struct names reported;     /* unknown names that were reported: one mistake, one message */
    const uint64_t *letters;   /* a symbol's letters as bits; made for the first unknown name */
    size_t patience;           /* comparisons left for nearest names, which bounds the work */
};

struct resolver resolver_make(struct arena *arena, const struct model *model,
                              struct diagnostics *diagnostics);

/* Sets of kinds, as bits. */
#define KINDS(kind) (1u << (kind))
#define ANY_KIND ((1u << KIND_COUNT) - 1)

static inline unsigned
kinds_between(enum kind first, enum kind last)
{
    return (2u << last) - (1u << first);
}

/* "a person, a place or an audience" */
struct text kinds_words(struct arena *arena, unsigned kinds);

/* The symbol of a name of one of these kinds (a group too), or NONE after a report: an unknown name
 * with the nearest one, or a name of another kind. "us" is the audience where no system fits. */
uint32_t resolve_symbol(struct resolver *resolver, const struct name *name, unsigned kinds);

/* The same for one leaf: a group is reported too, with its members. NONE, or the symbol. */
uint32_t resolve_leaf_symbol(struct resolver *resolver, const struct name *name, unsigned kinds);

/* The leaves of all names of a list. False if one of them could not be used; the others are in. */
bool resolve_list(struct resolver *resolver, const struct name_list *list, unsigned kinds,
                  struct set *out);

/* The clause of a name, or NONE after a report. */
uint32_t resolve_clause(struct resolver *resolver, const struct name *name);

/* Where an act stands decides what may be left out, and whether "anyone" is allowed. */
enum act_use { ACT_MAY, ACT_NEVER, ACT_MUST, ACT_QUESTION };

struct act_sets {
    enum verb verb;
    struct set objects;
    struct set targets; /* of an omitted target: all that the verb takes in ACT_NEVER, else empty */
    const uint32_t *named; /* symbols of the objects as written; none: "anything", "anyone" */
    size_t named_count;
    bool partial;    /* not all of the objects could be used: that was reported */
    bool any_target; /* the target was left out, or "anyone", "anywhere" */
};

bool resolve_act(struct resolver *resolver, const struct act *act, enum act_use use,
                 struct act_sets *out);

/* Takes what stands behind "except to", "except in" ... out of the targets, which are everything
 * that the verb takes if none was named ("to" does for "with" here), and what stands behind
 * "except" alone out of the objects. */
bool resolve_exceptions(struct resolver *resolver, const struct exception *exceptions, size_t count,
                        struct act_sets *act);

/* All that can stand behind the verb's preposition. */
struct set verb_targets(struct resolver *resolver, enum verb verb);

/* Who acts. For "we": us, and every system too if `systems`. */
bool resolve_actors(struct resolver *resolver, bool we, const struct name_list *subjects,
                    bool systems, struct set *out);

/* Of whom and of what the states of a condition may be. */
struct about {
    const uint32_t *objects; /* symbols as written: a state must fit each; none: any object */
    size_t object_count;
    struct set persons; /* the persons from whom data is collected */
    bool anybody;       /* states of anybody fit: nothing says whose they are */
    bool records;       /* the objects are persons, and states of their data fit too */
};

struct about about_act(const struct act_sets *act, const struct model *model);

/* A condition as bits. The cube is empty (need meets forbid) if it can never hold: that is for the
 * caller to judge. */
bool resolve_condition(struct resolver *resolver, const struct condition *condition,
                       const struct about *about, struct cube *out);

/* The cubes in which one of `cubes` holds and `excluded` does not: one for each of its literals.
 * Empty ones are left out. False if there would be more than limit. */
bool resolve_not(struct resolver *resolver, struct cube excluded, const struct cube *cubes,
                 size_t count, size_t limit, struct cube **out, size_t *out_count);

static inline bool
cube_empty(struct cube cube)
{
    return (cube.need & cube.forbid) != 0;
}

/* "a", "a and b", "a, b and c", cut off with "and 12 more" after eight: members of a group. */
struct text members_words(struct arena *arena, const struct model *model, uint32_t group);

#endif
