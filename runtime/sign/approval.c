#include "runtime/sign/approval.h"

#include "runtime/sign/file.h"
#include "runtime/store/fault.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DIGITS = 64, SIGNATURE = crypto_sign_BYTES, LINES = 8 };

#define BASE64 sodium_base64_VARIANT_ORIGINAL

/* Makes
 * --------------------------------------------------------------------------------------------
 */

static int
is_line(const char *text)
{
    return *text != '\0' && strpbrk(text, "\n\r") == NULL;
}

static int
is_hash(const char *text)
{
    return strlen(text) == DIGITS && strspn(text, "0123456789abcdef") == DIGITS;
}

/* Everything that is signed; its length, or 0 if it has no room. */
static size_t
write_signed(const struct approval *approval, const struct secret *secret, int64_t now,
             char text[APPROVAL_MOST])
{
    char key[SIGNATURE_KEY_TEXT];
    struct tm day;
    time_t second = (time_t)now;
    gmtime_r(&second, &day);
    signature_key_text(key_public(secret), key);
    int length = snprintf(text, APPROVAL_MOST,
                          "avow-approval 1\npolicy %s\nchange %s\nby %s\non %04d-%02d-%02d\nsays "
                          "%s\nkey %s\n",
                          approval->policy, approval->change, approval->by, day.tm_year + 1900,
                          day.tm_mon + 1, day.tm_mday, approval->says, key);
    return length > 0 && length < APPROVAL_MOST - 200 ? (size_t)length : 0;
}

/* FOLDER/CHANGE-KEY.approval, of which the first digits are enough. */
static int
write_path(char path[PATH_MAX], const char *folder, const struct approval *approval,
           const struct secret *secret)
{
    char key[9];
    sodium_bin2hex(key, sizeof key, key_public(secret), 4);
    int length = snprintf(path, PATH_MAX, "%s/%.16s-%s.approval", folder, approval->change, key);
    return length > 0 && length < PATH_MAX;
}

avow_store_code
approval_make(const char *folder, const struct approval *approval, const struct secret *secret,
              int64_t now, avow_store_error *error)
{
    char text[APPROVAL_MOST], path[PATH_MAX], written[128];
    uint8_t signature[SIGNATURE];
    if (!is_hash(approval->change) || !is_line(approval->policy) || !is_line(approval->by) ||
        !is_line(approval->says))
        return fault(error, AVOW_STORE_INPUT,
                     "An approval has a policy, the hash of a change, who approves it and what it "
                     "says, each on one line.");
    size_t length = write_signed(approval, secret, now, text);
    if (length == 0 || !write_path(path, folder, approval, secret))
        return fault(error, AVOW_STORE_INPUT, "That is too long for an approval.");
    crypto_sign_detached(signature, NULL, (const uint8_t *)text, length, secret->bytes);
    sodium_bin2base64(written, sizeof written, signature, SIGNATURE, BASE64);
    length += (size_t)snprintf(text + length, APPROVAL_MOST - length, "signature %s\n", written);
    avow_store_code code = file_create(path, 0644, text, length, error);
    if (code == AVOW_STORE_OK)
        printf("%s\n", path);
    return code;
}

/* Reads
 * --------------------------------------------------------------------------------------------
 */

struct read_approval {
    char *line[LINES]; /* behind its word, ended by NUL */
    size_t signed_size;
};

static const char *const words[LINES] = {"avow-approval ", "policy ", "change ",   "by ", "on ",
                                         "says ",          "key ",    "signature "};

/* Parts a text that ends with a NUL into its lines; 0 if it is no approval. */
static int
part(char *text, size_t size, struct read_approval *approval)
{
    char *at = text;
    for (size_t i = 0; i < LINES; i++) {
        size_t length = strlen(words[i]);
        char *end = memchr(at, '\n', size - (size_t)(at - text));
        if (!end || (size_t)(end - at) <= length || memcmp(at, words[i], length) != 0)
            return 0;
        approval->line[i] = at + length;
        approval->signed_size = (size_t)(at - text);
        *end = '\0';
        at = end + 1;
    }
    return (size_t)(at - text) == size && strcmp(approval->line[0], "1") == 0 &&
           is_hash(approval->line[2]);
}

static int
decode(const char *text, uint8_t *bytes, size_t size)
{
    size_t length;
    return sodium_base642bin(bytes, size, text, strlen(text), NULL, &length, NULL, BASE64) == 0 &&
           length == size;
}

/* Why an approval counts as nothing, or NULL. */
static const char *
judge(const uint8_t *bytes, size_t size, const struct trust *trust, int64_t now,
      struct read_approval *approval, char text[APPROVAL_MOST + 1])
{
    uint8_t key[SIGNATURE_KEY], signature[SIGNATURE];
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (memchr(text, '\0', size) || !part(text, size, approval) ||
        !decode(approval->line[6], key, sizeof key) ||
        !decode(approval->line[7], signature, sizeof signature))
        return "it is no approval that 'avow approve' made";
    if (crypto_sign_verify_detached(signature, bytes, approval->signed_size, key) != 0)
        return "its signature does not hold: it was changed after it was signed";
    const struct trusted_key *known = trust_find(trust, key);
    if (!known)
        return "its key is not trusted";
    return now < known->until ? NULL : "its key is no longer trusted";
}

static avow_store_code
list_one(const char *path, const struct trust *trust, int64_t now, avow_store_error *error)
{
    struct file file;
    struct read_approval approval;
    char text[APPROVAL_MOST + 1];
    avow_store_code code = file_read(&file, path, APPROVAL_MOST, error);
    if (code == AVOW_STORE_OK) {
        const char *why = judge(file.bytes, file.size, trust, now, &approval, text);
        if (why)
            fprintf(stderr, "avow sign: %s does not count: %s.\n", path, why);
        else
            printf("%s %s\n", approval.line[2], approval.line[1]);
    }
    file_free(&file);
    return code;
}

avow_store_code
approval_list(const char *folder, const struct trust *trust, int64_t now, avow_store_error *error)
{
    static const char ending[] = ".approval";
    avow_store_code code = AVOW_STORE_OK;
    DIR *opened = opendir(folder);
    struct dirent *entry;
    if (!opened)
        return fault(error, AVOW_STORE_IO, "%s cannot be read: %s.", folder, strerror(errno));
    while (code == AVOW_STORE_OK && (entry = readdir(opened)) != NULL) {
        char path[PATH_MAX];
        size_t length = strlen(entry->d_name);
        if (length < sizeof ending ||
            strcmp(entry->d_name + length + 1 - sizeof ending, ending) != 0)
            continue;
        int size = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        code = size > 0 && size < PATH_MAX ? list_one(path, trust, now, error)
                                           : fault(error, AVOW_STORE_IO, "%s is too long.", folder);
    }
    closedir(opened);
    return code;
}
