#include "runtime/store/replay.h"
#include "runtime/store/apply.h"
#include "runtime/store/fault.h"

#include <inttypes.h>
#include <string.h>

enum { STEP = 1024 };

struct replaying {
    struct engine *engine;
    struct replay_result *result;
    avow_store_error *error;
    bool begun, known; /* a transaction; the head of the part */
    uint32_t part;
    struct head head; /* of the part, in the store */
    uint64_t pending; /* entries of the transaction */
};

static avow_store_code
commit(struct replaying *to)
{
    avow_store_code code = AVOW_STORE_OK;
    if (to->begun)
        code = to->engine->ops->commit(to->engine, to->error);
    if (code == AVOW_STORE_OK)
        to->result->added += to->pending;
    to->begun = to->known = false;
    to->pending = 0;
    return code;
}

/* A transaction that knows the head of the entry's part: one of a part at a time. */
static avow_store_code
need_head(struct replaying *to, uint32_t part)
{
    avow_store_code code = AVOW_STORE_OK;
    if (to->known && to->part == part && to->pending < STEP)
        return code;
    code = commit(to);
    if (code == AVOW_STORE_OK) {
        code = to->engine->ops->begin(to->engine, true, to->error);
        to->begun = code == AVOW_STORE_OK;
    }
    if (code == AVOW_STORE_OK)
        code = to->engine->ops->head(to->engine, part, &to->head, to->error);
    to->part = part;
    to->known = code == AVOW_STORE_OK;
    return code;
}

static avow_store_code
forked(const struct replaying *to, const struct entry *entry)
{
    return fault(to->error, AVOW_STORE_LOSS,
                 "Entry %" PRIu64 " of part %" PRIu32
                 " of the export is not the one that the store "
                 "has: something was recorded after an older backup was restored. Restore that "
                 "backup anew, replay, and then let people use the store.",
                 entry->sequence, entry->part);
}

/* Whether the store has the same entry. */
struct same {
    const struct entry *entry;
    bool same, there;
};

static avow_store_code
compare(void *context, const struct entry *stored)
{
    struct same *same = context;
    same->there = stored->sequence == same->entry->sequence;
    same->same = same->there && memcmp(stored->hash, same->entry->hash, HASH_BYTES) == 0;
    return AVOW_STORE_OK;
}

static avow_store_code
check_present(struct replaying *to, const struct entry *entry)
{
    struct same same = {.entry = entry};
    avow_store_code code = AVOW_STORE_OK;
    if (entry->sequence == to->head.sequence)
        same.same = memcmp(entry->hash, to->head.hash, HASH_BYTES) == 0;
    else
        code = to->engine->ops->entries(to->engine, entry->part, entry->sequence, 1, compare, &same,
                                        to->error);
    if (code == AVOW_STORE_OK && !same.same)
        return forked(to, entry);
    to->result->present += code == AVOW_STORE_OK;
    return code;
}

/* The export has checked that the entry follows the one before it; that one is the store's last, if
 * its hash is. It was compared when it was present; the first entry of an export is compared with
 * the export's `from`. */
static avow_store_code
add(struct replaying *to, const struct entry *entry, const struct head *before)
{
    if (entry->sequence != to->head.sequence + 1)
        return fault(to->error, AVOW_STORE_LOSS,
                     "The export begins behind the end of the store: entries %" PRIu64
                     " to %" PRIu64 " of part %" PRIu32
                     " are in an earlier one. Replay that first.",
                     to->head.sequence + 1, entry->sequence - 1, entry->part);
    if (to->head.sequence == before->sequence &&
        memcmp(to->head.hash, before->hash, HASH_BYTES) != 0)
        return forked(to, entry);
    avow_store_code code = to->engine->ops->append(to->engine, entry, to->error);
    if (code == AVOW_STORE_OK)
        code = apply_entry(to->engine, entry, to->error);
    to->head.sequence = entry->sequence;
    memcpy(to->head.hash, entry->hash, HASH_BYTES);
    to->pending++;
    return code;
}

static avow_store_code
visit(void *context, const struct entry *entry)
{
    struct replaying *to = context;
    avow_store_code code = need_head(to, entry->part);
    if (code != AVOW_STORE_OK)
        return code;
    return entry->sequence <= to->head.sequence
               ? check_present(to, entry)
               : add(to, entry, &to->result->export.from[entry->part]);
}

avow_store_code
replay_ledger(struct engine *engine, FILE *in, const uint8_t *public_key,
              struct replay_result *result, avow_store_error *error)
{
    struct replaying to = {.engine = engine, .result = result, .error = error};
    *result = (struct replay_result){0};
    avow_store_code code = export_read(in, public_key, visit, &to, &result->export, error);
    if (code == AVOW_STORE_OK || code == AVOW_STORE_CORRUPT) {
        avow_store_error why = {0};
        struct replaying last = to;
        last.error = &why;
        avow_store_code kept = commit(&last);
        if (code == AVOW_STORE_OK && kept != AVOW_STORE_OK && error)
            *error = why;
        code = code == AVOW_STORE_OK ? kept : code;
    }
    engine->ops->rollback(engine);
    return code;
}
