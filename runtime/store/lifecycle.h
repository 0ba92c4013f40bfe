/* What a policy says of its states: whose they are, what switches them, and which way refuses.
 *
 * A table is one that avow_open has let through, or generated code; never NULL. Texts are the
 * table's and live as long as it does. Nothing here allocates or fails. */
#ifndef AVOW_STORE_LIFECYCLE_H
#define AVOW_STORE_LIFECYCLE_H

#include "runtime/avow.h"

#include <stdbool.h>

struct lifecycle_state {
    avow_id state;
    uint64_t bit;       /* in avow_states */
    avow_text name;     /* what it is stored under */
    avow_text formerly; /* what it was stored under before it was renamed; no data if never */
    bool of_record;     /* of a record of data, not of a person */
    bool stored;        /* something switches it on: the store owns it. Else the caller knows it */
    bool on_refuses;    /* switched on it may turn a yes into a no: a NEVER needs it, or a MAY its
                           absence. "Except as stated" is a NEVER */
    bool off_refuses;   /* so may switching it off. Both may be, or neither */
    uint32_t clause;    /* the first, in page order, with a rule that asks for it; else the first
                           that says when a request which switches it on is done; or AVOW_NONE */
};

/* How many states a policy has; facts are none. */
uint32_t lifecycle_count(const avow_table *table);

/* The state of this index, in order of the numbers of states. Of an index that is none all is zero,
 * but state and clause are AVOW_NONE. */
struct lifecycle_state lifecycle_state_at(const avow_table *table, uint32_t index);

enum lifecycle_switch {
    SWITCH_NONE = 0,
    SWITCH_ON = 1,
    SWITCH_OFF = 2,
    SWITCH_BOTH = SWITCH_ON | SWITCH_OFF /* the policy does not say which */
};

/* What it does to a state that a request is done, or that an event happens. NONE for a number that
 * is neither, and for an index that is no state's. */
enum lifecycle_switch lifecycle_switch_of(const avow_table *table, uint32_t index, avow_id what);

/* Whether a state is one of this person or data. */
bool lifecycle_is_of(const avow_table *table, uint32_t index, avow_id owner);

/* Whether a request or event can only ever make answers stricter: it switches a state in the
 * direction that refuses, and none in one that may permit (to and fro is no direction). States that
 * no rule asks for do not count. False if it switches nothing that counts. */
bool lifecycle_only_refuses(const avow_table *table, avow_id what);

#endif
