/* Secret keys that sign policies, and their files. */
#ifndef AVOW_SIGN_KEYS_H
#define AVOW_SIGN_KEYS_H

#include "runtime/agent/signature.h"

/* The secret of a key: libsodium's form, the seed and the public key. */
struct secret {
    uint8_t bytes[64];
};

/* Makes a key: its secret into PATH, which only its owner may read, and its public half into
 * PATH.pub. until (as in 2027-12-31) and comment may be NULL. The name of the public file is given
 * in *public_path, which the caller frees, and its line in *line, room for SIGNATURE_LINE bytes. */
enum { SIGNATURE_LINE = 256 };
avow_store_code key_make(const char *path, const char *until, const char *comment,
                         char **public_path, char line[SIGNATURE_LINE], avow_store_error *error);

/* Reads a secret. AVOW_STORE_KEYS if others may read its file too, or it is no such file. */
avow_store_code key_read(const char *path, struct secret *secret, avow_store_error *error);

void key_forget(struct secret *secret);

/* The public half of a secret. */
const uint8_t *key_public(const struct secret *secret);

#endif
