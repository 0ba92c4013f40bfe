/* vsnprintf for what the compiler prints most, several times as quick. */
#ifndef AVOW_BASE_FORMAT_H
#define AVOW_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Prints like vsnprintf into so many bytes of place, at least one, and gives how many the whole
 * needs, without the NUL behind it. */
size_t format_print(char *place, size_t room, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
