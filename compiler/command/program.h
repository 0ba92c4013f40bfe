/* Programs of their own that a command of avow is: those with libraries that would cost every other
 * command its quick start. */
#ifndef AVOW_COMMAND_PROGRAM_H
#define AVOW_COMMAND_PROGRAM_H

#include "compiler/command/command.h"

/* Becomes the program avow-NAME, which gets all that follows the command's name. It lies where it
 * was installed with this avow, or in `room` of the build that this avow stands in. Returns
 * only after a message, EXIT_USE. */
int program_run(const struct command *command, const char *room, char **argv);

#endif
