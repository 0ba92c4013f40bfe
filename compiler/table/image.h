/* The table as it will stand in memory (runtime/core/table.h): words, then texts. Made from the
 * model once; the C emitter and the bundle writer both write exactly these. */
#ifndef AVOW_TABLE_IMAGE_H
#define AVOW_TABLE_IMAGE_H

#include "compiler/model/model.h"

struct image_text { /* one NUL-terminated text; offset counts from the first text byte */
    struct text text;
    uint32_t offset;
};

struct image {
    size_t word_count;
    const struct image_text *texts; /* in order of offset, without gaps */
    size_t text_count;
    size_t text_size;  /* bytes of all texts with their NULs, padded to 8 */
    struct text bytes; /* the whole as a bundle has it: words with their lowest byte first, texts */
};

/* A word of it. */
static inline uint32_t
image_word(const struct image *image, size_t number)
{
    const uint8_t *bytes = (const uint8_t *)image->bytes.data + 4 * number;
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

struct image image_make(struct arena *arena, const struct model *model);

#endif
