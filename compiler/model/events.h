/* Events that a policy speaks of without declaring them: that its own next version takes effect,
 * and that the duties of a clause are done. They are leaves like others, behind those declared. */
#ifndef AVOW_MODEL_EVENTS_H
#define AVOW_MODEL_EVENTS_H

#include "compiler/model/internal.h"

/* The name of the event that a new version of the policy itself takes effect. A policy may declare
 * it to give it another label. */
#define EVENT_CHANGE "change"

/* Begins the name of the event that a clause is done; no name that is declared has a colon. */
#define EVENT_DONE "done:"

/* Whether the rules speak of the change: as a start, as what is planned, or as what people are
 * told. */
bool events_use_change(const struct tree *tree);

/* Whether a clause has a duty that can be done: to keep something never is. */
bool events_can_be_done(const struct clause_tree *clause);

/* "done:NAME" */
struct text events_done_name(struct arena *arena, struct text clause);

/* The symbol of the event that the clause of this name is done, or NONE if no clock waits for it.
 */
uint32_t events_done(const struct model *model, struct text clause);

/* What stands behind "after": requests, events, and clauses whose duties must be done. False after
 * a report; the others are in. */
bool events_resolve(struct draft *draft, const struct name_list *list, struct set *out);

/* Once all sentences are resolved: the labels of events that a clause is done; and a report for
 * clauses that wait for each other. */
void events_finish(struct draft *draft);

#endif
