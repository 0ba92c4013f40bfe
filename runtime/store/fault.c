#include "runtime/store/fault.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistr.h>

/* File names may hold any bytes, and what is said may reach a terminal. */
static void
make_printable(char *text)
{
    uint8_t *at = (uint8_t *)text;
    while (*at) {
        ucs4_t c;
        int length = u8_mbtouc(&c, at, strlen((char *)at));
        if (c == 0xFFFD || c < 0x20 || (c >= 0x7F && c < 0xA0)) {
            *at = '?';
            if (length > 1)
                memmove(at + 1, at + length, strlen((char *)at + length) + 1);
            length = 1;
        }
        at += length;
    }
}

/* Ends a text of size bytes that holds more than it has room for, between two characters. */
static void
cut(char *text, size_t size)
{
    size_t end = size - sizeof "...";
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    memcpy(text + end, "...", sizeof "...");
}

avow_store_code
fault(avow_store_error *error, avow_store_code code, const char *format, ...)
{
    if (!error)
        return code;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->code = code;
    if (length < 0)
        snprintf(error->text, sizeof error->text, "Something went wrong (code %d).", (int)code);
    else if ((size_t)length >= sizeof error->text)
        cut(error->text, sizeof error->text);
    make_printable(error->text);
    return code;
}

avow_store_code
fault_memory(avow_store_error *error)
{
    return fault(error, AVOW_STORE_MEMORY,
                 "There is not enough memory. Nothing was changed; free some and try again.");
}
