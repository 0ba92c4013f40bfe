/* Duties and rights: language.md, Semantics 8. */
#include "compiler/model/events.h"
#include "compiler/model/sentences.h"

/* A hundred years in each unit: more is a slip of the finger, and past the years that any zone or
 * calendar is known for. */
static uint32_t
longest(enum unit unit)
{
    static const uint32_t amounts[] = {
        [UNIT_HOUR] = 876600, [UNIT_DAY] = 36525,  [UNIT_BUSINESS_DAY] = 36525,
        [UNIT_WEEK] = 5218,   [UNIT_MONTH] = 1200, [UNIT_YEAR] = 100,
    };
    return amounts[unit];
}

static bool
check_length(struct draft *draft, const struct timing *timing)
{
    if (timing->form == TIMING_NONE || timing->form == TIMING_AT_ONCE)
        return timing->form == TIMING_AT_ONCE; /* none: could not be read, and was reported */
    if (timing->amount == 0) {
        diagnose(draft->diagnostics, E_SPAN, timing->span, "this is no time at all");
        diagnose_fix(draft->diagnostics, "Write a length of at least 1, or “at once”");
        return false;
    }
    if (timing->amount > longest(timing->unit)) {
        diagnose(draft->diagnostics, E_SPAN, timing->span, "this is more than a hundred years");
        diagnose_fix(draft->diagnostics, "Write a length of at most 100 years");
        return false;
    }
    return true;
}

static bool
check_timing(struct draft *draft, const struct timing *timing)
{
    if (!check_length(draft, timing))
        return false;
    if (timing->form == TIMING_AT_ONCE || timing->unit != UNIT_BUSINESS_DAY ||
        draft->tree->settings.calendar.length > 0)
        return true;
    if (draft->calendar_missed)
        return false;
    draft->calendar_missed = true;
    diagnose(draft->diagnostics, E_NO_CALENDAR, timing->span,
             "business days need a calendar, and the policy names none");
    diagnose_why(draft->diagnostics,
                 "Only a calendar says which days are working days, and in which time zone");
    diagnose_fix(draft->diagnostics,
                 "Add “calendar: calendars/office.yaml” to the front matter, and that file");
    return false;
}

/* What starts the clock, or what a lead time counts back from: only an event can be planned. */
static bool
resolve_clock(struct draft *draft, const struct sentence *tree, struct set *clock)
{
    if (tree->timing.form == TIMING_BEFORE)
        return resolve_list(&draft->resolver, &tree->before, KINDS(KIND_EVENT), clock);
    return events_resolve(draft, &tree->after, clock);
}

void
duty_say(const struct saying *saying)
{
    struct draft *draft = saying->draft;
    const struct sentence *tree = saying->tree;
    struct act_sets act;
    struct set actors, after;
    struct cube *cubes;
    size_t count;
    bool good = resolve_actors(&draft->resolver, tree->we, &tree->subjects, true, &actors);
    good = resolve_act(&draft->resolver, &tree->act, ACT_MUST, &act) && good;
    good = check_timing(draft, &tree->timing) && good;
    good = resolve_clock(draft, tree, &after) && good;
    answered_add(draft, saying->answered->clocked, after);
    if (act.verb == VERB_COUNT) {
        saying_look_up(saying);
        return;
    }
    good =
        resolve_exceptions(&draft->resolver, tree->exceptions, tree->exception_count, &act) && good;
    if (act.verb == VERB_DO)
        answered_add(draft, saying->answered->done, act.objects);
    struct about about = about_act(&act, draft->model);
    about.anybody = about.anybody || !good;
    good = saying_cases(saying, &about, &cubes, &count) && good;
    for (size_t i = 0; i < count && good; i++)
        *VECTOR_PUSH(draft->arena, &draft->duties) =
            (struct duty){.verb = act.verb,
                          .actors = actors,
                          .objects = act.objects,
                          .targets = act.targets,
                          .timing = tree->timing,
                          .after = after,
                          .last = span_given(tree->last_span),
                          .when = cubes[i],
                          .clause = saying->clause,
                          .sentence = saying->sentence};
}

static void
report_holder(struct draft *draft, struct span span)
{
    diagnose(draft->diagnostics, E_ACTOR, span, "only a person has the right to request something");
    diagnose_fix(draft->diagnostics, "Begin the sentence with the person who may request it");
}

bool
resolve_holders(struct draft *draft, const struct sentence *tree, uint32_t *symbols,
                struct set *out)
{
    const struct model *model = draft->model;
    struct interval *parts = ARENA_ARRAY(draft->arena, tree->subjects.count, struct interval);
    size_t count = 0;
    if (tree->we)
        report_holder(draft, tree->subjects.span);
    for (size_t i = 0; i < tree->subjects.count; i++) {
        const struct name *name = &tree->subjects.at[i];
        uint32_t found = names_find(&model->by_name, name->text);
        if (found != NONE && model->symbols[found].kind != KIND_PERSON) {
            report_holder(draft, name->span);
            continue;
        }
        found = resolve_symbol(&draft->resolver, name, KINDS(KIND_PERSON));
        if (found == NONE)
            continue;
        symbols[count] = found;
        parts[count++] = model->symbols[found].leaves;
    }
    bool all = !tree->we && count == tree->subjects.count;
    *out = set_from(parts, count);
    return all;
}

bool
resolve_contacts(struct draft *draft, const struct name_list *via, const uint32_t **contacts)
{
    uint32_t *symbols = ARENA_ARRAY(draft->arena, via->count, uint32_t);
    bool good = true;
    for (size_t i = 0; i < via->count; i++) {
        symbols[i] = resolve_leaf_symbol(&draft->resolver, &via->at[i], KINDS(KIND_CONTACT));
        good = symbols[i] != NONE && good;
    }
    *contacts = symbols;
    return good;
}

void
right_say(const struct saying *saying)
{
    struct draft *draft = saying->draft;
    const struct sentence *tree = saying->tree;
    struct right right = {
        .contact_count = tree->via.count, .clause = saying->clause, .sentence = saying->sentence};
    uint32_t *holders = ARENA_ARRAY(draft->arena, tree->subjects.count, uint32_t);
    struct cube *cubes;
    size_t count;
    bool good = resolve_holders(draft, tree, holders, &right.persons);
    good =
        resolve_list(&draft->resolver, &tree->act.objects, KINDS(KIND_REQUEST), &right.requests) &&
        good;
    good = resolve_contacts(draft, &tree->via, &right.contacts) && good;
    struct about about = {.objects = holders,
                          .object_count = tree->subjects.count,
                          .anybody = !good,
                          .records = true};
    good = saying_cases(saying, &about, &cubes, &count) && good;
    for (size_t i = 0; i < count && good; i++) {
        right.when = cubes[i];
        *VECTOR_PUSH(draft->arena, &draft->rights) = right;
    }
}
