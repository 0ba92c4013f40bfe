#include "runtime/store/chain.h"
#include "runtime/store/fault.h"
#include "runtime/store/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAP_MAX = 1 << 30 };

static void
say(const struct chain *chain, uint64_t sequence, const char *text)
{
    chain->problem(chain->context, chain->part, sequence, text);
}

void
chain_begin(struct chain *chain, uint32_t part, const struct head *from,
            const struct head *anchored, chain_problem *problem, void *context)
{
    *chain = (struct chain){.part = part,
                            .last = *from,
                            .anchored = anchored,
                            .first = from->sequence,
                            .problem = problem,
                            .context = context};
    memcpy(chain->computed, from->hash, HASH_BYTES);
    chain->met = !anchored || anchored->sequence <= from->sequence;
}

/* Bits ----------------------------------------------------------------------------------------- */

/* Room for the bit of a sequence that the walk has reached. */
static bool
need_bit(struct chain *chain, uint64_t sequence)
{
    uint64_t index = sequence - chain->first;
    size_t bytes = (size_t)(index / 8) + 1;
    if (bytes <= chain->bytes)
        return true;
    bytes = bytes + bytes / 2 + 64;
    uint8_t *gone = realloc(chain->gone, bytes);
    if (gone)
        chain->gone = gone;
    uint8_t *allowed = realloc(chain->allowed, bytes);
    if (allowed)
        chain->allowed = allowed;
    if (!gone || !allowed)
        return false;
    memset(gone + chain->bytes, 0, bytes - chain->bytes);
    memset(allowed + chain->bytes, 0, bytes - chain->bytes);
    chain->bytes = bytes;
    return true;
}

static bool
bit(const uint8_t *bits, uint64_t index)
{
    return bits[index / 8] >> index % 8 & 1;
}

/* What an entry erases: earlier payloads, whose bits are there. */
static void
allow(struct chain *chain, uint64_t sequence, const struct body *body)
{
    for (size_t i = 0; i < body->erased_count; i++) {
        uint64_t erased = body->erased[i];
        uint64_t index = erased - chain->first;
        if (erased <= chain->first)
            continue; /* before the walk began */
        if (erased >= sequence || index / 8 >= chain->bytes)
            say(chain, sequence, "The entry erases what comes after it: it was forged.");
        else
            chain->allowed[index / 8] |= (uint8_t)(1 << index % 8);
    }
}

/* Entries -------------------------------------------------------------------------------------- */

static void
check_place(const struct chain *chain, const struct entry *entry)
{
    char text[256];
    uint64_t wanted = chain->last.sequence + 1;
    if (entry->sequence == wanted)
        return;
    if (entry->sequence < wanted)
        snprintf(text, sizeof text,
                 "The entry stands after entry %" PRIu64 ", where it does not belong: entries were "
                 "swapped or doubled.",
                 chain->last.sequence);
    else
        snprintf(text, sizeof text,
                 "%" PRIu64 " %s missing before this entry: what they recorded was removed.",
                 entry->sequence - wanted,
                 entry->sequence - wanted == 1 ? "entry is" : "entries are");
    say(chain, entry->sequence, text);
}

/* The hash must follow from the one before, as it is stored or as it should be: one change is told
 * once. */
static void
check_hash(struct chain *chain, const struct entry *entry)
{
    uint8_t from_stored[HASH_BYTES], from_computed[HASH_BYTES];
    ledger_hash(chain->last.hash, entry, from_stored);
    ledger_hash(chain->computed, entry, from_computed);
    bool good = memcmp(from_stored, entry->hash, HASH_BYTES) == 0 ||
                memcmp(from_computed, entry->hash, HASH_BYTES) == 0;
    memcpy(chain->computed, good ? entry->hash : from_stored, HASH_BYTES);
    if (!good)
        say(chain, entry->sequence,
            "The entry's hash does not follow from what stands here and before it: this entry was "
            "changed, others were removed before it, or it belongs to another ledger.");
}

static void
check_anchor(struct chain *chain, const struct entry *entry)
{
    if (chain->met || entry->sequence < chain->anchored->sequence)
        return;
    chain->met = entry->sequence == chain->anchored->sequence;
    if (chain->met && memcmp(entry->hash, chain->anchored->hash, HASH_BYTES) != 0)
        say(chain, entry->sequence,
            "The ledger was forked: the anchor knows another entry in this place. Something was "
            "recorded after an older backup was restored, or the ledger was written anew.");
}

/* A payload that is missing is marked; one that is there must be what was committed to. */
static avow_store_code
check_payload(struct chain *chain, const struct entry *entry, struct body *body,
              avow_store_error *error)
{
    uint8_t commitment[HASH_BYTES];
    uint64_t index = entry->sequence - chain->first;
    avow_store_error why;
    if (!entry->body || !entry->salt) {
        chain->gone[index / 8] |= (uint8_t)(1 << index % 8);
        chain->erased++;
        return AVOW_STORE_OK;
    }
    ledger_commit(entry->salt, entry->body, entry->length, commitment);
    if (memcmp(commitment, entry->commitment, HASH_BYTES) != 0)
        say(chain, entry->sequence,
            "What the entry says is not what was committed to when it was recorded: its text or "
            "its salt was changed.");
    avow_store_code code = body_read(entry->body, entry->length, body, &why);
    if (code == AVOW_STORE_MEMORY)
        return fault_memory(error);
    if (code != AVOW_STORE_OK) {
        say(chain, entry->sequence, why.text);
        body_free(body);
        body->kind = BODY_KINDS;
    }
    return AVOW_STORE_OK;
}

avow_store_code
chain_entry(struct chain *chain, const struct entry *entry, struct body *body,
            avow_store_error *error)
{
    *body = (struct body){.kind = BODY_KINDS};
    check_place(chain, entry);
    check_hash(chain, entry);
    check_anchor(chain, entry);
    bool forward = entry->sequence > chain->last.sequence;
    /* Sequences are the database's: one that leaps must not make us ask for all its memory. */
    if (forward && entry->sequence - chain->last.sequence > LEAP_MAX)
        return fault(error, AVOW_STORE_CORRUPT,
                     "Entry %" PRIu64 " of part %" PRIu32 " stands behind entry %" PRIu64
                     ": the ledger is damaged beyond what can be checked. Restore a backup.",
                     entry->sequence, chain->part, chain->last.sequence);
    if (forward && !need_bit(chain, entry->sequence))
        return fault_memory(error);
    chain->last.sequence = entry->sequence;
    memcpy(chain->last.hash, entry->hash, HASH_BYTES);
    if (!forward)
        return AVOW_STORE_OK;
    avow_store_code code = check_payload(chain, entry, body, error);
    if (code == AVOW_STORE_OK)
        allow(chain, entry->sequence, body);
    return code;
}

static void
check_erased(const struct chain *chain)
{
    for (uint64_t at = 0; at / 8 < chain->bytes; at++) {
        bool gone = bit(chain->gone, at), allowed = bit(chain->allowed, at);
        if (gone && !allowed)
            say(chain, chain->first + at,
                "What the entry said is gone, and no entry says that it was erased: it was removed "
                "behind the ledger's back.");
        else if (allowed && !gone)
            say(chain, chain->first + at,
                "What the entry says was erased, and is there again: an older backup was put back "
                "over it. Erase it again (avowd forget).");
    }
}

void
chain_end(struct chain *chain)
{
    char text[256];
    check_erased(chain);
    if (!chain->met && chain->anchored->sequence > chain->last.sequence) {
        uint64_t lost = chain->anchored->sequence - chain->last.sequence;
        snprintf(text, sizeof text,
                 "%" PRIu64 " %s missing at the end: the anchor knows them. An older backup was "
                 "restored, or the end was removed. Replay the shipped ledger.",
                 lost, lost == 1 ? "entry is" : "entries are");
        say(chain, chain->anchored->sequence, text);
    } else if (!chain->met)
        say(chain, chain->anchored->sequence,
            "The entry that the anchor knows is not there: it was removed.");
    chain_free(chain);
}

void
chain_free(struct chain *chain)
{
    free(chain->gone);
    free(chain->allowed);
    chain->gone = chain->allowed = NULL;
    chain->bytes = 0;
}
