/* What avow-sign does with bundles. */
#ifndef AVOW_SIGN_SIGN_H
#define AVOW_SIGN_SIGN_H

#include "runtime/sign/file.h"
#include "runtime/sign/keys.h"

/* Larger than any bundle. */
enum { BUNDLE_MOST = 64 << 20 };

/* Adds the signature of each key to a bundle; one of the same key is replaced. A bundle that the
 * core does not accept, or with a signature that does not hold, is not signed. */
avow_store_code bundle_sign(const char *path, const struct secret *keys, size_t count,
                            avow_store_error *error);

/* Whether a bundle is whole and one of the keys that are trusted has signed it. Says so. */
avow_store_code bundle_verify(const char *path, const struct trust *trust, int64_t now,
                              avow_store_error *error);

/* Prints the keys that have signed a bundle, a line each; with trust, what is known of them. Gives
 * AVOW_STORE_NOT_FOUND if there are none. */
avow_store_code bundle_list(const char *path, const struct trust *trust, int64_t now,
                            avow_store_error *error);

/* Reads a bundle and lets the core verify it, and then its signatures. *signatures points into the
 * file, whose image keeps the bytes that it had. */
avow_store_code bundle_open(struct file *file, const char *path, size_t *image_size,
                            struct signatures *signatures, avow_store_error *error);

#endif
