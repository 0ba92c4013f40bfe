/* Becoming nobody: what avowd may do once its sockets are open. */
#ifndef AVOW_AGENT_RIGHTS_H
#define AVOW_AGENT_RIGHTS_H

#include "runtime/agent/serve/config.h"

/* Files of avowd are its user's alone, and it leaves no core file, in which addresses would stand.
 * Room for as many descriptors as it may have connections. */
avow_store_code rights_limit(const struct config *config, avow_store_error *error);

/* Becomes config->user, with the groups of that user, and gives up every capability and the way to
 * get one. AVOW_STORE_USAGE if it would stay root without "user: root" being said. */
avow_store_code rights_drop(const struct config *config, avow_store_error *error);

#endif
