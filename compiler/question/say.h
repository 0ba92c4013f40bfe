/* Answers in words, for a person at a terminal. */
#ifndef AVOW_QUESTION_SAY_H
#define AVOW_QUESTION_SAY_H

#include "compiler/model/due.h"
#include "compiler/question/question.h"

/* "customer is stopped and subscribed is not so": states that hold and that do not, as a condition
 * would give them. Nothing for none. */
void say_states(struct buffer *out, const struct model *model, uint64_t states, uint64_t yes);

/* "we may email customer about news if customer is subscribed"; with any_actor "order may be shown
 * to us". */
void say_asked(struct buffer *out, const struct model *model, const struct asked *asked,
               const struct set parts[PART_COUNT], bool may);

/* "Clause stop-everything (section 2, When we write to you; shop.policy:48):" and its words. */
void say_clause(struct buffer *out, const struct model *model, const char *intro, uint32_t clause);

/* A full answer to one point: the sentence, the clauses with their published words; where states
 * are missing what each would lead to; where nothing permits it what comes nearest. */
void say_answer(struct buffer *out, const struct model *model, const struct asked *asked,
                struct question question, const struct answer *answer, bool colour);

/* The rules of that act that reach the point, and whether each holds. */
void say_why(struct buffer *out, const struct model *model, struct question question);

/* A deadline: when, by which clause, from what start. */
void say_due(struct buffer *out, const struct model *model, const struct asked *asked,
             uint32_t what, struct due due);

/* Written words in one line: blanks and line ends as one blank each. */
void say_flat(struct buffer *out, struct text text);

/* "whether customer is stopped, and whether order is hidden" */
void say_whether(struct buffer *out, const struct model *model, uint64_t states);

/* A line in bold green or red, if colour is on. */
void say_coloured(struct buffer *out, bool colour, bool good, struct text text);

#endif
