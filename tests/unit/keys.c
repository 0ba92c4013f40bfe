/* The key folder: what it holds, who may read it, and what happens when a step of it fails. */
#include "runtime/store/keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

/* The call that fails, counted from now over all that are wrapped; 0 none. */
static int fail_at;

static bool
fails(int why)
{
    if (fail_at == 0 || --fail_at > 0)
        return false;
    errno = why;
    return true;
}

#define WRAP(type, name, parameters, arguments, why, failed)                                       \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(why) ? (failed) : __real_##name arguments;                                    \
    }

WRAP(ssize_t, write, (int fd, const void *data, size_t n), (fd, data, n), ENOSPC, -1)
WRAP(ssize_t, read, (int fd, void *data, size_t n), (fd, data, n), EIO, -1)
WRAP(int, fsync, (int fd), (fd), EIO, -1)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), EPERM, -1)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), ENOSPC, -1)
WRAP(int, fstat64, (int fd, void *status), (fd, status), EIO, -1)
WRAP(int, linkat, (int from, const char *a, int to, const char *b, int flags),
     (from, a, to, b, flags), ENOSPC, -1)
WRAP(DIR *, fdopendir, (int fd), (fd), ENOMEM, NULL)
WRAP(char *, strndup, (const char *text, size_t n), (text, n), ENOMEM, NULL)
WRAP(void *, sodium_malloc, (size_t size), (size), ENOMEM, NULL)
WRAP(int, sodium_mprotect_readonly, (void *data), (data), ENOMEM, -1)
WRAP(int, openat64, (int folder, const char *name, int flags, mode_t mode),
     (folder, name, flags, mode), EMFILE, -1)
WRAP(int, open64, (const char *name, int flags, mode_t mode), (name, flags, mode), EMFILE, -1)

int __real_close(int fd);
int __wrap_close(int fd);
int
__wrap_close(int fd)
{
    int result = __real_close(fd);
    return fails(EIO) ? -1 : result;
}

static char place[64];   /* a folder of the test's own */
static char folder[128]; /* the key folder in it */
static char backup[128];
static struct avow_store_error error;

static int
set_up(void **state)
{
    (void)state;
    strcpy(place, "/tmp/avow-keys-XXXXXX");
    if (!mkdtemp(place))
        return -1;
    snprintf(folder, sizeof folder, "%s/keys", place);
    snprintf(backup, sizeof backup, "%s/backup", place);
    fail_at = 0;
    return 0;
}

static void
remove_all(const char *path)
{
    DIR *list = opendir(path);
    char name[512];
    for (struct dirent *entry; list && (entry = readdir(list));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR)
            remove_all(name);
        else
            unlink(name);
    }
    if (list)
        closedir(list);
    rmdir(path);
}

static int
tear_down(void **state)
{
    (void)state;
    fail_at = 0;
    remove_all(place);
    return 0;
}

static const char *
in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* What an error says, with the name of the key folder as KEYS. */
static const char *
said(void)
{
    static char text[600];
    size_t at = 0, length = strlen(folder);
    for (const char *p = error.text; *p && at < sizeof text - 5;) {
        bool here = strncmp(p, folder, length) == 0;
        at += (size_t)snprintf(text + at, 5, "%.*s", here ? 4 : 1, here ? "KEYS" : p);
        p += here ? length : 1;
    }
    return text;
}

static unsigned
files_in(const char *path)
{
    unsigned count = 0;
    DIR *list = opendir(path);
    while (readdir(list))
        count++;
    closedir(list);
    return count - 2;
}

static size_t
slurp(const char *path, char text[4096])
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, 4095, file);
    fclose(file);
    text[length] = '\0';
    return length;
}

static void
spit(const char *path, const char *text)
{
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

static unsigned
mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static const struct keys *
loaded(void)
{
    const struct keys *keys = NULL;
    if (keys_load(folder, &keys, &error) != AVOW_STORE_OK)
        fail_msg("%s", error.text);
    return keys;
}

static void
no_keys(const char *wanted)
{
    const struct keys *keys = NULL;
    assert_int_equal(keys_load(folder, &keys, &error), AVOW_STORE_KEYS);
    assert_null(keys);
    assert_string_equal(said(), wanted);
}

static void
are_made_and_loaded(void **state)
{
    (void)state;
    char text[4096];
    mode_t mask = umask(0777);
    avow_store_code code = keys_create(folder, &error);
    umask(mask);
    /* The mask takes every right from the folder too: then it is said, and the rest is done. */
    if (code) {
        chmod(folder, 0700);
        code = keys_create(folder, &error);
    }
    assert_int_equal(code, 0);
    chmod(folder, 0700);
    assert_int_equal(files_in(folder), 3);
    assert_int_equal(mode_of(in_folder("identity-0001.key")), 0600);
    assert_int_equal(mode_of(in_folder("signing.key")), 0600);
    assert_int_equal(mode_of(in_folder("signing.pub")), 0600);
    const struct keys *keys = loaded();
    assert_int_equal(keys->epochs, 1);
    assert_false(sodium_is_zero(keys->identity[0], SECRET_BYTES));
    size_t length = slurp(in_folder("identity-0001.key"), text);
    char wanted[KEY_FILE_ROOM], digits[65];
    uint8_t fingerprint[FINGERPRINT_BYTES];
    assert_true(keys_fingerprint(keys, 1, fingerprint));
    assert_false(keys_fingerprint(keys, 2, fingerprint));
    assert_int_equal(length, key_file_write_text(1, keys->identity[0], wanted));
    assert_string_equal(text, wanted);
    sodium_bin2hex(digits, sizeof digits, fingerprint, sizeof fingerprint);
    snprintf(wanted, sizeof wanted, "# avow identity key, epoch 1, secret; fingerprint %s\n",
             digits);
    assert_memory_equal(text, wanted, strlen(wanted));
    /* The signing key signs, and its public part verifies. */
    uint8_t signature[crypto_sign_BYTES];
    crypto_sign_detached(signature, NULL, (const uint8_t *)"abc", 3, keys->signing_secret);
    assert_int_equal(
        crypto_sign_verify_detached(signature, (const uint8_t *)"abc", 3, keys->signing_public), 0);
    sodium_bin2hex(digits, sizeof digits, keys->signing_public, sizeof keys->signing_public);
    slurp(in_folder("signing.pub"), text);
    assert_non_null(strstr(text, digits));
    assert_int_equal(keys_create(folder, &error), AVOW_STORE_USAGE);
    assert_string_equal(said(), "The key folder KEYS has keys already, and they are kept. Add an "
                                "epoch to it instead.");
    keys_free(keys);
    keys_free(NULL);
}

/* The fingerprint of a known key stays what it is: stores hold it. */
static void
fingerprints_stay(void **state)
{
    (void)state;
    uint8_t key[SECRET_BYTES], fingerprint[FINGERPRINT_BYTES];
    char text[KEY_FILE_ROOM];
    assert_int_equal(keys_begin(&error), 0);
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    key_fingerprint(key, fingerprint);
    size_t length = key_file_write_text(12, key, text);
    assert_int_equal(length, strlen(text));
    assert_string_equal(
        text,
        "# avow identity key, epoch 12, secret; fingerprint 353583ffaff2eced64a3976c359a7748\n"
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
}

static void
epochs_are_added(void **state)
{
    (void)state;
    uint32_t epoch = 0;
    uint8_t first[SECRET_BYTES];
    assert_int_equal(keys_create(folder, &error), 0);
    const struct keys *keys = loaded();
    memcpy(first, keys->identity[0], sizeof first);
    keys_free(keys);
    for (uint32_t i = 2; i <= 4; i++) {
        assert_int_equal(keys_rotate(folder, &epoch, &error), 0);
        assert_int_equal(epoch, i);
    }
    keys = loaded();
    assert_int_equal(keys->epochs, 4);
    assert_memory_equal(keys->identity[0], first, sizeof first);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(keys->identity[i], keys->identity[k], SECRET_BYTES);
    keys_free(keys);
    /* Another process was faster: its key stays. */
    struct key_folder open = {-1, folder};
    assert_int_equal(key_folder_open(folder, &open, &error), 0);
    assert_int_equal(keys_put(&open, 4, first, &error), AVOW_STORE_BUSY);
    assert_string_equal(said(), "KEYS/identity-0004.key is there already, and is never written "
                                "over. Try again, or choose another name.");
    key_folder_close(&open);
    assert_int_equal(files_in(folder), 6);
}

static void
rights_are_checked(void **state)
{
    (void)state;
    no_keys("There is no key folder KEYS. If there never was one, initialise the store; else "
            "restore the keys from their backup.");
    assert_int_equal(keys_create(folder, &error), 0);
    chmod(folder, 0750);
    no_keys("KEYS is open to other users (mode 0750), and whoever reads a key can tell who "
            "refused. Mend it: chmod 700 KEYS");
    chmod(folder, 0700);
    static const unsigned modes[] = {0640, 0604, 0620, 0601, 0660, 0644};
    for (size_t i = 0; i < 6; i++) {
        char wanted[300];
        chmod(in_folder("identity-0001.key"), modes[i]);
        snprintf(wanted, sizeof wanted,
                 "KEYS/identity-0001.key is open to other users (mode %04o), and whoever reads a "
                 "key can tell who refused. Mend it: chmod 600 KEYS/identity-0001.key",
                 modes[i]);
        no_keys(wanted);
    }
    chmod(in_folder("identity-0001.key"), 0400);
    keys_free(loaded());
    if (geteuid() == 0) {
        assert_int_equal(chown(in_folder("signing.key"), 12345, 0), 0);
        no_keys("KEYS/signing.key belongs to another user (number 12345). Run this as that user, "
                "or: chown 0 KEYS/signing.key");
    }
}

static void
what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const char damaged[] =
        "KEYS/identity-0001.key is damaged, or is another key under its name. Put it aside and "
        "restore it from the backup of the keys.";
    static const char missing[] =
        "The key KEYS/identity-0001.key is missing or empty. What was stored with it cannot be "
        "found without it: restore it from the backup of the keys.";
    char text[4096], whole[4096], name[256];
    uint32_t epoch;
    assert_int_equal(keys_create(folder, &error), 0);
    assert_int_equal(keys_rotate(folder, &epoch, &error), 0);
    strcpy(name, in_folder("identity-0001.key"));
    size_t length = slurp(name, whole);
    /* Any one character that is another. */
    for (size_t i = 0; i < length; i++) {
        memcpy(text, whole, length + 1);
        text[i] = text[i] == '0' ? '1' : '0';
        spit(name, text);
        no_keys(damaged);
    }
    for (size_t cut = 1; cut < length; cut += 7) {
        memcpy(text, whole, length + 1);
        text[cut] = '\0';
        spit(name, text);
        no_keys(damaged);
    }
    spit(name, "");
    no_keys(missing);
    unlink(name);
    no_keys(missing);
    assert_int_equal(rename(in_folder("identity-0002.key"), name), 0);
    no_keys(damaged); /* another epoch's key under its name */
    spit(name, whole);
    keys_free(loaded());
    memset(text, 'x', 1000);
    text[1000] = '\0';
    spit(name, text);
    no_keys("KEYS/identity-0001.key is longer than what belongs there. Put it aside and restore it "
            "from the backup of the keys.");
    unlink(name);
    assert_int_equal(symlink("/dev/zero", name), 0);
    no_keys("KEYS/identity-0001.key is a link. Keys are kept in files: put the file itself there.");
    unlink(name);
    assert_int_equal(mkfifo(name, 0600), 0);
    no_keys("KEYS/identity-0001.key is no file. Put it aside.");
    spit(name, whole);
    unlink(in_folder("signing.pub"));
    no_keys("KEYS/signing.pub is missing. Put it aside if it is there, and restore the keys from "
            "their backup.");
    spit(in_folder("signing.pub"), whole);
    no_keys("KEYS/signing.pub is not the public part of signing.key. Put it aside if it is there, "
            "and restore the keys from their backup.");
}

static struct avow_store_error problems[16];
static unsigned problem_count;

static void
keep(void *context, const struct avow_store_error *problem)
{
    assert_ptr_equal(context, problems);
    problems[problem_count++] = *problem;
}

static void
every_problem_is_found(void **state)
{
    (void)state;
    uint32_t epoch;
    problem_count = 0;
    assert_int_equal(keys_check(folder, keep, problems), 1);
    assert_int_equal(keys_create(folder, &error), 0);
    assert_int_equal(keys_rotate(folder, &epoch, &error), 0);
    assert_int_equal(keys_rotate(folder, &epoch, &error), 0);
    assert_int_equal(keys_check(folder, keep, problems), 0);
    problem_count = 0;
    chmod(folder, 0755);
    chmod(in_folder("identity-0003.key"), 0644);
    spit(in_folder("identity-0001.key"), "nothing\n");
    unlink(in_folder("identity-0002.key"));
    unlink(in_folder("signing.pub"));
    spit(in_folder(".new-0123456789abcdef"), "half");
    assert_int_equal(keys_check(folder, keep, problems), 6);
    assert_int_equal(problem_count, 6);
    static const char *const found[] = {
        "KEYS is open to other users (mode 0755)",
        "KEYS/signing.pub is missing.",
        "KEYS/identity-0001.key is damaged",
        "The key KEYS/identity-0002.key is missing",
        "KEYS/identity-0003.key is open to other users (mode 0644)",
        "A crash left files in KEYS (.new-*, 1 in number). Nothing in them counts: rm KEYS/.new-*",
    };
    for (size_t i = 0; i < 6; i++) {
        error = problems[i];
        assert_memory_equal(said(), found[i], strlen(found[i]));
    }
}

static void
backups_bring_keys_back(void **state)
{
    (void)state;
    uint32_t epoch;
    char text[4096], signing[4096], again[4096];
    assert_int_equal(keys_create(folder, &error), 0);
    assert_int_equal(keys_rotate(folder, &epoch, &error), 0);
    slurp(in_folder("signing.key"), signing);
    assert_int_equal(keys_backup(folder, backup, &error), 0);
    assert_int_equal(mode_of(backup), 0600);
    assert_int_equal(keys_backup(folder, backup, &error), AVOW_STORE_BUSY);
    assert_int_equal(keys_backup(folder, "/tmp/", &error), AVOW_STORE_USAGE);
    assert_string_equal(error.text, "/tmp/ is a folder. Give a file's name for the backup.");
    const struct keys *before = loaded();
    /* Some are missing, then all. */
    unlink(in_folder("identity-0001.key"));
    unlink(in_folder("signing.pub"));
    assert_int_equal(keys_restore(folder, backup, &error), 0);
    for (int i = 0; i < 2; i++) {
        const struct keys *after = loaded();
        assert_int_equal(after->epochs, 2);
        assert_memory_equal(after->identity, before->identity, (size_t)2 * SECRET_BYTES);
        assert_memory_equal(after->signing_secret, before->signing_secret, SIGNING_SECRET_BYTES);
        keys_free(after);
        remove_all(folder);
        assert_int_equal(keys_restore(folder, backup, &error), 0);
    }
    /* A newer epoch than the backup knows stays. */
    assert_int_equal(keys_rotate(folder, &epoch, &error), 0);
    assert_int_equal(keys_restore(folder, backup, &error), 0);
    assert_int_equal(epoch, 3);
    keys_free(before);
    before = loaded();
    assert_int_equal(before->epochs, 3);
    keys_free(before);
    /* Another folder's keys are never mixed in, nor written over. */
    remove_all(folder);
    assert_int_equal(keys_create(folder, &error), 0);
    slurp(in_folder("signing.key"), text);
    assert_string_not_equal(text, signing);
    assert_int_equal(keys_restore(folder, backup, &error), AVOW_STORE_KEYS);
    assert_string_equal(said(),
                        "KEYS/signing.key is another key than that of the backup, or damaged, and "
                        "was left. Nothing was restored: put that file aside, or take the right "
                        "backup.");
    assert_int_equal(files_in(folder), 3);
    slurp(in_folder("signing.key"), again);
    assert_string_equal(text, again);
}

static void
damaged_backups_are_refused(void **state)
{
    (void)state;
    char whole[4096], text[4096];
    assert_int_equal(keys_create(folder, &error), 0);
    assert_int_equal(keys_backup(folder, backup, &error), 0);
    remove_all(folder);
    size_t length = slurp(backup, whole);
    for (size_t i = 0; i < length; i++) {
        memcpy(text, whole, length + 1);
        text[i] = text[i] == '0' ? '\n' : '0';
        spit(backup, text);
        assert_int_equal(keys_restore(folder, backup, &error), AVOW_STORE_INPUT);
        assert_non_null(strstr(error.text, "/backup is no backup of keys, or is damaged. Take "
                                           "another copy of it."));
    }
    for (size_t cut = 1; cut < length; cut++) {
        memcpy(text, whole, length + 1);
        text[cut] = '\0';
        spit(backup, text);
        assert_int_equal(keys_restore(folder, backup, &error), AVOW_STORE_INPUT);
    }
    unlink(backup);
    assert_int_equal(keys_restore(folder, backup, &error), AVOW_STORE_INPUT);
    assert_non_null(strstr(error.text, "There is no backup /"));
    spit(backup, whole);
    chmod(backup, 0644);
    assert_int_equal(keys_restore(folder, backup, &error), AVOW_STORE_KEYS);
    assert_int_equal(access(folder, F_OK), -1); /* nothing was made of any of them */
    chmod(backup, 0600);
    assert_int_equal(keys_restore(folder, backup, &error), 0);
}

/* Fails step 1, 2, 3 … of an act until it goes well, and looks after each what is there. */
static void
step_by_step(avow_store_code (*act)(void), void (*look)(avow_store_code code), int least)
{
    int steps = 0;
    for (bool failed = true; failed; steps++) {
        error = (struct avow_store_error){AVOW_STORE_OK, ""};
        fail_at = steps + 1;
        avow_store_code code = act();
        failed = fail_at == 0;
        fail_at = 0;
        assert_int_equal(code, error.code);
        if (!failed)
            assert_int_equal(code, 0);
        look(code);
    }
    assert_true(steps > least);
}

static avow_store_code
create(void)
{
    return keys_create(folder, &error);
}

/* Whatever failed, trying again goes well, or says that keys are there, which load. */
static void
look_created(avow_store_code code)
{
    if (code)
        assert_in_range(code, AVOW_STORE_KEYS, AVOW_STORE_MEMORY);
    code = keys_create(folder, &error);
    assert_true(code == AVOW_STORE_OK || code == AVOW_STORE_USAGE);
    const struct keys *keys = loaded();
    assert_int_equal(keys->epochs, 1);
    keys_free(keys);
    remove_all(folder);
}

static void
creating_step_by_step(void **state)
{
    (void)state;
    step_by_step(create, look_created, 25);
}

static uint32_t rotated;

static avow_store_code
rotate(void)
{
    return keys_rotate(folder, &rotated, &error);
}

/* A failure adds nothing; and what went well is taken back, for each epoch is more steps. */
static void
look_rotated(avow_store_code code)
{
    const struct keys *keys = loaded();
    assert_int_equal(keys->epochs, code == AVOW_STORE_OK ? 2 : 1);
    keys_free(keys);
    if (code == AVOW_STORE_OK)
        assert_int_equal(unlink(in_folder("identity-0002.key")), 0);
}

static void
rotating_step_by_step(void **state)
{
    (void)state;
    assert_int_equal(keys_create(folder, &error), 0);
    step_by_step(rotate, look_rotated, 20);
}

static avow_store_code
save(void)
{
    return keys_backup(folder, backup, &error);
}

static void
look_saved(avow_store_code code)
{
    char text[4096];
    if (code == AVOW_STORE_OK) {
        slurp(backup, text);
        assert_non_null(strstr(text, "\nchecksum "));
    } else {
        assert_int_equal(access(backup, F_OK), -1);
    }
    unlink(backup);
}

static avow_store_code
restore(void)
{
    return keys_restore(folder, backup, &error);
}

static void
look_restored(avow_store_code code)
{
    if (code)
        assert_int_equal(keys_restore(folder, backup, &error), 0);
    keys_free(loaded());
    remove_all(folder);
}

static void
saving_step_by_step(void **state)
{
    (void)state;
    uint32_t epoch;
    assert_int_equal(keys_create(folder, &error), 0);
    assert_int_equal(keys_rotate(folder, &epoch, &error), 0);
    step_by_step(save, look_saved, 25);
    assert_int_equal(keys_backup(folder, backup, &error), 0);
    remove_all(folder);
    step_by_step(restore, look_restored, 35);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(are_made_and_loaded),       TEST(fingerprints_stay),
        TEST(epochs_are_added),          TEST(rights_are_checked),
        TEST(what_is_no_key_is_refused), TEST(every_problem_is_found),
        TEST(backups_bring_keys_back),   TEST(damaged_backups_are_refused),
        TEST(creating_step_by_step),     TEST(rotating_step_by_step),
        TEST(saving_step_by_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
