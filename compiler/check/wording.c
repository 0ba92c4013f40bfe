/* Lists as messages name them. */
#include "compiler/check/internal.h"

enum { MOST = 3 /* names in a message; of more it says how many */ };

static const char *
joint(size_t i, size_t count)
{
    return i == 0 ? "" : i + 1 == count ? " and " : ", ";
}

static struct text
quoted(struct checking *c, const struct text *names, size_t count)
{
    struct buffer out = buffer_in(c->arena);
    size_t shown = count > MOST ? MOST : count;
    for (size_t i = 0; i < shown; i++)
        buffer_format(&out, "%s“%.*s”", joint(i, count), TEXT_ARGS(names[i]));
    if (count > shown)
        buffer_format(&out, " and %zu more", count - shown);
    return buffer_text(&out);
}

struct text
clauses_quoted(struct checking *c, const uint32_t *clauses, size_t count)
{
    struct text *names = ARENA_ARRAY(c->arena, count, struct text);
    for (size_t i = 0; i < count; i++)
        names[i] = c->model->clauses[clauses[i]].name;
    return quoted(c, names, count);
}

struct text
clauses_written(struct checking *c, const uint32_t *clauses, size_t count)
{
    struct buffer out = buffer_in(c->arena);
    for (size_t i = 0; i < count; i++)
        buffer_format(&out, "%s%.*s", joint(i, count),
                      TEXT_ARGS(c->model->clauses[clauses[i]].name));
    return buffer_text(&out);
}

struct naming
set_quoted(struct checking *c, struct set set)
{
    struct buffer list = buffer_in(c->arena);
    set_names(c->model, set, &list);
    struct text all = buffer_text(&list);
    VECTOR(struct text) names = {NULL, 0, 0};
    for (size_t begin = 0; begin < all.length;) {
        const char *comma = memchr(all.data + begin, ',', all.length - begin);
        size_t end = comma ? (size_t)(comma - all.data) : all.length;
        *VECTOR_PUSH(c->arena, &names) = (struct text){all.data + begin, end - begin};
        begin = end + 2;
    }
    return (struct naming){quoted(c, names.at, names.count),
                           names.count > 0 ? names.at[0] : TEXT(""), names.count > 1};
}
