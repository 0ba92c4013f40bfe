#include "runtime/agent/mail/wire_listen.h"

#include "runtime/agent/serve/config_judge.h"
#include "runtime/store/fault.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 512 };

static avow_store_code
failed(const char *listen, const char *what, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO, "%s %s: %s.", what, listen, strerror(errno));
}

/* UNIX sockets -----------------------------------------------------------------------------------
 */

/* Whether somebody answers at a socket. */
static bool
is_alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int made = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)address, sizeof *address);
    bool alive = made == 0 || (fd >= 0 && errno == EAGAIN);
    if (fd >= 0)
        close(fd);
    return alive;
}

static avow_store_code
bind_path(int fd, const struct sockaddr_un *address, avow_store_error *error)
{
    const char *path = address->sun_path;
    const struct sockaddr *any = (const struct sockaddr *)address;
    mode_t before = umask(0177);
    int made = bind(fd, any, sizeof *address);
    if (made != 0 && errno == EADDRINUSE) {
        struct stat is;
        bool socket = lstat(path, &is) == 0 && S_ISSOCK(is.st_mode);
        if (socket && is_alive(address)) {
            umask(before);
            return fault(error, AVOW_STORE_IO,
                         "Somebody listens at %s already. Stop the other avowd first.", path);
        }
        if (socket && unlink(path) == 0)
            made = bind(fd, any, sizeof *address);
        else
            errno = EADDRINUSE;
    }
    umask(before);
    return made == 0 ? AVOW_STORE_OK : failed(path, "Cannot listen at", error);
}

static bool
read_mode(const char *text, mode_t *out)
{
    char *end;
    unsigned long mode = text ? strtoul(text, &end, 8) : MAIL_MODE;
    *out = (mode_t)mode;
    return !text || (*text >= '0' && *text <= '7' && *end == '\0' && mode <= 0777);
}

static avow_store_code
give_to(const char *path, const struct mail_settings *settings, avow_store_error *error)
{
    mode_t mode;
    if (!read_mode(settings->mode, &mode))
        return fault(error, AVOW_STORE_INPUT,
                     "mail: mode is '%s'. Write digits as chmod takes them: 660.", settings->mode);
    if (settings->group) {
        const struct group *group = getgrnam(settings->group);
        if (!group)
            return fault(error, AVOW_STORE_INPUT, "mail: there is no group '%s'.", settings->group);
        if (chown(path, (uid_t)-1, group->gr_gid) != 0)
            return failed(path, "Cannot give to its group", error);
    }
    return chmod(path, mode) == 0 ? AVOW_STORE_OK : failed(path, "Cannot set the mode of", error);
}

static avow_store_code
open_path(const char *path, const struct mail_settings *settings, struct wire_socket *out,
          avow_store_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat is;
    if (strlen(path) >= sizeof address.sun_path)
        return fault(error, AVOW_STORE_INPUT,
                     "The path %s is too long: a UNIX socket has at most %zu bytes.", path,
                     sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    out->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (out->fd < 0)
        return failed(path, "Cannot make a socket for", error);
    avow_store_code code = bind_path(out->fd, &address, error);
    if (code != AVOW_STORE_OK)
        return code;
    memcpy(out->path, path, strlen(path) + 1);
    if (lstat(path, &is) == 0) {
        out->device = is.st_dev;
        out->inode = is.st_ino;
    }
    return give_to(path, settings, error);
}

/* Addresses --------------------------------------------------------------------------------------
 */

static avow_store_code
open_address(const char *listen, const struct listen_place *place, struct wire_socket *out,
             avow_store_error *error)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } address = {0};
    int on = 1;
    bool six = strchr(place->host, ':') != NULL;
    if (!place->loopback)
        return fault(error, AVOW_STORE_INPUT,
                     "mail: %s can be reached by others, who are not asked who they are. Listen at "
                     "unix:PATH or at 127.0.0.1.",
                     listen);
    if (six) {
        address.six.sin6_family = AF_INET6;
        address.six.sin6_port = htons((uint16_t)place->port);
        inet_pton(AF_INET6, place->host, &address.six.sin6_addr);
    } else {
        address.four.sin_family = AF_INET;
        address.four.sin_port = htons((uint16_t)place->port);
        inet_pton(AF_INET, place->host, &address.four.sin_addr);
    }
    out->fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (out->fd < 0)
        return failed(listen, "Cannot make a socket for", error);
    setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(out->fd, &address.any, six ? sizeof address.six : sizeof address.four) != 0)
        return failed(listen, "Cannot listen at", error);
    return AVOW_STORE_OK;
}

avow_store_code
wire_socket_open(const char *listen_at, const struct mail_settings *settings,
                 struct wire_socket *out, avow_store_error *error)
{
    struct listen_place place;
    avow_store_code code;
    *out = (struct wire_socket){.fd = -1};
    if (!listen_place(listen_at, &place) || place.kind == LISTEN_SYSTEMD)
        return fault(error, AVOW_STORE_INPUT,
                     "mail: '%s' is no place to listen at. Write unix:PATH or 127.0.0.1:PORT.",
                     listen_at);
    if (place.kind == LISTEN_UNIX)
        code = open_path(place.name, settings, out, error);
    else
        code = open_address(listen_at, &place, out, error);
    if (code == AVOW_STORE_OK && listen(out->fd, BACKLOG) != 0)
        code = failed(listen_at, "Cannot listen at", error);
    return code;
}

void
wire_socket_close(struct wire_socket *socket)
{
    struct stat is;
    if (socket->fd >= 0)
        close(socket->fd);
    if (socket->path[0] && lstat(socket->path, &is) == 0 && is.st_dev == socket->device &&
        is.st_ino == socket->inode)
        unlink(socket->path);
    socket->fd = -1;
}
