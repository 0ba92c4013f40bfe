#include "runtime/agent/serve/watch.h"

#include "runtime/agent/serve/policy.h"

#include <string.h>
#include <time.h>

enum { PATH_MOST = 4096, RETRY_SECONDS = 30 };

static int64_t
monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static struct stamp
stamp_of(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return (struct stamp){0};
    return (struct stamp){found.st_dev, found.st_ino, found.st_size, found.st_ctim, found.st_mtim};
}

static void
look(const struct config *config, struct stamp stamps[2])
{
    char kept[PATH_MOST];
    stamps[0] = stamp_of(config->policy);
    stamps[1] = policy_kept_path(config, kept) ? stamp_of(kept) : (struct stamp){0};
}

static bool
same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
same(const struct stamp a[2], const struct stamp b[2])
{
    for (int i = 0; i < 2; i++)
        if (a[i].device != b[i].device || a[i].inode != b[i].inode || a[i].size != b[i].size ||
            !same_time(a[i].changed, b[i].changed) || !same_time(a[i].written, b[i].written))
            return false;
    return true;
}

void
watch_loading(struct watch *watch, const struct config *config)
{
    look(config, watch->loaded);
    watch->tried = monotonic();
}

void
watch_loaded(struct watch *watch, const struct config *config)
{
    struct stamp now[2];
    look(config, now);
    watch->loaded[1] = now[1];
    memcpy(watch->seen, watch->loaded, sizeof watch->seen);
}

bool
watch_changed(struct watch *watch, const struct config *config, bool trouble)
{
    struct stamp now[2];
    look(config, now);
    bool settled = same(now, watch->seen);
    memcpy(watch->seen, now, sizeof now);
    if (settled && !same(now, watch->loaded))
        return true;
    return trouble && monotonic() - watch->tried >= RETRY_SECONDS;
}
