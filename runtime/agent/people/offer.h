/* What people can ask for so that they get no more mail about something: worked out of a policy.
 *
 * A request counts if, once it is done, e-mail about the purpose is refused for certain: from
 * everybody who acts, whatever else holds. Of several the one with the fewest effects is offered.
 * None of this is about anybody: the same table gives the same offers. */
#ifndef AVOW_AGENT_OFFER_H
#define AVOW_AGENT_OFFER_H

#include "runtime/avow.h"

#include <stdbool.h>

/* A purpose that a kind of person may get e-mail about. */
struct offer {
    avow_id person, purpose;
    avow_id request; /* AVOW_NONE: none gets such mail refused */
    uint32_t why;    /* the clause by which it may be sent */
};

/* Answers about a point can depend on many states; past so many looks nothing counts as shown. An
 * act with more points than that does not count among the effects. */
enum { OFFER_LOOKS = 1 << 18, OFFER_POINTS = 1 << 20 };

/* The offer of a person and a purpose; of mail that is never permitted, all AVOW_NONE. `effects`
 * has a number for each request of the table, zero at first, and is kept from one call to the next.
 */
struct offer offer_find(const avow_table *table, uint64_t *effects, avow_id person,
                        avow_id purpose);

/* What holds for certain once a request is done, and nothing else. */
avow_states offer_after(const avow_table *table, avow_id request);

/* Whether a request is one that a link may make: it only ever refuses, and is about a person. */
bool offer_can_withdraw(const avow_table *table, avow_id request);

/* Whether a request is one that only the person herself can make: it is about a person, and may
 * permit something. */
bool offer_can_agree(const avow_table *table, avow_id request);

/* Whether a point is permitted in any case that what is known leaves open. */
bool offer_is_open(const avow_table *table, avow_point point, avow_states known);

#endif
