#include "runtime/store/keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PUBLIC_NAME "signing.pub"
#define EPOCHS_MOST 9999

avow_store_code
keys_begin(avow_store_error *error)
{
    if (sodium_init() >= 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_IO,
                 "The system gives no random numbers. Check that /dev/urandom can be read.");
}

static avow_store_code
open_checked(const char *path, struct key_folder *folder, avow_store_error *error)
{
    avow_store_code code = keys_begin(error);
    if (!code)
        code = key_folder_open(path, folder, error);
    if (code)
        return code;
    code = key_folder_check(folder, error);
    if (code)
        key_folder_close(folder);
    return code;
}

avow_store_code
keys_scan(const struct key_folder *folder, uint32_t *epochs, unsigned *leftovers,
          avow_store_error *error)
{
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    *epochs = 0;
    *leftovers = 0;
    if (!list && fd >= 0)
        close(fd);
    errno = list ? 0 : errno;
    for (struct dirent *entry; list && (entry = readdir(list)); errno = 0) {
        uint32_t epoch = key_file_epoch(entry->d_name);
        *epochs = epoch > *epochs ? epoch : *epochs;
        *leftovers += strncmp(entry->d_name, ".new-", 5) == 0;
    }
    int why = errno;
    if (list)
        closedir(list);
    if (why == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_IO,
                 "The key folder %s cannot be listed: %s. Mend that and try "
                 "again.",
                 folder->path, strerrordesc_np(why));
}

avow_store_code
keys_put(const struct key_folder *folder, uint32_t epoch, const uint8_t key[SECRET_BYTES],
         avow_store_error *error)
{
    char name[KEY_NAME_ROOM], text[KEY_FILE_ROOM];
    key_file_name(epoch, name);
    size_t length = key_file_write_text(epoch, key, text);
    avow_store_code code = key_file_create(folder, name, text, length, error);
    sodium_memzero(text, sizeof text);
    return code;
}

static size_t
public_text(const uint8_t seed[SECRET_BYTES], char text[KEY_FILE_ROOM])
{
    uint8_t key[SIGNING_PUBLIC_BYTES], secret[SIGNING_SECRET_BYTES];
    char digits[2 * SIGNING_PUBLIC_BYTES + 1];
    crypto_sign_seed_keypair(key, secret, seed);
    sodium_memzero(secret, sizeof secret);
    sodium_bin2hex(digits, sizeof digits, key, sizeof key);
    return (size_t)snprintf(text, KEY_FILE_ROOM,
                            "# avow signing key, public part (Ed25519): give it to whoever "
                            "verifies\n%s\n",
                            digits);
}

avow_store_code
keys_public(const struct key_folder *folder, const uint8_t key[SECRET_BYTES], bool create,
            avow_store_error *error)
{
    char text[KEY_FILE_ROOM], found[KEY_FILE_ROOM];
    size_t length, wanted = public_text(key, text);
    avow_store_code code = key_file_read(folder, PUBLIC_NAME, found, sizeof found, &length, error);
    if (code)
        return code;
    if (length == 0 && create)
        return key_file_create(folder, PUBLIC_NAME, text, wanted, error);
    if (length == wanted && memcmp(found, text, length) == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_KEYS,
                 "%s/" PUBLIC_NAME " %s. Put it aside if it is there, and restore the keys from "
                 "their backup.",
                 folder->path,
                 length == 0 ? "is missing" : "is not the public part of signing.key");
}

/* The key of an epoch as it is in the folder, or a new one if there is none. */
static avow_store_code
complete(const struct key_folder *folder, uint32_t epoch, uint8_t key[SECRET_BYTES],
         avow_store_error *error)
{
    char name[KEY_NAME_ROOM];
    key_file_name(epoch, name);
    if (faccessat(folder->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return key_file_load(folder, epoch, key, error);
    randombytes_buf(key, SECRET_BYTES);
    return keys_put(folder, epoch, key, error);
}

avow_store_code
keys_create(const char *path, avow_store_error *error)
{
    struct key_folder folder = {-1, path};
    uint8_t key[SECRET_BYTES];
    uint32_t epochs = 0;
    unsigned leftovers;
    avow_store_code code = keys_begin(error);
    if (!code)
        code = key_folder_make(path, &folder, error);
    if (!code)
        code = keys_scan(&folder, &epochs, &leftovers, error);
    if (!code && epochs > 0)
        code = fault(error, AVOW_STORE_USAGE,
                     "The key folder %s has keys already, and they are kept. Add an epoch to it "
                     "instead.",
                     path);
    if (!code)
        code = complete(&folder, 0, key, error);
    if (!code)
        code = keys_public(&folder, key, true, error);
    /* Last: with it the folder is whole. */
    if (!code)
        code = complete(&folder, 1, key, error);
    sodium_memzero(key, sizeof key);
    key_folder_close(&folder);
    return code;
}

struct keys *
keys_allocate(uint32_t epochs)
{
    /* Rounded up, so that the end, which is at a guard page, leaves the beginning aligned. */
    size_t size = sizeof(struct keys) + (size_t)epochs * SECRET_BYTES;
    struct keys *keys = sodium_malloc((size + 63) / 64 * 64);
    if (keys)
        keys->epochs = epochs;
    return keys;
}

static avow_store_code
load_all(const struct key_folder *folder, struct keys *keys, avow_store_error *error)
{
    avow_store_code code = key_file_load(folder, 0, keys->signing_seed, error);
    if (!code)
        code = keys_public(folder, keys->signing_seed, false, error);
    for (uint32_t epoch = 1; !code && epoch <= keys->epochs; epoch++)
        code = key_file_load(folder, epoch, keys->identity[epoch - 1], error);
    if (!code)
        crypto_sign_seed_keypair(keys->signing_public, keys->signing_secret, keys->signing_seed);
    return code;
}

static avow_store_code
load_from(const struct key_folder *folder, const struct keys **keys, avow_store_error *error)
{
    uint32_t epochs;
    unsigned leftovers;
    avow_store_code code = keys_scan(folder, &epochs, &leftovers, error);
    if (code)
        return code;
    if (epochs == 0)
        return fault(error, AVOW_STORE_KEYS,
                     "There is no identity key in %s. If there never was one, initialise the "
                     "store; else restore the keys from their backup.",
                     folder->path);
    struct keys *loaded = keys_allocate(epochs);
    if (!loaded)
        return fault_memory(error);
    code = load_all(folder, loaded, error);
    if (!code && sodium_mprotect_readonly(loaded) != 0)
        code = fault_memory(error);
    if (code)
        keys_free(loaded);
    else
        *keys = loaded;
    return code;
}

avow_store_code
keys_load(const char *path, const struct keys **keys, avow_store_error *error)
{
    struct key_folder folder;
    *keys = NULL;
    avow_store_code code = open_checked(path, &folder, error);
    if (code)
        return code;
    code = load_from(&folder, keys, error);
    key_folder_close(&folder);
    return code;
}

void
keys_free(const struct keys *keys)
{
    sodium_free((void *)(uintptr_t)keys);
}

avow_store_code
keys_rotate(const char *path, uint32_t *epoch, avow_store_error *error)
{
    struct key_folder folder;
    const struct keys *keys = NULL;
    uint8_t key[SECRET_BYTES];
    avow_store_code code = open_checked(path, &folder, error);
    if (code)
        return code;
    code = load_from(&folder, &keys, error);
    if (!code && keys->epochs == EPOCHS_MOST)
        code =
            fault(error, AVOW_STORE_USAGE,
                  "The key folder %s has %d epochs, and there can be no more.", path, EPOCHS_MOST);
    if (!code) {
        *epoch = keys->epochs + 1;
        randombytes_buf(key, sizeof key);
        code = keys_put(&folder, *epoch, key, error);
        sodium_memzero(key, sizeof key);
    }
    keys_free(keys);
    key_folder_close(&folder);
    return code;
}

bool
keys_fingerprint(const struct keys *keys, uint32_t epoch, uint8_t fingerprint[FINGERPRINT_BYTES])
{
    if (epoch > keys->epochs)
        return false;
    key_fingerprint(epoch == 0 ? keys->signing_seed : keys->identity[epoch - 1], fingerprint);
    return true;
}
