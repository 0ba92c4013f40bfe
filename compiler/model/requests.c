/* Requests that somebody may make and nobody must act on. */
#include "compiler/model/sentences.h"

static uint32_t
request_count(const struct draft *draft)
{
    struct interval all = kind_leaves(draft->model, KIND_REQUEST);
    return all.high - all.low;
}

struct answered
answered_make(struct draft *draft)
{
    uint32_t count = request_count(draft);
    return (struct answered){.done = ARENA_ARRAY(draft->arena, count + 1, int32_t),
                             .clocked = ARENA_ARRAY(draft->arena, count + 1, int32_t)};
}

void
answered_add(const struct draft *draft, int32_t *counts, struct set requests)
{
    struct interval all = kind_leaves(draft->model, KIND_REQUEST);
    for (size_t i = 0; i < requests.count; i++) {
        if (requests.at[i].low >= all.high || requests.at[i].high <= all.low)
            continue; /* an event among the names after "after" */
        uint32_t high = requests.at[i].high < all.high ? requests.at[i].high : all.high;
        counts[requests.at[i].low - all.low]++;
        counts[high - all.low]--;
    }
}

/* The requests that are still open, linked so that those already dealt with cost nothing: open[i]
 * is i, or leads on to the next one that may be open; the last is the end. */
static uint32_t
next_open(uint32_t *open, uint32_t i)
{
    while (open[i] != i) {
        open[i] = open[open[i]];
        i = open[i];
    }
    return i;
}

static uint32_t *
open_requests(const struct draft *draft, const struct answered *answered, bool clocked)
{
    uint32_t count = request_count(draft);
    uint32_t *open = ARENA_ARRAY(draft->arena, count + 1, uint32_t);
    int32_t done = 0, started = 0;
    for (uint32_t i = 0; i < count; i++) {
        done += answered->done[i];
        started += answered->clocked[i];
        open[i] = done > 0 || (clocked && started > 0) ? i + 1 : i;
    }
    open[count] = count;
    return open;
}

/* Reports the open requests of a name, and closes them in both lists. */
static void
check_name(struct draft *draft, const struct name *name, bool state, uint32_t *open, uint32_t *also)
{
    const struct model *model = draft->model;
    uint32_t found = names_find(&model->by_name, name->text);
    if (found == NONE || model->symbols[found].kind != KIND_REQUEST)
        return;
    struct interval leaves = model->symbols[found].leaves;
    uint32_t base = model->first_leaf[KIND_REQUEST];
    uint32_t i = next_open(open, leaves.low - base);
    for (; i < leaves.high - base; i = next_open(open, i)) {
        struct text request = leaf(model, base + i)->name;
        open[i] = i + 1;
        if (also[i] == i)
            also[i] = i + 1;
        diagnose(draft->diagnostics, E_NO_DUTY, name->span, "nobody must act on “%.*s”",
                 TEXT_ARGS(request));
        diagnose_why(draft->diagnostics,
                     state ? "The state changes when the request is done, and no duty does it"
                           : "A right is worth what somebody must then do, and by when");
        diagnose_fix(draft->diagnostics, "Add a duty, such as: we MUST do %.*s within 30 days",
                     TEXT_ARGS(request));
    }
}

static void
check_rights(struct draft *draft, uint32_t *open, uint32_t *also)
{
    for (size_t i = 0; i < draft->sentences.count; i++) {
        const struct sentence *tree = draft->sentences.at[i].tree;
        for (size_t k = 0; k < tree->act.objects.count && tree->form == SENTENCE_RIGHT; k++)
            check_name(draft, &tree->act.objects.at[k], false, open, also);
    }
}

static void
check_states(struct draft *draft, uint32_t *open, uint32_t *also)
{
    for (size_t i = 0; i < draft->tree->declarations.count; i++) {
        const struct declaration *declaration = &draft->tree->declarations.at[i];
        if (declaration->kind != KIND_STATE)
            continue;
        for (size_t k = 0; k < declaration->after.count; k++)
            check_name(draft, &declaration->after.at[k], true, open, also);
        for (size_t k = 0; k < declaration->until.count; k++)
            check_name(draft, &declaration->until.at[k], true, open, also);
    }
}

void
answered_check(struct draft *draft, const struct answered *answered)
{
    if (draft->tree->incomplete) /* the duty may be in what could not be read */
        return;
    uint32_t *open = open_requests(draft, answered, true);
    uint32_t *undone = open_requests(draft, answered, false);
    check_rights(draft, open, undone);
    check_states(draft, undone, open);
}
