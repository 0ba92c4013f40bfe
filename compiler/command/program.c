#include "compiler/command/program.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

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
