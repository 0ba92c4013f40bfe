/* Questions in words, resolved against a policy.
 *
 * "may we email customer about news if stopped?"    whether it is allowed
 * "who may see issue.name?"                         a free place: all that could stand there
 * "when is opt-out due if received 2026-03-07?"     a deadline
 *
 * What is not said of a state leaves it unknown. */
#ifndef AVOW_QUESTION_QUESTION_H
#define AVOW_QUESTION_QUESTION_H

#include "compiler/model/answer.h"
#include "compiler/question/phrases.h"

enum asked_form { ASKED_ACT, ASKED_DUE };

/* The parts of an act. */
enum part { PART_ACTOR, PART_OBJECT, PART_TARGET, PART_COUNT };

struct asked {
    enum asked_form form;
    enum verb verb;
    struct set parts[PART_COUNT];       /* of DUE: the target may be empty: none was named */
    struct span part_spans[PART_COUNT]; /* begin == end where the question does not name it */
    enum part free;    /* what is asked for ("who", "what", "where"), or PART_COUNT */
    bool any_actor;    /* it does not matter who acts: "who may see issue.name?" */
    struct cube given; /* states that hold and that do not */
    uint64_t pending;  /* states that a received request is about to switch: unknown */
    const struct moment_of *moments; /* what was received or happened */
    size_t moment_count;
};

/* How many points it stands for; of a deadline how many things. UINT64_MAX at the most. */
uint64_t asked_size(const struct asked *asked);

/* The only point of a question of size 1. */
struct question asked_point(const struct asked *asked);

/* Reads a question that is a source of its own. False after a report to diagnostics. */
bool question_read(const struct model *model, const struct phrases *phrases, uint32_t source,
                   struct diagnostics *diagnostics, struct asked *asked);

/* Reads a source that names things which could stand in the free place of a question, joined with
 * commas or "and". False after a report. */
bool question_names(const struct model *model, const struct phrases *phrases, uint32_t source,
                    const struct asked *asked, struct diagnostics *diagnostics, struct set *names);

/* One line of a batch: "actor verb object target states", where states are names parted by commas
 * that hold, "?name" for one that is unknown, "-" for none. States that are not named do not hold,
 * except in a group of which exactly one holds and none is named: that stays unknown. False with
 * *problem set (in the arena) if the line cannot be understood. */
bool question_of_line(const struct model *model, struct arena *arena, struct text line,
                      struct question *question, struct text *problem);

#endif
