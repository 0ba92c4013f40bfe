/* The HTTP server: libmicrohttpd carries, routes decide.
 *
 * A handler sees a whole request (the body is complete and within its limit, the path
 * percent-decoded) and fills a reply; it knows nothing of the library. Handlers that wait for the
 * disk are marked and run on threads of their own, so that questions never wait behind records. */
#ifndef AVOW_AGENT_HTTP_H
#define AVOW_AGENT_HTTP_H

#include "runtime/agent/serve/daemon.h"
#include "runtime/store/emit.h"

enum method { METHOD_GET = 1, METHOD_HEAD = 2, METHOD_POST = 4, METHOD_OPTIONS = 8 };

/* What a bearer token may be good for. */
enum scope { SCOPE_NONE = 0, SCOPE_ASK = 1, SCOPE_RECORD = 2, SCOPE_ADMIN = 4 };

struct request {
    struct daemon *daemon;
    struct generation *generation; /* held for this request */
    enum method method;
    const char *path; /* decoded, without the query */
    const char *rest; /* of the path behind the route's prefix: a token */
    const char *body; /* NUL-terminated behind its length */
    size_t length;
    const char *content_type; /* "" if none */
    const char *token;        /* the name of the bearer token, or NULL */
    bool tls;         /* whether the visitor's side of the proxy is encrypted, as declared */
    void *connection; /* for request_header and request_query */
};

/* A header of the request, or NULL; of several with one name `request_header_count` tells. */
const char *request_header(const struct request *, const char *name);
unsigned request_header_count(const struct request *, const char *name);
/* A parameter of the query, decoded, or NULL. */
const char *request_query(const struct request *, const char *name);

struct reply {
    unsigned status;
    const char *content_type;
    struct emit body; /* written with emit_raw or as JSON; freed by the server */
    struct {
        const char *name;
        char value[512];
    } header[12];
    size_t headers;
};

void reply_header(struct reply *, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An RFC 9457 problem: "application/problem+json" with type, title, status, detail. Detail says
 * where, why and how to mend it; never anything of the person. */
void reply_problem(struct reply *, unsigned status, const char *type, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The status and type of the problem that a store's error is. */
unsigned reply_store_status(avow_store_code code, const char **type);
/* The problem that a store's error is. */
void reply_store_problem(struct reply *, const avow_store_error *error);

typedef void handler(const struct request *, struct reply *);

/* On which thread a handler runs. */
enum waits {
    WAITS_NOT,   /* at once, where requests are read: it must not wait for anything */
    WAITS_READ,  /* for the store, to read: at once if the store is on this machine's disk */
    WAITS_LONG,  /* to read much: on a thread of its own */
    WAITS_WRITE, /* for the disk: on a thread of its own; 503 when too many wait */
};

struct route {
    const char *path; /* whole, or a prefix that ends with '/' */
    unsigned methods, door, scope;
    enum waits waits;
    handler *handle;
};

/* Tables of routes, ended by a NULL path; http/routes.c lists them all. */
extern const struct route api_routes[], health_routes[], people_routes[];

#endif
