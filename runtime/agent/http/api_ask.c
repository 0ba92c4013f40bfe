/* POST /v1/ask and /v1/ask/batch: may we, now? */
#include "runtime/agent/http/api.h"

static const char *const members[] = {"actor", "verb", "object", "target", "email",
                                      "phone", "id",   "record", "states", NULL};

static bool
read_question(const avow_table *table, const json_t *object, avow_store_question *question,
              struct problem *problem)
{
    *question = (avow_store_question){0};
    return api_known(object, members, "a question", problem) &&
           api_point(table, object, &question->point, problem) &&
           api_person(object, &question->subject, problem) &&
           api_record(object, "record", &question->record, problem) &&
           api_states(table, object, &question->states, problem);
}

static bool
ask_one(const struct request *request, const json_t *object, struct emit *out,
        struct problem *problem)
{
    const avow_table *table = request->generation->table;
    avow_store_question question;
    avow_store_answer answer;
    if (!read_question(table, object, &question, problem) ||
        !api_decide(request, &question, &answer, problem))
        return false;
    api_emit_answer(out, table, question.point, &answer);
    return true;
}

void
api_ask(const struct request *request, struct reply *reply)
{
    struct problem problem = {0};
    json_t *root = api_body(request, &problem);
    reply->status = 200;
    reply->content_type = "application/json";
    emit_begin(&reply->body);
    if (root && ask_one(request, root, &reply->body, &problem)) {
        api_emit_policy(&reply->body, request->generation->table);
        emit_end(&reply->body, NULL);
    } else {
        problem_reply(&problem, reply);
    }
    json_decref(root);
}

static void
ask_all(const struct request *request, const json_t *questions, struct emit *out)
{
    size_t i;
    json_t *question;
    emit_open(out, "answers", '[');
    json_array_foreach(questions, i, question)
    {
        struct problem problem = {0};
        emit_open(out, NULL, '{');
        if (!json_is_object(question))
            problem_is(&problem, 422, "member", "A question is an object, {...}.");
        else
            ask_one(request, question, out, &problem);
        if (problem.status)
            problem_emit(&problem, out);
        emit_close(out, '}');
    }
    emit_close(out, ']');
}

void
api_ask_batch(const struct request *request, struct reply *reply)
{
    static const char *const batch_members[] = {"questions", NULL};
    struct problem problem = {0};
    json_t *root = api_body(request, &problem);
    const json_t *questions = json_object_get(root, "questions");
    size_t most = (size_t)request->generation->config.limits.batch;
    if (root && api_known(root, batch_members, "a batch", &problem)) {
        if (!json_is_array(questions))
            problem_is(&problem, 422, "member", "'questions' is a list of questions.");
        else if (json_array_size(questions) > most)
            problem_is(&problem, 413, "too-many",
                       "There are more than the %zu questions of limits.batch.", most);
    }
    if (problem.status) {
        problem_reply(&problem, reply);
    } else {
        reply->status = 200;
        reply->content_type = "application/json";
        emit_begin(&reply->body);
        ask_all(request, questions, &reply->body);
        api_emit_policy(&reply->body, request->generation->table);
        emit_end(&reply->body, NULL);
    }
    json_decref(root);
}
