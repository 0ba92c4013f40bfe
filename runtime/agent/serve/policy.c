#include "runtime/agent/serve/policy.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 4096, SECONDS_OF_DAY = 86400 };

static bool
in_state(const struct config *config, const char *name, char path[PATH_MOST])
{
    if (!config->state)
        return false;
    int length = snprintf(path, PATH_MOST, "%s/%s", config->state, name);
    return length > 0 && length < PATH_MOST;
}

bool
policy_kept_path(const struct config *config, char path[4096])
{
    return in_state(config, "in-force.avow", path);
}

avow_store_code
policy_load(const struct config *config, const char *path, int64_t now, struct bundle *bundle,
            avow_store_error *error)
{
    struct trust trust = {0};
    bool needed = config->signed_by.count > 0;
    avow_store_code code = AVOW_STORE_OK;
    *bundle = (struct bundle){0};
    if (needed)
        code = trust_read(&trust, config->signed_by.at, config->signed_by.count, error);
    if (code == AVOW_STORE_OK)
        code = bundle_load(bundle, path, needed ? &trust : NULL, now, error);
    trust_free(&trust);
    return code;
}

static bool
same_content(const avow_table *one, const avow_table *other)
{
    return memcmp(avow_identify(one).content, avow_identify(other).content, 32) == 0;
}

/* The last good policy; no table if there is none, with a trouble if it is there and bad. */
static void
load_kept(const struct config *config, int64_t now, struct policy_choice *kept)
{
    char path[PATH_MOST];
    struct stat stat_of;
    avow_store_error error = {0};
    if (!policy_kept_path(config, path) || stat(path, &stat_of) != 0)
        return;
    if (policy_load(config, path, now, &kept->bundle, &error) == AVOW_STORE_OK)
        return;
    bundle_free(&kept->bundle);
    snprintf(kept->trouble, sizeof kept->trouble, "%s", error.text);
}

/* Why a policy may not follow another, as a sentence with what to do. */
static void
say_not_after(const char *path, avow_error why, char trouble[512])
{
    snprintf(trouble, 512, "The policy %s is not obeyed: %s %s", path, avow_error_text(why),
             why == AVOW_ERROR_POLICY || why == AVOW_ERROR_OLDER
                 ? "The last good one goes on. If this is meant, say so with 'avowd rollback'."
                 : "The last good one goes on.");
}

static avow_store_code
choose_kept(struct policy_choice *choice, struct policy_choice *kept, const char *why,
            avow_store_error *error)
{
    bundle_free(&choice->bundle);
    if (!kept->bundle.table)
        return fault(error, AVOW_STORE_POLICY, "%s", why);
    *choice = (struct policy_choice){.bundle = kept->bundle};
    snprintf(choice->trouble, sizeof choice->trouble, "%s", why);
    return AVOW_STORE_OK;
}

avow_store_code
policy_choose(const struct config *config, const avow_table *in_force, int64_t now,
              struct policy_choice *choice, avow_store_error *error)
{
    struct policy_choice kept = {0};
    avow_store_error why = {0};
    *choice = (struct policy_choice){0};
    load_kept(config, now, &kept);
    if (policy_load(config, config->policy, now, &choice->bundle, &why) != AVOW_STORE_OK)
        return choose_kept(choice, &kept, why.text, error);
    const avow_table *before = kept.bundle.table ? kept.bundle.table : in_force;
    avow_error order =
        avow_may_replace(choice->bundle.table, before, (int32_t)(now / SECONDS_OF_DAY));
    if (order != AVOW_OK) {
        say_not_after(config->policy, order, why.text);
        return choose_kept(choice, &kept, why.text, error);
    }
    bundle_free(&kept.bundle);
    return AVOW_STORE_OK;
}

/* Keeping ------------------------------------------------------------------------------------ */

static avow_store_code
cannot_keep(const char *path, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO,
                 "The policy in force cannot be kept as %s: %s. Until it can, a start with a bad "
                 "policy finds no good one. Let avowd's user write there.",
                 path, strerror(errno));
}

static bool
copy(int from, int to)
{
    char bytes[65536];
    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        for (ssize_t at = 0; at < got;) {
            ssize_t wrote = write(to, bytes + at, (size_t)(got - at));
            if (wrote < 0 && errno != EINTR)
                return false;
            at += wrote > 0 ? wrote : 0;
        }
    }
}

static bool
copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool done = out >= 0 && copy(in, out) && fsync(out) == 0;
    int why = errno;
    if (out >= 0 && close(out) != 0 && done) {
        why = errno;
        done = false;
    }
    if (in >= 0)
        close(in);
    errno = why;
    return done;
}

/* Makes a rename durable. */
static bool
sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return done;
}

/* The copy is what was judged: the file may have changed meanwhile, and then is judged anew when
 * the daemon sees the change. */
static avow_store_code
put_in_place(const struct config *config, const char *next, const char *path,
             const avow_table *table, int64_t now, avow_store_error *error)
{
    struct bundle bundle;
    avow_store_code code = policy_load(config, next, now, &bundle, error);
    bool same = code == AVOW_STORE_OK && same_content(bundle.table, table);
    bundle_free(&bundle);
    if (code != AVOW_STORE_OK || !same) {
        unlink(next);
        return code;
    }
    if (rename(next, path) != 0 || !sync_folder(config->state))
        return cannot_keep(path, error);
    return AVOW_STORE_OK;
}

avow_store_code
policy_keep(const struct config *config, const avow_table *table, int64_t now,
            avow_store_error *error)
{
    char path[PATH_MOST], next[PATH_MOST];
    struct policy_choice kept = {0};
    if (!policy_kept_path(config, path) || !in_state(config, "next.avow", next))
        return AVOW_STORE_OK;
    load_kept(config, now, &kept);
    bool there = kept.bundle.table && same_content(kept.bundle.table, table);
    bundle_free(&kept.bundle);
    if (there)
        return AVOW_STORE_OK;
    if (mkdir(config->state, 0700) != 0 && errno != EEXIST)
        return cannot_keep(path, error);
    if (!copy_file(config->policy, next))
        return cannot_keep(next, error);
    return put_in_place(config, next, path, table, now, error);
}
