/* The anchor: what it sees, and what damage it stands. */
#include "runtime/store/anchor.h"
#include "runtime/store/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

struct place {
    char folder[64], file[80];
    struct keys *keys;
    struct head heads[ENGINE_PARTS];
};

static struct keys *
make_keys(uint8_t seed)
{
    uint8_t bytes[32];
    struct keys *keys = calloc(1, sizeof *keys);
    assert_non_null(keys);
    memset(bytes, seed, sizeof bytes);
    crypto_sign_seed_keypair(keys->signing_public, keys->signing_secret, bytes);
    return keys;
}

static void
set_head(struct head heads[ENGINE_PARTS], uint32_t part, uint64_t sequence)
{
    heads[part].sequence = sequence;
    memset(heads[part].hash, (int)(sequence * 16 + part), HASH_BYTES);
}

static int
setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    strcpy(place->folder, "/tmp/avow-anchor-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->file, sizeof place->file, "%s/anchor", place->folder);
    place->keys = make_keys(1);
    set_head(place->heads, 2, 1);
    assert_int_equal(anchor_set(place->folder, place->keys, place->heads, NULL), AVOW_STORE_OK);
    *state = place;
    return 0;
}

static int
teardown(void **state)
{
    struct place *place = *state;
    unlink(place->file);
    rmdir(place->folder);
    free(place->keys);
    free(place);
    return 0;
}

static void
advance(struct place *place, uint32_t part, uint64_t sequence)
{
    set_head(place->heads, part, sequence);
    avow_store_error error = {0};
    if (anchor_advance(place->folder, place->keys, place->heads, &error) != AVOW_STORE_OK)
        fail_msg("%s", error.text);
}

static void
check_heads(const struct place *place, const struct head wanted[ENGINE_PARTS])
{
    struct head heads[ENGINE_PARTS];
    assert_int_equal(anchor_read(place->folder, place->keys->signing_public, heads, NULL),
                     AVOW_STORE_OK);
    assert_memory_equal(heads, wanted, sizeof heads);
}

static void
rises(void **state)
{
    struct place *place = *state;
    struct stat at;
    check_heads(place, place->heads);
    for (uint64_t i = 2; i < 40; i++) {
        advance(place, i % ENGINE_PARTS, i);
        check_heads(place, place->heads);
    }
    /* Older heads change nothing; those of one part that are newer are taken. */
    struct head older[ENGINE_PARTS] = {0};
    set_head(older, 0, 31);
    set_head(older, 5, 500);
    assert_int_equal(anchor_advance(place->folder, place->keys, older, NULL), AVOW_STORE_OK);
    set_head(place->heads, 5, 500);
    check_heads(place, place->heads);
    assert_int_equal(stat(place->file, &at), 0);
    assert_int_equal(at.st_mode & 07777, 0600);
    assert_int_equal(at.st_size, ANCHOR_STEP + ANCHOR_SLOT);
}

/* A loss that was accepted lowers it; nothing of the past may come back. */
static void
is_set(void **state)
{
    struct place *place = *state;
    struct head lower[ENGINE_PARTS] = {0};
    advance(place, 2, 100);
    advance(place, 2, 101);
    set_head(lower, 2, 50);
    assert_int_equal(anchor_set(place->folder, place->keys, lower, NULL), AVOW_STORE_OK);
    check_heads(place, lower);
}

static void
flip(const struct place *place, off_t at)
{
    uint8_t byte;
    int fd = open(place->file, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* Whichever byte of one slot is wrong, the other one speaks; the next write mends the wrong one. */
static void
one_slot_damaged(void **state)
{
    struct place *place = *state;
    struct head before[ENGINE_PARTS];
    for (off_t at = 0; at < ANCHOR_SLOT; at++) {
        memcpy(before, place->heads, sizeof before);
        advance(place, 3, place->heads[3].sequence + 1);
        for (unsigned slot = 0; slot < 2; slot++) {
            struct head read[ENGINE_PARTS];
            flip(place, slot * ANCHOR_STEP + at);
            assert_int_equal(anchor_read(place->folder, place->keys->signing_public, read, NULL),
                             AVOW_STORE_OK);
            assert_true(read[3].sequence == before[3].sequence ||
                        read[3].sequence == place->heads[3].sequence);
            flip(place, slot * ANCHOR_STEP + at);
        }
        flip(place, (at & 1) * ANCHOR_STEP + at);
        advance(place, 4, place->heads[4].sequence + 1);
        check_heads(place, place->heads);
        advance(place, 4, place->heads[4].sequence + 1);
    }
}

static void
check_unreadable(const struct place *place, const struct keys *keys)
{
    struct head heads[ENGINE_PARTS];
    avow_store_error error = {0};
    char wanted[512];
    snprintf(wanted, sizeof wanted,
             "The anchor in %s was not signed with this signing key, or is damaged, so nobody can "
             "tell whether the store is as new as it was. Restore the right keys; or, if no older "
             "store was restored, say so on record (avowd ledger accept-loss).",
             place->folder);
    assert_int_equal(anchor_read(place->folder, keys->signing_public, heads, &error),
                     AVOW_STORE_KEYS);
    assert_string_equal(error.text, wanted);
    error = (avow_store_error){0};
    assert_int_equal(anchor_advance(place->folder, keys, place->heads, &error), AVOW_STORE_KEYS);
    assert_string_equal(error.text, wanted);
}

static void
both_damaged(void **state)
{
    struct place *place = *state;
    flip(place, 100);
    flip(place, ANCHOR_STEP + ANCHOR_SLOT - 1);
    flip(place, ANCHOR_STEP + 9);
    check_unreadable(place, place->keys);
    assert_int_equal(truncate(place->file, 0), 0);
    check_unreadable(place, place->keys);
    assert_int_equal(anchor_set(place->folder, place->keys, place->heads, NULL), AVOW_STORE_OK);
    check_heads(place, place->heads);
}

static void
another_key(void **state)
{
    struct place *place = *state;
    struct keys *other = make_keys(2);
    check_unreadable(place, other);
    free(other);
}

static void
not_there(void **state)
{
    struct place *place = *state;
    struct head heads[ENGINE_PARTS];
    avow_store_error error = {0};
    char wanted[512];
    snprintf(wanted, sizeof wanted,
             "There is no anchor in %s, so nobody can tell whether the store is as new as it was. "
             "Put the file back; or, if no older store was restored, say so on record (avowd "
             "ledger accept-loss).",
             place->folder);
    unlink(place->file);
    assert_int_equal(anchor_read(place->folder, place->keys->signing_public, heads, &error),
                     AVOW_STORE_KEYS);
    assert_string_equal(error.text, wanted);
    assert_int_equal(anchor_advance(place->folder, place->keys, place->heads, NULL),
                     AVOW_STORE_KEYS);
    assert_int_equal(access(place->file, F_OK), -1);
    assert_int_equal(symlink("/nonexistent/avow", place->file), 0);
    assert_int_equal(anchor_set(place->folder, place->keys, heads, &error), AVOW_STORE_IO);
    assert_string_equal(error.text, "The anchor beside the keys cannot be opened: Too many levels "
                                    "of symbolic links. The running user must be able to read and "
                                    "write it.");
}

/* A ledger that has these heads, and each entry's hash as set_head makes it. */
static avow_store_code
hash_at(void *context, uint32_t part, uint64_t sequence, uint8_t hash[HASH_BYTES])
{
    const struct head *heads = context;
    struct head head[ENGINE_PARTS];
    if (sequence > heads[part].sequence)
        return AVOW_STORE_NOT_FOUND;
    set_head(head, part, sequence);
    memcpy(hash, head[part].hash, HASH_BYTES);
    return AVOW_STORE_OK;
}

static void
check(struct place *place, struct head *heads, avow_store_code code, const char *text)
{
    avow_store_error error = {0};
    assert_int_equal(anchor_check(place->folder, place->keys, heads, hash_at, heads, &error), code);
    assert_string_equal(error.text, text);
}

static void
sees_losses(void **state)
{
    struct place *place = *state;
    struct head now[ENGINE_PARTS];
    for (uint32_t part = 0; part < ENGINE_PARTS; part++)
        advance(place, part, 10 + part);
    memcpy(now, place->heads, sizeof now);
    check(place, now, AVOW_STORE_OK, "");
    set_head(now, 7, 30); /* a commit whose anchor was not written yet */
    check(place, now, AVOW_STORE_OK, "");
    set_head(now, 3, 12);
    check(place, now, AVOW_STORE_LOSS,
          "The store is older than its anchor: 1 entry is missing (1 of part 3). Was an older "
          "backup restored? Replay the shipped ledger (avowd ledger replay), or accept the loss on "
          "record (avowd ledger accept-loss); until then everything is unknown.");
    memset(now, 0, sizeof now);
    check(place, now, AVOW_STORE_LOSS,
          "The store is older than its anchor: 280 entries are missing (10 of part 0, 11 of part "
          "1, 12 of part 2, 13 of part 3, others of further parts). Was an older backup restored? "
          "Replay the shipped ledger (avowd ledger replay), or accept the loss on record (avowd "
          "ledger accept-loss); until then everything is unknown.");
}

static void
sees_forks(void **state)
{
    struct place *place = *state;
    static const char text[] =
        "The ledger was forked: entry 9 of part 15 is not the one that the anchor knows. Something "
        "was recorded after an older backup was restored, or the database was changed. Restore the "
        "newest backup and replay the shipped ledger; until then everything is unknown.";
    struct head now[ENGINE_PARTS];
    set_head(place->heads, 15, 9);
    place->heads[15].hash[31] ^= 1;
    assert_int_equal(anchor_advance(place->folder, place->keys, place->heads, NULL), AVOW_STORE_OK);
    memcpy(now, place->heads, sizeof now);
    check(place, now, AVOW_STORE_OK, "");
    now[15].hash[31] ^= 1;
    check(place, now, AVOW_STORE_LOSS, text);
    set_head(now, 15, 10);
    check(place, now, AVOW_STORE_LOSS, text);
}

/* Several processes, each with parts of its own that rise: none loses another's. */
static void
many_writers(void **state)
{
    enum { WRITERS = 4, TIMES = 60 };
    struct place *place = *state;
    pid_t writers[WRITERS];
    memset(place->heads, 0, sizeof place->heads);
    for (uint32_t i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        assert_true(writers[i] >= 0);
        if (writers[i] != 0)
            continue;
        for (uint64_t n = 1; n <= TIMES; n++) {
            set_head(place->heads, 10 + i, n);
            if (anchor_advance(place->folder, place->keys, place->heads, NULL) != AVOW_STORE_OK)
                _exit(1);
        }
        _exit(0);
    }
    for (uint32_t i = 0; i < WRITERS; i++) {
        int status = -1;
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
        assert_int_equal(status, 0);
        set_head(place->heads, 10 + i, TIMES);
    }
    set_head(place->heads, 2, 1);
    check_heads(place, place->heads);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rises),        TEST(is_set),     TEST(one_slot_damaged),
        TEST(both_damaged), TEST(not_there),  TEST(another_key),
        TEST(sees_losses),  TEST(sees_forks), TEST(many_writers),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
