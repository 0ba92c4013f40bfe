/* Fields of a form that was sent: application/x-www-form-urlencoded or multipart/form-data.
 *
 * What arrives is hostile. Fields are found in place, in one reading, and those that cannot be
 * understood are left out. */
#ifndef AVOW_AGENT_FORM_H
#define AVOW_AGENT_FORM_H

#include <stdbool.h>
#include <stddef.h>

enum { FORM_FIELDS = 16, FORM_VALUE = 256 };

struct form {
    struct form_field {
        char name[64], value[FORM_VALUE];
    } at[FORM_FIELDS];
    size_t count;
};

/* Reads the fields of a body by its Content-Type; one that is missing or says something else is
 * read as urlencoded: what matters is that a "no" arrives. Fields past FORM_FIELDS, and names and
 * values that are too long or have a NUL, are none. */
void form_read(struct form *form, const char *content_type, const char *body, size_t length);

/* The value of the only field with this name; NULL if there is none, or if several differ. */
const char *form_value(const struct form *form, const char *name);

#endif
