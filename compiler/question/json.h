/* Answers for programs: one JSON document (RFC 8259) for each question; avow(1) has its members. */
#ifndef AVOW_QUESTION_JSON_H
#define AVOW_QUESTION_JSON_H

#include "compiler/model/due.h"
#include "compiler/question/list.h"

/* {"verdict": ..., "clauses": [...], ...} of one point. */
void json_answer(struct buffer *out, const struct model *model, struct question question,
                 const struct answer *answer);

/* {"answers": [{...}, ...]}: one member for each point. */
void json_list(struct buffer *out, const struct model *model, struct arena *arena,
               const struct asked *asked);

/* {"due": ...} of one thing. */
void json_due(struct buffer *out, const struct model *model, const struct asked *asked,
              uint32_t what, struct due due);

#endif
