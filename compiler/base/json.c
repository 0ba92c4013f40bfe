#include "compiler/base/json.h"

#include <inttypes.h>

static void
add_escaped(struct buffer *out, unsigned char c)
{
    switch (c) {
    case '"':
        buffer_string(out, "\\\"");
        break;
    case '\\':
        buffer_string(out, "\\\\");
        break;
    case '\n':
        buffer_string(out, "\\n");
        break;
    case '\t':
        buffer_string(out, "\\t");
        break;
    case '\r':
        buffer_string(out, "\\r");
        break;
    default:
        buffer_format(out, "\\u%04x", c);
        break;
    }
}

void
json_string(struct buffer *out, struct text text)
{
    size_t begin = 0;
    buffer_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F)
            continue;
        buffer_add(out, (struct text){text.data + begin, i - begin});
        add_escaped(out, c);
        begin = i + 1;
    }
    if (begin < text.length)
        buffer_add(out, (struct text){text.data + begin, text.length - begin});
    buffer_char(out, '"');
}

void
json_name(struct buffer *out, const char *name)
{
    json_next(out);
    json_string(out, text_of(name));
    buffer_char(out, ':');
}

void
json_member(struct buffer *out, const char *name, struct text text)
{
    json_name(out, name);
    json_string(out, text);
}

void
json_flag(struct buffer *out, const char *name, bool value)
{
    json_name(out, name);
    buffer_add(out, value ? TEXT("true") : TEXT("false"));
}

void
json_number(struct buffer *out, const char *name, int64_t value)
{
    json_name(out, name);
    buffer_format(out, "%" PRId64, value);
}
