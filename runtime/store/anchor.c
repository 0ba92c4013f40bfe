#include "runtime/store/anchor.h"
#include "runtime/store/fault.h"
#include "runtime/store/keys.h"
#include "runtime/store/number.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char magic[] = "avowanc1";

/* The file as it was read: which slots hold, and what they say together. */
struct anchor {
    uint8_t slot[2][ANCHOR_SLOT];
    bool valid[2];
    uint64_t counter; /* the higher one */
    unsigned newer;   /* its slot */
    struct head heads[ENGINE_PARTS];
};

static void
write_slot(const struct keys *keys, uint64_t counter, const struct head heads[ENGINE_PARTS],
           uint8_t slot[ANCHOR_SLOT])
{
    uint8_t *at = slot + 8;
    memcpy(slot, magic, 8);
    at = put_number(at, counter, 8);
    for (uint32_t part = 0; part < ENGINE_PARTS; part++) {
        at = put_number(at, heads[part].sequence, 8);
        memcpy(at, heads[part].hash, HASH_BYTES);
        at += HASH_BYTES;
    }
    crypto_generichash(at, 16, slot, ANCHOR_HASHED, keys->signing_secret, 32);
    crypto_sign_detached(slot + ANCHOR_SIGNED, NULL, slot, ANCHOR_SIGNED, keys->signing_secret);
}

static bool
holds_by_secret(const uint8_t *slot, const void *key)
{
    const struct keys *keys = key;
    uint8_t hash[16];
    crypto_generichash(hash, 16, slot, ANCHOR_HASHED, keys->signing_secret, 32);
    return sodium_memcmp(hash, slot + ANCHOR_HASHED, 16) == 0;
}

static bool
holds_by_public(const uint8_t *slot, const void *key)
{
    return crypto_sign_verify_detached(slot + ANCHOR_SIGNED, slot, ANCHOR_SIGNED, key) == 0;
}

/* Takes from a slot the heads that are later. */
static void
merge_slot(struct anchor *anchor, unsigned which)
{
    const uint8_t *at = anchor->slot[which] + 8;
    uint64_t counter = get_number(at, 8);
    if (counter >= anchor->counter) {
        anchor->counter = counter;
        anchor->newer = which;
    }
    at += 8;
    for (uint32_t part = 0; part < ENGINE_PARTS; part++, at += 8 + HASH_BYTES) {
        uint64_t sequence = get_number(at, 8);
        if (sequence <= anchor->heads[part].sequence)
            continue;
        anchor->heads[part].sequence = sequence;
        memcpy(anchor->heads[part].hash, at + 8, HASH_BYTES);
    }
}

/* Reads the file; slots that are short or do not hold are left out. */
static avow_store_code
load(int fd, bool (*holds)(const uint8_t *, const void *), const void *key, struct anchor *anchor,
     avow_store_error *error)
{
    memset(anchor, 0, sizeof *anchor);
    for (unsigned i = 0; i < 2; i++) {
        ssize_t got = pread(fd, anchor->slot[i], ANCHOR_SLOT, (off_t)i * ANCHOR_STEP);
        if (got < 0)
            return fault(error, AVOW_STORE_IO, "The anchor beside the keys cannot be read: %s.",
                         strerror(errno));
        anchor->valid[i] = got == ANCHOR_SLOT && memcmp(anchor->slot[i], magic, 8) == 0 &&
                           holds(anchor->slot[i], key);
        if (anchor->valid[i])
            merge_slot(anchor, i);
    }
    return AVOW_STORE_OK;
}

static avow_store_code
save(int fd, const struct keys *keys, unsigned which, uint64_t counter,
     const struct head heads[ENGINE_PARTS], avow_store_error *error)
{
    uint8_t slot[ANCHOR_SLOT];
    write_slot(keys, counter, heads, slot);
    ssize_t put = pwrite(fd, slot, sizeof slot, (off_t)which * ANCHOR_STEP);
    if (put == (ssize_t)sizeof slot)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_IO,
                 "The anchor beside the keys cannot be written: %s. What was recorded is on disk; "
                 "but as long as the anchor stands still, a loss might not be seen.",
                 put < 0 ? strerror(errno) : "the disk is full");
}

static avow_store_code
missing(const char *folder, avow_store_error *error)
{
    return fault(error, AVOW_STORE_KEYS,
                 "There is no anchor in %.200s, so nobody can tell whether the store is as new as "
                 "it was. Put the file back; or, if no older store was restored, say so on record "
                 "(avowd ledger accept-loss).",
                 folder);
}

/* Opens and locks the file; -1: *code says why. */
static int
open_anchor(const char *folder, int flags, int lock, avow_store_code *code, avow_store_error *error)
{
    char path[4096];
    int fd = -1;
    if (snprintf(path, sizeof path, "%s/anchor", folder) >= (int)sizeof path)
        errno = ENAMETOOLONG;
    else
        fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    while (fd >= 0 && flock(fd, lock) != 0)
        if (errno != EINTR) {
            int why = errno;
            close(fd);
            fd = -1;
            errno = why;
        }
    if (fd < 0 && errno == ENOENT)
        *code = missing(folder, error);
    else if (fd < 0)
        *code = fault(error, AVOW_STORE_IO,
                      "The anchor beside the keys cannot be opened: %s. The running user must be "
                      "able to read and write it.",
                      strerror(errno));
    return fd;
}

/* A new file is there after a power cut only if its folder is on disk, too. */
static avow_store_code
sync_both(int fd, const char *folder, avow_store_error *error)
{
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = directory >= 0 && fsync(fd) == 0 && fsync(directory) == 0;
    int why = errno;
    if (directory >= 0)
        close(directory);
    return good ? AVOW_STORE_OK
                : fault(error, AVOW_STORE_IO, "The anchor does not reach the disk: %s.",
                        strerror(why));
}

avow_store_code
anchor_set(const char *folder, const struct keys *keys, const struct head heads[ENGINE_PARTS],
           avow_store_error *error)
{
    struct anchor anchor;
    avow_store_code code = AVOW_STORE_OK;
    int fd = open_anchor(folder, O_RDWR | O_CREAT, LOCK_EX, &code, error);
    if (fd < 0)
        return code;
    code = load(fd, holds_by_secret, keys, &anchor, error);
    for (unsigned i = 0; i < 2 && code == AVOW_STORE_OK; i++)
        code = save(fd, keys, i, anchor.counter + i + 1, heads, error);
    if (code == AVOW_STORE_OK)
        code = sync_both(fd, folder, error);
    close(fd);
    return code;
}

static bool
raise_heads(struct head mine[ENGINE_PARTS], const struct head theirs[ENGINE_PARTS])
{
    bool raised = false;
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        if (theirs[part].sequence > mine[part].sequence) {
            mine[part] = theirs[part];
            raised = true;
        }
    return raised;
}

static avow_store_code
unreadable(const char *folder, avow_store_error *error)
{
    return fault(error, AVOW_STORE_KEYS,
                 "The anchor in %.200s was not signed with this signing key, or is damaged, so "
                 "nobody can tell whether the store is as new as it was. Restore the right keys; "
                 "or, if no older store was restored, say so on record (avowd ledger accept-loss).",
                 folder);
}

avow_store_code
anchor_advance(const char *folder, const struct keys *keys, const struct head heads[ENGINE_PARTS],
               avow_store_error *error)
{
    struct anchor anchor;
    avow_store_code code = AVOW_STORE_OK;
    if (!keys)
        return fault(error, AVOW_STORE_KEYS,
                     "Without the signing key the anchor cannot be written. Restore the keys.");
    int fd = open_anchor(folder, O_RDWR, LOCK_EX, &code, error);
    if (fd < 0)
        return code;
    code = load(fd, holds_by_secret, keys, &anchor, error);
    if (code == AVOW_STORE_OK && !anchor.valid[0] && !anchor.valid[1])
        code = unreadable(folder, error);
    else if (code == AVOW_STORE_OK && raise_heads(anchor.heads, heads))
        code = save(fd, keys, !anchor.newer, anchor.counter + 1, anchor.heads, error);
    close(fd);
    return code;
}

avow_store_code
anchor_read(const char *folder, const uint8_t public_key[32], struct head heads[ENGINE_PARTS],
            avow_store_error *error)
{
    struct anchor anchor;
    avow_store_code code = AVOW_STORE_OK;
    int fd = open_anchor(folder, O_RDONLY, LOCK_SH, &code, error);
    if (fd < 0)
        return code;
    code = load(fd, holds_by_public, public_key, &anchor, error);
    if (code == AVOW_STORE_OK && !anchor.valid[0] && !anchor.valid[1])
        code = unreadable(folder, error);
    memcpy(heads, anchor.heads, sizeof anchor.heads);
    close(fd);
    return code;
}

/* What is missing, part by part. */
struct loss {
    uint64_t entries;
    unsigned parts;
    char list[160];
    size_t length;
};

static void
add_loss(struct loss *loss, uint32_t part, uint64_t entries)
{
    enum { NAMED = 4 };
    size_t room = sizeof loss->list - loss->length;
    loss->entries += entries;
    if (loss->parts++ < NAMED)
        loss->length +=
            (size_t)snprintf(loss->list + loss->length, room, "%s%" PRIu64 " of part %" PRIu32,
                             loss->length ? ", " : "", entries, part);
    else if (loss->parts == NAMED + 1)
        snprintf(loss->list + loss->length, room, ", others of further parts");
}

static avow_store_code
say_loss(const struct loss *loss, avow_store_error *error)
{
    if (loss->parts == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_LOSS,
                 "The store is older than its anchor: %" PRIu64 " %s missing (%s). Was an older "
                 "backup restored? Replay the shipped ledger (avowd ledger replay), or accept the "
                 "loss on record (avowd ledger accept-loss); until then everything is unknown.",
                 loss->entries, loss->entries == 1 ? "entry is" : "entries are", loss->list);
}

static avow_store_code
forked(uint32_t part, uint64_t sequence, avow_store_error *error)
{
    return fault(error, AVOW_STORE_LOSS,
                 "The ledger was forked: entry %" PRIu64 " of part %" PRIu32 " is not the one that "
                 "the anchor knows. Something was recorded after an older backup was restored, or "
                 "the database was changed. Restore the newest backup and replay the shipped "
                 "ledger; until then everything is unknown.",
                 sequence, part);
}

avow_store_code
anchor_compare(const struct head anchored[ENGINE_PARTS], const struct head heads[ENGINE_PARTS],
               anchor_hash_at *hash_at, void *context, avow_store_error *error)
{
    struct loss loss = {0};
    for (uint32_t part = 0; part < ENGINE_PARTS; part++) {
        uint64_t sequence = anchored[part].sequence;
        uint8_t hash[HASH_BYTES];
        avow_store_code code = AVOW_STORE_OK;
        if (sequence == 0)
            continue;
        if (heads[part].sequence == sequence)
            memcpy(hash, heads[part].hash, HASH_BYTES);
        else
            code = hash_at(context, part, sequence, hash);
        if (code == AVOW_STORE_NOT_FOUND)
            add_loss(&loss, part,
                     sequence > heads[part].sequence ? sequence - heads[part].sequence : 1);
        else if (code != AVOW_STORE_OK)
            return code;
        else if (memcmp(hash, anchored[part].hash, HASH_BYTES) != 0)
            return forked(part, sequence, error);
    }
    return say_loss(&loss, error);
}

avow_store_code
anchor_check(const char *folder, const struct keys *keys, const struct head heads[ENGINE_PARTS],
             anchor_hash_at *hash_at, void *context, avow_store_error *error)
{
    struct head anchored[ENGINE_PARTS];
    avow_store_code code = anchor_read(folder, keys->signing_public, anchored, error);
    return code == AVOW_STORE_OK ? anchor_compare(anchored, heads, hash_at, context, error) : code;
}
