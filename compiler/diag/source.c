#include "compiler/diag/source.h"

#include "compiler/base/utf8.h"

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
    size_t line = line_of(source, offset);
    size_t at = source->lines.at[line];
    uint32_t column = 1;
    for (; at < offset && at < source->text.length; column++)
        (void)utf8_next(source->text, &at);
    return (struct place){(uint32_t)line + 1, column};
}

struct text
source_line(const struct source *source, uint32_t line)
{
    size_t begin = source->lines.at[line - 1];
    size_t end = line < source->lines.count ? source->lines.at[line] - 1 : source->text.length;
    if (end > begin && source->text.data[end - 1] == '\r')
        end--;
    return (struct text){source->text.data + begin, end - begin};
}
