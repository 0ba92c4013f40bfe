#include "tests/equivalence/generator.h"

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
    if (g->clause > 0 && chance(g, 10)) {
        put("  repeats ");
        put_clause_name(g, below(g, g->clause));
        put(".\n");
    }
    if (chance(g, 85))
        put_prose(g);
}

static bool
is_request(const struct generator *g, uint32_t at)
{
    return at != NONE && g->words[at].kind == KIND_REQUEST && !g->words[at].group;
}

/* "h-amber MAY choose s-birch", where the state has a request for each way. */
static void
put_choices(struct generator *g)
{
    for (uint32_t i = g->first[KIND_STATE]; i < g->first[KIND_STATE + 1]; i++) {
        const struct word *state = &g->words[i];
        uint32_t owner = state->owner;
        if (owner != NONE && g->words[owner].kind == KIND_DATA)
            owner = g->words[owner].owner;
        if (owner == NONE || !is_request(g, state->on) || !is_request(g, state->off) ||
            !chance(g, 60))
            continue;
        put("clause choose-%s:\n  %s MAY choose %s", name(g, i), name(g, owner), name(g, i));
        if (chance(g, 70))
            put(" via %s", name(g, pick(g, KIND_CONTACT)));
        put(".\n");
        g->done[state->on] = g->done[state->off] = true;
    }
}

static void
put_requests(struct generator *g)
{
    for (uint32_t i = g->first[KIND_REQUEST]; i < g->first[KIND_REQUEST + 1]; i++) {
        if (g->done[i])
            continue;
        g->deadline = NONE;
        g->answered[i] = true;
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
    put_choices(&g);
    put_requests(&g);
    for (g.clause = 0; g.clause < g.clauses; g.clause++)
        put_section_and_clause(&g);
}
