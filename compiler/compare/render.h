/* A comparison as people and programs read it. */
#ifndef AVOW_COMPARE_RENDER_H
#define AVOW_COMPARE_RENDER_H

#include "compiler/compare/compare.h"

/* What stands beside the comparison itself. */
struct frame {
    struct text name[2];  /* how the versions are called: files, or revisions */
    const bool *approved; /* by change; NULL: nobody asked */
    bool colour;
    unsigned width; /* of a terminal */
};

void compare_text(struct buffer *out, const struct comparison *comparison,
                  const struct frame *frame);
void compare_markdown(struct buffer *out, const struct comparison *comparison,
                      const struct frame *frame);
/* A page that stands alone. */
void compare_html(struct buffer *out, const struct comparison *comparison,
                  const struct frame *frame);
/* grammar/comparison.schema.json describes it. */
void compare_json(struct buffer *out, const struct comparison *comparison,
                  const struct frame *frame);

/* "2 material changes, 1 to review"; "no difference". */
void compare_counts(struct buffer *out, const struct comparison *comparison);

#endif
