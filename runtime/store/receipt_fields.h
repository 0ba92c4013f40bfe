/* What writing and verifying a receipt share. */
#ifndef AVOW_STORE_RECEIPT_FIELDS_H
#define AVOW_STORE_RECEIPT_FIELDS_H

#include "runtime/store/body.h"
#include "runtime/store/receipt.h"

#include <jansson.h>

#define RECEIPT_VERSION "avow-receipt-1; ISO/IEC TS 27560:2023"

/* Names of enum receipt_state. */
extern const char *const receipt_states[3];

/* All members but the signature; NULL: no memory. */
json_t *receipt_fields(const struct receipt_source *source, const struct body *body,
                       const uint8_t party[32]);

/* Whether what is beside the body fits it. */
avow_store_code receipt_check(const struct receipt_source *source, const struct body *body,
                              avow_store_error *error);

#endif
