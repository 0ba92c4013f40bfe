#include "compiler/diag/source.h"

/* Characters of valid UTF-8 that begin in some bytes. */
static uint32_t
count_characters(const char *bytes, size_t count)
{
    uint32_t characters = 0;
    for (size_t i = 0; i < count; i++)
        characters += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return characters;
}

static uint32_t
count_wide(const char *bytes, size_t count)
{
    uint32_t wide = 0;
    for (size_t i = 0; i < count; i++)
        wide += (unsigned char)bytes[i] >= 0xF0;
    return wide;
}

static void
count_strides(struct arena *arena, struct source *source)
{
    size_t strides = source->text.length / SOURCE_STRIDE + 1;
    source->characters = ARENA_ARRAY(arena, strides, uint32_t);
    source->wide = ARENA_ARRAY(arena, strides, uint32_t);
    for (size_t i = 1; i < strides; i++) {
        const char *bytes = source->text.data + (i - 1) * SOURCE_STRIDE;
        source->characters[i] = source->characters[i - 1] + count_characters(bytes, SOURCE_STRIDE);
        source->wide[i] = source->wide[i - 1] + count_wide(bytes, SOURCE_STRIDE);
    }
}

/* Characters of the whole text before an offset. */
static uint32_t
characters_before(const struct source *source, size_t offset)
{
    size_t stride = offset / SOURCE_STRIDE;
    return source->characters[stride] +
           count_characters(source->text.data + stride * SOURCE_STRIDE, offset % SOURCE_STRIDE);
}

uint32_t
sources_add(struct arena *arena, struct sources *sources, struct text path, struct text text)
{
    struct source *source = VECTOR_PUSH(arena, &sources->list);
    source->path = path;
    source->text = text;
    *VECTOR_PUSH(arena, &source->lines) = 0;
    const char *at = text.data, *end = text.data + text.length;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        *VECTOR_PUSH(arena, &source->lines) = (uint32_t)(at - text.data);
    }
    count_strides(arena, source);
    return (uint32_t)sources->list.count - 1;
}

/* The line (from 0) that holds an offset. */
static size_t
line_of(const struct source *source, uint32_t offset)
{
    size_t low = 0, high = source->lines.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->lines.at[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct place
source_place(const struct source *source, uint32_t offset)
{
    size_t line = line_of(source, offset), begin = source->lines.at[line];
    size_t end = offset < source->text.length ? offset : source->text.length;
    uint32_t column = end - begin < SOURCE_STRIDE
                          ? count_characters(source->text.data + begin, end - begin)
                          : characters_before(source, end) - characters_before(source, begin);
    return (struct place){source->before + (uint32_t)line + 1, column + 1};
}

/* Characters of the whole text before an offset that take two units in UTF-16. */
static uint32_t
wide_before(const struct source *source, size_t offset)
{
    size_t stride = offset / SOURCE_STRIDE;
    return source->wide[stride] +
           count_wide(source->text.data + stride * SOURCE_STRIDE, offset % SOURCE_STRIDE);
}

uint32_t
source_utf16_column(const struct source *source, uint32_t offset)
{
    size_t begin = source->lines.at[line_of(source, offset)];
    size_t end = offset < source->text.length ? offset : source->text.length;
    return source_place(source, offset).column + wide_before(source, end) -
           wide_before(source, begin);
}

struct text
source_line(const struct source *source, uint32_t line)
{
    line -= source->before;
    size_t begin = source->lines.at[line - 1];
    size_t end = line < source->lines.count ? source->lines.at[line] - 1 : source->text.length;
    if (end > begin && source->text.data[end - 1] == '\r')
        end--;
    return (struct text){source->text.data + begin, end - begin};
}
