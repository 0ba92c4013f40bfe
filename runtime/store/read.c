#include "runtime/store/read.h"

#include <string.h>

bool
read_text(const json_t *object, const char *name, const char **out)
{
    const json_t *text = json_object_get(object, name);
    if (text)
        *out = json_string_value(text);
    return !text || json_is_string(text);
}

bool
read_number(const json_t *object, const char *name, int64_t *out)
{
    const json_t *number = json_object_get(object, name);
    if (number)
        *out = json_integer_value(number);
    return !number || json_is_integer(number);
}

static int
digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
read_hex_text(const json_t *text, uint8_t *out, size_t count)
{
    const char *at = json_string_value(text);
    if (!at || json_string_length(text) != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++, at += 2) {
        int high = digit(at[0]), low = digit(at[1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

int
read_hex(const json_t *object, const char *name, uint8_t *out, size_t count)
{
    const json_t *text = json_object_get(object, name);
    return !text ? 0 : read_hex_text(text, out, count) ? 1 : -1;
}
