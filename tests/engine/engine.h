/* What the programs that try engines share. */
#ifndef AVOW_TESTS_ENGINE_H
#define AVOW_TESTS_ENGINE_H

#include "tests/engine/model.h"

/* The engine that a URL names; exits if there is none. */
const struct engine_ops *engine_of(const char *url);

/* Holds what an engine says against the model, within its transaction if there is one, and exits
 * if they differ: all of it, or what is in one part. */
void check_all(struct engine *engine, const struct model *model);
void check_some(struct engine *engine, const struct model *model, uint32_t which);

#endif
