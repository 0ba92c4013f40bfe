/* The published page. All three forms say the same words and carry the content hash; what is the
 * same in them is made once, by short_make. */
#ifndef AVOW_PAGE_PAGE_H
#define AVOW_PAGE_PAGE_H

#include "compiler/model/model.h"

struct short_layer;

/* A Jekyll page: front matter with the policy's title and the passed-on keys, then Markdown that
 * kramdown and CommonMark render to the same words. */
void page_markdown(const struct model *model, const struct short_layer *summary,
                   struct buffer *out);
/* One HTML document that needs nothing else. */
void page_html(const struct model *model, const struct short_layer *summary, struct buffer *out);
/* The same with every clause shaded by its class, and a legend with how many there are of each. */
struct page_shading {
    size_t count[CLAUSE_CLASSES];
};
void page_html_shaded(const struct model *model, const struct short_layer *summary,
                      struct page_shading *shading, struct buffer *out);
/* Plain text, 76 columns. */
void page_text(const struct model *model, const struct short_layer *summary, struct buffer *out);

#endif
