/* Signatures of a bundle: who vouches for the policy in it.
 *
 * They stand in the same file, behind the image that the core reads, so that a bundle with its
 * signatures is still replaced by one rename. The image ends where its own size says; what follows
 * is nothing, or exactly this trailer, numbers little-endian:
 *
 *     8   "avowsig1"
 *     4   the number of signatures, 1 to SIGNATURES_MOST
 *     4   zero
 *    96   each: the Ed25519 public key, and its signature; keys rise by their bytes
 *
 * Signed are 112 bytes: "avow: signature of a bundle, 1", filled up with zeros to 40; the size of
 * the image in 8; its SHA-512. Every signature on a bundle has to hold, whoever made it, so that no
 * byte of the file can change unseen; and where keys are trusted, one of them must have signed. */
#ifndef AVOW_AGENT_SIGNATURE_H
#define AVOW_AGENT_SIGNATURE_H

#include "runtime/avow_store.h"

enum {
    SIGNATURE_KEY = 32,     /* bytes of a public key */
    SIGNATURE_RECORD = 96,  /* a public key and its signature */
    SIGNATURE_HEAD = 16,    /* what stands before the first */
    SIGNATURES_MOST = 16,   /* on one bundle */
    SIGNATURE_MESSAGE = 112 /* what is signed */
};

/* Room for a public key in base64, with its NUL. */
#define SIGNATURE_KEY_TEXT 45

/* A public key that may vouch for policies. */
struct trusted_key {
    uint8_t key[SIGNATURE_KEY];
    int64_t until;    /* from this second since 1970 on it counts no longer; INT64_MAX: always */
    char last[12];    /* its last day, as in 2027-12-31, or "" */
    char comment[80]; /* whose it is, as its file says; valid UTF-8, maybe cut */
};

struct trust {
    struct trusted_key *keys;
    size_t count;
};

/* What stands behind an image. */
struct signatures {
    const uint8_t *records; /* SIGNATURE_RECORD bytes each, in the file's own memory */
    size_t count;           /* 0: the bundle is not signed */
};

/* Reads the keys that are trusted, out of at least one file. A line of such a file is empty, or a
 * comment that begins with '#', or
 *
 *     avow-key BASE64 [until 2027-12-31] [# whose key it is]
 *
 * where the day is the last one, in UTC, on which the key counts. The caller frees them, also after
 * an error: AVOW_STORE_IO for a file that cannot be read; AVOW_STORE_KEYS for one that anybody may
 * write, that has no key, or a line that cannot be understood; AVOW_STORE_MEMORY. */
avow_store_code trust_read(struct trust *trust, const char *const *paths, size_t count,
                           avow_store_error *error);
void trust_free(struct trust *trust);

/* Reads one line of such a file, without its end. 1: a key; 0: nothing on it; -1: neither, and why
 * is part of a sentence that says what is wrong. */
int trust_line(const char *line, size_t length, struct trusted_key *key, const char **why);

/* The key with these bytes, or NULL; of several the one that counts longest. */
const struct trusted_key *trust_find(const struct trust *trust, const uint8_t key[SIGNATURE_KEY]);

/* Decides about the bytes of a bundle's file, which are private memory of any alignment, at the
 * second `now` since 1970. Gives in *image_size how many belong to the image: those go to
 * avow_open, which is still needed. trust NULL: a bundle without a signature is taken as well, and
 * one signed by anybody; but a trailer that is there must be whole and hold. Bytes that are no
 * bundle are then left to avow_open, with their whole size.
 *
 * AVOW_STORE_POLICY otherwise; the error's text begins with a capital, ends with a full stop, and
 * does not name the file. */
avow_store_code signature_check(const void *file_bytes, size_t size, const struct trust *trust,
                                int64_t now, size_t *image_size, avow_store_error *error);

/* The parts of a file, before anything is verified: the size of its image, and the signatures
 * behind it. AVOW_STORE_POLICY if it is no bundle, is cut off, or has something else there. */
avow_store_code signature_split(const void *file_bytes, size_t size, size_t *image_size,
                                struct signatures *signatures, avow_store_error *error);

/* What a key signs of an image. */
void signature_message(const void *image, size_t size, uint8_t message[SIGNATURE_MESSAGE]);

/* Whether the signature of a record holds for that message. */
int signature_holds(const uint8_t record[SIGNATURE_RECORD],
                    const uint8_t message[SIGNATURE_MESSAGE]);

/* A public key as people see it. */
void signature_key_text(const uint8_t key[SIGNATURE_KEY], char text[SIGNATURE_KEY_TEXT]);

#endif
