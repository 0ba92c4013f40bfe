#include "compiler/compare/redline.h"

enum { WORDS_MOST = 1500 };

struct words {
    VECTOR(struct text) list; /* each with the blanks behind it */
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static struct words
words_of(struct arena *arena, struct text text)
{
    struct words words = {.list = {NULL, 0, 0}};
    for (size_t at = 0, end; at < text.length; at = end) {
        end = at;
        while (end < text.length && !is_blank(text.data[end]))
            end++;
        while (end < text.length && is_blank(text.data[end]))
            end++;
        *VECTOR_PUSH(arena, &words.list) = (struct text){text.data + at, end - at};
    }
    return words;
}

/* Blanks do not count: a line that breaks elsewhere says the same. */
static bool
same_word(struct text a, struct text b)
{
    return text_equal(text_trim(a), text_trim(b));
}

static void
add_run(struct arena *arena, struct redline *redline, enum stroke stroke, struct text word)
{
    size_t count = redline->runs.count;
    struct run *last = count > 0 ? &redline->runs.at[count - 1] : NULL;
    if (last && last->stroke == stroke && last->text.data + last->text.length == word.data)
        last->text.length += word.length;
    else
        *VECTOR_PUSH(arena, &redline->runs) = (struct run){stroke, word};
}

struct table { /* lengths of the longest common rows of words from each pair of places on */
    uint16_t *at;
    size_t columns;
};

static struct table
table_of(struct arena *arena, const struct text *a, size_t rows, const struct text *b,
         size_t columns)
{
    struct table table = {ARENA_ARRAY(arena, (rows + 1) * (columns + 1), uint16_t), columns + 1};
    for (size_t i = rows; i-- > 0;)
        for (size_t k = columns; k-- > 0;) {
            uint16_t down = table.at[(i + 1) * table.columns + k];
            uint16_t right = table.at[i * table.columns + k + 1];
            table.at[i * table.columns + k] =
                same_word(a[i], b[k]) ? (uint16_t)(table.at[(i + 1) * table.columns + k + 1] + 1)
                : down > right        ? down
                                      : right;
        }
    return table;
}

static void
walk(struct arena *arena, struct redline *redline, const struct text *a, size_t rows,
     const struct text *b, size_t columns)
{
    bool small = rows <= WORDS_MOST && columns <= WORDS_MOST;
    struct table table = {NULL, 0};
    if (small)
        table = table_of(arena, a, rows, b, columns);
    size_t i = 0, k = 0;
    while (i < rows || k < columns) {
        bool both = small && i < rows && k < columns;
        if (both && same_word(a[i], b[k])) {
            add_run(arena, redline, STROKE_SAME, b[k++]);
            i++;
        } else if (i < rows && (!both || table.at[(i + 1) * table.columns + k] >=
                                             table.at[i * table.columns + k + 1])) {
            add_run(arena, redline, STROKE_GONE, a[i++]);
        } else {
            add_run(arena, redline, STROKE_NEW, b[k++]);
        }
    }
}

struct redline
redline_make(struct arena *arena, struct text before, struct text after)
{
    struct redline redline = {.runs = {NULL, 0, 0}};
    struct words a = words_of(arena, before), b = words_of(arena, after);
    size_t head = 0, tail = 0;
    while (head < a.list.count && head < b.list.count &&
           same_word(a.list.at[head], b.list.at[head]))
        add_run(arena, &redline, STROKE_SAME, b.list.at[head++]);
    while (tail < a.list.count - head && tail < b.list.count - head &&
           same_word(a.list.at[a.list.count - 1 - tail], b.list.at[b.list.count - 1 - tail]))
        tail++;
    size_t rows = a.list.count - head - tail, columns = b.list.count - head - tail;
    if (rows + columns > 0)
        walk(arena, &redline, rows > 0 ? a.list.at + head : NULL, rows,
             columns > 0 ? b.list.at + head : NULL, columns);
    for (size_t i = b.list.count - tail; i < b.list.count; i++)
        add_run(arena, &redline, STROKE_SAME, b.list.at[i]);
    return redline;
}
