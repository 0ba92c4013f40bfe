/* Which two files are to be compared, where folders are named. */
#ifndef AVOW_COMMAND_VERSIONS_H
#define AVOW_COMMAND_VERSIONS_H

#include "compiler/command/command.h"

struct version_pair {
    const char *path[2]; /* the old one first; one of them NULL: there is no other */
};

struct version_pairs {
    VECTOR(struct version_pair) list;
};

/* The pairs behind one or two operands, in the arena:
 *   FOLDER          a folder of versions: each with the next, in the order of their names
 *   FOLDER FILE     the last version in the folder before the file
 *   FOLDER FOLDER   the policies of both that have one name
 *   OLD NEW         these
 * EXIT_FINE, or EXIT_USE after a message. */
int versions_find(const struct command *command, struct arena *arena, char *const *operands,
                  int count, struct version_pairs *pairs);

#endif
