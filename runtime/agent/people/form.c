#include "runtime/agent/people/form.h"

#include <string.h>
#include <strings.h>

enum { BOUNDARY = 70 };

/* A part of the body that is looked at. */
struct slice {
    const char *at, *end;
};

static size_t
length_of(struct slice slice)
{
    return (size_t)(slice.end - slice.at);
}

/* Cuts off what stands before a mark; the rest begins behind it. False: there is none, and all is
 * before it. */
static bool
cut(struct slice *rest, const char *mark, size_t length, struct slice *before)
{
    const char *found = memmem(rest->at, length_of(*rest), mark, length);
    *before = (struct slice){rest->at, found ? found : rest->end};
    rest->at = found ? found + length : rest->end;
    return found != NULL;
}

static void
add_field(struct form *form, const char *name, size_t name_length, const char *value,
          size_t value_length)
{
    struct form_field *field = &form->at[form->count];
    if (form->count == FORM_FIELDS || name_length == 0 || name_length >= sizeof field->name ||
        value_length >= sizeof field->value || memchr(name, 0, name_length) ||
        memchr(value, 0, value_length))
        return;
    memcpy(field->name, name, name_length);
    memcpy(field->value, value, value_length);
    field->name[name_length] = field->value[value_length] = '\0';
    form->count++;
}

/* Urlencoded --------------------------------------------------------------------------------- */

static int
digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes into room for `most` bytes; more than that if it does not fit, or is no code. */
static size_t
decode(struct slice slice, char *out, size_t most)
{
    size_t length = 0;
    for (const char *p = slice.at; p < slice.end; p++) {
        char c = *p == '+' ? ' ' : *p;
        if (length == most)
            return most + 1;
        if (c == '%') {
            int high = slice.end - p > 2 ? digit(p[1]) : -1;
            int low = high >= 0 ? digit(p[2]) : -1;
            if (low < 0)
                return most + 1;
            c = (char)(high << 4 | low);
            p += 2;
        }
        out[length++] = c;
    }
    return length;
}

static void
read_urlencoded(struct form *form, struct slice rest)
{
    char name[64], value[FORM_VALUE];
    while (rest.at < rest.end && form->count < FORM_FIELDS) {
        struct slice pair, key;
        cut(&rest, "&", 1, &pair);
        /* A line end behind the last field is not part of it. */
        while (pair.end > pair.at && (pair.end[-1] == '\n' || pair.end[-1] == '\r'))
            pair.end--;
        cut(&pair, "=", 1, &key);
        size_t name_length = decode(key, name, sizeof name);
        size_t value_length = decode(pair, value, sizeof value);
        if (name_length <= sizeof name && value_length <= sizeof value)
            add_field(form, name, name_length, value, value_length);
    }
}

/* Multipart ---------------------------------------------------------------------------------- */

/* The value of a parameter behind a header's value, quoted or not, into room for `most` bytes; 0 if
 * there is none or it does not fit. */
static size_t
parameter(struct slice header, const char *name, char *out, size_t most)
{
    struct slice before;
    size_t length = 0;
    while (cut(&header, ";", 1, &before)) {
        while (header.at < header.end && (*header.at == ' ' || *header.at == '\t'))
            header.at++;
        if (length_of(header) <= strlen(name) || strncasecmp(header.at, name, strlen(name)) != 0 ||
            header.at[strlen(name)] != '=')
            continue;
        const char *p = header.at + strlen(name) + 1;
        bool quoted = p < header.end && *p == '"';
        p += quoted;
        for (; p < header.end && (quoted ? *p != '"' : *p != ';' && *p != ' ' && *p != '\t'); p++) {
            if (length == most)
                return 0;
            out[length++] = *p;
        }
        return length;
    }
    return 0;
}

/* The value of the header Content-Disposition of a part. */
static bool
find_disposition(struct slice headers, struct slice *out)
{
    static const char name[] = "content-disposition:";
    bool more = true;
    while (more) {
        more = cut(&headers, "\n", 1, out);
        if (length_of(*out) > sizeof name - 1 && strncasecmp(out->at, name, sizeof name - 1) == 0) {
            if (out->end[-1] == '\r')
                out->end--;
            return true;
        }
    }
    return false;
}

/* Headers, an empty line, and the value up to a line end before the next boundary. */
static void
read_part(struct form *form, struct slice part)
{
    struct slice headers, disposition;
    char name[64];
    bool crlf = memmem(part.at, length_of(part), "\r\n\r\n", 4) != NULL;
    if (!cut(&part, crlf ? "\r\n\r\n" : "\n\n", crlf ? 4 : 2, &headers) ||
        !find_disposition(headers, &disposition))
        return;
    size_t length = parameter(disposition, "name", name, sizeof name);
    if (part.end > part.at && part.end[-1] == '\n')
        part.end--;
    if (part.end > part.at && part.end[-1] == '\r')
        part.end--;
    add_field(form, name, length, part.at, length_of(part));
}

static void
read_multipart(struct form *form, struct slice type, struct slice rest)
{
    char mark[2 + BOUNDARY] = "--";
    struct slice part;
    size_t length = parameter(type, "boundary", mark + 2, BOUNDARY);
    /* What stands before the first boundary says nothing, nor what stands behind the last. */
    if (length == 0 || !cut(&rest, mark, length + 2, &part))
        return;
    while (form->count < FORM_FIELDS && length_of(rest) >= 2 && memcmp(rest.at, "--", 2) != 0) {
        cut(&rest, mark, length + 2, &part);
        /* The line of the boundary itself ends here. */
        struct slice line;
        cut(&part, "\n", 1, &line);
        read_part(form, part);
    }
}

/* -------------------------------------------------------------------------------------------- */

void
form_read(struct form *form, const char *content_type, const char *body, size_t length)
{
    static const char multipart[] = "multipart/form-data";
    struct slice rest = {body, body + length};
    form->count = 0;
    if (strncasecmp(content_type, multipart, sizeof multipart - 1) == 0)
        read_multipart(form, (struct slice){content_type, content_type + strlen(content_type)},
                       rest);
    else
        read_urlencoded(form, rest);
}

const char *
form_value(const struct form *form, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->at[i].name, name) != 0)
            continue;
        if (value && strcmp(value, form->at[i].value) != 0)
            return NULL;
        value = form->at[i].value;
    }
    return value;
}
