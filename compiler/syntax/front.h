/* The front matter: YAML between two lines of three hyphens at the start of a policy. */
#ifndef AVOW_SYNTAX_FRONT_H
#define AVOW_SYNTAX_FRONT_H

#include "compiler/syntax/tree.h"

/* More front matter than this is refused, and values nested deeper. */
enum { FRONT_MAX = 64 * 1024, FRONT_DEPTH_MAX = 16 };

/* Reads the settings; what is missing or wrong is reported. Gives the offset at which the rules
 * begin. */
uint32_t front_read(struct arena *arena, const struct sources *sources, uint32_t source,
                    struct settings *settings, struct diagnostics *diagnostics);

#endif
