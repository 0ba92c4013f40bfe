#include "compiler/sql/quote.h"

#include "compiler/base/utf8.h"

static void
doubled(struct buffer *out, struct text text, char mark)
{
    buffer_char(out, mark);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == mark)
            buffer_char(out, mark);
        buffer_char(out, text.data[i]);
    }
    buffer_char(out, mark);
}

void
sql_name(struct buffer *out, struct text name)
{
    doubled(out, name, '"');
}

void
sql_dotted(struct buffer *out, struct text first, struct text second)
{
    sql_name(out, first);
    buffer_char(out, '.');
    sql_name(out, second);
}

void
sql_string(struct buffer *out, struct text text)
{
    doubled(out, text, '\'');
}

void
sql_words(struct buffer *out, struct text text)
{
    for (size_t at = 0; at < text.length;) {
        size_t begin = at;
        uint32_t c = utf8_next(text, &at);
        if (utf8_is_hidden(c) || c == 0x2028 || c == 0x2029)
            buffer_char(out, ' ');
        else
            buffer_add(out, (struct text){text.data + begin, at - begin});
    }
}

static bool
contains(struct text text, struct text part)
{
    for (size_t i = 0; i + part.length <= text.length; i++)
        if (memcmp(text.data + i, part.data, part.length) == 0)
            return true;
    return false;
}

void
sql_body(struct buffer *out, struct text body)
{
    struct text mark = TEXT("$avow$");
    for (unsigned i = 1; contains(body, (struct text){mark.data, mark.length - 1}); i++)
        mark = arena_format(out->arena, "$avow%u$", i);
    buffer_add(out, mark);
    buffer_add(out, body);
    buffer_add(out, mark);
}
