/* Sockets that are listened on. */
#include "runtime/agent/http/server.h"

#include "runtime/agent/serve/systemd.h"
#include "runtime/store/fault.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 512 };

static avow_store_code
cannot(const char *listen, const char *why, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO, "avowd cannot listen on %s: %s.", listen, why);
}

/* A socket that nobody listens on any more is in the way; one that somebody does is not ours. */
static const char *
clear_the_way(const struct sockaddr_un *address)
{
    struct stat found;
    if (lstat(address->sun_path, &found) != 0)
        return errno == ENOENT ? NULL : strerror(errno);
    if (!S_ISSOCK(found.st_mode))
        return "there is a file of that name which is no socket";
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0)
        return strerror(errno);
    int there = connect(file, (const struct sockaddr *)address, sizeof *address);
    int why = errno;
    close(file);
    if (there == 0 || why == EAGAIN)
        return "another process listens there";
    return unlink(address->sun_path) == 0 ? NULL : strerror(errno);
}

static const char *
give_to_group(const char *path, const char *name)
{
    errno = 0;
    const struct group *group = getgrnam(name);
    if (!group)
        return errno ? strerror(errno) : "there is no such group";
    return chown(path, (uid_t)-1, group->gr_gid) == 0 ? NULL : strerror(errno);
}

/* Nobody connects before mode and group are right: until listen is called they are refused. */
static avow_store_code
open_unix(struct listener *listener, const char *path, const struct listener_settings *settings,
          avow_store_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    const char *why = clear_the_way(&address);
    if (why)
        return cannot(settings->listen, why, error);
    listener->file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->file < 0 ||
        bind(listener->file, (const struct sockaddr *)&address, sizeof address) != 0)
        return cannot(settings->listen, strerror(errno), error);
    struct stat made;
    if (lstat(path, &made) != 0)
        return cannot(settings->listen, strerror(errno), error);
    listener->device = made.st_dev;
    listener->inode = made.st_ino;
    listener->unlink = strdup(path);
    why = settings->group ? give_to_group(path, settings->group) : NULL;
    if (!why && (chmod(path, (mode_t)settings->mode) != 0 || listen(listener->file, BACKLOG) != 0))
        why = strerror(errno);
    return why ? cannot(settings->listen, why, error) : AVOW_STORE_OK;
}

static socklen_t
address_of(const struct listen_place *place, struct sockaddr_storage *out)
{
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    *out = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, place->host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)place->port);
        return sizeof *four;
    }
    inet_pton(AF_INET6, place->host, &six->sin6_addr);
    six->sin6_family = AF_INET6;
    six->sin6_port = htons((uint16_t)place->port);
    return sizeof *six;
}

static avow_store_code
open_address(struct listener *listener, const struct listen_place *place, const char *name,
             avow_store_error *error)
{
    struct sockaddr_storage address;
    socklen_t length = address_of(place, &address);
    int yes = 1;
    listener->file = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->file < 0 ||
        setsockopt(listener->file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener->file, (const struct sockaddr *)&address, length) != 0 ||
        listen(listener->file, BACKLOG) != 0)
        return cannot(name, strerror(errno), error);
    return AVOW_STORE_OK;
}

/* What systemd listens on may be anything: an address that other machines reach is refused as one
 * of ours is. */
static avow_store_code
open_passed(struct listener *listener, const char *name, const struct listener_settings *settings,
            avow_store_error *error)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    listener->file = systemd_socket(name);
    if (listener->file < 0)
        return cannot(
            settings->listen,
            "systemd passed no socket of that name: see FileDescriptorName= of the .socket "
            "unit",
            error);
    if (getsockname(listener->file, (struct sockaddr *)&address, &length) != 0)
        return cannot(settings->listen, strerror(errno), error);
    const struct sockaddr_in *four = (const struct sockaddr_in *)&address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address;
    bool here = address.ss_family == AF_UNIX ||
                (address.ss_family == AF_INET && (ntohl(four->sin_addr.s_addr) >> 24) == 127) ||
                (address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six->sin6_addr));
    if (!here && !settings->tls_in_front)
        return cannot(
            settings->listen,
            "it can be reached from other machines, and avowd itself does not encrypt; say "
            "'tls-in-front: yes' if a proxy before it does",
            error);
    return AVOW_STORE_OK;
}

avow_store_code
listener_open(struct listener *listener, const struct listener_settings *settings,
              avow_store_error *error)
{
    struct listen_place place;
    listener->file = -1;
    listener->doors = settings->doors;
    listener->tls = settings->tls_in_front;
    if (!listen_place(settings->listen, &place))
        return cannot(settings->listen, "it is no place", error);
    switch (place.kind) {
    case LISTEN_UNIX:
        listener->trusted = !(settings->mode & 07);
        return open_unix(listener, place.name, settings, error);
    case LISTEN_SYSTEMD:
        return open_passed(listener, place.name, settings, error);
    default:
        return open_address(listener, &place, settings->listen, error);
    }
}

void
listener_close(struct listener *listener)
{
    if (listener->file >= 0)
        close(listener->file);
    struct stat now;
    if (listener->unlink && lstat(listener->unlink, &now) == 0 && now.st_dev == listener->device &&
        now.st_ino == listener->inode)
        unlink(listener->unlink);
    free(listener->unlink);
    listener->file = -1;
    listener->unlink = NULL;
}
