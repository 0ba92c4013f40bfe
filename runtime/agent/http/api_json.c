/* Bodies in JSON, and what is wrong with them. */
#include "runtime/agent/http/api.h"

#include "runtime/agent/command.h"
#include "runtime/agent/words.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MOST = 64, NAMES_MOST = 32 };

/* Problems ----------------------------------------------------------------------------------- */

bool
problem_is(struct problem *problem, unsigned status, const char *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    problem->status = status;
    problem->type = type;
    return false;
}

bool
problem_of_store(struct problem *problem, const avow_store_error *error)
{
    const char *type;
    unsigned status = reply_store_status(error->code, &type);
    return problem_is(problem, status, type, "%s", error->text);
}

void
problem_reply(const struct problem *problem, struct reply *reply)
{
    reply_problem(reply, problem->status, problem->type, "%s", problem->text);
    if (problem->status == 503)
        reply_header(reply, "Retry-After", "1");
}

void
problem_emit(const struct problem *problem, struct emit *out)
{
    char uri[80];
    snprintf(uri, sizeof uri, "/problem/%s", problem->type);
    emit_open(out, "problem", '{');
    emit_text(out, "type", uri);
    emit_number(out, "status", problem->status);
    emit_text(out, "detail", problem->text);
    emit_close(out, '}');
}

/* Reading ------------------------------------------------------------------------------------ */

/* Whether brackets nest no deeper than a reader that calls itself should follow them. */
static bool
is_shallow(const char *text, size_t length)
{
    unsigned depth = 0;
    bool within = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (within) {
            within = c != '"';
            i += c == '\\';
        } else if (c == '"') {
            within = true;
        } else if (c == '{' || c == '[') {
            if (++depth > DEPTH_MOST)
                return false;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

static bool
says_json(const char *type)
{
    static const char json[] = "application/json";
    size_t length = strcspn(type, "; \t");
    return length == sizeof json - 1 && strncasecmp(type, json, length) == 0;
}

json_t *
api_body(const struct request *request, struct problem *problem)
{
    json_error_t error;
    if (!says_json(request->content_type)) {
        problem_is(problem, 415, "content-type",
                   "The body is JSON: send Content-Type: "
                   "application/json.");
        return NULL;
    }
    if (request->length == 0) {
        problem_is(problem, 400, "json", "The body is empty; it is a JSON object, {...}.");
        return NULL;
    }
    if (!is_shallow(request->body, request->length)) {
        problem_is(problem, 400, "json", "The body nests deeper than %d levels.", DEPTH_MOST);
        return NULL;
    }
    json_t *root = json_loadb(request->body, request->length, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        problem_is(problem, 400, "json", "The body is no JSON: line %d, column %d: %s.", error.line,
                   error.column, error.text);
    } else if (!json_is_object(root)) {
        problem_is(problem, 400, "json", "The body is a JSON object, {...}.");
        json_decref(root);
        root = NULL;
    }
    return root;
}

bool
api_known(const json_t *object, const char *const *names, const char *what, struct problem *problem)
{
    const char *key;
    json_t *value;
    size_t count = 0;
    while (names[count])
        count++;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i = 0;
        while (i < count && strcmp(names[i], key) != 0)
            i++;
        if (i < count)
            continue;
        const char *nearest = nearest_word(key, names, count);
        return problem_is(problem, 422, "member", "There is no member '%.64s' in %s%s%s%s", key,
                          what, nearest ? "; did you mean '" : ".", nearest ? nearest : "",
                          nearest ? "'?" : "");
    }
    return true;
}

bool
api_text(const json_t *object, const char *name, bool required, const char **text,
         struct problem *problem)
{
    const json_t *value = json_object_get(object, name);
    *text = NULL;
    if (!value)
        return !required || problem_is(problem, 422, "member", "'%s' is missing.", name);
    *text = json_string_value(value);
    if (*text && json_string_length(value) == strlen(*text) && **text)
        return true;
    return problem_is(problem, 422, "member", "'%s' is a text, and not empty.", name);
}

bool
api_yes(const json_t *object, const char *name, bool *yes, struct problem *problem)
{
    const json_t *value = json_object_get(object, name);
    if (!value)
        return true;
    *yes = json_is_true(value);
    return json_is_boolean(value) ||
           problem_is(problem, 422, "member", "'%s' is true or false.", name);
}

bool
api_time(const json_t *object, const char *name, int64_t *out, struct problem *problem)
{
    const char *text;
    avow_store_error error = {0};
    if (!api_text(object, name, false, &text, problem))
        return false;
    if (!text || words_time(text, out, &error) == AVOW_STORE_OK)
        return true;
    return problem_is(problem, 422, "member", "'%s': %s", name, error.text);
}
