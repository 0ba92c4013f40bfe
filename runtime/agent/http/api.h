/* What the handlers of /v1/ share: bodies in JSON, names of the policy, answers. */
#ifndef AVOW_AGENT_API_H
#define AVOW_AGENT_API_H

#include "runtime/agent/http/http.h"

#include <jansson.h>

/* What is wrong with a request, or with one question of many. */
struct problem {
    unsigned status; /* 0: nothing */
    const char *type;
    char text[512];
};

/* Says what is wrong; gives false. */
bool problem_is(struct problem *problem, unsigned status, const char *type, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool problem_of_store(struct problem *problem, const avow_store_error *error);
/* As the reply, or as the member "problem" of a list of answers. */
void problem_reply(const struct problem *problem, struct reply *reply);
void problem_emit(const struct problem *problem, struct emit *out);

/* JSON --------------------------------------------------------------------------------------- */

/* The body as a JSON object, for json_decref; NULL with a problem. Duplicate members, more than 64
 * levels, and anything but UTF-8 are refused. */
json_t *api_body(const struct request *request, struct problem *problem);

/* Whether the object has no member but these (ended by NULL); `what` is "the question" or the like.
 */
bool api_known(const json_t *object, const char *const *names, const char *what,
               struct problem *problem);

/* A member that is a text without NUL; false with a problem if it is there and something else.
 * NULL: it is not there, which is a problem if it is `required`. */
bool api_text(const json_t *object, const char *name, bool required, const char **text,
              struct problem *problem);
/* The same of true or false; left alone if it is not there. */
bool api_yes(const json_t *object, const char *name, bool *yes, struct problem *problem);
/* An instant, "2026-03-07T10:00:00Z", in microseconds; left alone if it is not there. */
bool api_time(const json_t *object, const char *name, int64_t *out, struct problem *problem);

/* Names -------------------------------------------------------------------------------------- */

/* Members "email", "phone" or "id", of which one at most may be there; and "record". */
bool api_person(const json_t *object, avow_identity_text *who, struct problem *problem);
bool api_record(const json_t *object, const char *name, avow_identity_text *record,
                struct problem *problem);

/* The member "states": {"region.eu": true, "minor": false, "other": null}. */
bool api_states(const avow_table *table, const json_t *object, avow_states *states,
                struct problem *problem);

/* Members "actor" (us by default), "verb", "object", "target". */
bool api_point(const avow_table *table, const json_t *object, avow_point *point,
               struct problem *problem);

/* Answers ------------------------------------------------------------------------------------ */

/* The members of an answer to a point. */
void api_emit_answer(struct emit *out, const avow_table *table, avow_point point,
                     const avow_store_answer *answer);
void api_emit_clause(struct emit *out, const char *name, const avow_table *table, uint32_t clause);
void api_emit_due(struct emit *out, const char *name, const avow_table *table, avow_due due);
/* Which policy it was that said so: "policy" and "content". */
void api_emit_policy(struct emit *out, const avow_table *table);

/* Asks the store about somebody, or the table alone if nobody is named: then the states are what
 * the question says. False with a problem if nothing could be decided because the store failed. */
bool api_decide(const struct request *request, const avow_store_question *question,
                avow_store_answer *answer, struct problem *problem);

handler api_ask, api_ask_batch, api_record_event, api_show, api_due;

#endif
