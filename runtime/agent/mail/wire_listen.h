/* The listening socket of a door for mail. */
#ifndef AVOW_AGENT_WIRE_LISTEN_H
#define AVOW_AGENT_WIRE_LISTEN_H

#include "runtime/agent/mail/mail_settings.h"

#include <sys/un.h>

struct wire_socket {
    int fd;                                               /* -1: closed */
    char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* of a UNIX socket, else "" */
    uint64_t device, inode; /* of the socket that was made: only that is taken away again */
};

avow_store_code wire_socket_open(const char *listen, const struct mail_settings *settings,
                                 struct wire_socket *out, avow_store_error *error);
void wire_socket_close(struct wire_socket *socket);

#endif
