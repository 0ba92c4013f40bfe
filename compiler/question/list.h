/* Questions about many points: a place that is asked for, or a group. */
#ifndef AVOW_QUESTION_LIST_H
#define AVOW_QUESTION_LIST_H

#include "compiler/question/question.h"

enum { LIST_MOST = 100000 }; /* points of one question */

/* Points with the same answer; a product of three sets. */
struct answers {
    struct question question; /* of the first of them */
    struct answer answer;
    struct set parts[PART_COUNT]; /* what its points have in each place */
};

struct answer_list {
    VECTOR(struct answers) at; /* allowed first, then what depends on states, then the rest */
};

/* Answers all points of a question that has at most LIST_MOST of them. */
struct answer_list answers_list(const struct model *model, struct arena *arena,
                                const struct asked *asked);

/* The most permissive answer of any actor, with that actor in *question. */
struct answer answer_of_any(const struct model *model, struct arena *arena,
                            const struct asked *asked, struct question *question);

/* Calls visit with each point of the question, in order, and its answer. */
void answers_each(const struct model *model, struct arena *arena, const struct asked *asked,
                  void (*visit)(void *context, struct question question,
                                const struct answer *answer),
                  void *context);

void say_list(struct buffer *out, const struct model *model, const struct asked *asked,
              const struct answer_list *list, bool colour);

#endif
