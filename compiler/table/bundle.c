/* ID.avow: the image as bytes, the same on machines of any byte order, with its seal. */
#include "compiler/table/table.h"

void
table_bundle(const struct model *model, const struct image *image, struct buffer *out)
{
    (void)model; /* all of it is in the image */
    buffer_add(out, image->bytes);
}
