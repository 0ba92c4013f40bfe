#include "runtime/agent/people/offer.h"

#include "runtime/store/lifecycle.h"

/* The first answer found that permits a point, whatever is open; tried case by case, over the
 * states that the answers say they miss. */
struct search {
    const avow_table *table;
    avow_point point;
    unsigned looks; /* that are left */
    avow_answer found;
};

static bool
find_yes(struct search *search, avow_states states)
{
    if (search->looks == 0)
        return true; /* not shown to be refused */
    search->looks--;
    avow_answer answer = avow_ask(search->table, search->point, states);
    if (avow_allowed(answer)) {
        search->found = answer;
        return true;
    }
    if (answer.missing == 0)
        return false;
    uint64_t bit = answer.missing & (~answer.missing + 1);
    states.known |= bit;
    if (find_yes(search, states))
        return true;
    states.yes |= bit;
    return find_yes(search, states);
}

static struct search
search_for(const avow_table *table, avow_point point)
{
    return (struct search){
        .table = table, .point = point, .looks = OFFER_LOOKS, .found = {.clause = AVOW_NONE}};
}

bool
offer_is_open(const avow_table *table, avow_point point, avow_states known)
{
    struct search search = search_for(table, point);
    return find_yes(&search, known);
}

avow_states
offer_after(const avow_table *table, avow_id request)
{
    avow_states after = {0};
    for (uint32_t i = 0; i < lifecycle_count(table); i++) {
        uint64_t bit = lifecycle_state_at(table, i).bit;
        enum lifecycle_switch to = lifecycle_switch_of(table, i, request);
        if (to == SWITCH_ON || to == SWITCH_OFF)
            after.known |= bit;
        if (to == SWITCH_ON)
            after.yes |= bit;
    }
    return after;
}

bool
offer_can_withdraw(const avow_table *table, avow_id request)
{
    for (uint32_t i = 0; i < lifecycle_count(table); i++)
        if (lifecycle_switch_of(table, i, request) != SWITCH_NONE &&
            lifecycle_state_at(table, i).of_record)
            return false;
    return lifecycle_only_refuses(table, request);
}

bool
offer_can_agree(const avow_table *table, avow_id request)
{
    bool about_her = false;
    for (uint32_t i = 0; i < lifecycle_count(table); i++) {
        if (lifecycle_switch_of(table, i, request) == SWITCH_NONE)
            continue;
        if (lifecycle_state_at(table, i).of_record)
            return false;
        about_her = true;
    }
    return about_her && !lifecycle_only_refuses(table, request);
}

/* Effects ------------------------------------------------------------------------------------ */

/* What an act is done with, and to whom or what. */
struct axes {
    avow_kind object, target;
};

static uint64_t
refused_by(const avow_table *table, avow_point point, avow_states after)
{
    avow_answer before = avow_ask(table, point, (avow_states){0});
    if (avow_allowed(before) || before.missing == 0)
        return 0; /* whatever holds, it makes no difference */
    return offer_is_open(table, point, (avow_states){0}) && !offer_is_open(table, point, after);
}

/* Nothing for an act with too many points: the others tell requests apart. */
static uint64_t
effects_on(const avow_table *table, uint32_t verb, struct axes axes, avow_states after)
{
    uint64_t refused = 0;
    if ((uint64_t)avow_count(table, AVOW_SYSTEM) * avow_count(table, axes.object) *
            avow_count(table, axes.target) >
        OFFER_POINTS)
        return 0;
    avow_id actors = avow_first(table, AVOW_SYSTEM);
    avow_id objects = avow_first(table, axes.object), targets = avow_first(table, axes.target);
    for (avow_id a = actors; a < actors + avow_count(table, AVOW_SYSTEM); a++)
        for (avow_id o = objects; o < objects + avow_count(table, axes.object); o++)
            for (avow_id t = targets; t < targets + avow_count(table, axes.target); t++)
                refused += refused_by(table, (avow_point){a, verb, o, t}, after);
    return refused;
}

/* At how many points a request gets refused what was permitted. */
static uint64_t
effects_of(const avow_table *table, avow_id request)
{
    static const struct axes contact = {AVOW_PERSON, AVOW_PURPOSE};
    static const struct {
        uint32_t verb;
        struct axes axes;
    } others[] = {{AVOW_USE, {AVOW_DATA, AVOW_PURPOSE}},
                  {AVOW_SHARE, {AVOW_DATA, AVOW_AUDIENCE}},
                  {AVOW_SHOW, {AVOW_DATA, AVOW_AUDIENCE}},
                  {AVOW_COLLECT, {AVOW_DATA, AVOW_PERSON}},
                  {AVOW_STORE, {AVOW_DATA, AVOW_PLACE}}};
    avow_states after = offer_after(table, request);
    uint64_t effects = 0;
    for (uint32_t verb = AVOW_EMAIL; verb <= AVOW_POST; verb++)
        effects += effects_on(table, verb, contact, after);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        effects += effects_on(table, others[i].verb, others[i].axes, after);
    return effects;
}

/* Offers ------------------------------------------------------------------------------------- */

/* The clause by which anybody may send such mail in any case at all; AVOW_NONE: nobody ever may. */
static uint32_t
permitted_by(const avow_table *table, avow_id person, avow_id purpose)
{
    avow_id first = avow_first(table, AVOW_SYSTEM);
    for (avow_id actor = first; actor < first + avow_count(table, AVOW_SYSTEM); actor++) {
        struct search search = search_for(table, (avow_point){actor, AVOW_EMAIL, person, purpose});
        if (find_yes(&search, (avow_states){0}) && search.found.clause != AVOW_NONE)
            return search.found.clause;
    }
    return AVOW_NONE;
}

static bool
gets_refused(const avow_table *table, avow_id person, avow_id purpose, avow_id request)
{
    avow_states after = offer_after(table, request);
    avow_id first = avow_first(table, AVOW_SYSTEM);
    for (avow_id actor = first; actor < first + avow_count(table, AVOW_SYSTEM); actor++)
        if (offer_is_open(table, (avow_point){actor, AVOW_EMAIL, person, purpose}, after))
            return false;
    return true;
}

/* Worked out when it is first asked for; 0 in the list: it was not. */
static uint64_t
known_effects(const avow_table *table, avow_id request, uint64_t *effects)
{
    uint64_t *of = &effects[request - avow_first(table, AVOW_REQUEST)];
    if (*of == 0)
        *of = effects_of(table, request) + 1;
    return *of;
}

struct offer
offer_find(const avow_table *table, uint64_t *effects, avow_id person, avow_id purpose)
{
    struct offer offer = {person, purpose, AVOW_NONE, permitted_by(table, person, purpose)};
    if (offer.why == AVOW_NONE)
        return (struct offer){AVOW_NONE, AVOW_NONE, AVOW_NONE, AVOW_NONE};
    avow_id first = avow_first(table, AVOW_REQUEST);
    for (avow_id request = first; request < first + avow_count(table, AVOW_REQUEST); request++) {
        if (!offer_can_withdraw(table, request) || !gets_refused(table, person, purpose, request))
            continue;
        if (offer.request == AVOW_NONE ||
            known_effects(table, request, effects) < known_effects(table, offer.request, effects))
            offer.request = request;
    }
    return offer;
}
