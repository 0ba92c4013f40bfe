/* Programs of their own that a command of avow is: those with libraries that would cost every other
 * command its quick start. */
#ifndef AVOW_COMMAND_PROGRAM_H
#define AVOW_COMMAND_PROGRAM_H

#include "compiler/command/command.h"

/* Becomes the program avow-NAME, which gets all that follows the command's name. It lies where it
 * was installed with this avow, or in `room` of the build that this avow stands in. Returns
 * only after a message, EXIT_USE. */
int program_run(const struct command *command, const char *room, char **argv);

/* Runs a program that is found by its whole path, or along PATH, with these words (argv[0]
 * included, NULL at the end). What it prints is added to *out, of at most so many bytes; NULL: it
 * goes to standard output. `quiet`: what it complains of goes nowhere. Its exit status; or -1 with
 * errno if it could not be run, was ended, or printed too much. */
int program_output(const char *program, char *const *argv, bool quiet, struct buffer *out,
                   size_t most);

/* The program that the command NAME is (avow-NAME), for program_output; false if there is none. */
bool program_find(const char *name, const char *room, char *path, size_t size);

#endif
