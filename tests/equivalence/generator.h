/* What the parts of the generator of random policies share. */
#ifndef AVOW_TESTS_GENERATOR_H
#define AVOW_TESTS_GENERATOR_H

#include "compiler/base/names.h"
#include "compiler/syntax/tree.h"
#include "tests/equivalence/generate.h"

#include <inttypes.h>
#include <stdio.h>

enum { NAMES_MAX = 96, DEPTH_MAX = 3 };

struct word { /* a declared name */
    char name[64];
    enum kind kind;
    bool group;
    uint32_t parent;  /* index, or NONE */
    uint32_t owner;   /* index of a person or of data, or NONE */
    uint32_t on, off; /* of a state: what switches it, or NONE */
};

struct generator {
    struct random random;
    struct buffer *out;
    struct word words[NAMES_MAX];
    uint32_t count;
    uint32_t first[KIND_COUNT + 1]; /* words are made kind by kind */
    uint32_t clause;                /* the one being written */
    uint32_t clauses;
    uint32_t deadline; /* request or data with the one time limit of this clause, or NONE */
    bool based;        /* purposes have legal bases */
    bool erased[NAMES_MAX], kept[NAMES_MAX], done[NAMES_MAX]; /* has its duty */
    bool answered[NAMES_MAX]; /* a request with a clause on-NAME, whose duty does it */
};

static inline bool
chance(struct generator *g, uint32_t percent)
{
    return random_chance(&g->random, percent);
}

static inline uint32_t
below(struct generator *g, uint32_t limit)
{
    return random_below(&g->random, limit);
}

static inline uint32_t
between(struct generator *g, uint32_t low, uint32_t high)
{
    return low + below(g, high - low + 1);
}

#define put(...) buffer_format(g->out, __VA_ARGS__)

static inline bool
any_of(const struct generator *g, enum kind kind)
{
    return g->first[kind] < g->first[kind + 1];
}

/* A word of a kind that has some. */
static inline uint32_t
pick(struct generator *g, enum kind kind)
{
    return g->first[kind] + below(g, g->first[kind + 1] - g->first[kind]);
}

static inline const char *
name(const struct generator *g, uint32_t at)
{
    return g->words[at].name;
}

/* A clause's name, by its number. */
static inline void
put_clause_name(struct generator *g, uint32_t clause)
{
    put("rule-%c%c", (char)('a' + clause / 26), (char)('a' + clause % 26));
}

/* Makes the words up, and declares all of them. */
void make_vocabulary(struct generator *g);
void declare_all(struct generator *g);

/* One sentence of any shape, a line. */
void say_something(struct generator *g);
/* The right to ask, and the duty to act on it. */
void say_request(struct generator *g, uint32_t request);

#endif
