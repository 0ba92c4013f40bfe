#include "tests/equivalence/generator.h"

static const char *const stems[] = {"amber", "birch",  "cedar", "delta", "ember", "fern",
                                    "grove", "harbor", "iris",  "jade",  "kelp",  "lotus"};
static const char *const letters[] = {"d", "p", "a", "h", "l", "s", "r", "e", "t", "f", "c", "v"};

static uint32_t
add_word(struct generator *g, enum kind kind, uint32_t parent)
{
    if (g->count == NAMES_MAX)
        return NONE;
    uint32_t at = g->count++;
    uint32_t number = at - g->first[kind];
    struct word *word = &g->words[at];
    const char *stem = stems[number % (sizeof stems / sizeof *stems)];
    *word = (struct word){.kind = kind, .parent = parent, .owner = NONE, .on = NONE, .off = NONE};
    const char *suffix = number >= 12 ? "-too" : "";
    if (parent == NONE) {
        snprintf(word->name, sizeof word->name, "%s-%s%s", letters[kind], stem, suffix);
        return at;
    }
    struct word *above = &g->words[parent];
    char prefix[sizeof above->name];
    memcpy(prefix, above->name, sizeof prefix);
    snprintf(word->name, sizeof word->name, "%.40s.%s%s", prefix, stem, suffix);
    above->group = true;
    word->owner = above->owner;
    return at;
}

/* Names of one kind: some roots, and under some of them members, to a small depth. */
static void
make_kind(struct generator *g, enum kind kind, uint32_t roots, uint32_t nesting)
{
    g->first[kind] = g->count;
    for (uint32_t i = 0; i < roots; i++) {
        uint32_t at = add_word(g, kind, NONE);
        for (unsigned depth = 1;
             at != NONE && depth < (kind == KIND_FACT ? 2 : DEPTH_MAX) && chance(g, nesting);
             depth++) {
            uint32_t members = between(g, kind == KIND_FACT ? 2 : 1, 3), parent = at;
            for (uint32_t m = 0; m < members; m++)
                at = add_word(g, kind, parent);
        }
    }
    g->first[kind + 1] = g->count;
}

static void
give_owners(struct generator *g)
{
    for (uint32_t i = g->first[KIND_DATA]; i < g->first[KIND_DATA + 1]; i++) {
        struct word *word = &g->words[i];
        if (word->parent != NONE)
            word->owner = g->words[word->parent].owner;
        else if (chance(g, 85))
            word->owner = pick(g, KIND_PERSON);
    }
}

void
make_vocabulary(struct generator *g)
{
    make_kind(g, KIND_DATA, between(g, 2, 5), 40);
    make_kind(g, KIND_PURPOSE, between(g, 1, 4), 30);
    make_kind(g, KIND_AUDIENCE, between(g, 1, 3), 25);
    make_kind(g, KIND_PERSON, between(g, 1, 3), 10);
    make_kind(g, KIND_PLACE, between(g, 1, 3), 25);
    make_kind(g, KIND_SYSTEM, between(g, 0, 2), 20);
    make_kind(g, KIND_REQUEST, between(g, 1, 4), 0);
    make_kind(g, KIND_EVENT, between(g, 1, 3), 0);
    make_kind(g, KIND_STATE, between(g, 1, 6), 0);
    make_kind(g, KIND_FACT, between(g, 0, 3), 30);
    make_kind(g, KIND_CONTACT, between(g, 1, 2), 0);
    make_kind(g, KIND_VALUE, between(g, 0, 2), 0);
    give_owners(g);
}

static const char *const labels[] = {
    "plain words",
    "your *starred* words",
    "words & <angles>",
    "naïve café – Ω",
    "a_b_c [x](y) `z`",
    "“quoted” words",
    "back\\slash and 'single'",
    "{{braces}} {: .x}",
    "trailing colon :)",
    "1. not a list",
    "# no heading",
    "Straße 漢字 🙂",
};

static void
put_label(struct generator *g)
{
    if (chance(g, 75))
        put(" \"%s\"", labels[below(g, sizeof labels / sizeof *labels)]);
}

static uint32_t
put_switch(struct generator *g, const char *word, enum kind other)
{
    uint32_t at = pick(g, other);
    put(" %s %s", word, name(g, at));
    return at;
}

/* A state is of a person, or of data; requests or events switch it. */
static void
declare_state(struct generator *g, uint32_t at)
{
    enum kind of = chance(g, 70) ? KIND_PERSON : KIND_DATA;
    g->words[at].owner = pick(g, of);
    put("state %s", name(g, at));
    put_label(g);
    put(" of %s", name(g, g->words[at].owner));
    g->words[at].on = put_switch(g, "after", chance(g, 60) ? KIND_REQUEST : KIND_EVENT);
    if (chance(g, 40))
        g->words[at].off = put_switch(g, "until", chance(g, 50) ? KIND_REQUEST : KIND_EVENT);
    if (chance(g, 20))
        put(" kept in %s", name(g, pick(g, KIND_PLACE)));
    if (chance(g, 15))
        put(" formerly old-%s", name(g, at));
    put(".\n");
}

/* Facts under a fact are members of a one-of group, said in one sentence with it. */
static void
declare_fact(struct generator *g, uint32_t at)
{
    if (g->words[at].parent != NONE)
        return;
    put("fact %s", name(g, at));
    if (!g->words[at].group) {
        put_label(g);
        put(".\n");
        return;
    }
    put(" one of ");
    bool first = true;
    for (uint32_t i = at + 1; i < g->first[KIND_FACT + 1]; i++) {
        if (g->words[i].parent != at)
            continue;
        put("%s%s", first ? "" : ", ", name(g, i) + strlen(name(g, at)) + 1);
        put_label(g);
        first = false;
    }
    put(".\n");
}

/* Where a recipient is, and why data may go there; why a purpose is lawful. Either all purposes
 * have a basis or none has. */
static void
put_basis(struct generator *g, const struct word *word)
{
    static const char *const bases[] = {"contract", "law", "interest", "public", "vital"};
    bool recipient = word->kind == KIND_AUDIENCE || word->kind == KIND_SYSTEM;
    if (recipient && chance(g, 30))
        put(" in %s", name(g, pick(g, KIND_PLACE)));
    bool based = recipient ? chance(g, 30) : word->kind == KIND_PURPOSE && g->based;
    if (based)
        put(" basis %s \"it is needed\"", bases[below(g, 5)]);
    if (based && chance(g, 20))
        put(" basis consent \"you agreed\"");
}

static void
declare_plain(struct generator *g, uint32_t at)
{
    const struct word *word = &g->words[at];
    if (word->group && chance(g, 40) && word->owner == NONE && !g->based)
        return; /* implied by its members */
    put("%s %s", kind_word(word->kind), word->name);
    put_label(g);
    if (word->kind == KIND_DATA && word->owner != NONE && (word->parent == NONE || chance(g, 20)))
        put(" of %s", name(g, word->owner));
    if (word->kind == KIND_EVENT && chance(g, 40))
        put(" of %s", name(g, pick(g, KIND_PERSON)));
    put_basis(g, word);
    if (word->kind == KIND_CONTACT)
        put(" at \"mailto:someone@example.org?subject=a%%20b&c=d\"");
    if (word->kind == KIND_VALUE)
        put(chance(g, 50) ? " is 16" : " is \"word & word\"");
    put(".\n");
}

static void
declare(struct generator *g, uint32_t at)
{
    if (chance(g, 5))
        put("# a comment, with \"quotes\" and a full stop. \n");
    switch (g->words[at].kind) {
    case KIND_STATE:
        declare_state(g, at);
        break;
    case KIND_FACT:
        declare_fact(g, at);
        break;
    default:
        declare_plain(g, at);
    }
}

void
declare_all(struct generator *g)
{
    g->based = chance(g, 40);
    for (uint32_t i = 0; i < g->count; i++)
        declare(g, i);
    put("\n");
}
