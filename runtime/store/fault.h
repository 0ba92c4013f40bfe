/* The one way in which the store says what went wrong. */
#ifndef AVOW_STORE_FAULT_H
#define AVOW_STORE_FAULT_H

#include "runtime/avow_store.h"

/* Says what went wrong, printf-like, and gives code back. error may be NULL. Bytes of the arguments
 * that are not valid UTF-8, and control characters, become '?'; a text too long ends with "...". */
avow_store_code fault(avow_store_error *error, avow_store_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The fault of memory that could not be had. */
avow_store_code fault_memory(avow_store_error *error);

#endif
