/* The one way in which a JSON value of objects, lists, texts, integers and truth is written: RFC
 * 8785, for members whose names are plain ASCII words. */
#ifndef AVOW_STORE_CANONICAL_H
#define AVOW_STORE_CANONICAL_H

#include "runtime/store/emit.h"

#include <jansson.h>

/* Writes an object into *out. CORRUPT if there is anything else in it, such as a fraction. */
avow_store_code canonical_write(struct emit *out, json_t *object, avow_store_error *error);

#endif
