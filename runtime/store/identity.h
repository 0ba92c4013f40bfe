/* Identities as the store keeps them: keyed hashes, from which no address can be read. */
#ifndef AVOW_STORE_IDENTITY_H
#define AVOW_STORE_IDENTITY_H

#include "runtime/store/engine.h"
#include "runtime/store/fault.h"
#include "runtime/store/keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The identity of a text under the key of an epoch (1 to keys->epochs). For an e-mail address or a
 * telephone number any spelling that address_read and phone_read take; ids and records' ids
 * (NAMESPACE:ID) count byte for byte. AVOW_STORE_INPUT for a text that cannot be understood,
 * AVOW_STORE_KEYS for an epoch without a key, AVOW_STORE_USAGE for no kind, AVOW_STORE_MEMORY. */
avow_store_code identity_of(const struct keys *keys, uint32_t epoch, avow_identity_kind kind,
                            const char *text, size_t length, struct subject *identity,
                            avow_store_error *error);

/* What people write: joe@shop.example, +49 30 1234567, tel:+49 30 1234567, id:TEXT or
 * record:NAMESPACE:TEXT. Gives the kind and the part of the text that identity_of takes, without
 * looking into it. AVOW_STORE_INPUT for none of these. */
avow_store_code identity_parse_kind(const char *text, size_t length, avow_identity_kind *kind,
                                    const char **part, size_t *part_length,
                                    avow_store_error *error);

#endif
