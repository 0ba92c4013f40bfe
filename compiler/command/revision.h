/* Policies as git has them: the file of a revision, with the calendar and the words of its language
 * from that revision too. */
#ifndef AVOW_COMMAND_REVISION_H
#define AVOW_COMMAND_REVISION_H

#include "compiler/command/command.h"

/* Whether a word names a file of a revision, as in HEAD~3:policies/shop.policy: it has a colon, and
 * no file is called so. */
bool revision_is_named(const char *word);

/* Compiles the policy that a word such as HEAD:shop.policy names; git(1) is asked for it, and
 * sources are called by that word. EXIT_FINE or, after a message, EXIT_USE; the caller frees the
 * compilation in either case. */
int revision_compile(const struct command *command, struct compilation *compilation,
                     const char *word, enum colour colour);

/* A file, or a file of a revision, as far as a comparison needs it: an old version need not pass
 * the checks of today, and a new one may be at work; what counts is that every sentence of it can
 * be understood. EXIT_FINE or, after a message, EXIT_USE; the caller frees the compilation. */
int revision_load(const struct command *command, struct compilation *compilation, const char *path,
                  enum colour colour);

#endif
