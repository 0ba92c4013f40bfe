#include "compiler/base/format.h"

#include "compiler/base/text.h"

#include <stdio.h>

/* What is known here: %s %.*s %c %u %d %zu %%. */
static bool
is_plain(const char *format)
{
    while ((format = strchr(format, '%')) != NULL) {
        format++;
        if (strncmp(format, ".*s", 3) == 0 || strncmp(format, "zu", 2) == 0)
            format += 2;
        char c = *format++;
        if (c != 's' && c != 'u' && c != 'd' && c != 'c' && c != '%')
            return false;
    }
    return true;
}

struct print {
    char *place;
    size_t room, length;
};

static void
put(struct print *print, const char *data, size_t length)
{
    size_t left = print->length < print->room ? print->room - print->length : 0;
    if (left > 0)
        memcpy(print->place + print->length, data, length < left ? length : left);
    print->length += length;
}

static void
put_number(struct print *print, uint64_t number, bool negative)
{
    char digits[21];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    if (negative)
        digits[--at] = '-';
    put(print, digits + at, sizeof digits - at);
}

/* What is_plain lets through. */
static size_t
print_plain(char *place, size_t room, const char *format, va_list arguments)
{
    struct print print = {place, room, 0};
    for (;;) {
        const char *from = format;
        format = strchrnul(format, '%');
        put(&print, from, (size_t)(format - from));
        if (!*format)
            break;
        int limit = -1, value;
        if (*++format == '.') {
            limit = va_arg(arguments, int);
            format += 2;
        }
        switch (*format++) {
        case 's': {
            const char *string = va_arg(arguments, const char *);
            if (limit != 0) /* an empty text may have no place */
                put(&print, string, limit < 0 ? strlen(string) : strnlen(string, (size_t)limit));
            break;
        }
        case 'd':
            value = va_arg(arguments, int);
            put_number(&print, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
            break;
        case 'u':
            put_number(&print, va_arg(arguments, unsigned), false);
            break;
        case 'z':
            format++;
            put_number(&print, va_arg(arguments, size_t), false);
            break;
        case 'c':
            put(&print, &(char){(char)va_arg(arguments, int)}, 1);
            break;
        default:
            put(&print, "%", 1);
        }
    }
    place[print.length < room ? print.length : room - 1] = '\0';
    return print.length;
}

size_t
format_print(char *place, size_t room, const char *format, va_list arguments)
{
    if (is_plain(format))
        return print_plain(place, room, format, arguments);
    int length = vsnprintf(place, room, format, arguments);
    return length < 0 ? 0 : (size_t)length;
}
