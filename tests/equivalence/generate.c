#include "tests/equivalence/generate.h"

#include "compiler/base/names.h"
#include "compiler/syntax/tree.h"

#include <inttypes.h>
#include <stdio.h>

enum { NAMES_MAX = 96, DEPTH_MAX = 3 };

struct word { /* a declared name */
    char name[64];
    enum kind kind;
    bool group;
    uint32_t parent; /* index, or NONE */
    uint32_t owner;  /* index of a person or of data, or NONE */
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
    bool erased[NAMES_MAX], kept[NAMES_MAX], done[NAMES_MAX]; /* has its duty */
};

struct random
random_from(uint64_t seed)
{
    uint64_t z = seed + UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (struct random){z != 0 ? z : 1};
}

uint64_t
random_next(struct random *random)
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * UINT64_C(0x2545F4914F6CDD1D);
}

uint32_t
random_below(struct random *random, uint32_t below)
{
    return (uint32_t)((random_next(random) >> 32) * below >> 32);
}

bool
random_chance(struct random *random, uint32_t percent)
{
    return random_below(random, 100) < percent;
}

static bool
chance(struct generator *g, uint32_t percent)
{
    return random_chance(&g->random, percent);
}

static uint32_t
below(struct generator *g, uint32_t limit)
{
    return random_below(&g->random, limit);
}

static uint32_t
between(struct generator *g, uint32_t low, uint32_t high)
{
    return low + below(g, high - low + 1);
}

#define put(...) buffer_format(g->out, __VA_ARGS__)

/* Vocabulary --------------------------------------------------------------------------------- */

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
    *word = (struct word){.kind = kind, .parent = parent, .owner = NONE};
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
            uint32_t members = between(g, 1, 3), parent = at;
            for (uint32_t m = 0; m < members; m++)
                at = add_word(g, kind, parent);
        }
    }
    g->first[kind + 1] = g->count;
}

static bool
any_of(const struct generator *g, enum kind kind)
{
    return g->first[kind] < g->first[kind + 1];
}

static uint32_t
pick(struct generator *g, enum kind kind)
{
    return g->first[kind] + below(g, g->first[kind + 1] - g->first[kind]);
}

static const char *
name(const struct generator *g, uint32_t at)
{
    return g->words[at].name;
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

static void
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

static void
put_names(struct generator *g, const uint32_t *at, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put("%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", name(g, at[i]));
}

static void
put_switches(struct generator *g, const char *word, enum kind other)
{
    put(" %s %s", word, name(g, pick(g, other)));
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
    put_switches(g, "after", chance(g, 60) ? KIND_REQUEST : KIND_EVENT);
    if (chance(g, 40))
        put_switches(g, "until", chance(g, 50) ? KIND_REQUEST : KIND_EVENT);
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

static void
declare_plain(struct generator *g, uint32_t at)
{
    const struct word *word = &g->words[at];
    if (word->group && chance(g, 40) && word->owner == NONE)
        return; /* implied by its members */
    put("%s %s", kind_word(word->kind), word->name);
    put_label(g);
    if (word->kind == KIND_DATA && word->owner != NONE && (word->parent == NONE || chance(g, 20)))
        put(" of %s", name(g, word->owner));
    if (word->kind == KIND_EVENT && chance(g, 40))
        put(" of %s", name(g, pick(g, KIND_PERSON)));
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

static void
declare_all(struct generator *g)
{
    for (uint32_t i = 0; i < g->count; i++)
        declare(g, i);
    put("\n");
}

/* Sentences ---------------------------------------------------------------------------------- */

struct form {
    const char *verb;
    enum kind object;
    const char *preposition;
    enum kind targets[3];
    uint32_t target_kinds;
    const char *any; /* the word for any target */
};

static const struct form acts[] = {
    {"collect", KIND_DATA, "from", {KIND_PERSON, KIND_PLACE, KIND_AUDIENCE}, 3, "anyone"},
    {"store", KIND_DATA, "in", {KIND_PLACE, KIND_SYSTEM}, 2, "anywhere"},
    {"use", KIND_DATA, "for", {KIND_PURPOSE}, 1, "anything"},
    {"show", KIND_DATA, "to", {KIND_AUDIENCE, KIND_PERSON}, 2, "anyone"},
    {"share", KIND_DATA, "with", {KIND_AUDIENCE, KIND_PERSON}, 2, "anyone"},
    {"email", KIND_PERSON, "about", {KIND_PURPOSE}, 1, "anything"},
    {"text", KIND_PERSON, "about", {KIND_PURPOSE}, 1, "anything"},
    {"call", KIND_PERSON, "about", {KIND_PURPOSE}, 1, "anything"},
    {"post", KIND_PERSON, "about", {KIND_PURPOSE}, 1, "anything"},
};

struct said { /* what a sentence speaks of, for its condition */
    const struct form *form;
    uint32_t objects[3];
    uint32_t object_count;
    bool any_object;
    uint32_t target;
};

static bool
is_within(const struct generator *g, uint32_t inner, uint32_t outer)
{
    while (inner != NONE && inner != outer)
        inner = g->words[inner].parent;
    return inner == outer;
}

/* Whether a state may be asked about in a sentence: it is of each of the objects, or of the owner
 * of each, or of the person that each is. */
static bool
state_fits(const struct generator *g, const struct said *said, uint32_t state)
{
    uint32_t owner = g->words[state].owner;
    if (said->any_object)
        return false;
    for (uint32_t i = 0; i < said->object_count; i++) {
        uint32_t object = said->objects[i];
        bool fits = is_within(g, object, owner) ||
                    (g->words[object].owner != NONE && is_within(g, g->words[object].owner, owner));
        if (!fits)
            return false;
    }
    return true;
}

/* Literals that fit, each state or fact at most once. */
static uint32_t
choose_literals(struct generator *g, const struct said *said, uint32_t *literals, uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t tries = 0; tries < 6 && count < max; tries++) {
        enum kind kind = any_of(g, KIND_FACT) && chance(g, 30) ? KIND_FACT : KIND_STATE;
        uint32_t at = pick(g, kind);
        bool fits = kind == KIND_FACT ? !g->words[at].group : state_fits(g, said, at);
        for (uint32_t i = 0; i < count; i++)
            fits = fits && literals[i] != at;
        if (fits)
            literals[count++] = at;
    }
    return count;
}

/* "if a and not b"; false if nothing fits. */
static bool
put_condition(struct generator *g, const struct said *said, const char *word)
{
    uint32_t literals[3];
    uint32_t count = choose_literals(g, said, literals, between(g, 1, 3));
    for (uint32_t i = 0; i < count; i++)
        put("%s%s%s", i == 0 ? word : " and ", chance(g, 35) ? "not " : "", name(g, literals[i]));
    return count > 0;
}

static void
put_object(struct generator *g, struct said *said)
{
    said->object_count = between(g, 1, chance(g, 25) ? 3 : 1);
    for (uint32_t i = 0; i < said->object_count; i++)
        said->objects[i] = pick(g, said->form->object);
    put_names(g, said->objects, said->object_count);
}

/* A person as target is the very person the data is of. */
static uint32_t
pick_target(struct generator *g, const struct said *said)
{
    enum kind kind = said->form->targets[below(g, said->form->target_kinds)];
    bool of_owner = said->form->object == KIND_DATA && kind == KIND_PERSON;
    if (of_owner) {
        uint32_t owner = said->any_object ? NONE : g->words[said->objects[0]].owner;
        for (uint32_t i = 1; i < said->object_count; i++)
            owner = g->words[said->objects[i]].owner == owner ? owner : NONE;
        if (owner != NONE)
            return owner;
        kind = said->form->targets[said->form->targets[0] == KIND_PERSON ? 1 : 0];
    }
    if (!any_of(g, kind))
        kind = said->form->targets[0] == kind ? said->form->targets[1] : said->form->targets[0];
    return pick(g, kind);
}

static void
put_targets(struct generator *g, struct said *said)
{
    uint32_t targets[2];
    uint32_t count = between(g, 1, chance(g, 25) ? 2 : 1);
    for (uint32_t i = 0; i < count; i++)
        targets[i] = pick_target(g, said);
    said->target = targets[0];
    put(" %s ", said->form->preposition);
    if (said->form->targets[0] != KIND_PURPOSE && chance(g, 10) &&
        said->form->object == KIND_DATA &&
        (strcmp(said->form->verb, "show") == 0 || strcmp(said->form->verb, "share") == 0))
        put("us or ");
    put_names(g, targets, count);
}

static void
put_subject(struct generator *g)
{
    if (!any_of(g, KIND_SYSTEM) || chance(g, 60)) {
        put("  we");
        return;
    }
    put("  %s%s", chance(g, 15) ? "us or " : "", name(g, pick(g, KIND_SYSTEM)));
}

static void
put_clause_name(struct generator *g, uint32_t clause)
{
    put("rule-%c%c", (char)('a' + clause / 26), (char)('a' + clause % 26));
}

static void
put_subject_to(struct generator *g)
{
    if (!chance(g, 25))
        return;
    put("%s subject to ", chance(g, 50) ? "," : "");
    put_clause_name(g, below(g, g->clauses));
}

static void
say_may(struct generator *g)
{
    struct said said = {.form = &acts[below(g, sizeof acts / sizeof *acts)]};
    put_subject(g);
    put(" MAY %s ", said.form->verb);
    put_object(g, &said);
    put_targets(g, &said);
    if (chance(g, 45))
        put_condition(g, &said, chance(g, 30) ? ", if " : " if ");
    if (chance(g, 15))
        put_condition(g, &said, " except if ");
    put_subject_to(g);
    put(".\n");
}

static void
say_may_only(struct generator *g)
{
    struct said said = {.form = &acts[below(g, sizeof acts / sizeof *acts)]};
    bool only_behind = chance(g, 50);
    put_subject(g);
    put(only_behind ? " MAY %s " : " MAY only %s ", said.form->verb);
    put_object(g, &said);
    if (only_behind)
        put(" only");
    put_targets(g, &said);
    put_subject_to(g);
    put(".\n");
}

/* "except to us or x", only where the sentence named no target of its own. */
static void
put_exception(struct generator *g, struct said *said, bool targets_named)
{
    if (!targets_named && chance(g, 60)) {
        put(" except");
        put_targets(g, said);
        return;
    }
    uint32_t count = between(g, 1, 2);
    for (uint32_t i = 0; i < count; i++)
        put_condition(g, said, " except if ");
}

static void
say_never(struct generator *g)
{
    struct said said = {.form = &acts[below(g, sizeof acts / sizeof *acts)]};
    said.any_object = chance(g, 10);
    put_subject(g);
    put(" NEVER %s ", said.form->verb);
    if (said.any_object)
        put(said.form->object == KIND_PERSON ? "anyone" : "anything");
    else
        put_object(g, &said);
    bool named = chance(g, 55);
    if (named && chance(g, 80))
        put_targets(g, &said);
    else if (named)
        put(" %s %s", said.form->preposition, said.form->any);
    bool condition = chance(g, 50) && put_condition(g, &said, " if ");
    if (chance(g, condition ? 25 : 40))
        put_exception(g, &said, named);
    put(".\n");
}

static void
put_span(struct generator *g)
{
    static const char *const units[] = {"hour", "day", "business day", "week", "month", "year"};
    uint32_t amount = between(g, 1, chance(g, 20) ? 40 : 3);
    put("%" PRIu32 " %s%s", amount, units[below(g, 6)], amount == 1 ? "" : "s");
}

static uint32_t
unspoken(struct generator *g, enum kind kind, bool *spoken)
{
    for (uint32_t tries = 0; tries < 8; tries++) {
        uint32_t at = pick(g, kind);
        if (g->words[at].group || spoken[at])
            continue;
        spoken[at] = true;
        return at;
    }
    return NONE;
}

/* The right to ask, and the duty to act on it. */
static void
say_request(struct generator *g, uint32_t request)
{
    g->done[request] = true;
    put("  %s MAY request %s", name(g, pick(g, KIND_PERSON)), name(g, request));
    if (chance(g, 70))
        put(" via %s", name(g, pick(g, KIND_CONTACT)));
    put(".\n");
    put_subject(g);
    put(" MUST do %s ", name(g, request));
    if (chance(g, 40)) {
        put("at once.\n");
        return;
    }
    put("within ");
    put_span(g);
    put(".\n");
    g->deadline = g->deadline == NONE ? request : g->first[KIND_COUNT];
}

static void
say_erase(struct generator *g)
{
    uint32_t data = unspoken(g, KIND_DATA, g->erased);
    if (data == NONE)
        return;
    struct said said = {.form = &acts[0], .objects = {data}, .object_count = 1};
    put("  we MUST erase %s", name(g, data));
    if (chance(g, 30))
        put(" from %s", name(g, pick(g, KIND_PLACE)));
    put(" within ");
    put_span(g);
    if (chance(g, 60))
        put(" after %s", name(g, pick(g, chance(g, 50) ? KIND_EVENT : KIND_REQUEST)));
    if (chance(g, 35))
        put_condition(g, &said, " if ");
    put(".\n");
    g->deadline = g->deadline == NONE ? data : g->first[KIND_COUNT];
}

static void
say_keep(struct generator *g)
{
    uint32_t data = unspoken(g, KIND_DATA, g->kept);
    if (data == NONE)
        return;
    put("  we MUST keep %s for ", name(g, data));
    put_span(g);
    if (chance(g, 60))
        put(" after %s", name(g, pick(g, KIND_EVENT)));
    put(".\n");
}

static void
say_tell(struct generator *g)
{
    put("  we MUST tell %s about %s within ", name(g, pick(g, KIND_PERSON)),
        name(g, pick(g, KIND_EVENT)));
    put_span(g);
    put(" after %s.\n", name(g, pick(g, KIND_EVENT)));
}

static void
say_something(struct generator *g)
{
    uint32_t dice = below(g, 100);
    if (dice < 42)
        say_may(g);
    else if (dice < 50)
        say_may_only(g);
    else if (dice < 84)
        say_never(g);
    else if (dice < 90)
        say_erase(g);
    else if (dice < 94)
        say_keep(g);
    else
        say_tell(g);
}

/* Prose -------------------------------------------------------------------------------------- */

static const char *const phrases[] = {
    "We say plainly what we do",
    "with *care* and **attention**",
    "as [our notes](https://example.org/a_b?c=d&e) tell",
    "in `plain` words",
    "“in your own words”",
    "naïve café – Ω",
    "Art. 6 and ISO 27001",
    "{{literal}} braces",
    "a & b < c",
    "it's -- so ... \"quoted\"",
};

static void
put_hole(struct generator *g)
{
    uint32_t dice = below(g, 100);
    uint32_t at = pick(g, (enum kind)below(g, KIND_EVENT));
    if (dice < 45 && any_of(g, g->words[at].kind))
        put(" {%s}", name(g, at));
    else if (dice < 60)
        put(" {%s \"Other Words\"}", name(g, at));
    else if (dice < 70)
        put(" {list of %s}", name(g, at));
    else if (dice < 80)
        put(" {link of %s}", name(g, pick(g, KIND_CONTACT)));
    else if (dice < 88 && any_of(g, KIND_VALUE))
        put(" {value of %s}", name(g, pick(g, KIND_VALUE)));
    else if (dice < 94)
        put(" {date of effective}");
    else if (g->deadline < g->count)
        put(" {deadline of %s}", name(g, g->deadline));
}

static void
put_prose_line(struct generator *g)
{
    uint32_t parts = between(g, 1, 4);
    for (uint32_t i = 0; i < parts; i++) {
        put(" %s", phrases[below(g, sizeof phrases / sizeof *phrases)]);
        if (chance(g, 60))
            put_hole(g);
    }
    put(".\n");
}

static void
put_prose(struct generator *g)
{
    if (chance(g, 40))
        put("  >\n");
    put("  >");
    put_prose_line(g);
    if (chance(g, 20)) {
        put("  >\n");
        for (uint32_t i = between(g, 1, 3); i > 0; i--) {
            put("  > *");
            put_prose_line(g);
        }
    }
}

/* Clauses ------------------------------------------------------------------------------------ */

static void
put_clause(struct generator *g)
{
    g->deadline = NONE;
    put("clause ");
    put_clause_name(g, g->clause);
    put(":\n");
    if (chance(g, 4)) {
        put("  narrative.\n");
        put_prose(g);
        return;
    }
    if (chance(g, 4)) {
        put("  promise by \"our staff\".\n");
        put_prose(g);
        return;
    }
    /* A right stands in every clause, so that the clause stays one when a sentence is taken out. */
    put("  %s MAY request %s.\n", name(g, pick(g, KIND_PERSON)), name(g, pick(g, KIND_REQUEST)));
    for (uint32_t i = between(g, 1, 4); i > 0; i--)
        say_something(g);
    if (chance(g, 85))
        put_prose(g);
}

static void
put_requests(struct generator *g)
{
    for (uint32_t i = g->first[KIND_REQUEST]; i < g->first[KIND_REQUEST + 1]; i++) {
        g->deadline = NONE;
        put("clause on-%s:\n", name(g, i));
        say_request(g, i);
        put_prose(g);
        put("\n");
    }
}

static void
put_front_matter(struct generator *g, uint64_t seed)
{
    put("---\npolicy: random-%" PRIu64 "\ntitle: \"Random: policy #%" PRIu64 "\"\n", seed, seed);
    put("language: %s\neffective: 2026-0%" PRIu32 "-01\n", chance(g, 85) ? "en" : "de",
        between(g, 1, 9));
    put("calendar: calendar.yaml\n");
    if (chance(g, 30))
        put("revision: b\n");
    if (chance(g, 50))
        put("layout: page\nnested:\n  - {a: 1}\n");
    put("---\n");
}

static void
put_section_and_clause(struct generator *g)
{
    if (chance(g, 20))
        put("section part-%c%c \"Part & <title> %c\"\n\n", (char)('a' + g->clause / 26),
            (char)('a' + g->clause % 26), (char)('A' + g->clause % 26));
    put_clause(g);
    put("\n");
}

void
generate_policy(uint64_t seed, struct buffer *out)
{
    struct generator g = {.random = random_from(seed), .out = out, .deadline = NONE};
    make_vocabulary(&g);
    g.clauses = between(&g, 2, chance(&g, 15) ? 40 : 9);
    put_front_matter(&g, seed);
    declare_all(&g);
    put_requests(&g);
    for (g.clause = 0; g.clause < g.clauses; g.clause++)
        put_section_and_clause(&g);
}
