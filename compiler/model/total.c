#include "compiler/model/total.h"

#include "compiler/model/events.h"
#include "compiler/model/locale.h"

struct total {
    struct draft *draft;
    struct span hole;
    uint64_t amounts[UNIT_YEAR + 1];
    size_t clauses; /* gone through */
};

static const struct duty *
duty_of(const struct draft *draft, uint32_t sentence, uint32_t number)
{
    return &draft->model->duties[draft->model->sentences[sentence].first_duty + number];
}

static void
report(const struct total *total, uint32_t clause, const struct duty *duty, const char *message,
       const char *mend)
{
    const struct model *model = total->draft->model;
    diagnose(total->draft->diagnostics, E_TOTAL, total->hole, message,
             TEXT_ARGS(model->clauses[clause].name));
    diagnose_why(total->draft->diagnostics,
                 "The page may only name a time that is the longest it can take");
    diagnose_fix(total->draft->diagnostics, "%s", mend);
    if (duty)
        diagnose_see(total->draft->diagnostics, model->sentences[duty->sentence].tree->span,
                     "this sentence");
}

/* The one duty of a clause that can be done, or NULL after a report: several must have one time and
 * one start. */
static const struct duty *
only_duty(const struct total *total, uint32_t clause)
{
    const struct clause *c = &total->draft->model->clauses[clause];
    const struct duty *only = NULL;
    for (uint32_t i = 0; i < c->sentence_count; i++) {
        const struct sentence_model *s = &total->draft->model->sentences[c->first_sentence + i];
        for (uint32_t k = 0; k < s->duty_count; k++) {
            const struct duty *duty = duty_of(total->draft, c->first_sentence + i, k);
            if (duty->timing.form == TIMING_FOR || duty->timing.form == TIMING_NONE)
                continue;
            bool same = !only || (only->timing.form == duty->timing.form &&
                                  only->timing.amount == duty->timing.amount &&
                                  only->timing.unit == duty->timing.unit &&
                                  set_same(only->after, duty->after));
            if (!same) {
                report(total, clause, duty, "the duties of “%.*s” have several times or starts",
                       "Put each into a clause of its own, and name the one that is meant");
                return NULL;
            }
            only = duty;
        }
    }
    if (!only)
        report(total, clause, NULL, "no sentence of the clause “%.*s” sets a time limit",
               "Write a sentence with MUST and “within …”, or leave the hole out");
    return only;
}

/* The clause that a duty waits for, NONE if it counts from something else; false after a report. */
static bool
clause_before(const struct total *total, uint32_t clause, const struct duty *duty, uint32_t *before)
{
    const struct model *model = total->draft->model;
    uint32_t count = set_size(duty->after);
    uint32_t last = count > 0 ? duty->after.at[duty->after.count - 1].high - 1 : 0;
    *before = NONE;
    if (duty->timing.form == TIMING_BEFORE) {
        report(total, clause, duty, "the duty of “%.*s” counts back from an event",
               "Leave the hole out: a time before an event cannot be added to another");
        return false;
    }
    if (count == 0 || last < total->draft->first_done)
        return true;
    *before = leaf(model, last)->clause;
    if (count == 1)
        return true;
    report(total, clause, duty, "the duty of “%.*s” can be started by more than one thing",
           "Write a sentence for each of them, in clauses of their own");
    return false;
}

/* A duty that follows another starts at the end of a day, which is past the cut-off: its business
 * days count from the day behind. */
static void
add(struct total *total, const struct duty *duty, bool follows)
{
    const struct calendar *calendar = total->draft->model->calendar;
    struct timing timing = duty->timing;
    if (timing.form == TIMING_AT_ONCE)
        return;
    total->amounts[timing.unit] += timing.amount;
    if (follows && timing.unit == UNIT_BUSINESS_DAY && calendar->cut_off < 24 * 60)
        total->amounts[timing.unit]++;
}

/* Adds up the chain that ends with a clause; false after a report, or in a circle. */
static bool
add_chain(struct total *total, uint32_t clause)
{
    while (clause != NONE) {
        const struct duty *duty = only_duty(total, clause);
        uint32_t before;
        if (!duty || !clause_before(total, clause, duty, &before))
            return false;
        add(total, duty, before != NONE);
        if (++total->clauses > total->draft->model->clause_count)
            return false; /* they wait for each other, which was reported */
        clause = before;
    }
    return true;
}

static void
report_single(const struct total *total, uint32_t clause)
{
    struct text name = total->draft->model->clauses[clause].name;
    struct diagnostics *to = total->draft->diagnostics;
    diagnose(to, E_NO_CHAIN, total->hole,
             "“%.*s” does not wait for another clause, so there is nothing to add up",
             TEXT_ARGS(name));
    diagnose_fix(to, "Write {deadline of %.*s}, or let its duty begin “after” the clause before it",
                 TEXT_ARGS(name));
}

/* Units from the longest to the shortest; "business days" stay what they are. */
static struct text
words_of(const struct total *total, uint32_t clause)
{
    static const enum unit order[] = {UNIT_YEAR, UNIT_MONTH,        UNIT_WEEK,
                                      UNIT_DAY,  UNIT_BUSINESS_DAY, UNIT_HOUR};
    const struct model *model = total->draft->model;
    struct text parts[UNIT_YEAR + 1];
    size_t count = 0;
    for (size_t i = 0; i <= UNIT_YEAR; i++) {
        uint64_t amount = total->amounts[order[i]];
        struct timing timing = {TIMING_WITHIN, (uint32_t)amount, order[i], total->hole};
        if (amount > UINT32_MAX) {
            report(total, clause, NULL, "the times up to “%.*s” add up to more than can be counted",
                   "Leave the hole out");
            return TEXT("");
        }
        if (amount > 0)
            parts[count++] = locale_duration(model->locale, total->draft->arena, timing);
    }
    if (count > 0)
        return locale_list(model->locale, total->draft->arena, parts, count);
    report(total, clause, NULL, "everything up to “%.*s” is due at once",
           "Say it in words, such as “at once”, without a hole");
    return TEXT("");
}

struct text
total_words(struct draft *draft, uint32_t clause, struct span hole, bool duties_lost)
{
    struct total total = {.draft = draft, .hole = hole};
    if (duties_lost)
        return TEXT("");
    if (!add_chain(&total, clause))
        return TEXT("");
    if (total.clauses > 1)
        return words_of(&total, clause);
    report_single(&total, clause);
    return TEXT("");
}
