/* POST /v1/show: of a record the members that somebody may see, and why not the others.
 *
 * A member is data of the policy by its name: of {"issue": {"name": ...}} the inner one is
 * issue.name; "data" stands before all of them, and "names" says what some are called. What has no
 * name in the policy is withheld, also within lists. */
#include "runtime/agent/http/api.h"

#include "runtime/agent/words.h"

#include <string.h>

enum { PATH_MOST = 1024, NAME_MOST = 256 };

static const char *const members[] = {"record", "to",    "data", "names",     "verb",   "actor",
                                      "email",  "phone", "id",   "record-id", "states", NULL};

struct show {
    const struct request *request;
    const avow_table *table;
    const char *verb, *actor, *to, *data;
    const json_t *names;
    avow_store_question question; /* but for the object: who is asked about, and what is known */
    bool asked;                   /* the states were read: they hold for all members alike */
    avow_store_answer first;      /* what the store said then */
    struct emit withheld;
    bool any; /* something is in withheld */
    struct problem *problem;
};

/* A member on its way down: where it stands, and what it is called. */
struct spot {
    char path[PATH_MOST]; /* JSON pointer */
    char name[NAME_MOST]; /* without "data" before it; "" if it can have none */
};

static avow_point
point_of(const struct show *show, const char *data)
{
    const char *actor = show->actor ? show->actor : "us";
    return avow_find_point(show->table,
                           &(avow_named_point){actor, show->verb, data, show->to, strlen(actor),
                                               strlen(show->verb), strlen(data), strlen(show->to)});
}

/* What a member is called in the policy; false if it has no name that fits. */
static bool
name_of(const struct show *show, const struct spot *spot, char name[NAME_MOST])
{
    const char *given = json_string_value(json_object_get(show->names, spot->name));
    int length = given ? snprintf(name, NAME_MOST, "%s", given)
                       : snprintf(name, NAME_MOST, "%s%s%s", show->data ? show->data : "",
                                  show->data ? "." : "", spot->name);
    return spot->name[0] && length > 0 && length < NAME_MOST;
}

static bool
decide(struct show *show, avow_point point, avow_store_answer *answer)
{
    if (!show->asked) {
        show->question.point = point;
        show->asked = api_decide(show->request, &show->question, &show->first, show->problem);
        *answer = show->first;
        return show->asked;
    }
    *answer = show->first;
    answer->answer = avow_ask(show->table, point, show->first.states);
    metrics_count(show->request->daemon->metrics, COUNT_DECISIONS, METRIC_HTTP,
                  answer->answer.verdict, answer->reason);
    return true;
}

static void
withhold(struct show *show, const struct spot *spot, const char *name, avow_point point,
         const avow_store_answer *answer)
{
    struct emit *out = &show->withheld;
    emit_open(out, NULL, '{');
    emit_text(out, "member", spot->path);
    if (answer) {
        emit_text(out, "data", name);
        api_emit_answer(out, show->table, point, answer);
    } else {
        emit_text(out, "verdict", "unstated");
        emit_text(out, "reason", "not-in-policy");
        emit_text(
            out, "detail",
            "The policy has no data of this name, and so nobody may see it. Say in 'names' what "
            "it is.");
    }
    emit_close(out, '}');
    show->any = true;
}

/* "/a/b": '~' and '/' within a name are written as RFC 6901 says. */
static bool
add_to_path(struct spot *spot, const char *key)
{
    size_t length = strlen(spot->path);
    if (length + 2 * strlen(key) + 2 > sizeof spot->path)
        return false;
    char *at = spot->path + length;
    *at++ = '/';
    for (; *key; key++) {
        if (*key == '~' || *key == '/')
            *at++ = '~';
        *at++ = *key == '~' ? '0' : *key == '/' ? '1' : *key;
    }
    *at = '\0';
    return true;
}

/* A key with a dot in it would read as a way down, and so has no name. */
static bool
step(const struct spot *from, const char *key, struct spot *to)
{
    *to = *from;
    if (!add_to_path(to, key))
        return false;
    int length = strchr(key, '.') || (from->path[0] && !from->name[0])
                     ? 0
                     : snprintf(to->name, sizeof to->name, "%s%s%s", from->name,
                                from->name[0] ? "." : "", key);
    if (length <= 0 || length >= (int)sizeof to->name)
        to->name[0] = '\0';
    return true;
}

static json_t *look(struct show *show, const json_t *value, const struct spot *spot);

static json_t *
look_into_object(struct show *show, const json_t *value, const struct spot *spot)
{
    json_t *out = NULL, *inner;
    const char *key;
    json_object_foreach((json_t *)(uintptr_t)value, key, inner)
    {
        struct spot below;
        if (!step(spot, key, &below)) {
            problem_is(show->problem, 422, "member", "The names of the record are too long.");
            break;
        }
        json_t *seen = look(show, inner, &below);
        if (!seen)
            continue;
        if (!out)
            out = json_object();
        json_object_set_new(out, key, seen);
    }
    return out;
}

/* Members of a list are called as the list is. */
static json_t *
look_into_list(struct show *show, const json_t *value, const struct spot *spot)
{
    json_t *out = NULL, *inner;
    size_t i;
    json_array_foreach(value, i, inner)
    {
        struct spot below = *spot;
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        if (!add_to_path(&below, index))
            break;
        json_t *seen = look(show, inner, &below);
        if (!seen)
            continue;
        if (!out)
            out = json_array();
        json_array_append_new(out, seen);
    }
    return out;
}

/* What of a value may be seen, or NULL. */
static json_t *
look(struct show *show, const json_t *value, const struct spot *spot)
{
    char name[NAME_MOST];
    avow_point point = {AVOW_NONE, AVOW_NONE, AVOW_NONE, AVOW_NONE};
    if (show->problem->status)
        return NULL;
    if (name_of(show, spot, name))
        point = point_of(show, name);
    if (point.object != AVOW_NONE) {
        avow_store_answer answer;
        if (!decide(show, point, &answer))
            return NULL;
        if (avow_allowed(answer.answer))
            return json_incref((json_t *)(uintptr_t)value);
        withhold(show, spot, name, point, &answer);
        return NULL;
    }
    if (json_is_object(value) && json_object_size(value) > 0)
        return look_into_object(show, value, spot);
    if (json_is_array(value) && json_array_size(value) > 0)
        return look_into_list(show, value, spot);
    withhold(show, spot, name, point, NULL);
    return NULL;
}

/* Reading ------------------------------------------------------------------------------------ */

/* "names" may only name data of the policy: a slip there would withhold for ever, and silently. */
static bool
check_names(const struct show *show)
{
    const char *path;
    json_t *value;
    if (show->names && !json_is_object(show->names))
        return problem_is(show->problem, 422, "member", "'names' is an object: {\"a.b\": DATA}.");
    json_object_foreach((json_t *)(uintptr_t)show->names, path, value)
    {
        const char *name = json_string_value(value);
        if (!name)
            return problem_is(show->problem, 422, "member", "In 'names', '%.64s' is no text.",
                              path);
        if (avow_find(show->table, AVOW_DATA, name, strlen(name)) == AVOW_NONE)
            return problem_is(show->problem, 422, "name", "The policy has no data '%.64s'.", name);
    }
    return true;
}

static bool
check_to(const struct show *show)
{
    if (strcmp(show->verb, "show") != 0 && strcmp(show->verb, "share") != 0)
        return problem_is(show->problem, 422, "member", "'verb' is show or share.");
    if (avow_count(show->table, AVOW_DATA) == 0)
        return true;
    char name[NAME_MOST];
    avow_text data = avow_name(show->table, avow_first(show->table, AVOW_DATA));
    snprintf(name, sizeof name, "%.*s", (int)data.length, data.data);
    avow_store_error error = {0};
    char *const words[3] = {(char *)(uintptr_t)show->verb, name, (char *)(uintptr_t)show->to};
    avow_point point;
    if (words_point(show->table, show->actor, words, &point, &error) == AVOW_STORE_OK)
        return true;
    return problem_is(show->problem, 422, "name", "%s", error.text);
}

static bool
read_show(struct show *show, const json_t *root)
{
    struct problem *problem = show->problem;
    show->names = json_object_get(root, "names");
    if (!api_known(root, members, "the question", problem) ||
        !api_text(root, "to", true, &show->to, problem) ||
        !api_text(root, "data", false, &show->data, problem) ||
        !api_text(root, "verb", false, &show->verb, problem) ||
        !api_text(root, "actor", false, &show->actor, problem) ||
        !api_person(root, &show->question.subject, problem) ||
        !api_record(root, "record-id", &show->question.record, problem) ||
        !api_states(show->table, root, &show->question.states, problem))
        return false;
    if (!show->verb)
        show->verb = "show";
    if (!json_is_object(json_object_get(root, "record")))
        return problem_is(problem, 422, "member", "'record' is the record, an object.");
    return check_to(show) && check_names(show);
}

static bool
emit_record(const json_t *seen, struct emit *out)
{
    char *text = seen ? json_dumps(seen, JSON_COMPACT) : NULL;
    if (seen && !text)
        return false;
    emit_member(out, "record", text ? text : "{}", text ? strlen(text) : 2);
    free(text);
    return true;
}

static void
show_record(struct show *show, const json_t *root, struct reply *reply)
{
    struct spot whole = {"", ""};
    emit_begin(&show->withheld);
    emit_open(&show->withheld, "list", '[');
    json_t *seen = look_into_object(show, json_object_get(root, "record"), &whole);
    emit_close(&show->withheld, ']');
    avow_store_error error = {0};
    avow_store_code code = emit_end(&show->withheld, &error);
    if (!show->problem->status && code != AVOW_STORE_OK)
        problem_of_store(show->problem, &error);
    if (!show->problem->status) {
        static const size_t before = sizeof "{\"list\":" - 1;
        emit_begin(&reply->body);
        if (!emit_record(seen, &reply->body))
            reply->body.failed = true;
        emit_member(&reply->body, "withheld", show->withheld.text + before,
                    show->withheld.length - before - 1);
        api_emit_policy(&reply->body, show->table);
        emit_end(&reply->body, NULL);
    }
    json_decref(seen);
    emit_free(&show->withheld);
}

void
api_show(const struct request *request, struct reply *reply)
{
    struct problem problem = {0};
    struct show show = {
        .request = request, .table = request->generation->table, .problem = &problem};
    json_t *root = api_body(request, &problem);
    reply->status = 200;
    reply->content_type = "application/json";
    if (root && read_show(&show, root))
        show_record(&show, root, reply);
    if (problem.status)
        problem_reply(&problem, reply);
    json_decref(root);
}
