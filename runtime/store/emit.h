/* Writes JSON without spaces, members in the order of the calls.
 *
 *     struct emit out = {0};
 *     emit_begin(&out);
 *     emit_text(&out, "kind", "event");
 *     emit_open(&out, "effects", '[');
 *     emit_text(&out, NULL, "on");
 *     emit_close(&out, ']');
 *     if (emit_end(&out, error)) ...
 *
 * Errors are kept until emit_end: a text that is not UTF-8, or no memory. Memory is kept from one
 * object to the next, until emit_free. `name` is a plain ASCII word, or NULL within a list; a text
 * that is NULL is left out. */
#ifndef AVOW_STORE_EMIT_H
#define AVOW_STORE_EMIT_H

#include "runtime/avow_store.h"

struct emit {
    char *text; /* NUL-terminated after emit_end */
    size_t length, room;
    const char *bad;      /* name of the first text that is not UTF-8 */
    bool failed, started; /* no memory; something stands in the innermost list or object */
};

void emit_begin(struct emit *);
avow_store_code emit_end(struct emit *, avow_store_error *);
void emit_free(struct emit *);

/* '{' or '[', and its end. */
void emit_open(struct emit *, const char *name, char bracket);
void emit_close(struct emit *, char bracket);

void emit_text(struct emit *, const char *name, const char *text);
void emit_bytes(struct emit *, const char *name, const char *text, size_t length);
void emit_number(struct emit *, const char *name, int64_t number);
void emit_hex(struct emit *, const char *name, const uint8_t *bytes, size_t count);
void emit_true(struct emit *, const char *name);

/* A value that is JSON already. */
void emit_member(struct emit *, const char *name, const char *json, size_t length);

/* Further bytes as they are, which must be what belongs there. */
void emit_raw(struct emit *, const char *bytes, size_t length);

#endif
