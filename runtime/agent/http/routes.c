/* Which handler a request belongs to, and whether it may have it. */
#include "runtime/agent/http/server.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct route *const tables[] = {api_routes, people_routes, health_routes};

static bool
is_route(const struct route *route, const char *path)
{
    size_t length = strlen(route->path);
    if (length > 1 && route->path[length - 1] == '/')
        return strncmp(route->path, path, length) == 0;
    return strcmp(route->path, path) == 0;
}

static const struct route *
find_route(unsigned doors, const char *path)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct route *route = tables[i]; route->path; route++)
            if ((route->door & doors) && is_route(route, path))
                return route;
    return NULL;
}

static const struct {
    const char *name;
    enum method method;
} methods[] = {
    {"GET", METHOD_GET}, {"HEAD", METHOD_HEAD}, {"POST", METHOD_POST}, {"OPTIONS", METHOD_OPTIONS}};

enum { METHODS = sizeof methods / sizeof *methods };

static enum method
method_of(const char *name)
{
    for (size_t i = 0; i < METHODS; i++)
        if (strcmp(methods[i].name, name) == 0)
            return methods[i].method;
    return 0;
}

static void
allow(struct reply *reply, const struct route *route)
{
    char text[64] = "";
    size_t length = 0;
    for (size_t i = 0; i < METHODS; i++)
        if ((route->methods | METHOD_OPTIONS) & methods[i].method)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                       length ? ", " : "", methods[i].name);
    reply_header(reply, "Allow", "%s", text);
}

/* Two readings of where a request ends are how one is smuggled past a proxy. */
static bool
one_length(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    const char *coding = request_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    unsigned lengths = request_header_count(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    unsigned codings = request_header_count(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    if (lengths + codings <= 1 && (!coding || strcasecmp(coding, "chunked") == 0))
        return true;
    reply_problem(&exchange->reply, 400, "ambiguous-length",
                  "The request says in more than one way, or in one that is not known, how long it "
                  "is. Send Content-Length once, or Transfer-Encoding: chunked.");
    reply_header(&exchange->reply, MHD_HTTP_HEADER_CONNECTION, "close");
    return false;
}

static bool
not_too_long(struct exchange *exchange)
{
    const char *given = request_header(&exchange->request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    long most = exchange->request.generation->config.limits.body;
    unsigned long long length = given ? strtoull(given, NULL, 10) : 0;
    exchange->too_long = length > (unsigned long long)most;
    exchange->hopeless = length > THROWN_AWAY_MOST;
    if (!exchange->hopeless)
        return true;
    reply_problem(&exchange->reply, 413, "too-long",
                  "The body is longer than the %ld bytes of limits.body.", most);
    return false;
}

static bool
may(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    struct reply *reply = &exchange->reply;
    const struct tokens *tokens = request->generation->tokens;
    unsigned scope = exchange->route->scope, scopes = 0;
    if (scope == SCOPE_NONE || (!tokens && exchange->listener->trusted))
        return true;
    const char *given = request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
    if (given && tokens && strncasecmp(given, "Bearer ", 7) == 0)
        scopes = tokens_scopes(tokens, given + 7, strlen(given + 7), &request->token);
    if (scopes & scope)
        return true;
    if (scopes) {
        reply_problem(reply, 403, "scope", "This token may not do that. Use one with the scope %s.",
                      scope == SCOPE_ASK      ? "ask"
                      : scope == SCOPE_RECORD ? "record"
                                              : "admin");
        reply_header(reply, "WWW-Authenticate",
                     "Bearer realm=\"avowd\", error=\"insufficient_scope\"");
        return false;
    }
    reply_problem(reply, 401, "token",
                  given ? "This token is not known. Make one with 'avowd token'."
                        : "A token is needed: Authorization: Bearer TOKEN.");
    reply_header(reply, "WWW-Authenticate",
                 given ? "Bearer realm=\"avowd\", error=\"invalid_token\""
                       : "Bearer realm=\"avowd\"");
    return false;
}

static bool
has_method(struct exchange *exchange, const struct route *route, const char *name)
{
    enum method method = method_of(name);
    exchange->request.method = method;
    if (method & route->methods)
        return true;
    if (method == METHOD_OPTIONS)
        exchange->reply.status = 204;
    else
        reply_problem(&exchange->reply, 405, "method", "Here the method is another: see Allow.");
    allow(&exchange->reply, route);
    return false;
}

void
exchange_route(struct exchange *exchange, const char *path, const char *method)
{
    struct reply *reply = &exchange->reply;
    exchange->hopeless = !one_length(exchange);
    if (exchange->hopeless)
        return;
    const struct route *route =
        exchange->bad_target ? NULL : find_route(exchange->listener->doors, path);
    if (!route) {
        reply_problem(reply, 404, "no-such-path",
                      "There is nothing at this path. See the OpenAPI document of avowd.");
        return;
    }
    exchange->request.path = path;
    exchange->request.rest = path + strlen(route->path);
    if (!has_method(exchange, route, method) || !not_too_long(exchange))
        return;
    exchange->route = route;
    if (!may(exchange))
        exchange->route = NULL;
}
