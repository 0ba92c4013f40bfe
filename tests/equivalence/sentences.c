#include "tests/equivalence/generator.h"

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

enum { MAIL = 5 }; /* of acts: an act upon persons */

struct said { /* what a sentence speaks of, for its condition */
    const struct form *form;
    uint32_t objects[3];
    uint32_t object_count;
    bool any_object;
    uint32_t target;
};

static void
put_names(struct generator *g, const uint32_t *at, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put("%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", name(g, at[i]));
}

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
    uint32_t targets[2] = {NONE, NONE};
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
put_subject_to(struct generator *g)
{
    if (!chance(g, 25))
        return;
    put("%s subject to ", chance(g, 50) ? "," : "");
    put_clause_name(g, below(g, g->clauses));
}

static bool
has_other(const struct generator *g, uint32_t group, uint32_t out)
{
    for (uint32_t i = 0; i < g->count; i++)
        if (!g->words[i].group && is_within(g, i, group) && !is_within(g, i, out))
            return true;
    return false;
}

/* ", except order.phone": a part of the one object, if it is a group with others in it. */
static void
put_objects_out(struct generator *g, const struct said *said)
{
    if (said->any_object || said->object_count != 1 || !g->words[said->objects[0]].group ||
        !chance(g, 40))
        return;
    uint32_t group = said->objects[0];
    for (uint32_t tries = 0; tries < 8; tries++) {
        uint32_t out = pick(g, g->words[group].kind);
        if (out == group || !is_within(g, out, group) || !has_other(g, group, out))
            continue;
        put("%s except %s", chance(g, 50) ? "," : "", name(g, out));
        return;
    }
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
    put_objects_out(g, &said);
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
    put_objects_out(g, &said);
    if (chance(g, 25))
        put("%s except as stated", chance(g, 50) ? "," : "");
    put(".\n");
}

static void
put_span(struct generator *g)
{
    static const char *const units[] = {"hour", "day", "business day", "week", "month", "year"};
    uint32_t amount = between(g, 1, chance(g, 20) ? 40 : 3);
    put("%" PRIu32 " %s%s", amount, units[below(g, 6)], amount == 1 ? "" : "s");
}

/* What starts a clock: the first report of it, or the last; or that another clause is done. */
static void
put_after(struct generator *g, enum kind kind)
{
    put(" after %s", chance(g, 35) ? "last " : "");
    uint32_t request = pick(g, KIND_REQUEST);
    if (g->answered[request] && chance(g, 25)) /* that the request is done */
        put("on-%s", name(g, request));
    else
        put("%s", name(g, pick(g, kind)));
}

/* "at least 30 days before x", mostly a single event. */
static void
put_lead(struct generator *g)
{
    put(" at least ");
    put_span(g);
    put(" before %s", name(g, pick(g, KIND_EVENT)));
    if (chance(g, 20))
        put(" or %s", name(g, pick(g, KIND_EVENT)));
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

void
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
    if (chance(g, 75)) {
        put("within ");
        put_span(g);
    } else {
        put_lead(g);
    }
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
    if (chance(g, 25)) {
        put_lead(g);
    } else {
        put(" within ");
        put_span(g);
        if (chance(g, 60))
            put_after(g, chance(g, 50) ? KIND_EVENT : KIND_REQUEST);
    }
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
        put_after(g, KIND_EVENT);
    put(".\n");
}

static void
say_tell(struct generator *g)
{
    struct said said = {.form = &acts[MAIL], .objects = {pick(g, KIND_PERSON)}, .object_count = 1};
    put("  we MUST tell %s about %s", name(g, said.objects[0]), name(g, pick(g, KIND_EVENT)));
    if (chance(g, 40)) {
        put_lead(g);
    } else {
        put(" within ");
        put_span(g);
        if (chance(g, 70))
            put_after(g, KIND_EVENT);
    }
    if (chance(g, 30))
        put_condition(g, &said, " if ");
    put(".\n");
}

void
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
