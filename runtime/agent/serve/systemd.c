#include "runtime/agent/serve/systemd.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FIRST = 3 }; /* descriptor that is passed, SD_LISTEN_FDS_START */

void
systemd_notify(const char *lines)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = path ? strlen(path) : 0;
    if (length < 2 || length >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(to.sun_path, path, length);
    if (to.sun_path[0] == '@') /* an abstract name */
        to.sun_path[0] = '\0';
    int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0)
        return;
    sendto(file, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *)&to,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(file);
}

void
systemd_notify_reloading(void)
{
    char lines[80];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(lines, sizeof lines, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    systemd_notify(lines);
}

/* Whether the text between two colons is this name. */
static bool
is_name(const char *at, const char *name)
{
    size_t length = strcspn(at, ":");
    return strlen(name) == length && memcmp(at, name, length) == 0;
}

int
systemd_socket(const char *name)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    if (!pid || !count || atol(pid) != (long)getpid())
        return -1;
    long passed = atol(count);
    for (int file = FIRST; file < FIRST + passed && file < 1024 && names; file++) {
        int flags = fcntl(file, F_GETFD);
        /* What was taken once is marked so. */
        if (is_name(names, name) && flags >= 0 && !(flags & FD_CLOEXEC)) {
            fcntl(file, F_SETFD, FD_CLOEXEC);
            return file;
        }
        names = strchr(names, ':');
        names = names ? names + 1 : NULL;
    }
    return -1;
}
