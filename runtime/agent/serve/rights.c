#include "runtime/agent/serve/rights.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the store, policies, pipes, and what a library opens. */
enum { OTHER_DESCRIPTORS = 512 };

/* Each listener, and each door for mail, has its own. */
static rlim_t
connections(const struct config *config)
{
    const struct mail_settings *mail = &config->mail;
    long doors = !!mail->milter + !!mail->socketmap;
    long each = mail->connections ? mail->connections : MAIL_CONNECTIONS;
    return (rlim_t)config->limits.connections * config->http.count + (rlim_t)(doors * each);
}

avow_store_code
rights_limit(const struct config *config, avow_store_error *error)
{
    struct rlimit none = {0, 0}, files;
    umask(077);
    setrlimit(RLIMIT_CORE, &none);
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return AVOW_STORE_OK;
    rlim_t all = connections(config), wanted = all + OTHER_DESCRIPTORS;
    if (files.rlim_cur >= wanted)
        return AVOW_STORE_OK;
    files.rlim_cur = wanted;
    if (files.rlim_max < wanted)
        files.rlim_max = wanted; /* which root may */
    if (setrlimit(RLIMIT_NOFILE, &files) == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_USAGE,
                 "%lu connections, of all listeners and doors, need %lu open files, and avowd may "
                 "have fewer (%s). Lower limits.connections or mail.connections, or raise "
                 "LimitNOFILE= of the service.",
                 (unsigned long)all, (unsigned long)wanted, strerror(errno));
}

static avow_store_code
cannot_become(const char *user, const char *why, avow_store_error *error)
{
    return fault(
        error, AVOW_STORE_USAGE,
        "avowd cannot become the user '%s': %s. Make the user, or start avowd as that user "
        "without 'user:'.",
        user, why);
}

static avow_store_code
become(const char *user, avow_store_error *error)
{
    errno = 0;
    const struct passwd *found = getpwnam(user);
    if (!found)
        return cannot_become(user, errno ? strerror(errno) : "there is no such user", error);
    uid_t uid = found->pw_uid;
    gid_t gid = found->pw_gid;
    if (geteuid() == uid && getuid() == uid && geteuid() != 0)
        return AVOW_STORE_OK;
    if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
        setresuid(uid, uid, uid) != 0)
        return cannot_become(user, strerror(errno), error);
    /* What cannot be taken back has to be gone. */
    if (uid != 0 && (setuid(0) == 0 || getuid() != uid || geteuid() != uid || getegid() != gid))
        return cannot_become(user, "root's rights would come back", error);
    return AVOW_STORE_OK;
}

/* Also capabilities that a service manager gave to an ordinary user. Who has none need not ask: a
 * sandbox may forbid the call. */
static bool
give_up_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &head, have) == 0 && memcmp(have, none, sizeof have) == 0)
        return true;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, none) == 0;
}

avow_store_code
rights_drop(const struct config *config, avow_store_error *error)
{
    if (!config->user && geteuid() == 0)
        return fault(
            error, AVOW_STORE_USAGE,
            "avowd would serve with the rights of root. Name an ordinary user with 'user:' "
            "in %s.",
            config->path);
    avow_store_code code = config->user ? become(config->user, error) : AVOW_STORE_OK;
    if (code != AVOW_STORE_OK)
        return code;
    bool root = geteuid() == 0; /* as "user: root" wants it: files of others stay readable */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        (!root && !give_up_capabilities()))
        return fault(error, AVOW_STORE_USAGE, "avowd cannot give up its rights: %s.",
                     strerror(errno));
    return AVOW_STORE_OK;
}
