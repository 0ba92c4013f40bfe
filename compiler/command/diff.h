/* Two texts side by side, as "diff -u" and patch know it. */
#ifndef AVOW_COMMAND_DIFF_H
#define AVOW_COMMAND_DIFF_H

#include "compiler/base/buffer.h"

/* Adds what changes from one text to the other, under the name of a file; nothing if they are
 * equal. The work is linear in the texts: where they have little in common, lines may be shown as
 * changed that a longer search would have found equal. */
void diff_unified(struct arena *arena, struct text name, struct text before, struct text after,
                  bool colour, struct buffer *out);

#endif
