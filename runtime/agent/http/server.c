/* The door: libmicrohttpd reads and writes, threads of ours wait. */
#include "runtime/agent/http/server.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { BODY_FIRST = 1024, POOL_MOST = 4 };

/* A read that takes this long waits for somebody; for how long the next ones are thought to. */
static const uint64_t SLOW_NANOSECONDS = 50 * 1000000u, SLOW_FOR_NANOSECONDS = 10 * 1000000000ull;

/* What handlers ask of a request ------------------------------------------------------------- */

const char *
request_header(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct count {
    const char *name;
    unsigned found;
};

static enum MHD_Result
count_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct count *count = context;
    (void)kind;
    (void)value;
    count->found += strcasecmp(count->name, name) == 0;
    return MHD_YES;
}

unsigned
request_header_count(const struct request *request, const char *name)
{
    struct count count = {name, 0};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, count_header, &count);
    return count.found;
}

const char *
request_query(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

/* An exchange -------------------------------------------------------------------------------- */

static struct member *
member_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* Called with the target as it was sent, before anything else of the request: NULL, and so a
 * refusal, if there is no memory. */
static void *
begin(void *context, const char *target, struct MHD_Connection *connection)
{
    struct listener *listener = context;
    struct server *server = listener->server;
    struct exchange *exchange = malloc(sizeof *exchange);
    if (!exchange)
        return NULL;
    exchange->request = (struct request){.daemon = server->daemon,
                                         .generation = generation_hold(server->daemon->generations),
                                         .tls = listener->tls,
                                         .connection = connection};
    exchange->reply.status = 0;
    exchange->reply.content_type = NULL;
    exchange->reply.body = (struct emit){0};
    exchange->reply.headers = 0;
    exchange->listener = listener;
    exchange->connection = connection;
    exchange->member = member_of(connection);
    exchange->route = NULL;
    exchange->body = NULL;
    exchange->room = 0;
    exchange->began = metrics_now();
    exchange->stage = STAGE_HEAD;
    exchange->too_long = exchange->hopeless = false;
    exchange->bad_target = strstr(target, "%00") != NULL;
    if (exchange->member)
        crowd_asks(listener->crowd, exchange->member);
    atomic_fetch_add(&server->running, 1);
    return exchange;
}

static void
end(void *context, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode how)
{
    struct listener *listener = context;
    struct exchange *exchange = *state;
    (void)connection;
    (void)how;
    if (!exchange)
        return;
    if (exchange->member)
        crowd_silent(listener->crowd, exchange->member);
    generation_release(exchange->request.generation);
    emit_free(&exchange->reply.body);
    free(exchange->body);
    free(exchange);
    *state = NULL;
    atomic_fetch_sub(&listener->server->running, 1);
}

static struct MHD_Response *
response_of(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        reply->body.length, reply->body.length ? reply->body.text : (void *)"",
        reply->body.length ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response)
        return NULL;
    if (reply->body.length)
        reply->body = (struct emit){0}; /* it is the response's now */
    if (reply->content_type)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    for (size_t i = 0; i < reply->headers; i++)
        MHD_add_response_header(response, reply->header[i].name, reply->header[i].value);
    if (exchange->listener->server->stopping)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    return response;
}

static enum MHD_Result
answer(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;
    struct metrics *metrics = exchange->request.daemon->metrics;
    /* A body that could not be written whole is no answer. */
    if (reply->body.failed || reply->status == 0)
        reply_problem(reply, 503, "no-memory", "There is not enough memory to answer.");
    const char *path = exchange->route ? exchange->route->path : "other";
    metrics_count(metrics, COUNT_REQUESTS, metrics_route(path), metrics_code(reply->status), 0);
    metrics_time(metrics, TIME_HTTP, metrics_now() - exchange->began);
    unsigned status = reply->status;
    struct MHD_Response *response = response_of(exchange);
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(exchange->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* The body ----------------------------------------------------------------------------------- */

static enum MHD_Result
take(struct exchange *exchange, const char *bytes, size_t *size)
{
    struct request *request = &exchange->request;
    size_t most = (size_t)request->generation->config.limits.body;
    size_t needed = request->length + *size + 1;
    if (exchange->too_long || !exchange->route || needed > most + 1) {
        exchange->too_long = true;
        request->length += *size;
        *size = 0;
        return request->length < THROWN_AWAY_MOST ? MHD_YES : MHD_NO;
    }
    if (needed > exchange->room) {
        size_t room = needed < BODY_FIRST ? BODY_FIRST : needed + needed / 2;
        char *body = realloc(exchange->body, room);
        if (!body)
            return MHD_NO;
        exchange->body = body;
        exchange->room = room;
    }
    memcpy(exchange->body + request->length, bytes, *size);
    request->length += *size;
    *size = 0;
    return MHD_YES;
}

/* Deciding ----------------------------------------------------------------------------------- */

/* After a read that had to wait, the next ones are not made where requests are read: who asks for
 * what needs no store would wait behind them. */
static void
handle(struct exchange *exchange)
{
    uint64_t began = metrics_now();
    exchange->route->handle(&exchange->request, &exchange->reply);
    uint64_t ended = metrics_now();
    if (exchange->route->waits == WAITS_READ && ended - began > SLOW_NANOSECONDS)
        exchange->listener->server->slow_until = ended + SLOW_FOR_NANOSECONDS;
}

static void
run_job(struct job *job)
{
    struct exchange *exchange =
        (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));
    struct MHD_Connection *connection = exchange->connection;
    handle(exchange);
    exchange->stage = STAGE_DONE;
    MHD_resume_connection(connection);
}

/* A store on this machine's disk answers at once, unless another process holds it. */
static bool
is_slow(const struct exchange *exchange)
{
    const char *store = exchange->request.generation->config.store;
    return strncmp(store, "sqlite:", 7) != 0 ||
           exchange->listener->server->slow_until > exchange->began;
}

static struct work *
work_of(const struct exchange *exchange)
{
    const struct server *server = exchange->listener->server;
    if (exchange->route->waits == WAITS_WRITE)
        return server->writers;
    if (exchange->route->waits == WAITS_LONG)
        return server->readers;
    return exchange->route->waits == WAITS_READ && is_slow(exchange) ? server->readers : NULL;
}

static enum MHD_Result
decide(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (!exchange->route)
        return answer(exchange);
    if (exchange->too_long) {
        reply_problem(&exchange->reply, 413, "too-long",
                      "The body is longer than the %ld bytes of limits.body.",
                      request->generation->config.limits.body);
        return answer(exchange);
    }
    if (exchange->body)
        exchange->body[request->length] = '\0';
    request->body = exchange->body ? exchange->body : "";
    const char *type = request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE);
    request->content_type = type ? type : "";
    struct work *work = work_of(exchange);
    if (!work) {
        handle(exchange);
        return answer(exchange);
    }
    exchange->stage = STAGE_WAITING;
    exchange->job.run = run_job;
    if (exchange->member)
        crowd_waits(exchange->member);
    MHD_suspend_connection(exchange->connection);
    if (work_add(work, &exchange->job))
        return MHD_YES;
    reply_problem(&exchange->reply, 503, "too-many-wait",
                  "Too many requests wait for the store. Nothing was done; try again.");
    reply_header(&exchange->reply, "Retry-After", "1");
    exchange->stage = STAGE_DONE;
    MHD_resume_connection(exchange->connection);
    return MHD_YES;
}

/* Called with the head, with each part of the body, at its end, and when a thread is done. */
static enum MHD_Result
access_request(void *context, struct MHD_Connection *connection, const char *path,
               const char *method, const char *version, const char *bytes, size_t *size,
               void **state)
{
    struct exchange *exchange = *state;
    (void)context;
    (void)connection;
    (void)version;
    if (!exchange || !exchange->request.generation)
        return MHD_NO;
    switch (exchange->stage) {
    case STAGE_HEAD:
        exchange->stage = STAGE_BODY;
        exchange_route(exchange, path, method);
        /* Who is still sending does not listen: a refusal waits for the end of the body. */
        return exchange->hopeless ? answer(exchange) : MHD_YES;
    case STAGE_BODY:
        return *size > 0 ? take(exchange, bytes, size) : decide(exchange);
    case STAGE_DONE:
        if (exchange->member)
            crowd_asks(exchange->listener->crowd, exchange->member);
        return answer(exchange);
    default:
        return MHD_YES;
    }
}

static void
connected(void *context, struct MHD_Connection *connection, void **state,
          enum MHD_ConnectionNotificationCode what)
{
    struct listener *listener = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *state = info ? crowd_enter(listener->crowd, info->connect_fd) : NULL;
    } else if (*state) {
        crowd_leave(listener->crowd, *state);
        *state = NULL;
    }
}

/* The door ----------------------------------------------------------------------------------- */

static void
server_free(struct server *server)
{
    for (size_t i = 0; i < server->count; i++) {
        crowd_free(server->listeners[i].crowd);
        listener_close(&server->listeners[i]);
    }
    free(server->listeners);
    free(server);
}

static avow_store_code
open_server(struct daemon *daemon, const struct config *config, void **state,
            avow_store_error *error)
{
    *state = NULL;
    if (config->http.count == 0)
        return AVOW_STORE_OK;
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return fault_memory(error);
    *state = server;
    server->daemon = daemon;
    server->limits = config->limits;
    server->listeners = calloc(config->http.count, sizeof *server->listeners);
    if (!server->listeners)
        return fault_memory(error);
    const struct listener_settings *settings = config->http.at;
    for (; server->count < config->http.count; server->count++) {
        struct listener *listener = &server->listeners[server->count];
        listener->server = server;
        avow_store_code code = listener_open(listener, &settings[server->count], error);
        if (code != AVOW_STORE_OK) {
            server->count++; /* to be closed as well */
            return code;
        }
    }
    return AVOW_STORE_OK;
}

static unsigned
pool_size(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 2 ? 2 : cores > POOL_MOST ? POOL_MOST : (unsigned)cores;
}

static bool
start_listener(struct listener *listener)
{
    const struct limit_settings *limits = &listener->server->limits;
    listener->crowd = crowd_new((size_t)limits->connections, limits->request, limits->idle);
    if (!listener->crowd)
        return false;
    listener->mhd = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, access_request,
        listener, MHD_OPTION_LISTEN_SOCKET, listener->file, MHD_OPTION_THREAD_POOL_SIZE,
        pool_size(), MHD_OPTION_CONNECTION_LIMIT, (unsigned)limits->connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)limits->per_address,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)limits->header * 2,
        MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(limits->idle > limits->request ? limits->idle : limits->request),
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, begin, listener,
        MHD_OPTION_NOTIFY_COMPLETED, end, listener, MHD_OPTION_NOTIFY_CONNECTION, connected,
        listener, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    return listener->mhd != NULL;
}

static avow_store_code
start_server(void *state, avow_store_error *error)
{
    struct server *server = state;
    const struct limit_settings *limits = &server->limits;
    server->readers = work_new((size_t)limits->writers, (size_t)limits->waiting);
    server->writers = work_new((size_t)limits->writers, (size_t)limits->waiting);
    if (!server->readers || !server->writers)
        return fault_memory(error);
    for (size_t i = 0; i < server->count; i++)
        if (!start_listener(&server->listeners[i]))
            return fault(error, AVOW_STORE_IO, "The HTTP server cannot begin: %s.",
                         strerror(errno));
    return AVOW_STORE_OK;
}

static void
stop_server(void *state, long seconds)
{
    struct server *server = state;
    server->stopping = true;
    for (size_t i = 0; i < server->count; i++)
        if (server->listeners[i].mhd)
            MHD_quiesce_daemon(server->listeners[i].mhd);
    const struct timespec tick = {.tv_nsec = 5000000};
    for (long i = 0; server->running > 0 && i < seconds * 200; i++)
        nanosleep(&tick, NULL);
    /* Whatever waits is resumed by its thread before the library ends; until it has, somebody may
     * still ask, and is told that it is too late. */
    work_end(server->readers);
    work_end(server->writers);
    for (size_t i = 0; i < server->count; i++)
        if (server->listeners[i].mhd)
            MHD_stop_daemon(server->listeners[i].mhd);
    work_free(server->readers);
    work_free(server->writers);
    server_free(server);
}

const struct door_ops http_door = {
    .name = "http", .open = open_server, .start = start_server, .stop = stop_server};
