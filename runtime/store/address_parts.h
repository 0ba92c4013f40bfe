/* The two sides of an address: what address.c puts together. */
#ifndef AVOW_STORE_ADDRESS_PARTS_H
#define AVOW_STORE_ADDRESS_PARTS_H

#include "runtime/store/address.h"

/* A piece of text that grows up to its room. */
struct piece {
    size_t length;
    char text[ADDRESS_MAX];
};

/* Classes of ASCII characters, as bits. ADDRESS_UPPER is the bit that makes a letter lower case. */
enum { ADDRESS_ATOM = 1, ADDRESS_HOST = 2, ADDRESS_DIGIT = 4, ADDRESS_UPPER = 0x20 };
extern const uint8_t address_classes[256];

/* A label of lower-case ASCII letters, digits, '-' and '_' that may stand in any domain and is no
 * A-label: 1 to 63 bytes, no '-' at either end. */
static inline bool
address_is_plain_label(const char *label, size_t length)
{
    return length - 1 < 63 && label[0] != '-' && label[length - 1] != '-' &&
           !(length >= 4 && label[0] == 'x' && label[1] == 'n' && label[2] == '-' &&
             label[3] == '-');
}

/* The content of a local part, without quotes and escapes, in its wide and its exact form, quoted
 * where it must be. */
avow_store_code address_local(const uint8_t *content, size_t length, struct piece *wide,
                              struct piece *exact, avow_store_error *error);

/* The domain of an address in its one form. */
avow_store_code address_domain(const uint8_t *text, size_t length, struct piece *out,
                               avow_store_error *error);

/* An address literal, from its '[' on, in its one form: RFC 5321, 4.1.3; IPv6 after RFC 5952. */
avow_store_code address_literal(const uint8_t *text, size_t length, struct piece *out,
                                avow_store_error *error);

/* The fault of an address with more than ADDRESS_MAX bytes. */
avow_store_code address_too_long(avow_store_error *error);

#endif
