#include "runtime/agent/mail/postconf.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ARGUMENTS_MOST = 12, OUTPUT_MOST = 1 << 20 };

/* What arrives until the other side ends; at most OUTPUT_MOST bytes. */
static char *
read_all(int fd)
{
    size_t length = 0, room = 4096;
    char *text = malloc(room);
    while (text) {
        ssize_t got = read(fd, text + length, room - length - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
        if (length + 1 == room) {
            char *more = room < OUTPUT_MOST ? realloc(text, room *= 2) : NULL;
            if (!more)
                free(text);
            text = more;
        }
    }
    if (text) {
        while (length > 0 && text[length - 1] == '\n')
            length--;
        text[length] = '\0';
    }
    return text;
}

/* What it warns of is no value: it goes to a file in memory, and is told if it fails. */
static int
start(const char *const *arguments, int warnings, pid_t *child, int *from)
{
    const char *argv[ARGUMENTS_MOST + 1];
    posix_spawn_file_actions_t actions;
    int ends[2], wrong;
    size_t count = 0;
    for (; arguments[count] && count < ARGUMENTS_MOST; count++)
        argv[count] = arguments[count];
    argv[count] = NULL;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    wrong = posix_spawn_file_actions_init(&actions);
    if (wrong == 0) {
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, warnings, STDERR_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        wrong =
            posix_spawnp(child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    if (wrong != 0)
        close(ends[0]);
    *from = ends[0];
    return wrong;
}

static avow_store_code
failed(int warnings, int status, avow_store_error *error)
{
    char said[256] = "it says nothing";
    ssize_t length = pread(warnings, said, sizeof said - 1, 0);
    if (length > 0)
        said[length] = '\0';
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return fault(error, AVOW_STORE_NOT_FOUND, "There is no postconf: is Postfix installed?");
    return fault(error, AVOW_STORE_IO, "postconf fails: %.*s", (int)strcspn(said, "\n"), said);
}

static avow_store_code
run(const char *const *argv, int warnings, char **out, avow_store_error *error)
{
    pid_t child;
    int from = -1, status = 0;
    int wrong = start(argv, warnings, &child, &from);
    if (wrong == ENOENT)
        return fault(error, AVOW_STORE_NOT_FOUND, "There is no postconf: is Postfix installed?");
    if (wrong != 0)
        return fault(error, AVOW_STORE_IO, "postconf cannot be run: %s.", strerror(wrong));
    char *said = read_all(from);
    close(from);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (said && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        *out = said;
        return AVOW_STORE_OK;
    }
    avow_store_code code = said ? failed(warnings, status, error) : fault_memory(error);
    free(said);
    return code;
}

avow_store_code
postconf_run(const struct postconf *postfix, const char *const *arguments, char **out,
             avow_store_error *error)
{
    const char *argv[ARGUMENTS_MOST + 1] = {"postconf"};
    size_t count = 1;
    if (postfix->folder) {
        argv[count++] = "-c";
        argv[count++] = postfix->folder;
    }
    while (*arguments && count < ARGUMENTS_MOST)
        argv[count++] = *arguments++;
    int warnings = memfd_create("warnings", MFD_CLOEXEC);
    if (warnings < 0)
        return fault(error, AVOW_STORE_IO, "postconf cannot be run: %s.", strerror(errno));
    avow_store_code code = run(argv, warnings, out, error);
    close(warnings);
    return code;
}

avow_store_code
postconf_value(const struct postconf *postfix, const char *name, char **out,
               avow_store_error *error)
{
    const char *const arguments[] = {"-x", "-h", name, NULL};
    return postconf_run(postfix, arguments, out, error);
}

avow_store_code
postconf_service_value(const struct postconf *postfix, const char *service, const char *name,
                       char **out, avow_store_error *error)
{
    char what[256];
    snprintf(what, sizeof what, "%s/%s", service, name);
    const char *const arguments[] = {"-P", "-x", "-h", what, NULL};
    char *text = NULL;
    /* It says nothing of what a service does not change. */
    if (postconf_run(postfix, arguments, &text, NULL) == AVOW_STORE_OK && text[0] != '\0') {
        *out = text;
        return AVOW_STORE_OK;
    }
    free(text);
    return postconf_value(postfix, name, out, error);
}

int
postconf_version(const char *text)
{
    int major = 0, minor = 0;
    return sscanf(text, "%d.%d", &major, &minor) == 2 && major > 0 && minor < 100
               ? major * 100 + minor
               : 0;
}
