/* Events that a policy speaks of without declaring them. */
#ifndef AVOW_MODEL_EVENTS_H
#define AVOW_MODEL_EVENTS_H

#include "compiler/model/internal.h"

/* The name of the event that a new version of the policy itself takes effect. A policy may declare
 * it to give it another label. */
#define EVENT_CHANGE "change"

/* Whether the rules speak of it: as a start, as what is planned, or as what people are told. */
bool events_use_change(const struct tree *tree);

#endif
