#include "runtime/agent/http/tokens.h"

#include "runtime/agent/http/http.h"
#include "runtime/store/fault.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HASH = 32, NAME_MOST = 64, LINE_MOST = 512, TOKENS_MOST = 1000 };

struct token {
    char name[NAME_MOST];
    unsigned scopes;
    uint8_t hash[HASH];
};

struct tokens {
    struct token *at;
    size_t count, room;
};

void
tokens_free(struct tokens *tokens)
{
    if (tokens)
        free(tokens->at);
    free(tokens);
}

static const struct {
    const char *name;
    unsigned scope;
} scope_names[] = {{"ask", SCOPE_ASK}, {"record", SCOPE_RECORD}, {"admin", SCOPE_ADMIN}};

unsigned
tokens_scope_list(const char *text)
{
    unsigned scopes = 0;
    while (true) {
        size_t length = strcspn(text, ",");
        unsigned scope = 0;
        for (size_t i = 0; i < sizeof scope_names / sizeof *scope_names; i++)
            if (strlen(scope_names[i].name) == length &&
                memcmp(scope_names[i].name, text, length) == 0)
                scope = scope_names[i].scope;
        if (!scope)
            return 0;
        scopes |= scope;
        if (text[length] == '\0')
            return scopes;
        text += length + 1;
    }
}

void
tokens_hash(const char *token, size_t length, uint8_t hash[32])
{
    crypto_generichash(hash, HASH, (const unsigned char *)token, length, NULL, 0);
}

static const char *
take_hash(const char *text, uint8_t hash[HASH])
{
    size_t length;
    if (strlen(text) != 2 * HASH ||
        sodium_hex2bin(hash, HASH, text, 2 * HASH, NULL, &length, NULL) != 0 || length != HASH)
        return "its third word is no hash of a token";
    return NULL;
}

/* NULL, or what is wrong with the line. */
static const char *
take_line(struct tokens *tokens, char *line)
{
    char *rest = line;
    const char *name = strtok_r(line, " \t\r\n", &rest);
    if (!name || name[0] == '#')
        return NULL;
    const char *scopes = strtok_r(NULL, " \t\r\n", &rest);
    const char *hash = strtok_r(NULL, " \t\r\n", &rest);
    if (!scopes || !hash || strtok_r(NULL, " \t\r\n", &rest))
        return "a line has three words: a name, scopes and a hash";
    if (tokens->count == tokens->room) {
        size_t room = tokens->room ? 2 * tokens->room : 16;
        struct token *at = realloc(tokens->at, room * sizeof *at);
        if (!at)
            return "there is no memory for it";
        tokens->at = at;
        tokens->room = room;
    }
    struct token *token = &tokens->at[tokens->count];
    *token = (struct token){.scopes = tokens_scope_list(scopes)};
    if (strlen(name) >= sizeof token->name)
        return "its name is longer than 63 bytes";
    memcpy(token->name, name, strlen(name) + 1);
    if (!token->scopes)
        return "its scopes are not of ask, record and admin, parted by commas";
    const char *wrong = take_hash(hash, token->hash);
    tokens->count += !wrong;
    return wrong;
}

static avow_store_code
read_lines(struct tokens *tokens, FILE *file, const char *path, avow_store_error *error)
{
    char line[LINE_MOST];
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        const char *wrong = strlen(line) + 1 == sizeof line ? "it is too long" : NULL;
        if (!wrong)
            wrong = take_line(tokens, line);
        if (!wrong && tokens->count > TOKENS_MOST)
            wrong = "there are more than 1000 tokens";
        if (wrong)
            return fault(error, AVOW_STORE_INPUT,
                         "%s:%u: this is no token's line: %s. Make one with 'avowd token'.", path,
                         number, wrong);
    }
    if (!ferror(file))
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_IO, "The tokens %s cannot be read: %s.", path, strerror(errno));
}

static avow_store_code
read_file(struct tokens *tokens, const char *path, avow_store_error *error)
{
    struct stat stat;
    FILE *file = fopen(path, "re");
    avow_store_code code = AVOW_STORE_OK;
    if (!file || fstat(fileno(file), &stat) != 0 || !S_ISREG(stat.st_mode))
        code = fault(error, AVOW_STORE_IO,
                     "The tokens %s cannot be read: %s. Make the file with 'avowd token', and let "
                     "avowd's user read it.",
                     path, file ? "it is no file" : strerror(errno));
    else if (stat.st_mode & 0027)
        code = fault(error, AVOW_STORE_KEYS,
                     "The tokens %s can be read or changed by others. Make its mode 0600, or 0640 "
                     "with a group of its own.",
                     path);
    if (code == AVOW_STORE_OK)
        code = read_lines(tokens, file, path, error);
    if (file)
        fclose(file);
    return code;
}

avow_store_code
tokens_read(const char *path, struct tokens **out, avow_store_error *error)
{
    *out = NULL;
    struct tokens *tokens = calloc(1, sizeof *tokens);
    if (!tokens || sodium_init() < 0) {
        free(tokens);
        return fault_memory(error);
    }
    avow_store_code code = read_file(tokens, path, error);
    if (code == AVOW_STORE_OK)
        *out = tokens;
    else
        tokens_free(tokens);
    return code;
}

unsigned
tokens_scopes(const struct tokens *tokens, const char *token, size_t length, const char **name)
{
    uint8_t hash[HASH];
    unsigned scopes = 0;
    *name = NULL;
    tokens_hash(token, length, hash);
    /* Every line is looked at, so that time tells nothing of which it was. */
    for (size_t i = 0; i < tokens->count; i++) {
        if (sodium_memcmp(hash, tokens->at[i].hash, HASH) == 0) {
            scopes |= tokens->at[i].scopes;
            *name = tokens->at[i].name;
        }
    }
    return scopes;
}
