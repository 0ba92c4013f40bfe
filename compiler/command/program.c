#include "compiler/command/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The folder of this program, without a slash at its end; false if the system does not tell. */
static bool
own_folder(char folder[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    while (length > 0 && folder[length] != '/')
        length--;
    if (length < 0)
        return false;
    folder[length] = '\0';
    return true;
}

/* Gives back only if there is no such program. */
static void
try_program(const struct command *command, const char *folder, const char *below, char **argv)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s/avow-%s", *below == '/' ? "" : folder, below,
                          command->name);
    if (length > 0 && length < PATH_MAX)
        execv(path, argv);
}

int
program_run(const struct command *command, const char *room, char **argv)
{
    char folder[PATH_MAX];
    if (own_folder(folder)) {
        try_program(command, folder, AVOW_PROGRAMS, argv);
        if (errno == ENOENT)
            try_program(command, folder, room, argv);
    }
    fprintf(stderr,
            "avow %s: its program avow-%s cannot be run: %s. It belongs into %s, seen from the "
            "folder of avow: install avow again, as a whole.\n",
            command->name, command->name, strerror(errno), AVOW_PROGRAMS);
    return EXIT_USE;
}

bool
program_find(const char *name, const char *room, char *path, size_t size)
{
    char folder[PATH_MAX];
    const char *const below[] = {AVOW_PROGRAMS, room};
    for (size_t i = 0; i < 2 && own_folder(folder); i++) {
        int length =
            snprintf(path, size, "%s/%s/avow-%s", *below[i] == '/' ? "" : folder, below[i], name);
        if (length > 0 && (size_t)length < size && access(path, X_OK) == 0)
            return true;
    }
    return false;
}

/* With its output in a pipe, whose end to read is given in *end, or -1. */
static int
start(const char *program, char *const *argv, bool quiet, int *end, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int ends[2] = {-1, -1};
    if (*end >= 0 && pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (*end >= 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (quiet)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(child, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (*end >= 0)
        close(ends[1]);
    if (*end >= 0 && error != 0)
        close(ends[0]);
    *end = ends[0];
    return error;
}

static bool
read_to_end(struct buffer *out, int file, size_t most)
{
    enum { PIECE = 65536 };
    for (;;) {
        ssize_t count = read(file, buffer_room(out, PIECE), PIECE);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0;
        out->length += (size_t)count;
        if (out->length > most) {
            errno = EFBIG;
            return false;
        }
    }
}

int
program_output(const char *program, char *const *argv, bool quiet, struct buffer *out, size_t most)
{
    pid_t child;
    int end = out ? 0 : -1, status = 0;
    int error = start(program, argv, quiet, &end, &child);
    if (error != 0) {
        errno = error;
        return -1;
    }
    bool whole = !out || read_to_end(out, end, most);
    error = errno;
    if (out)
        close(end);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    errno = whole ? EIO : error;
    return whole && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
