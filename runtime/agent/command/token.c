/* avowd token: makes a bearer token for the HTTP API. */
#include "runtime/agent/command.h"
#include "runtime/agent/http/tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { ADD };
enum { SECRET = 32, TEXT = 64, LINE = 512 };

static const struct flag flags[] = {
    {"add", "FILE", "also adds the line to this file, made with mode 0600"},
    {0},
};

static bool
append(const char *path, const char *line)
{
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return false;
    bool done = write(file, line, strlen(line)) == (ssize_t)strlen(line) && fsync(file) == 0;
    int why = errno;
    close(file);
    errno = why;
    return done;
}

static bool
is_name(const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
            return false;
    return text[0] && text[0] != '#' && strlen(text) < 64;
}

static int
run(const struct call *call)
{
    const char *name = call->operands[0], *scopes = call->operands[1];
    uint8_t secret[SECRET], hash[32];
    char token[TEXT], hex[65], line[LINE];
    if (!is_name(name))
        return wrong_use(call, "the name is one word of letters and signs, as in 'newsletter'");
    if (!tokens_scope_list(scopes) || sodium_init() < 0)
        return wrong_use(call, "scopes are of ask, record and admin, parted by commas, not '%s'",
                         scopes);
    randombytes_buf(secret, sizeof secret);
    sodium_bin2base64(token, sizeof token, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    tokens_hash(token, strlen(token), hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    snprintf(line, sizeof line, "%s %s %s\n", name, scopes, hex);
    if (call->flag[ADD] && !append(call->flag[ADD], line)) {
        complain(call, "cannot add to %s: %s", call->flag[ADD], strerror(errno));
        return EXIT_USE;
    }
    printf("%s\n", token);
    if (!call->flag[ADD])
        fprintf(stderr, "The line for the file of tokens:\n%s", line);
    return EXIT_FINE;
}

const struct command token_command = {
    .name = "token",
    .summary = "make a token for the HTTP API",
    .forms = "[OPTION]... NAME SCOPE[,SCOPE]...",
    .about =
        "Prints a new token, which is shown this once: of it the file of tokens keeps a hash.\n"
        "NAME says in logs whose it is. Scopes are ask, record and admin. The file is named by\n"
        "'tokens:' in avowd.yaml(5); avowd serve reads it when it is loaded anew (SIGHUP).\n",
    .examples = "  avowd token --add=/etc/avowd/tokens newsletter ask\n",
    .status = "Exit status: 0 made; 2 wrong use, or the file cannot be written.\n",
    .flags = flags,
    .least = 2,
    .most = 2,
    .wanted = "a name and its scopes are needed, as in 'token newsletter ask,record'",
    .run = run,
};
