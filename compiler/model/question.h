/* Questions in words, resolved against a policy. */
#ifndef AVOW_MODEL_QUESTION_H
#define AVOW_MODEL_QUESTION_H

#include "compiler/model/answer.h"

/* The verb that can be asked about, or VERB_COUNT. */
enum verb verb_named(struct text word);

/* The leaf of a name of one of the kinds first..last, or NONE. "us" is the actor where systems are
 * asked for, else the audience. */
uint32_t leaf_named(const struct model *model, struct text name, enum kind first, enum kind last);

/* Why leaf_named gave NONE, as a sentence without a full stop: not declared (with the nearest
 * name), a group (with its members), or of another kind. */
struct text leaf_problem(const struct model *model, struct arena *arena, struct text name,
                         enum kind first, enum kind last);

/* Resolves what an author asked. States that are named are known; the others are not. False after
 * a report to diagnostics. */
bool question_resolve(const struct model *model, const struct question_tree *tree,
                      struct diagnostics *diagnostics, struct question *question);

/* One line of a batch: "actor verb object target states", where states are names parted by commas
 * that hold, "?name" for one that is unknown, "-" for none. States that are not named do not hold,
 * except in a group of which exactly one holds and none is named: that stays unknown. False with
 * *problem set (in the arena) if the line cannot be understood. */
bool question_of_line(const struct model *model, struct arena *arena, struct text line,
                      struct question *question, struct text *problem);

#endif
