/* Approvals of changes: who has agreed to what, signed. A file each, which anybody can read:
 *
 *     avow-approval 1
 *     policy shop
 *     change 64 hexadecimal digits: the change, as avow compare hashes it
 *     by Jane Doe, counsel
 *     on 2026-11-24
 *     says We may now …
 *     key BASE64
 *     signature BASE64
 *
 * Signed (Ed25519) are all bytes before the last line. What is signed of a bundle begins otherwise,
 * so that neither can stand for the other. */
#ifndef AVOW_SIGN_APPROVAL_H
#define AVOW_SIGN_APPROVAL_H

#include "runtime/sign/keys.h"

enum { APPROVAL_MOST = 8192 }; /* bytes of such a file */

struct approval { /* one line each */
    const char *policy, *change, *by, *says;
};

/* Writes an approval, as of the day of `now`, into the folder, in a file called by the change and
 * the key; prints its name. AVOW_STORE_BUSY if that key has approved it before. */
avow_store_code approval_make(const char *folder, const struct approval *approval,
                              const struct secret *secret, int64_t now, avow_store_error *error);

/* Prints "CHANGE POLICY" for each approval in the folder that a trusted key has signed. Files that
 * are none, or do not hold, are told to standard error and count as nothing. */
avow_store_code approval_list(const char *folder, const struct trust *trust, int64_t now,
                              avow_store_error *error);

#endif
