/* Decides everything once, by the reference semantics: which states a browser keeps, what a request
 * or a signal does to them, and for each combination of them what may stand there. */
#include "compiler/cookies/reading.h"
#include "compiler/model/answer.h"

enum { SECONDS_OF_DAY = 86400, SECONDS_OF_HOUR = 3600, SECONDS_MOST = 400 * SECONDS_OF_DAY };

/* How an event is declared that browsers tell by themselves. */
#define SIGNAL_ADDRESS "Sec-GPC: 1"

/* States ------------------------------------------------------------------------------------- */

/* States on which it depends whether something that is mapped may be stored or collected. */
static uint64_t
states_that_matter(const struct cookie_reading *r)
{
    uint64_t matter = 0;
    for (size_t i = 0; i < r->model->rule_count; i++) {
        const struct rule *rule = &r->model->rules[i];
        bool target = (rule->verb == VERB_STORE && set_has(rule->targets, r->mapping->place)) ||
                      (rule->verb == VERB_COLLECT && set_has(rule->targets, r->mapping->person));
        for (size_t k = 0; target && k < r->data.count; k++)
            if (set_has(rule->objects, r->data.at[k].data) &&
                set_has(rule->actors, r->mapping->actor))
                matter |= rule->when.need | rule->when.forbid;
    }
    return matter;
}

/* Nobody but the browser remembers it: so what it does not remember was never said. */
static bool
is_kept_here(const struct cookie_reading *r, uint32_t state)
{
    const struct symbol *symbol = leaf(r->model, state);
    return (r->memory & state_bit(r->model, state)) != 0 ||
           (symbol->kept_in != NONE && symbol->kept_in == r->model->leaf_symbol[r->mapping->place]);
}

static uint32_t
find_signal(const struct model *model)
{
    struct interval events = kind_leaves(model, KIND_EVENT);
    for (uint32_t i = events.low; i < events.high; i++)
        if (text_equal_folded(leaf(model, i)->url, TEXT(SIGNAL_ADDRESS)))
            return i;
    return NONE;
}

static bool
has_leaf(struct set sets, uint32_t what)
{
    return what != NONE && set_has(sets, what);
}

/* What a request or an event does to a state. If it did both, the refusing one would win: neither
 * is certain, so nothing is said of it. */
static char
effect_on(const struct model *model, uint32_t what, uint32_t state)
{
    const struct symbol *symbol = leaf(model, state);
    bool on = has_leaf(symbol->after, what), off = has_leaf(symbol->until, what);
    return on == off ? '-' : on ? '1' : '0';
}

static void
find_states(struct cookie_reading *r)
{
    const struct model *model = r->model;
    uint64_t matter = states_that_matter(r);
    struct interval states = kind_leaves(model, KIND_STATE);
    uint32_t signal = find_signal(model);
    for (uint32_t i = states.low; i < states.high; i++) {
        if (!(matter & state_bit(model, i)) || !is_kept_here(r, i))
            continue;
        struct cookie_state state = {i, effect_on(model, signal, i)};
        r->mapping->signal |= state.signalled != '-';
        *VECTOR_PUSH(r->arena, &r->states) = state;
    }
    if (r->states.count <= COOKIE_STATES_MAX)
        return;
    diagnose(r->diagnostics, E_COOKIES, r->root_span,
             "these cookies depend on %zu states that the browser keeps, and %d are the most",
             r->states.count, COOKIE_STATES_MAX);
    diagnose_fix(r->diagnostics, "Join states that are always switched together");
}

static void
add_request(struct cookie_reading *r, uint32_t what)
{
    struct cookie_request request = {.leaf = what};
    bool does = false;
    for (size_t i = 0; i < r->states.count; i++) {
        request.effect[i] = effect_on(r->model, what, r->states.at[i].leaf);
        does |= request.effect[i] != '-';
    }
    if (does)
        *VECTOR_PUSH(r->arena, &r->requests) = request;
}

/* What visitors say, and events too: only what browsers signal is not for others to tell. */
static void
find_requests(struct cookie_reading *r)
{
    struct interval requests = kind_leaves(r->model, KIND_REQUEST);
    struct interval events = kind_leaves(r->model, KIND_EVENT);
    uint32_t signal = find_signal(r->model);
    for (uint32_t i = requests.low; i < requests.high; i++)
        add_request(r, i);
    for (uint32_t i = events.low; i < events.high; i++)
        if (i != signal)
            add_request(r, i);
}

/* Tables ------------------------------------------------------------------------------------- */

static size_t
combinations(size_t states)
{
    size_t count = 1;
    while (states-- > 0)
        count *= 3;
    return count;
}

/* 0 unknown, 1 no, 2 yes. */
static unsigned
digit_of(const struct cookie_reading *r, size_t combination, size_t state)
{
    return (unsigned)(combination / combinations(r->states.count - 1 - state) % 3);
}

static struct question
question_about(const struct cookie_reading *r, size_t combination, enum verb verb, uint32_t data)
{
    struct question question = {.actor = r->mapping->actor, .verb = verb, .object = data};
    question.target = verb == VERB_STORE ? r->mapping->place : r->mapping->person;
    for (size_t i = 0; i < r->states.count; i++) {
        uint64_t bit = state_bit(r->model, r->states.at[i].leaf);
        unsigned digit = digit_of(r, combination, i);
        question.known |= digit > 0 ? bit : 0;
        question.yes |= digit == 2 ? bit : 0;
    }
    return question;
}

/* What is in a browser comes back with every request: so it has to be permitted both to store and
 * to collect it. */
static bool
is_permitted(struct cookie_reading *r, size_t combination, uint32_t data, uint64_t *missing)
{
    static const enum verb verbs[] = {VERB_STORE, VERB_COLLECT};
    bool permitted = true;
    for (size_t i = 0; i < 2; i++) {
        struct answer answer =
            answer_make(r->model, r->arena, question_about(r, combination, verbs[i], data));
        permitted &= answer.verdict == VERDICT_ALLOWED;
        *missing |= answer.missing;
    }
    return permitted;
}

static void
report_never(struct cookie_reading *r, const struct cookie_data *data, uint64_t missing)
{
    struct interval states = {r->model->first_leaf[KIND_STATE],
                              r->model->first_leaf[KIND_FACT + 1]};
    uint32_t first = states.low;
    while (first < states.high && !(missing & state_bit(r->model, first)))
        first++;
    diagnose(r->diagnostics, E_COOKIES, data->span,
             "this would never be set: a browser cannot know whether “%.*s”",
             TEXT_ARGS(leaf(r->model, first)->name));
    diagnose_why(r->diagnostics, "What is not known is refused");
    diagnose_fix(r->diagnostics, "If only the browser keeps that state, declare it “kept in” there "
                                 "or write it under “memory”; else leave the cookie to the server");
}

static void
decide_data(struct cookie_reading *r, struct cookie_data *data)
{
    size_t count = r->mapping->combinations, yes = 0;
    char *table = ARENA_ARRAY(r->arena, count + 1, char);
    uint64_t missing = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool permitted = is_permitted(r, i, data->data, &missing);
        table[i] = permitted ? '1' : '0';
        yes += permitted;
    }
    for (size_t i = 0; i < r->states.count; i++)
        kept |= state_bit(r->model, r->states.at[i].leaf);
    data->permitted = table;
    if (yes == 0 && (missing & ~kept) != 0)
        report_never(r, data, missing & ~kept);
}

static size_t
after_signal(const struct cookie_reading *r, size_t combination)
{
    for (size_t i = 0; i < r->states.count; i++) {
        size_t weight = combinations(r->states.count - 1 - i);
        if (r->states.at[i].signalled == '-')
            continue;
        combination -= digit_of(r, combination, i) * weight;
        combination += (r->states.at[i].signalled == '1' ? 2 : 1) * weight;
    }
    return combination;
}

/* No signal of a browser can agree to anything. */
static void
check_signal(struct cookie_reading *r)
{
    for (size_t i = 0; i < r->data.count; i++)
        for (size_t k = 0; k < r->mapping->combinations; k++) {
            const char *table = r->data.at[i].permitted;
            bool known = true;
            for (size_t s = 0; s < r->states.count; s++)
                known &= digit_of(r, k, s) != 0;
            if (!known || table[after_signal(r, k)] <= table[k])
                continue;
            cookies_refuse(r, r->data.at[i].span,
                           "the signal of a browser would permit what nobody agreed to",
                           "Let the event “at \"Sec-GPC: 1\"” only switch states that refuse on, "
                           "and those that permit off");
            return;
        }
}

/* The choice --------------------------------------------------------------------------------- */

/* No span of this length ends earlier, counted from any moment; 0: at once. */
static int64_t
least_seconds(const struct timing *timing)
{
    static const int16_t days_of_months[12] = {0,   28,  59,  89,  120, 150,
                                               181, 212, 242, 273, 303, 334};
    int64_t amount = timing->amount < 10000 ? timing->amount : 10000;
    if (timing->form != TIMING_WITHIN)
        return 0;
    switch (timing->unit) {
    case UNIT_HOUR:
        return amount * SECONDS_OF_HOUR;
    case UNIT_WEEK:
        return amount * 7 * SECONDS_OF_DAY;
    case UNIT_MONTH:
        return (amount / 12 * 365 + days_of_months[amount % 12]) * SECONDS_OF_DAY;
    case UNIT_YEAR:
        return amount * 365 * SECONDS_OF_DAY;
    default:
        return amount * SECONDS_OF_DAY;
    }
}

/* The first of the policy's ends of this data; -1 if it has none. */
static int64_t
retention_of(const struct model *model, uint32_t data)
{
    int64_t least = -1;
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        if (duty->verb != VERB_ERASE || !set_has(duty->objects, data) || duty->after.count > 0)
            continue;
        int64_t seconds = least_seconds(&duty->timing);
        if (least < 0 || seconds < least)
            least = seconds;
    }
    return least;
}

static bool
check_choice_data(struct cookie_reading *r)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < r->mapping->combinations; i++)
        if (!is_permitted(r, i, r->choice_data, &missing)) {
            cookies_refuse(r, r->choice_span,
                           "the policy does not always permit to keep the choice",
                           "Permit to store this data in the browser and to collect it, without a "
                           "condition");
            return false;
        }
    return true;
}

static void
decide_choice(struct cookie_reading *r)
{
    int64_t given = r->days * SECONDS_OF_DAY, stated = -1;
    if (r->choice_data != NONE) {
        if (!check_choice_data(r))
            return;
        stated = retention_of(r->model, r->choice_data);
    }
    if (r->states.count == 0)
        return;
    if (r->mapping->choice.length == 0) {
        cookies_refuse(r, r->root_span, "nothing says where the visitor's choice is kept",
                       "Add “choice: {cookie: NAME, days: N}”");
        return;
    }
    if (given == 0 && stated < 0)
        cookies_refuse(r, r->choice_span, "nothing says how long the choice is kept",
                       "Write how many days, such as “days: 180”, or which data of the policy it "
                       "is, such as “data: cookie.choice”, if the policy sets that an end");
    else if (stated >= 0 && given > stated)
        cookies_refuse(r, r->choice_span, "the policy keeps the choice for a shorter time",
                       "Leave “days” out");
    r->mapping->choice_seconds = given > 0 ? given : stated;
    if (r->mapping->choice_seconds > SECONDS_MOST)
        r->mapping->choice_seconds = SECONDS_MOST;
}

void
cookies_decide(struct cookie_reading *r)
{
    size_t before = r->diagnostics->errors;
    find_states(r);
    if (r->diagnostics->errors != before)
        return;
    r->mapping->combinations = combinations(r->states.count);
    find_requests(r);
    for (size_t i = 0; i < r->data.count; i++)
        decide_data(r, &r->data.at[i]);
    check_signal(r);
    decide_choice(r);
}
