/* Whether the policy in force has to be looked at again: its file changed, or one that was refused
 * may be good by now. Asked about twice a second. */
#ifndef AVOW_AGENT_WATCH_H
#define AVOW_AGENT_WATCH_H

#include "runtime/agent/serve/generation.h"

#include <sys/stat.h>

/* What tells one content of a file from another. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed, written;
};

struct watch {
    struct stamp loaded[2], seen[2]; /* of the policy, and the last good one */
    int64_t tried;                   /* seconds, monotonic: the last load */
};

/* Notes what is about to be loaded, so that a change meanwhile is seen; and, once it is, the last
 * good policy that the load itself has written. */
void watch_loading(struct watch *watch, const struct config *config);
void watch_loaded(struct watch *watch, const struct config *config);

/* Whether to load again: a change that has settled (a file that is still being written is left
 * alone), or half a minute after a load that failed. */
bool watch_changed(struct watch *watch, const struct config *config, bool trouble);

#endif
