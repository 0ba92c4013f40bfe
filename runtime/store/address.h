/* E-mail addresses in two forms.
 *
 * The wide form is what a refusal is found by: spellings that reach one mailbox anywhere have one
 * wide form. Local part: quotes taken off where they change nothing, Unicode's full case folding
 * without a locale, NFC. Domain: A-labels, lower case, without the dot at its end. Dots and "+tags"
 * of the local part stay, for what they mean is the receiver's affair.
 *
 * The exact form is what a consent is found by: the local part in NFC, quotes taken off where they
 * change nothing, but in its own case; and the domain of the wide form, for domains have no case.
 *
 * Both are addresses themselves, and have the same wide form.
 *
 * Keys made of wide forms are kept for ever, so that no later Unicode may change one: characters
 * that the library does not know yet are refused, and for all others Unicode promises that NFC and
 * case folding stay as they are. */
#ifndef AVOW_STORE_ADDRESS_H
#define AVOW_STORE_ADDRESS_H

#include "runtime/store/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest address that can stand in an SMTP path (RFC 5321, 4.5.3.1.3), in bytes. */
#define ADDRESS_MAX 254

struct address {
    bool same;             /* the exact form is the wide form, and exact is not filled */
    uint16_t wide_length;  /* bytes */
    uint16_t exact_length; /* bytes; 0 if same */
    char wide[ADDRESS_MAX];
    char exact[ADDRESS_MAX];
};

/* Reads a bare address of length bytes of UTF-8. AVOW_STORE_INPUT for what is no address, or one
 * whose forms would be longer than ADDRESS_MAX; AVOW_STORE_MEMORY. Then address is undefined. */
avow_store_code address_read(const char *text, size_t length, struct address *address,
                             avow_store_error *error);

#endif
