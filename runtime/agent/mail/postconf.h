/* What an installed Postfix says of itself, by its command postconf. */
#ifndef AVOW_AGENT_POSTCONF_H
#define AVOW_AGENT_POSTCONF_H

#include "runtime/avow_store.h"

struct postconf {
    const char *folder; /* of main.cf, or NULL: the installed one's */
};

/* What postconf prints with these arguments (ended by NULL), without the last line feed; the
 * caller's. AVOW_STORE_NOT_FOUND if there is no postconf, AVOW_STORE_IO if it fails: with what it
 * says. */
avow_store_code postconf_run(const struct postconf *postfix, const char *const *arguments,
                             char **out, avow_store_error *error);

/* The value of a parameter of main.cf, with names in it replaced; the caller's. */
avow_store_code postconf_value(const struct postconf *postfix, const char *name, char **out,
                               avow_store_error *error);

/* The same for one service of master.cf ("587/inet"): what main.cf says, unless -o says otherwise
 * there. */
avow_store_code postconf_service_value(const struct postconf *postfix, const char *service,
                                       const char *name, char **out, avow_store_error *error);

/* The version as a number: 3.7.11 is 307; 0 for what is none. */
int postconf_version(const char *text);

#endif
