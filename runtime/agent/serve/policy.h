/* Which policy comes into force: the file that is configured, or the last good one.
 *
 * The last good policy is kept in the state folder. What is configured takes its place if it is
 * whole, signed as it must be, of the same policy, in force by its own date, and not older;
 * otherwise the last good one goes on, also after a start. `avowd rollback` puts an older one
 * there, on purpose. */
#ifndef AVOW_AGENT_POLICY_H
#define AVOW_AGENT_POLICY_H

#include "runtime/agent/bundle.h"
#include "runtime/agent/serve/config.h"

struct policy_choice {
    struct bundle bundle;
    char trouble[512]; /* why it is not the configured one; "" if it is */
};

/* Chooses; `in_force` is the table of a generation that serves now, or NULL. The caller frees the
 * bundle. An error: there is no policy that may serve. */
avow_store_code policy_choose(const struct config *config, const avow_table *in_force, int64_t now,
                              struct policy_choice *choice, avow_store_error *error);

/* Loads a bundle, signed by whom the configuration trusts. The caller frees it in any case. */
avow_store_code policy_load(const struct config *config, const char *path, int64_t now,
                            struct bundle *bundle, avow_store_error *error);

/* Keeps the configured policy as the last good one, if its content is that of `table`. */
avow_store_code policy_keep(const struct config *config, const avow_table *table, int64_t now,
                            avow_store_error *error);

/* Where the last good policy is kept; false if there is no state folder. */
bool policy_kept_path(const struct config *config, char path[4096]);

#endif
