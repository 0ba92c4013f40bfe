/* Erasures of what must be kept. A time to keep prevails over an erasure, which then falls due when
 * the keeping ends: whoever reads only the erasure must be told. */
#include "compiler/check/internal.h"
#include "compiler/check/walk.h"
#include "compiler/model/locale.h"

enum { STEPS = 4 * 1000 * 1000 };

struct hours { /* how long a time can be */
    uint64_t least, most;
};

/* Months from 28 to 31 days, at most 184 days in six; a week has one working day at least. */
static struct hours
hours_of(const struct model *model, struct timing timing)
{
    uint64_t n = timing.amount, working = 0;
    for (unsigned bit = 0; bit < 7; bit++)
        working += model->calendar->working_days >> bit & 1u;
    if (working == 0)
        working = 1;
    switch (timing.unit) {
    case UNIT_HOUR:
        return (struct hours){n, n};
    case UNIT_DAY:
        return (struct hours){24 * n, 24 * n};
    case UNIT_WEEK:
        return (struct hours){168 * n, 168 * n};
    case UNIT_BUSINESS_DAY:
        return (struct hours){24 * n, 168 * (n / working + 1)};
    case UNIT_MONTH:
        return (struct hours){24 * (n * 365 / 12 - (n % 12 != 0 ? 2u : 0u)),
                              24 * (n * 366 / 12 + 2)};
    case UNIT_YEAR:
        return (struct hours){24 * 365 * n, 24 * 366 * n};
    }
    return (struct hours){0, 0};
}

static bool
counts_months(enum unit unit)
{
    return unit == UNIT_MONTH || unit == UNIT_YEAR;
}

/* Whether keeping can still last when the erasure is due, both from the same moment. */
static bool
lasts_longer(const struct model *model, struct timing keep, struct timing erase)
{
    if (erase.form == TIMING_AT_ONCE || erase.form == TIMING_BEFORE)
        return true;
    if (keep.unit == erase.unit)
        return keep.amount > erase.amount;
    if (counts_months(keep.unit) && counts_months(erase.unit))
        return keep.amount * (keep.unit == UNIT_YEAR ? 12u : 1u) >
               erase.amount * (erase.unit == UNIT_YEAR ? 12u : 1u);
    return hours_of(model, keep).most > hours_of(model, erase).least;
}

static bool
same_clock(const struct duty *a, const struct duty *b)
{
    if (a->after.count == 0 && b->after.count == 0)
        return true;
    return set_meets(a->after, b->after) && a->last == b->last;
}

/* Whether both bind somebody at once. What is erased from one place may be kept in another. */
static bool
meet(const struct model *model, const struct duty *erase, const struct duty *keep)
{
    return erase->targets.count == 0 && set_meets(erase->actors, keep->actors) &&
           states_possible(model, cube_both(erase->when, keep->when));
}

static void
report(struct checking *c, const struct duty *erase, const struct duty *keep, uint32_t object)
{
    const struct model *model = c->model;
    struct text kept = locale_duration(model->locale, c->arena, keep->timing);
    struct text name = model->clauses[keep->clause].name, data = leaf(model, object)->name;
    c->faulty[erase->sentence] = true;
    diagnose(c->diagnostics, E_KEPT_LONGER, sentence_place(model, erase->sentence),
             "“%.*s” is to be erased here, and kept for “%.*s” by another sentence",
             TEXT_ARGS(data), TEXT_ARGS(kept));
    diagnose_why(c->diagnostics, "What must be kept is not erased before that, so whoever reads "
                                 "only this sentence expects it to be gone too early");
    if (erase->clause == keep->clause)
        diagnose_fix(c->diagnostics, "Keep it no longer than it may be there, or leave one of the "
                                     "two sentences out");
    else
        diagnose_fix(c->diagnostics,
                     "Add “subject to %.*s”, or let one of the two times begin or "
                     "end otherwise",
                     TEXT_ARGS(name));
    diagnose_see(c->diagnostics, sentence_place(model, keep->sentence), "what keeps it");
}

/* From different moments nobody can say which of the two ends first. */
static void
report_perhaps(struct checking *c, const struct duty *erase, const struct duty *keep,
               uint32_t object)
{
    const struct model *model = c->model;
    struct text name = model->clauses[keep->clause].name, data = leaf(model, object)->name;
    diagnose(c->diagnostics, W_CONFLICT, sentence_place(model, erase->sentence),
             "“%.*s” may keep “%.*s” for longer than this duty, which does not say so",
             TEXT_ARGS(name), TEXT_ARGS(data));
    diagnose_why(c->diagnostics, "What must be kept is not erased before that, and the two times "
                                 "begin at different moments");
    diagnose_fix(c->diagnostics,
                 "Write “subject to %.*s” at its end, or count both from the same "
                 "moment",
                 TEXT_ARGS(name));
    diagnose_see(c->diagnostics, sentence_place(model, keep->sentence), "what keeps it");
}

/* Compares an erasure with a time to keep the same data: what is certain, or what is only perhaps
 * so. True if there was something to report. */
static bool
compare(struct checking *c, const struct duty *erase, const struct duty *keep, uint32_t object,
        bool perhaps)
{
    bool same = same_clock(erase, keep);
    if (same == perhaps || !meet(c->model, erase, keep))
        return false;
    if (perhaps && erase->clause != keep->clause)
        report_perhaps(c, erase, keep, object);
    else if (!perhaps && lasts_longer(c->model, keep->timing, erase->timing))
        report(c, erase, keep, object);
    else
        return false;
    return true;
}

struct erasures {    /* by data */
    uint32_t *first; /* of a leaf, index into entries; one leaf more ends the last */
    uint32_t *duties;
};

/* Duties to erase, listed with each leaf of data; false if they are too many. */
static bool
list_erasures(struct checking *c, struct erasures *e)
{
    const struct model *model = c->model;
    struct interval data = kind_leaves(model, KIND_DATA);
    uint64_t total = 0;
    e->first = ARENA_ARRAY(c->arena, (size_t)(data.high - data.low) + 2, uint32_t);
    uint32_t *count = e->first + 1;
    for (uint32_t i = 0; i < model->duty_count; i++)
        if (model->duties[i].verb == VERB_ERASE) {
            total += set_size(model->duties[i].objects);
            if (total > STEPS)
                return false;
            struct walk walk = walk_from_start(model->duties[i].objects);
            for (; !walk_ended(&walk); walk_on(&walk))
                count[walk.leaf - data.low]++;
        }
    for (uint32_t l = 0, at = 0; l <= data.high - data.low; l++) {
        uint32_t length = count[l];
        count[l] = at;
        at += length;
    }
    e->duties = ARENA_ARRAY(c->arena, (size_t)total, uint32_t);
    for (uint32_t i = 0; i < model->duty_count; i++)
        if (model->duties[i].verb == VERB_ERASE)
            for (struct walk walk = walk_from_start(model->duties[i].objects); !walk_ended(&walk);
                 walk_on(&walk))
                e->duties[count[walk.leaf - data.low]++] = i;
    return true;
}

/* Compares one time to keep with all erasures of the same data; false if steps are spent. */
static bool
look_at(struct checking *c, const struct erasures *e, const struct duty *keep, size_t *steps,
        bool *reported, bool perhaps)
{
    uint32_t low = kind_leaves(c->model, KIND_DATA).low;
    for (struct walk walk = walk_from_start(keep->objects); !walk_ended(&walk); walk_on(&walk))
        for (uint32_t i = e->first[walk.leaf - low]; i < e->first[walk.leaf - low + 1]; i++) {
            const struct duty *erase = &c->model->duties[e->duties[i]];
            if ((*steps)-- == 0)
                return false;
            if (!reported[erase->sentence] &&
                !sentence_acknowledges(&c->model->sentences[erase->sentence], keep->clause))
                reported[erase->sentence] = compare(c, erase, keep, walk.leaf, perhaps);
        }
    return true;
}

/* False after a report that there was too much to compare. */
static bool
compare_all(struct checking *c, const struct erasures *e, bool *reported, bool perhaps)
{
    const struct model *model = c->model;
    size_t steps = STEPS;
    for (uint32_t i = 0; i < model->duty_count; i++) {
        const struct duty *keep = &model->duties[i];
        if (keep->verb != VERB_KEEP || (e->first && look_at(c, e, keep, &steps, reported, perhaps)))
            continue;
        diagnose(c->diagnostics, W_UNDECIDED, sentence_place(model, keep->sentence),
                 "cannot decide whether what is kept from here on is to be erased too early");
        diagnose_why(c->diagnostics, "Too many sentences erase the same data");
        return false;
    }
    return true;
}

/* First the errors, so that no warning stands in the place of one. */
void
check_keeping(struct checking *c)
{
    struct erasures erasures = {NULL, NULL};
    bool *reported = ARENA_ARRAY(c->arena, c->model->sentence_count, bool);
    if (!list_erasures(c, &erasures))
        erasures.first = NULL;
    if (compare_all(c, &erasures, reported, false))
        (void)compare_all(c, &erasures, reported, true);
}
