/* Two times for one thing on one clock. */
#include "compiler/check/internal.h"
#include "compiler/model/locale.h"

/* Work that one policy may cause: far more than any needs that people write. */
enum { ENTRIES_MAX = 1000 * 1000 };

struct key { /* two duties with the same key count from the same moment */
    uint64_t need, forbid;
    uint32_t verb, object, after, counts;
};

static struct text
key_text(struct arena *arena, const struct key *key)
{
    return arena_text(arena, (struct text){(const char *)key, sizeof *key});
}

static bool
same_length(struct timing a, struct timing b)
{
    return a.form == b.form &&
           (a.form == TIMING_AT_ONCE || (a.amount == b.amount && a.unit == b.unit));
}

/* Both act on the same part of the world, so that both bind somebody at once. */
static bool
meet(const struct duty *a, const struct duty *b)
{
    bool apart = a->targets.count > 0 && b->targets.count > 0 && !set_meets(a->targets, b->targets);
    return !apart && set_meets(a->actors, b->actors);
}

static void
report(struct checking *c, const struct duty *second, const struct duty *first, uint32_t object)
{
    const struct model *model = c->model;
    struct text earlier = locale_duration(model->locale, c->arena, first->timing);
    struct text later = locale_duration(model->locale, c->arena, second->timing);
    diagnose(c->diagnostics, E_DUTY_CONFLICT, sentence_place(model, second->sentence),
             "“%.*s” has two times on one clock: “%.*s” here, and “%.*s”",
             TEXT_ARGS(leaf(model, object)->name), TEXT_ARGS(later), TEXT_ARGS(earlier));
    diagnose_why(c->diagnostics,
                 "Both count from the same moment under the same conditions, so one means nothing");
    diagnose_fix(c->diagnostics, "Leave one of the two out, or give them different conditions");
    diagnose_see(c->diagnostics, sentence_place(model, first->sentence), "the other time");
}

struct clocks {
    struct names by_key; /* -> the first duty with that key */
    size_t entries;
};

/* Enters a duty for one object and one start; false if it contradicts an earlier one. */
static bool
enter(struct checking *c, struct clocks *clocks, uint32_t number, struct key key)
{
    const struct duty *duty = &c->model->duties[number];
    uint32_t first = names_find(&clocks->by_key, (struct text){(const char *)&key, sizeof key});
    if (first == NONE) {
        names_add(&clocks->by_key, key_text(c->arena, &key), number);
        return true;
    }
    const struct duty *other = &c->model->duties[first];
    if (same_length(duty->timing, other->timing) || !meet(duty, other))
        return true;
    report(c, duty, other, key.object);
    return false;
}

/* The first report, the last, or back from what is planned. */
static uint32_t
counts_from(const struct duty *duty)
{
    return duty->timing.form == TIMING_BEFORE ? 2u : duty->last;
}

/* Enters a duty for one object and everything that starts its clock. */
static bool
enter_object(struct checking *c, struct clocks *clocks, uint32_t number, uint32_t object)
{
    const struct duty *duty = &c->model->duties[number];
    struct key key = {duty->when.need,  duty->when.forbid, duty->verb, object, NONE,
                      counts_from(duty)};
    clocks->entries++;
    if (duty->after.count == 0)
        return enter(c, clocks, number, key);
    for (size_t i = 0; i < duty->after.count; i++)
        for (key.after = duty->after.at[i].low; key.after < duty->after.at[i].high; key.after++) {
            clocks->entries++;
            if (!enter(c, clocks, number, key))
                return false;
        }
    return true;
}

/* One message a duty: false once it was reported, or there is too much to look at. */
static bool
enter_duty(struct checking *c, struct clocks *clocks, uint32_t number)
{
    const struct duty *duty = &c->model->duties[number];
    for (size_t i = 0; i < duty->objects.count; i++)
        for (uint32_t l = duty->objects.at[i].low; l < duty->objects.at[i].high; l++)
            if (clocks->entries > ENTRIES_MAX || !enter_object(c, clocks, number, l))
                return false;
    return true;
}

void
check_clocks(struct checking *c)
{
    const struct model *model = c->model;
    struct clocks clocks = {names_in(c->arena), 0};
    for (uint32_t i = 0; i < model->duty_count; i++) {
        if (model->duties[i].timing.form != TIMING_NONE)
            (void)enter_duty(c, &clocks, i);
        if (clocks.entries <= ENTRIES_MAX)
            continue;
        diagnose(c->diagnostics, W_UNDECIDED, sentence_place(model, model->duties[i].sentence),
                 "cannot decide whether the duties from here on contradict each other: they are "
                 "about too many things");
        return;
    }
}
