/* What lists exported by mail providers say of an address. */
#ifndef AVOW_AGENT_PROVIDER_H
#define AVOW_AGENT_PROVIDER_H

#include "runtime/agent/columns.h"

enum says {
    SAYS_NOTHING, /* neither: never subscribed, not confirmed, archived */
    SAYS_REFUSED, /* unsubscribed, complained, bounced, cleaned, suppressed */
    SAYS_SUBSCRIBED,
    SAYS_UNKNOWN /* a word that is not known */
};

/* What a word of a column of status says; `name` is the column's, for columns of yes and no. */
enum says provider_says(struct cell word, struct cell name);

/* Whether a list without a column of status tells by its other columns that all in it are refused:
 * the columns that Mailchimp has in lists of unsubscribed and cleaned addresses only. */
bool provider_all_refused(const struct row *names);

/* The instant in a cell, in microseconds, if it is certain up to its zone: with a zone, without one
 * (then `late` decides: the latest or the earliest instant that it can be), as a day, or in seconds
 * or milliseconds since 1970. 0 if there is none, or it could be several days. */
int64_t provider_time(struct cell cell, bool late);

#endif
