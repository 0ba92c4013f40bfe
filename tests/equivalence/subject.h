/* One policy under test: compiled, and its bundle opened by the core, in one process. */
#ifndef AVOW_TESTS_SUBJECT_H
#define AVOW_TESTS_SUBJECT_H

#include "compiler/compile.h"
#include "runtime/avow.h"

struct subject {
    struct compilation compilation;
    const struct model *model; /* NULL if the policy has errors */
    const avow_table *table;   /* NULL if the core refused the bundle */
    void *bundle;
    size_t bundle_size;
    char path[1024]; /* of a random policy, that its texts point to */
};

/* Compiles the policy at path and opens its bundle; prints what is wrong. */
bool subject_load(struct subject *subject, const char *path);

/* The same for a random policy. Sentences that cannot be (a permission that a prohibition covers,
 * two deadlines on one clock) are taken out until the policy has no errors. folder holds the
 * calendar. *text_out receives the final text; the caller frees it, after the subject. */
bool subject_generate(struct subject *subject, const char *folder, uint64_t seed, char **text_out);

void subject_free(struct subject *subject);

#endif
