/* The parts of the HTTP server, for the files of this room only. */
#ifndef AVOW_AGENT_SERVER_H
#define AVOW_AGENT_SERVER_H

#include "runtime/agent/http/crowd.h"
#include "runtime/agent/http/http.h"
#include "runtime/agent/http/work.h"

#include <microhttpd.h>
#include <sys/types.h>

/* Bytes of a body that is too long, which are read all the same. */
enum { THROWN_AWAY_MOST = 1 << 20 };

/* One socket that is listened on. */
struct listener {
    struct server *server;
    struct MHD_Daemon *mhd; /* NULL: not started */
    struct crowd *crowd;
    int file;
    char *unlink; /* path of a UNIX socket of ours, or NULL */
    dev_t device; /* where it is, and which: another may have taken its place */
    ino_t inode;
    unsigned doors;
    bool tls, trusted; /* TLS is in front; who reaches it may ask without a token */
};

struct server {
    struct daemon *daemon;
    struct limit_settings limits;
    struct listener *listeners;
    size_t count;
    struct work *readers, *writers;
    _Atomic long running;        /* requests between their first line and the end of the reply */
    _Atomic bool stopping;       /* connections are closed after their reply */
    _Atomic uint64_t slow_until; /* nanoseconds: reads wait, and so go to the readers */
};

/* One request and its reply. */
struct exchange {
    struct request request;
    struct reply reply;
    struct listener *listener;
    struct MHD_Connection *connection;
    struct member *member;
    const struct route *route; /* NULL: it was refused before */
    char *body;
    size_t room;
    uint64_t began; /* nanoseconds, monotonic */
    enum { STAGE_HEAD, STAGE_BODY, STAGE_WAITING, STAGE_DONE } stage;
    bool too_long;   /* the body is; the rest of it is thrown away */
    bool hopeless;   /* refused, and its body is not to be read */
    bool bad_target; /* the path has a NUL in it, or what cannot be decoded */
    struct job job;
};

/* Opens what a listener is configured to; *listener->file. */
avow_store_code listener_open(struct listener *listener, const struct listener_settings *settings,
                              avow_store_error *error);
void listener_close(struct listener *listener);

/* Judges the head of a request: finds its route, or fills the reply with why there is none. */
void exchange_route(struct exchange *exchange, const char *path, const char *method);

#endif
