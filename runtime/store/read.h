/* Members of a JSON object that jansson has read, of the one kind that they may have. */
#ifndef AVOW_STORE_READ_H
#define AVOW_STORE_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False if there is such a member and it is no text or number; *out stays if there is none. */
bool read_text(const json_t *object, const char *name, const char **out);
bool read_number(const json_t *object, const char *name, int64_t *out);

/* Bytes in lower-case hexadecimal digits: 1, 0 if there is no such member, -1 if it is none. */
int read_hex(const json_t *object, const char *name, uint8_t *out, size_t count);
bool read_hex_text(const json_t *text, uint8_t *out, size_t count);

#endif
