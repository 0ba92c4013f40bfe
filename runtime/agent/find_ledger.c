/* The ledger as the doctor sees it. */
#include "runtime/agent/findings.h"
#include "runtime/agent/shipped.h"
#include "runtime/agent/words.h"
#include "runtime/store/anchor.h"
#include "runtime/store/store.h"

#include <inttypes.h>
#include <string.h>

enum { MICROS = 1000000, DAY = 86400, CLOCKS_APART = 60 };

struct ends {
    struct head head[ENGINE_PARTS];
    int64_t recorded; /* the latest, microseconds */
    uint64_t entries;
};

static avow_store_code
take_recorded(void *context, const struct entry *entry)
{
    struct ends *ends = context;
    if (entry->recorded > ends->recorded)
        ends->recorded = entry->recorded;
    return AVOW_STORE_OK;
}

static avow_store_code
read_ends(struct engine *engine, struct ends *ends, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    *ends = (struct ends){0};
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++) {
        struct head *head = &ends->head[part];
        code = engine->ops->head(engine, part, head, error);
        if (code == AVOW_STORE_OK && head->sequence > 0)
            code =
                engine->ops->entries(engine, part, head->sequence, 1, take_recorded, ends, error);
        ends->entries += head->sequence;
    }
    return code;
}

static const char *
entries(uint64_t count)
{
    return count == 1 ? "entry" : "entries";
}

static void
against_clock(struct findings *findings, const struct ends *ends)
{
    char last[TIME_TEXT], now[TIME_TEXT];
    int64_t recorded = ends->recorded / MICROS;
    if (recorded > findings->now + CLOCKS_APART)
        find(findings, FINDING_BAD,
             "The last entry of the ledger was recorded at %s, and the clock shows %s: it is "
             "behind, and deadlines are counted by it. Set it: ntpd, chronyd or "
             "systemd-timesyncd.",
             words_of_time(recorded, last), words_of_time(findings->now, now));
    else if (ends->entries > 0)
        find(findings, FINDING_OK, "The clock is not behind the last entry of the ledger, of %s.",
             words_of_time(recorded, last));
}

static void
against_anchor(struct findings *findings, struct session *session, const struct ends *ends)
{
    avow_store *store = session->store;
    avow_store_error error = {0};
    struct head anchored[ENGINE_PARTS];
    uint64_t behind = 0, ahead = 0;
    if (!store->keys)
        return; /* which the keys are told for */
    if (anchor_read(store->keys_folder, store->keys->signing_public, anchored, &error) !=
        AVOW_STORE_OK) {
        find(findings, FINDING_BAD, "%s", error.text);
        return;
    }
    for (uint32_t part = 0; part < ENGINE_PARTS; part++) {
        uint64_t here = ends->head[part].sequence, there = anchored[part].sequence;
        behind += here > there ? here - there : 0;
        ahead += there > here ? there - here : 0;
    }
    if (ahead > 0)
        find(findings, FINDING_BAD, "The anchor knows of %" PRIu64 " %s that the store lacks.",
             ahead, entries(ahead));
    else if (behind > 0)
        find(findings, FINDING_WARN,
             "The anchor is %" PRIu64 " %s behind the ledger, as after a crash: their loss "
             "would not be seen. The next records bring it up to them; if it stays so, look "
             "whether %s/anchor can be written.",
             behind, entries(behind), store->keys_folder);
    else
        find(findings, FINDING_OK, "The anchor has come as far as the ledger: %" PRIu64 " %s.",
             ends->entries, entries(ends->entries));
}

static void
against_shipped(struct findings *findings, struct session *session, const struct ends *ends)
{
    struct shipped shipped;
    avow_store_error error = {0};
    char at[TIME_TEXT];
    uint64_t since = 0;
    avow_store_code code = shipped_read(session->store->keys_folder, &shipped, &error);
    if (code == AVOW_STORE_NOT_FOUND) {
        find(findings, FINDING_WARN,
             "The ledger was never written out: with this database all refusals would be lost. "
             "Keep it on another machine, too: 'avowd ledger export > FILE', and that often.");
        return;
    }
    if (code != AVOW_STORE_OK) {
        find(findings, FINDING_WARN, "%s", error.text);
        return;
    }
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        if (ends->head[part].sequence > shipped.sequence[part])
            since += ends->head[part].sequence - shipped.sequence[part];
    words_of_time(shipped.at, at);
    bool old = findings->now - shipped.at >= DAY;
    if (since == 0)
        find(findings, FINDING_OK, "The ledger was written out at %s, and nothing was added since.",
             at);
    else
        find(findings, old ? FINDING_WARN : FINDING_OK,
             "The ledger was last written out at %s, and %" PRIu64 " %s added since%s", at, since,
             since == 1 ? "entry was" : "entries were",
             old ? ": lost if this database is. Write it out: 'avowd ledger export > FILE'." : ".");
}

void
find_ledger(struct findings *findings, struct session *session, struct engine *engine)
{
    struct ends ends;
    avow_store_error error = {0};
    if (read_ends(engine, &ends, &error) != AVOW_STORE_OK) {
        find(findings, FINDING_BAD, "%s", error.text);
        return;
    }
    against_clock(findings, &ends);
    against_anchor(findings, session, &ends);
    against_shipped(findings, session, &ends);
}
