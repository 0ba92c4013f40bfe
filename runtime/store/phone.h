/* Identities that are no e-mail address, in the one form that each has. */
#ifndef AVOW_STORE_PHONE_H
#define AVOW_STORE_PHONE_H

#include "runtime/store/fault.h"

#include <stddef.h>

/* "+" and the digits of E.164. */
#define PHONE_DIGITS_LEAST 8
#define PHONE_DIGITS_MOST 15

/* Bytes of an opaque id, and of a record's whole id. */
#define ID_MAX 255

struct phone {
    size_t length; /* bytes, with the "+" */
    char text[1 + PHONE_DIGITS_MOST];
};

/* Reads an international telephone number. Spaces, no-break spaces, hyphens, dots, slashes and
 * parentheses between the digits are removed. AVOW_STORE_INPUT for anything else: a number without
 * its country is not known, and nothing is guessed. */
avow_store_code phone_read(const char *text, size_t length, struct phone *phone,
                           avow_store_error *error);

/* An opaque id: 1 to ID_MAX bytes of UTF-8 without control characters, which count as they are. */
avow_store_code opaque_check(const char *text, size_t length, avow_store_error *error);

/* A record's id, NAMESPACE:ID: a lower-case letter and lower-case letters, digits, "." and "-", a
 * colon, and an opaque id; ID_MAX bytes in all. */
avow_store_code record_check(const char *text, size_t length, avow_store_error *error);

#endif
