/* The key folder: what turns identities into rows, and what signs.
 *
 * A folder of mode 0700 with files of mode 0600, of the running user or of root: identity-0001.key,
 * identity-0002.key and so on, one an epoch; signing.key and signing.pub. Old epochs are never
 * dropped, for refusals are found only by the key that they were stored with.
 *
 * Keys that are loaded do not change: any thread may read them. They lie in memory that is locked,
 * guarded and wiped when it is freed. */
#ifndef AVOW_STORE_KEYS_H
#define AVOW_STORE_KEYS_H

#include "runtime/store/fault.h"
#include "runtime/store/key_file.h"

#include <stdbool.h>
#include <stdint.h>

#define SIGNING_PUBLIC_BYTES 32
#define SIGNING_SECRET_BYTES 64

struct keys {
    uint32_t epochs; /* 1 and more; new rows are made with the last */
    uint8_t signing_public[SIGNING_PUBLIC_BYTES];
    uint8_t signing_secret[SIGNING_SECRET_BYTES]; /* as libsodium's crypto_sign takes it */
    uint8_t signing_seed[SECRET_BYTES];
    uint8_t identity[][SECRET_BYTES]; /* epoch e is at e - 1 */
};

/* Makes the folder with a signing key and the first epoch. AVOW_STORE_USAGE if it has keys already.
 * One that a crash left half made is completed. */
avow_store_code keys_create(const char *path, avow_store_error *error);

/* Loads all keys. Any key that is missing, damaged or open to others is AVOW_STORE_KEYS, and no key
 * is given at all. The caller frees *keys with keys_free. */
avow_store_code keys_load(const char *path, const struct keys **keys, avow_store_error *error);

void keys_free(const struct keys *keys);

/* Adds an epoch; *epoch is its number. Loaded keys do not know it: load anew. AVOW_STORE_BUSY if
 * somebody else adds one at the same time. */
avow_store_code keys_rotate(const char *path, uint32_t *epoch, avow_store_error *error);

/* The fingerprint of an epoch's key, to be stored beside what was made with it. Epoch 0 is the
 * signing key. False if there is no such epoch. */
bool keys_fingerprint(const struct keys *keys, uint32_t epoch,
                      uint8_t fingerprint[FINGERPRINT_BYTES]);

/* Writes all keys to a new file of mode 0600, not encrypted, with a checksum. AVOW_STORE_BUSY if
 * there is such a file. */
avow_store_code keys_backup(const char *path, const char *file, avow_store_error *error);

/* Adds the keys of a backup that the folder does not have, and makes the folder if need be. A key
 * that is there and differs is AVOW_STORE_KEYS, and then nothing was changed. */
avow_store_code keys_restore(const char *path, const char *file, avow_store_error *error);

/* Looks for everything that is wrong with the folder, and says each by say. Gives their number. */
unsigned keys_check(const char *path, void (*say)(void *context, const avow_store_error *),
                    void *context);

/* What the functions above are made of. */

/* Readies libsodium; any number of times, from any thread. */
avow_store_code keys_begin(avow_store_error *error);

/* Room for so many epochs, in locked memory; NULL if there is none. */
struct keys *keys_allocate(uint32_t epochs);

/* The highest epoch of which there is a file, 0 if none, and leftovers of a crash. */
avow_store_code keys_scan(const struct key_folder *folder, uint32_t *epochs, unsigned *leftovers,
                          avow_store_error *error);

/* Creates the file of a key. Epoch 0 is the signing key. */
avow_store_code keys_put(const struct key_folder *folder, uint32_t epoch,
                         const uint8_t key[SECRET_BYTES], avow_store_error *error);

/* Reads signing.pub and holds it against the key; creates it if it is missing and create says so.
 */
avow_store_code keys_public(const struct key_folder *folder, const uint8_t key[SECRET_BYTES],
                            bool create, avow_store_error *error);

#endif
