#include "runtime/store/keys.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A backup: this line, then "signing HEX", "identity EPOCH HEX" in their order, "checksum HEX" of
 * all before it. */
#define FIRST_LINE                                                                                 \
    "# avow keys, secret: with them refusals are found; keep them apart from the store\n"
#define CHECKSUM "checksum "

enum { CHECKSUM_BYTES = 16, LINE_ROOM = 96, BACKUP_MOST = 1 << 20 };

/* FOLDER/NAME, split. The folder's name is the caller's to free. */
static avow_store_code
split_path(const char *file, char **folder, const char **name, avow_store_error *error)
{
    const char *slash = strrchr(file, '/');
    *name = slash ? slash + 1 : file;
    *folder = !slash          ? strdup(".")
              : slash == file ? strdup("/")
                              : strndup(file, (size_t)(slash - file));
    if (!*folder)
        return fault_memory(error);
    if (**name)
        return AVOW_STORE_OK;
    free(*folder);
    return fault(error, AVOW_STORE_USAGE, "%s is a folder. Give a file's name for the backup.",
                 file);
}

static size_t
put_key(char *out, const char *what, const uint8_t *key, size_t size)
{
    char digits[2 * SECRET_BYTES + 1];
    sodium_bin2hex(digits, sizeof digits, key, size);
    int length = snprintf(out, LINE_ROOM, "%s %s\n", what, digits);
    sodium_memzero(digits, sizeof digits);
    return (size_t)length;
}

/* The text of a backup, in memory that the caller frees with sodium_free. */
static char *
backup_text(const struct keys *keys, size_t *length)
{
    char *text = sodium_malloc(LINE_ROOM * ((size_t)keys->epochs + 3));
    uint8_t sum[CHECKSUM_BYTES];
    if (!text)
        return NULL;
    size_t at = sizeof FIRST_LINE - 1;
    memcpy(text, FIRST_LINE, at);
    at += put_key(text + at, "signing", keys->signing_seed, SECRET_BYTES);
    for (uint32_t epoch = 1; epoch <= keys->epochs; epoch++) {
        char what[24];
        snprintf(what, sizeof what, "identity %04u", (unsigned)epoch);
        at += put_key(text + at, what, keys->identity[epoch - 1], SECRET_BYTES);
    }
    crypto_generichash(sum, sizeof sum, (const uint8_t *)text, at, NULL, 0);
    at += put_key(text + at, "checksum", sum, sizeof sum);
    *length = at;
    return text;
}

/* The folder of a backup may be anybody's: only the file itself is secret. */
static avow_store_code
write_backup(const char *file, const char *text, size_t length, avow_store_error *error)
{
    char *path;
    const char *name;
    struct key_folder folder;
    avow_store_code code = split_path(file, &path, &name, error);
    if (code)
        return code;
    code = key_folder_open(path, &folder, error);
    if (!code) {
        code = key_file_create(&folder, name, text, length, error);
        key_folder_close(&folder);
    }
    free(path);
    return code;
}

avow_store_code
keys_backup(const char *path, const char *file, avow_store_error *error)
{
    const struct keys *keys;
    size_t length;
    avow_store_code code = keys_load(path, &keys, error);
    if (code)
        return code;
    char *text = backup_text(keys, &length);
    code = text ? write_backup(file, text, length, error) : fault_memory(error);
    sodium_free(text);
    keys_free(keys);
    return code;
}

static avow_store_code
read_backup(const char *file, char *text, size_t *length, avow_store_error *error)
{
    char *path;
    const char *name;
    struct key_folder folder;
    avow_store_code code = split_path(file, &path, &name, error);
    if (code)
        return code;
    code = key_folder_open(path, &folder, error);
    if (!code) {
        code = key_file_read(&folder, name, text, BACKUP_MOST, length, error);
        key_folder_close(&folder);
    }
    free(path);
    if (!code && *length == 0)
        code = fault(error, AVOW_STORE_INPUT, "There is no backup %s. Check its name.", file);
    return code;
}

static avow_store_code
no_backup(const char *file, avow_store_error *error)
{
    return fault(error, AVOW_STORE_INPUT,
                 "%s is no backup of keys, or is damaged. Take another copy of it.", file);
}

/* Takes the digits of each line that has enough of them. What else is wrong, check_backup finds. */
static void
take_digits(struct keys *keys, const char *line, const char *end)
{
    for (uint32_t i = 0; i <= keys->epochs; i++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        uint8_t *key = i == 0 ? keys->signing_seed : keys->identity[i - 1];
        if (stop - line > 2 * SECRET_BYTES)
            sodium_hex2bin(key, SECRET_BYTES, stop - 2 * SECRET_BYTES, 2 * SECRET_BYTES, NULL, NULL,
                           NULL);
        line = stop + 1;
    }
}

/* Whether the text is what a backup of these keys is: every line, and the checksum. */
static avow_store_code
check_backup(const struct keys *keys, const char *file, const char *text, size_t length,
             avow_store_error *error)
{
    size_t again_length;
    char *again = backup_text(keys, &again_length);
    if (!again)
        return fault_memory(error);
    bool same = again_length == length && memcmp(again, text, length) == 0;
    sodium_free(again);
    return same ? AVOW_STORE_OK : no_backup(file, error);
}

/* The keys of a backup's text, for the caller to free with sodium_free; NULL after an error. */
static avow_store_code
parse_backup(const char *file, const char *text, size_t length, struct keys **keys,
             avow_store_error *error)
{
    uint32_t lines = 0;
    *keys = NULL;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    if (lines < 4 || strncmp(text, FIRST_LINE, sizeof FIRST_LINE - 1) != 0)
        return no_backup(file, error);
    *keys = keys_allocate(lines - 3);
    if (!*keys)
        return fault_memory(error);
    take_digits(*keys, text + sizeof FIRST_LINE - 1, text + length);
    return check_backup(*keys, file, text, length, error);
}

/* Holds the folder's keys against the backup's, and creates those that it lacks if told so. */
static avow_store_code
compare(const struct key_folder *folder, const struct keys *keys, bool create,
        avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    /* The first epoch last: with it the folder is whole. */
    for (uint32_t i = 0; !code && i <= keys->epochs; i++) {
        uint32_t epoch = i == 0 ? 0 : keys->epochs + 1 - i;
        const uint8_t *wanted = epoch == 0 ? keys->signing_seed : keys->identity[epoch - 1];
        char name[KEY_NAME_ROOM], text[KEY_FILE_ROOM], found[KEY_FILE_ROOM];
        size_t length, size = key_file_write_text(epoch, wanted, text);
        key_file_name(epoch, name);
        code = key_file_read(folder, name, found, sizeof found, &length, error);
        if (!code && length == 0 && create)
            code = key_file_create(folder, name, text, size, error);
        else if (!code && length > 0 && (length != size || memcmp(text, found, size) != 0))
            code = fault(error, AVOW_STORE_KEYS,
                         "%s/%s is another key than that of the backup, or damaged, and was left. "
                         "Nothing was restored: put that file aside, or take the right backup.",
                         folder->path, name);
        sodium_memzero(text, sizeof text);
        sodium_memzero(found, sizeof found);
    }
    return code;
}

static avow_store_code
restore_keys(const char *path, const struct keys *keys, avow_store_error *error)
{
    struct key_folder folder;
    avow_store_code code = key_folder_make(path, &folder, error);
    if (code)
        return code;
    code = compare(&folder, keys, false, error);
    if (!code)
        code = compare(&folder, keys, true, error);
    if (!code)
        code = keys_public(&folder, keys->signing_seed, true, error);
    key_folder_close(&folder);
    return code;
}

avow_store_code
keys_restore(const char *path, const char *file, avow_store_error *error)
{
    size_t length;
    avow_store_code code = keys_begin(error);
    if (code)
        return code;
    char *text = sodium_malloc(BACKUP_MOST);
    struct keys *keys = NULL;
    code = text ? read_backup(file, text, &length, error) : fault_memory(error);
    if (!code)
        code = parse_backup(file, text, length, &keys, error);
    if (!code)
        code = restore_keys(path, keys, error);
    keys_free(keys);
    sodium_free(text);
    return code;
}
