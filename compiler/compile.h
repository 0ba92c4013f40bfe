/* A policy file from text to model: the stages in their order. */
#ifndef AVOW_COMPILE_H
#define AVOW_COMPILE_H

#include "compiler/model/model.h"

/* One run of the compiler over one policy. Everything in it lives in the arena. */
struct compilation {
    struct arena arena;
    struct sources sources;
    struct diagnostics diagnostics;
    uint32_t source;           /* NONE if the file could not be read */
    const struct tree *tree;   /* NULL likewise */
    const struct model *model; /* NULL likewise; for back ends only if no errors were reported */
};

/* How far to go. */
enum stage { STAGE_TREE, STAGE_MODEL, STAGE_CHECKED };

/* Reads and compiles the file at path ("-": standard input). False if memory ran out: then nothing
 * but compilation_free may be done with it. Diagnostics are sorted. */
bool compile(struct compilation *compilation, struct text path, enum stage stage);

/* The same, with what the command line wants of the messages; NULL: all of them as they are. */
bool compile_controlled(struct compilation *compilation, struct text path, enum stage stage,
                        const struct control *control);

/* The same for a text already in memory, which must outlive the compilation. */
bool compile_text(struct compilation *compilation, struct text path, struct text text,
                  enum stage stage);

void compilation_free(struct compilation *compilation);

#endif
