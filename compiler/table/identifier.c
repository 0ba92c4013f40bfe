#include "compiler/table/identifier.h"

#include "compiler/base/utf8.h"

static char
small(char c)
{
    return c == '-' || c == '.' ? '_' : c;
}

static char
capital(char c)
{
    char plain = small(c);
    return plain >= 'a' && plain <= 'z' ? (char)(plain - 'a' + 'A') : plain;
}

void
identifier_add(struct buffer *out, struct text name)
{
    for (size_t i = 0; i < name.length; i++)
        buffer_char(out, small(name.data[i]));
}

void
identifier_add_capitals(struct buffer *out, struct text name)
{
    for (size_t i = 0; i < name.length; i++)
        buffer_char(out, capital(name.data[i]));
}

/* "avow" alone would give avow_table, avow_states ... once more; "avow-x" only avow_x_..., but that
 * is avow.h's to use. */
static bool
needs_help(struct text id)
{
    bool digit = id.length > 0 && id.data[0] >= '0' && id.data[0] <= '9';
    return digit || text_equal(id, TEXT("avow")) || text_starts(id, TEXT("avow-"));
}

struct prefix
identifier_prefix(struct arena *arena, const struct model *model)
{
    struct text id = model->settings->policy;
    struct buffer lower = buffer_in(arena), upper = buffer_in(arena);
    if (needs_help(id)) {
        buffer_string(&lower, "policy_");
        buffer_string(&upper, "POLICY_");
    }
    identifier_add(&lower, id);
    identifier_add_capitals(&upper, id);
    return (struct prefix){buffer_text(&lower), buffer_text(&upper)};
}

static bool
changes_direction(uint32_t c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Controls, line and paragraph separators, direction marks, the byte order mark. */
static bool
must_be_named(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
           changes_direction(c);
}

void
comment_add(struct buffer *out, struct text words)
{
    char before = ' ';
    for (size_t at = 0; at < words.length;) {
        size_t from = at;
        uint32_t c = utf8_next(words, &at);
        char first = words.data[from];
        bool marks = (before == '*' && first == '/') || (before == '/' && first == '*');
        bool trigraph = before == '?' && first == '?';
        if (marks || trigraph)
            buffer_char(out, ' ');
        if (must_be_named(c))
            buffer_format(out, "<U+%04X>", (unsigned)c);
        else
            buffer_add(out, (struct text){words.data + from, at - from});
        before = first;
    }
}

void
literal_add(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\' || c == '\'')
            buffer_format(out, "\\%c", c);
        else if (c < 0x20 || c > 0x7E || c == '?') /* "?": no trigraphs */
            buffer_format(out, "\\%03o", (unsigned)c);
        else
            buffer_char(out, (char)c);
    }
}

void
template_add(struct buffer *out, struct prefix prefix, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "@^");
        buffer_add(out, (struct text){text, plain});
        text += plain;
        if (*text)
            buffer_add(out, *text++ == '@' ? prefix.small : prefix.capitals);
    }
}
