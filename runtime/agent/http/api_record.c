/* POST /v1/record: somebody asked for something, or something happened. */
#include "runtime/agent/http/api.h"

#include "runtime/agent/words.h"

#include <string.h>

static const char *const members[] = {"what", "email",    "phone",     "id",   "record", "received",
                                      "by",   "evidence", "reference", "done", NULL};

static bool
read_source(const json_t *object, avow_source *source, struct problem *problem)
{
    const char *text;
    if (!api_text(object, "by", false, &text, problem))
        return false;
    if (words_source(text, source, NULL) == AVOW_STORE_OK)
        return true;
    return problem_is(problem, 422, "member", "'by' is person, staff or import.");
}

static bool
read_event(const json_t *object, avow_event *event, struct problem *problem)
{
    *event = (avow_event){0};
    if (!api_known(object, members, "a record", problem) ||
        !api_text(object, "what", true, &event->what, problem) ||
        !api_person(object, &event->subject, problem) ||
        !api_record(object, "record", &event->record, problem) ||
        !api_time(object, "received", &event->received, problem) ||
        !read_source(object, &event->source, problem) ||
        !api_text(object, "evidence", false, &event->evidence, problem) ||
        !api_text(object, "reference", false, &event->reference, problem) ||
        !api_yes(object, "done", &event->done, problem))
        return false;
    if (event->subject.kind != AVOW_IDENTITY_NONE || event->record.kind != AVOW_IDENTITY_NONE)
        return true;
    return problem_is(problem, 422, "member",
                      "Whose is it? Name the person by email, phone or id, or the data by record.");
}

static bool
record(const struct request *request, const json_t *root, struct reply *reply,
       struct problem *problem)
{
    const struct generation *generation = request->generation;
    struct metrics *metrics = request->daemon->metrics;
    avow_event event;
    avow_recorded recorded;
    avow_store_error error = {0};
    if (!read_event(root, &event, problem))
        return false;
    avow_store_code code = avow_store_record(generation->store, &event, &recorded, &error);
    bool refused = code == AVOW_STORE_OK ? !recorded.recorded : code == AVOW_STORE_REFUSED;
    metrics_count(metrics, COUNT_RECORDS, METRIC_HTTP,
                  refused                 ? METRIC_REFUSED
                  : code == AVOW_STORE_OK ? METRIC_DONE
                                          : METRIC_FAILED,
                  0);
    if (code != AVOW_STORE_OK)
        return problem_of_store(problem, &error);
    emit_begin(&reply->body);
    emit_member(&reply->body, "recorded", recorded.recorded ? "true" : "false",
                recorded.recorded ? 4 : 5);
    if (recorded.recorded) {
        emit_text(&reply->body, "receipt", recorded.receipt);
        api_emit_due(&reply->body, "due", generation->table, recorded.due);
    } else {
        emit_text(&reply->body, "detail",
                  "An earlier word of this person stands, and only the person, with evidence, can "
                  "change it.");
    }
    api_emit_policy(&reply->body, generation->table);
    emit_end(&reply->body, NULL);
    return true;
}

void
api_record_event(const struct request *request, struct reply *reply)
{
    struct problem problem = {0};
    json_t *root = api_body(request, &problem);
    uint64_t began = metrics_now();
    reply->status = 200;
    reply->content_type = "application/json";
    if (!root || !record(request, root, reply, &problem))
        problem_reply(&problem, reply);
    metrics_time(request->daemon->metrics, TIME_RECORD, metrics_now() - began);
    json_decref(root);
}
