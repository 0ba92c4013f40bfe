/* Where the store and its keys are. */
#ifndef AVOW_AGENT_PLACE_H
#define AVOW_AGENT_PLACE_H

#include "runtime/agent/command.h"

enum { PLACE_MAX = 4096 }; /* bytes of a path, with its NUL */

/* Looks at a store's URL before anything is done with it. AVOW_STORE_USAGE for an engine that does
 * not exist, and for a password: what stands on a command line can be read by everybody. */
avow_store_code place_check(const char *url, avow_store_error *error);

/* The folder of the keys as far as it was given or does not lie beside the database: "" if it does.
 * AVOW_STORE_USAGE if there is nothing to go by. */
avow_store_code place_keys(const struct place *place, char keys[PLACE_MAX],
                           avow_store_error *error);

/* Makes what the folder of the keys is to lie in, if that was not named by anybody. AVOW_STORE_IO.
 */
avow_store_code place_make_parents(const struct place *place, const char *keys,
                                   avow_store_error *error);

/* The file out of which libpq takes a password, whether or not it is there; `named` if the URL or
 * the environment names it, and so it should be. False for a store that takes none. */
bool place_password_file(const char *url, char path[PLACE_MAX], bool *named);

#endif
