/* ID.avow: the image as bytes, the same on machines of any byte order, with its seal. */
#include "compiler/table/table.h"

static void
add_word(struct buffer *out, uint32_t word)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        buffer_char(out, (char)(word >> shift & 0xFF));
}

static void
add_texts(struct buffer *out, const struct image *image)
{
    size_t from = out->length;
    for (size_t i = 0; i < image->text_count; i++) {
        buffer_add(out, image->texts[i].text);
        buffer_char(out, '\0');
    }
    buffer_fill(out, '\0', from + image->text_size - out->length);
}

void
table_bundle(const struct model *model, const struct image *image, struct buffer *out)
{
    (void)model; /* all of it is in the image */
    for (size_t i = 0; i < image->word_count; i++)
        add_word(out, image->words[i]);
    add_texts(out, image);
}
