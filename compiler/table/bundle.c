/* ID.avow: the image as bytes, the same on machines of any byte order, with its seal. */
#include "compiler/table/table.h"

void
table_bundle(const struct model *model, const struct image *image, struct buffer *out)
{
    (void)model; /* all of it is in the image */
    enum { PIECE = 64 * 1024 };
    struct text left = image->bytes;
    while (left.length > 0) {
        size_t piece = left.length < PIECE ? left.length : PIECE;
        buffer_add(out, (struct text){left.data, piece});
        buffer_settle(out);
        left = (struct text){left.data + piece, left.length - piece};
    }
}
