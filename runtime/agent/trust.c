/* Files of public keys, and finding a key in what was read. */
#include "runtime/agent/signature.h"
#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_OF_DAY = 86400, KEY_DIGITS = SIGNATURE_KEY_TEXT - 1, FILE_MOST = 1 << 20 };

/* A line on its way to be understood. */
struct words {
    const char *at, *end;
};

static void
skip_blanks(struct words *words)
{
    while (words->at < words->end && (*words->at == ' ' || *words->at == '\t'))
        words->at++;
}

/* The next word, or an empty one at the end and before a comment. */
static struct words
next_word(struct words *words)
{
    skip_blanks(words);
    struct words word = {words->at, words->at};
    while (words->at < words->end && *words->at != ' ' && *words->at != '\t' &&
           (*words->at != '#' || words->at > word.at))
        words->at++;
    word.end = words->at;
    return word;
}

static bool
is_word(struct words word, const char *text)
{
    return (size_t)(word.end - word.at) == strlen(text) && memcmp(word.at, text, strlen(text)) == 0;
}

static bool
read_key(struct words word, uint8_t key[SIGNATURE_KEY])
{
    size_t length = 0;
    return word.end - word.at == KEY_DIGITS &&
           sodium_base642bin(key, SIGNATURE_KEY, word.at, KEY_DIGITS, NULL, &length, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           length == SIGNATURE_KEY && crypto_core_ed25519_is_valid_point(key) == 1;
}

/* A day that exists, as in 2027-12-31; timegm would take the 31st of June for the 1st of July. */
static bool
read_day(struct words word, struct trusted_key *key)
{
    struct tm day = {0};
    char text[12], again[12];
    if (word.end - word.at != 10)
        return false;
    memcpy(text, word.at, 10);
    text[10] = '\0';
    if (sscanf(text, "%4d-%2d-%2d", &day.tm_year, &day.tm_mon, &day.tm_mday) != 3)
        return false;
    day.tm_year -= 1900;
    day.tm_mon -= 1;
    key->until = (int64_t)timegm(&day) + SECONDS_OF_DAY;
    if (strftime(again, sizeof again, "%Y-%m-%d", &day) != 10 || memcmp(again, text, 11) != 0)
        return false;
    memcpy(key->last, text, 11);
    return true;
}

/* What stands behind '#', as far as there is room, by whole characters. */
static void
take_comment(struct words words, struct trusted_key *key)
{
    words.at++;
    skip_blanks(&words);
    size_t length = (size_t)(words.end - words.at), most = sizeof key->comment - 1;
    if (length > most)
        for (length = most; length > 0 && ((unsigned char)words.at[length] & 0xc0) == 0x80;)
            length--;
    memcpy(key->comment, words.at, length);
}

static bool
has_controls(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
            return true;
    return false;
}

int
trust_line(const char *line, size_t length, struct trusted_key *key, const char **why)
{
    struct words words = {line, line + length};
    *key = (struct trusted_key){.until = INT64_MAX};
    *why = "has characters that steer a terminal";
    if (has_controls(line, length))
        return -1;
    struct words word = next_word(&words);
    if (word.at == word.end)
        return 0;
    *why = "does not begin with avow-key, or with # for a comment";
    if (!is_word(word, "avow-key"))
        return -1;
    *why = "has no public key behind avow-key, or a damaged one";
    if (!read_key(next_word(&words), key->key))
        return -1;
    word = next_word(&words);
    *why = "has no day, as in 2027-12-31, behind until";
    if (is_word(word, "until") && !read_day(next_word(&words), key))
        return -1;
    if (key->last[0])
        word = next_word(&words);
    *why = "goes on behind the key with something else than until DAY or # COMMENT";
    if (word.at != word.end)
        return -1;
    if (words.at < words.end)
        take_comment(words, key);
    return 1;
}

const struct trusted_key *
trust_find(const struct trust *trust, const uint8_t key[SIGNATURE_KEY])
{
    const struct trusted_key *found = NULL;
    for (size_t i = 0; i < trust->count; i++)
        if (memcmp(trust->keys[i].key, key, SIGNATURE_KEY) == 0 &&
            (!found || trust->keys[i].until > found->until))
            found = &trust->keys[i];
    return found;
}

void
trust_free(struct trust *trust)
{
    free(trust->keys);
    *trust = (struct trust){0};
}

static avow_store_code
add_key(struct trust *trust, const struct trusted_key *key, avow_store_error *error)
{
    struct trusted_key *more = reallocarray(trust->keys, trust->count + 1, sizeof *more);
    if (!more)
        return fault_memory(error);
    more[trust->count++] = *key;
    trust->keys = more;
    return AVOW_STORE_OK;
}

static avow_store_code
read_lines(struct trust *trust, FILE *file, const char *path, avow_store_error *error)
{
    char *line = NULL;
    size_t room = 0, number = 0, before = trust->count;
    ssize_t length;
    avow_store_code code = AVOW_STORE_OK;
    while (code == AVOW_STORE_OK && (errno = 0, length = getline(&line, &room, file)) >= 0) {
        struct trusted_key key;
        const char *why;
        number++;
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        int found = trust_line(line, (size_t)length, &key, &why);
        if (found < 0)
            code = fault(error, AVOW_STORE_KEYS,
                         "%s:%zu: the line %s. Put the line of a file KEY.pub there, as 'avow sign "
                         "--new-key=KEY' makes it.",
                         path, number, why);
        else if (found > 0)
            code = add_key(trust, &key, error);
    }
    free(line);
    if (code == AVOW_STORE_OK && ferror(file))
        return fault(error, AVOW_STORE_IO, "The public keys %s cannot be read: %s.", path,
                     strerror(errno));
    if (code == AVOW_STORE_OK && trust->count == before)
        return fault(error, AVOW_STORE_KEYS,
                     "There is no public key in %s, so that nothing could be trusted. Put the line "
                     "of a file KEY.pub there, as 'avow sign --new-key=KEY' makes it.",
                     path);
    return code;
}

/* What anybody may write says nothing about whom to trust. */
static avow_store_code
judge_file(const struct stat *stat, const char *path, avow_store_error *error)
{
    if (!S_ISREG(stat->st_mode) || stat->st_size > FILE_MOST)
        return fault(error, AVOW_STORE_KEYS, "%s is no file of public keys. Give one.", path);
    if (stat->st_mode & S_IWOTH)
        return fault(error, AVOW_STORE_KEYS,
                     "Anybody on this machine can change %s, and so whose policies are taken. Mend "
                     "it with: chmod go-w %s",
                     path, path);
    return AVOW_STORE_OK;
}

static avow_store_code
read_file(struct trust *trust, const char *path, avow_store_error *error)
{
    struct stat stat;
    /* Not waiting: a pipe in place of the file must not stop us. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");
    avow_store_code code = AVOW_STORE_OK;
    if (!file || fstat(descriptor, &stat) != 0)
        code = fault(error, AVOW_STORE_IO, "The public keys %s cannot be read: %s.", path,
                     strerror(errno));
    else
        code = judge_file(&stat, path, error);
    if (code == AVOW_STORE_OK)
        code = read_lines(trust, file, path, error);
    if (file)
        fclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    return code;
}

avow_store_code
trust_read(struct trust *trust, const char *const *paths, size_t count, avow_store_error *error)
{
    *trust = (struct trust){0};
    if (sodium_init() < 0)
        return fault(error, AVOW_STORE_KEYS, "libsodium does not start.");
    if (count == 0)
        return fault(error, AVOW_STORE_KEYS, "No file of public keys was given.");
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < count && code == AVOW_STORE_OK; i++)
        code = read_file(trust, paths[i], error);
    if (code != AVOW_STORE_OK)
        trust_free(trust); /* a part of what is trusted is nothing to decide with */
    return code;
}
