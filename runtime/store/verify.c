#include "runtime/store/verify.h"
#include "runtime/store/chain.h"
#include "runtime/store/fault.h"
#include "runtime/store/fold.h"

#include <stdio.h>
#include <string.h>

enum { STEP = 4096 };

struct walk {
    struct engine *engine;
    const struct verify_options *options;
    struct verify_result *result;
    avow_store_error *error;
    uint64_t all; /* entries that there are */
    struct chain chain;
    struct fold fold;
};

static void
problem(void *context, uint32_t part, uint64_t sequence, const char *text)
{
    struct walk *walk = context;
    struct verify_result *result = walk->result;
    if (result->problems++ == 0) {
        result->part = part;
        result->sequence = sequence;
        snprintf(result->text, sizeof result->text, "%s", text);
    }
    if (walk->options->problem)
        walk->options->problem(walk->options->context, part, sequence, text);
}

static void
row_problem(void *context, uint64_t sequence, const char *text)
{
    struct walk *walk = context;
    problem(walk, walk->chain.part, sequence, text);
}

static avow_store_code
go_on(const struct walk *walk)
{
    const struct verify_options *options = walk->options;
    if (!options->progress ||
        !options->progress(options->context, walk->result->entries, walk->all))
        return AVOW_STORE_OK;
    return fault(walk->error, AVOW_STORE_BUSY, "The verification was stopped.");
}

static avow_store_code
visit(void *context, const struct entry *entry)
{
    struct walk *walk = context;
    struct body body;
    avow_store_error why = {0};
    avow_store_code code = chain_entry(&walk->chain, entry, &body, walk->error);
    if (code == AVOW_STORE_OK && body.kind != BODY_KINDS) {
        code = fold_entry(&walk->fold, entry->sequence, &body, &why);
        if (code == AVOW_STORE_NOT_FOUND) {
            problem(walk, entry->part, entry->sequence, why.text);
            code = AVOW_STORE_OK;
        } else if (code != AVOW_STORE_OK && walk->error)
            *walk->error = why;
    }
    body_free(&body);
    walk->result->entries++;
    return code == AVOW_STORE_OK && walk->result->entries % STEP == 0 ? go_on(walk) : code;
}

static avow_store_code
walk_entries(struct walk *walk, uint32_t part)
{
    static const struct head none;
    const struct head *anchored = walk->options->anchored;
    chain_begin(&walk->chain, part, &none, anchored ? &anchored[part] : NULL, problem, walk);
    avow_store_code code =
        walk->engine->ops->entries(walk->engine, part, 0, INT64_MAX, visit, walk, walk->error);
    walk->result->erased += walk->chain.erased;
    walk->result->heads[part] = walk->chain.last;
    if (code == AVOW_STORE_OK)
        chain_end(&walk->chain);
    else
        chain_free(&walk->chain);
    return code;
}

/* One part, as it is at one moment. */
static avow_store_code
walk_part(struct walk *walk, uint32_t part)
{
    const struct engine_ops *ops = walk->engine->ops;
    avow_store_code code = ops->begin(walk->engine, false, walk->error);
    if (code == AVOW_STORE_OK)
        code = fold_begin(&walk->fold, walk->engine, walk->error);
    if (code == AVOW_STORE_OK)
        code = walk_entries(walk, part);
    if (code == AVOW_STORE_OK)
        code = fold_compare(&walk->fold, part, row_problem, walk, walk->error);
    walk->result->unprovable += walk->fold.unprovable;
    fold_free(&walk->fold);
    ops->rollback(walk->engine);
    return code;
}

avow_store_code
verify_ledger(struct engine *engine, const struct verify_options *options,
              struct verify_result *result, avow_store_error *error)
{
    struct walk walk = {.engine = engine, .options = options, .result = result, .error = error};
    avow_store_code code = AVOW_STORE_OK;
    *result = (struct verify_result){0};
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++) {
        struct head head;
        code = engine->ops->head(engine, part, &head, error);
        walk.all += head.sequence;
    }
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++)
        code = walk_part(&walk, part);
    return code == AVOW_STORE_OK ? go_on(&walk) : code;
}
