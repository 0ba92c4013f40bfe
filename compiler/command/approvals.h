/* Approvals of changes: which of them are on record, and whether a new version may be published. */
#ifndef AVOW_COMMAND_APPROVALS_H
#define AVOW_COMMAND_APPROVALS_H

#include "compiler/command/command.h"
#include "compiler/compare/compare.h"

enum { TRUST_MOST = 16 };

struct approvals {
    const char *folder;            /* of approvals; NULL: beside the new policy, "approvals" */
    const char *trust[TRUST_MOST]; /* files of keys */
    size_t trust_count;
};

/* One more file of keys; EXIT_FINE, or EXIT_USE after a message. */
int approvals_trust(const struct command *command, struct approvals *approvals, const char *file);

/* FOLDER/approvals of the folder in which a policy lies. */
const char *approvals_beside(struct arena *arena, const char *policy);

/* Which changes have an approval that a trusted key has signed: *approved, one a change, in the
 * arena. EXIT_FINE, or EXIT_USE after a message. */
int approvals_find(const struct command *command, struct arena *arena,
                   const struct approvals *approvals, const char *policy,
                   const struct comparison *comparison, const bool **approved);

/* EXIT_FINE if no change is material, or all that are have been approved and the new version takes
 * effect later than the old one; EXIT_NO after saying which of this is not so. */
int approvals_judge(const struct command *command, const struct comparison *comparison,
                    const bool *approved);

/* Compares a compiled policy with its old version, and judges; EXIT_USE if that cannot be done.
 * Works in the compilation's memory. */
int approvals_demand(const struct command *command, const struct approvals *approvals,
                     const char *since, const char *policy, struct compilation *compilation);

#endif
