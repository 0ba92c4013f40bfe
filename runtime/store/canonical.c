#include "runtime/store/canonical.h"
#include "runtime/store/fault.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 16 };

static bool write_value(struct emit *out, const char *name, json_t *value, int depth);

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
write_members(struct emit *out, json_t *object, int depth)
{
    size_t count = json_object_size(object), i = 0;
    const char **names = calloc(count + 1, sizeof *names), *name;
    json_t *value;
    bool good = names != NULL;
    out->failed = out->failed || !good;
    if (good)
        json_object_foreach(object, name, value) names[i++] = name;
    if (good)
        qsort(names, count, sizeof *names, by_name);
    for (i = 0; i < count && good; i++)
        good = write_value(out, names[i], json_object_get(object, names[i]), depth);
    free(names);
    return good;
}

static bool
write_list(struct emit *out, json_t *list, int depth)
{
    bool good = true;
    for (size_t i = 0; i < json_array_size(list) && good; i++)
        good = write_value(out, NULL, json_array_get(list, i), depth);
    return good;
}

static bool
write_value(struct emit *out, const char *name, json_t *value, int depth)
{
    bool good = depth < DEEPEST;
    if (json_is_string(value))
        emit_bytes(out, name, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        emit_number(out, name, json_integer_value(value));
    else if (json_is_true(value))
        emit_true(out, name);
    else if (good && json_is_object(value)) {
        emit_open(out, name, '{');
        good = write_members(out, value, depth + 1);
        emit_close(out, '}');
    } else if (good && json_is_array(value)) {
        emit_open(out, name, '[');
        good = write_list(out, value, depth + 1);
        emit_close(out, ']');
    } else
        good = false;
    return good;
}

avow_store_code
canonical_write(struct emit *out, json_t *object, avow_store_error *error)
{
    emit_begin(out);
    bool good = write_members(out, object, 1);
    avow_store_code code = emit_end(out, error);
    if (code != AVOW_STORE_OK || good)
        return code;
    return fault(error, AVOW_STORE_CORRUPT,
                 "The document has a value in it that no such document has, such as a fraction.");
}
