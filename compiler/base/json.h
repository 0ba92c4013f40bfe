/* JSON (RFC 8259) into a buffer. Commas are the writer's: it knows what came before. */
#ifndef AVOW_BASE_JSON_H
#define AVOW_BASE_JSON_H

#include "compiler/base/buffer.h"

/* Valid UTF-8 as a string with its quotation marks. */
void json_string(struct buffer *out, struct text text);

/* What precedes a member of an object or array: a comma, but for the first. */
static inline void
json_next(struct buffer *out)
{
    char last = out->length > 0 ? out->data[out->length - 1] : '[';
    if (last != '[' && last != '{' && last != ':')
        buffer_char(out, ',');
}

/* "name": before its value. */
void json_name(struct buffer *out, const char *name);

/* "name": "text" */
void json_member(struct buffer *out, const char *name, struct text text);
/* "name": true */
void json_flag(struct buffer *out, const char *name, bool value);
/* "name": 12 */
void json_number(struct buffer *out, const char *name, int64_t value);

#endif
