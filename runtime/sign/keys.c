#include "runtime/sign/keys.h"

#include "runtime/sign/file.h"
#include "runtime/store/fault.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEED = crypto_sign_SEEDBYTES, SECRET_TEXT = 256, FILE_MOST = 4096 };

_Static_assert(sizeof(struct secret) == crypto_sign_SECRETKEYBYTES, "libsodium's form");

const uint8_t *
key_public(const struct secret *secret)
{
    return secret->bytes + SEED;
}

void
key_forget(struct secret *secret)
{
    sodium_memzero(secret, sizeof *secret);
}

/* The public key with it: one wrong digit is found. */
static size_t
write_secret(const struct secret *secret, char text[SECRET_TEXT])
{
    char public_text[SIGNATURE_KEY_TEXT], digits[2 * SEED + 1];
    signature_key_text(key_public(secret), public_text);
    sodium_bin2hex(digits, sizeof digits, secret->bytes, SEED);
    int length =
        snprintf(text, SECRET_TEXT, "# avow key for policies, secret; its public key is %s\n%s\n",
                 public_text, digits);
    sodium_memzero(digits, sizeof digits);
    return (size_t)length;
}

static int
parse_secret(const char *text, size_t length, struct secret *secret)
{
    uint8_t seed[SEED], public_key[SIGNATURE_KEY];
    char again[SECRET_TEXT];
    const char *line = memchr(text, '\n', length);
    if (!line || length - (size_t)(line + 1 - text) != 2 * SEED + 1 ||
        sodium_hex2bin(seed, SEED, line + 1, 2 * SEED, NULL, NULL, NULL) != 0)
        return 0;
    crypto_sign_seed_keypair(public_key, secret->bytes, seed);
    int same = write_secret(secret, again) == length && memcmp(again, text, length) == 0;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(again, sizeof again);
    return same;
}

/* Who can read the key can sign in its name. */
static avow_store_code
judge_rights(const struct file *file, avow_store_error *error)
{
    unsigned mode = (unsigned)file->stat.st_mode & 0777, user = (unsigned)geteuid();
    if (file->stat.st_uid != geteuid() && file->stat.st_uid != 0)
        return fault(error, AVOW_STORE_KEYS,
                     "The key %s belongs to another user (number %u). Sign as that user, or: chown "
                     "%u %s",
                     file->path, (unsigned)file->stat.st_uid, user, file->path);
    if (mode & 077)
        return fault(error, AVOW_STORE_KEYS,
                     "The key %s is open to other users (mode %04o), and who reads it can sign any "
                     "policy. Mend it with: chmod 600 %s",
                     file->path, mode, file->path);
    return AVOW_STORE_OK;
}

avow_store_code
key_read(const char *path, struct secret *secret, avow_store_error *error)
{
    struct file file;
    avow_store_code code = file_read(&file, path, FILE_MOST, error);
    if (code == AVOW_STORE_OK && file.size > 9 && memcmp(file.bytes, "avow-key ", 9) == 0)
        code = fault(error, AVOW_STORE_KEYS,
                     "%s is a public key, which signs nothing. Give the file beside it, without "
                     ".pub.",
                     path);
    if (code == AVOW_STORE_OK)
        code = judge_rights(&file, error);
    if (code == AVOW_STORE_OK && !parse_secret((const char *)file.bytes, file.size, secret))
        code = fault(error, AVOW_STORE_KEYS,
                     "%s is no key that signs, or is damaged. Give the file that 'avow sign "
                     "--new-key=FILE' made.",
                     path);
    file_free(&file);
    return code;
}

/* What was asked for has to be read back as it was meant. */
static avow_store_code
write_public(const uint8_t key[SIGNATURE_KEY], const char *until, const char *comment,
             char line[SIGNATURE_LINE], avow_store_error *error)
{
    struct trusted_key again;
    const char *why;
    char text[SIGNATURE_KEY_TEXT];
    signature_key_text(key, text);
    int length = snprintf(line, SIGNATURE_LINE, "avow-key %s%s%s%s%s", text, until ? " until " : "",
                          until ? until : "", comment ? " # " : "", comment ? comment : "");
    if (length < SIGNATURE_LINE - 1 && trust_line(line, (size_t)length, &again, &why) == 1 &&
        strcmp(again.last, until ? until : "") == 0 &&
        strcmp(again.comment, comment ? comment : "") == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT,
                 "--until is a day, as in 2027-12-31, and --comment a short text on one line.");
}

avow_store_code
key_make(const char *path, const char *until, const char *comment, char **public_path,
         char line[SIGNATURE_LINE], avow_store_error *error)
{
    struct secret secret;
    uint8_t public_key[SIGNATURE_KEY];
    char text[SECRET_TEXT], whole[SIGNATURE_LINE + 1];
    crypto_sign_keypair(public_key, secret.bytes);
    avow_store_code code = write_public(public_key, until, comment, line, error);
    if (code == AVOW_STORE_OK && asprintf(public_path, "%s.pub", path) < 0) {
        *public_path = NULL;
        code = fault_memory(error);
    }
    int length = snprintf(whole, sizeof whole, "%s\n", line);
    if (code == AVOW_STORE_OK)
        code = file_create(path, 0600, text, write_secret(&secret, text), error);
    if (code == AVOW_STORE_OK) {
        code = file_create(*public_path, 0644, whole, (size_t)length, error);
        if (code != AVOW_STORE_OK)
            unlink(path); /* half a key would be in the way of the next try */
    }
    sodium_memzero(text, sizeof text);
    key_forget(&secret);
    return code;
}
