/* POST /v1/due: by when a request must be done, data be gone, or people be told. */
#include "runtime/agent/http/api.h"

#include <stdlib.h>
#include <string.h>

enum { MOMENTS_MOST = 64, MICROSECONDS = 1000000 };

/* The number of a request, event, or data (or state, of what happened). */
static bool
find_name(const avow_table *table, const char *name, bool states, avow_id *id,
          struct problem *problem)
{
    static const avow_kind kinds[] = {AVOW_REQUEST, AVOW_EVENT, AVOW_DATA, AVOW_STATE};
    *id = AVOW_NONE;
    for (size_t i = 0; i < (states ? 4 : 3) && *id == AVOW_NONE; i++)
        *id = avow_find(table, kinds[i], name, strlen(name));
    return *id != AVOW_NONE ||
           problem_is(problem, 422, "name", "The policy has no request, event or data '%.64s'.",
                      name);
}

static bool
read_moment(const avow_table *table, const json_t *object, avow_moment *moment,
            struct problem *problem)
{
    static const char *const members[] = {"what", "at", NULL};
    const char *what, *when;
    int64_t at = 0;
    moment->what = AVOW_NONE;
    if (!json_is_object(object))
        return problem_is(problem, 422, "member",
                          "'happened' is a list of {\"what\": NAME, \"at\": TIME}.");
    if (!api_known(object, members, "what happened", problem) ||
        !api_text(object, "what", false, &what, problem) ||
        !api_text(object, "at", true, &when, problem) || !api_time(object, "at", &at, problem))
        return false;
    moment->at = at / MICROSECONDS;
    return !what || find_name(table, what, true, &moment->what, problem);
}

static bool
read_moments(const avow_table *table, const json_t *root, avow_moment *moments, size_t *count,
             struct problem *problem)
{
    const json_t *list = json_object_get(root, "happened");
    *count = json_array_size(list);
    if (list && !json_is_array(list))
        return problem_is(problem, 422, "member",
                          "'happened' is a list of {\"what\": NAME, \"at\": TIME}.");
    if (*count > MOMENTS_MOST)
        return problem_is(problem, 413, "too-many", "'happened' has more than %d members.",
                          MOMENTS_MOST);
    for (size_t i = 0; i < *count; i++)
        if (!read_moment(table, json_array_get(list, i), &moments[i], problem))
            return false;
    return true;
}

static bool
due(const struct request *request, const json_t *root, struct reply *reply, struct problem *problem)
{
    static const char *const members[] = {"what", "happened", "states", NULL};
    const avow_table *table = request->generation->table;
    avow_moment moments[MOMENTS_MOST];
    avow_due_question question = {.moments = moments};
    const char *what;
    if (!api_known(root, members, "the question", problem) ||
        !api_text(root, "what", true, &what, problem) ||
        !find_name(table, what, false, &question.what, problem) ||
        !read_moments(table, root, moments, &question.count, problem) ||
        !api_states(table, root, &question.states, problem))
        return false;
    emit_begin(&reply->body);
    api_emit_due(&reply->body, "due", table, avow_when_due(table, &question));
    api_emit_policy(&reply->body, table);
    emit_end(&reply->body, NULL);
    return true;
}

void
api_due(const struct request *request, struct reply *reply)
{
    struct problem problem = {0};
    json_t *root = api_body(request, &problem);
    reply->status = 200;
    reply->content_type = "application/json";
    if (!root || !due(request, root, reply, &problem))
        problem_reply(&problem, reply);
    json_decref(root);
}
