#include "compiler/diag/document.h"

#include "compiler/base/utf8.h"

enum { INDENT = 2 };

static void
new_line(struct document *document)
{
    buffer_char(document->out, '\n');
    buffer_fill(document->out, ' ', (size_t)document->depth * INDENT);
}

/* Control characters, separators of lines that JavaScript does not take in a string, and marks that
 * change the direction of what a terminal shows. */
static bool
is_escaped(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static void
add_character(struct buffer *out, struct text text, size_t *at)
{
    static const char letters[] = "b\bf\fn\nr\rt\t";
    size_t from = *at;
    uint32_t c = utf8_next(text, at);
    if (c == '"' || c == '\\') {
        buffer_char(out, '\\');
        buffer_char(out, (char)c);
        return;
    }
    for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
        if (c == (unsigned char)letters[i + 1]) {
            buffer_char(out, '\\');
            buffer_char(out, letters[i]);
            return;
        }
    }
    if (is_escaped(c))
        buffer_format(out, "\\u%04X", (unsigned)c);
    else
        buffer_add(out, (struct text){text.data + from, *at - from});
}

static void
add_string(struct buffer *out, struct text text)
{
    buffer_char(out, '"');
    while (text.length > 0) {
        size_t valid = utf8_invalid_at(text);
        struct text good = {text.data, valid};
        for (size_t at = 0; at < valid;)
            add_character(out, good, &at);
        if (valid == text.length)
            break;
        buffer_string(out, "\\uFFFD");
        text = (struct text){text.data + valid + 1, text.length - valid - 1};
    }
    buffer_char(out, '"');
}

/* What stands before a value: a comma, its line, its key. */
static void
begin_value(struct document *document, const char *key)
{
    if (document->any)
        buffer_char(document->out, ',');
    if (document->depth > 0)
        new_line(document);
    document->any = true;
    if (key) {
        add_string(document->out, text_of(key));
        buffer_string(document->out, ": ");
    }
}

static void
open(struct document *document, const char *key, char mark)
{
    begin_value(document, key);
    buffer_char(document->out, mark);
    document->depth++;
    document->any = false;
}

static void
close(struct document *document, char mark)
{
    bool any = document->any;
    document->depth--;
    if (any)
        new_line(document);
    buffer_char(document->out, mark);
    document->any = true;
    if (document->depth == 0)
        buffer_char(document->out, '\n');
}

void
document_open_object(struct document *document, const char *key)
{
    open(document, key, '{');
}

void
document_close_object(struct document *document)
{
    close(document, '}');
}

void
document_open_array(struct document *document, const char *key)
{
    open(document, key, '[');
}

void
document_close_array(struct document *document)
{
    close(document, ']');
}

void
document_text(struct document *document, const char *key, struct text value)
{
    begin_value(document, key);
    add_string(document->out, value);
}

void
document_number(struct document *document, const char *key, uint64_t value)
{
    begin_value(document, key);
    buffer_format(document->out, "%llu", (unsigned long long)value);
}

void
document_bool(struct document *document, const char *key, bool value)
{
    begin_value(document, key);
    buffer_add(document->out, value ? TEXT("true") : TEXT("false"));
}
