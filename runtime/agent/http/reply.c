#include "runtime/agent/http/http.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
reply_header(struct reply *reply, const char *name, const char *format, ...)
{
    if (reply->headers >= sizeof reply->header / sizeof *reply->header)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reply->header[reply->headers].value, sizeof reply->header[0].value, format,
              arguments);
    va_end(arguments);
    reply->header[reply->headers++].name = name;
}

void
reply_problem(struct reply *reply, unsigned status, const char *type, const char *format, ...)
{
    char text[1024], uri[80];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(uri, sizeof uri, "/problem/%s", type);
    reply->status = status;
    reply->content_type = "application/problem+json";
    emit_begin(&reply->body);
    emit_text(&reply->body, "type", uri);
    emit_text(&reply->body, "title", MHD_get_reason_phrase_for(status));
    emit_number(&reply->body, "status", status);
    emit_text(&reply->body, "detail", text);
    /* A detail that is not UTF-8 (it quotes a part of the request) is left out. */
    if (emit_end(&reply->body, NULL) != AVOW_STORE_OK && !reply->body.failed) {
        emit_begin(&reply->body);
        emit_text(&reply->body, "type", uri);
        emit_number(&reply->body, "status", status);
        emit_end(&reply->body, NULL);
    }
}

/* What a caller can do about each error of the store. */
static const struct {
    unsigned status;
    const char *type;
} store_problems[] = {
    [AVOW_STORE_OK] = {500, "internal"},          [AVOW_STORE_USAGE] = {422, "wrong-call"},
    [AVOW_STORE_INPUT] = {422, "not-understood"}, [AVOW_STORE_POLICY] = {422, "not-in-policy"},
    [AVOW_STORE_KEYS] = {503, "store-keys"},      [AVOW_STORE_BUSY] = {503, "store-busy"},
    [AVOW_STORE_IO] = {503, "store-unreachable"}, [AVOW_STORE_CORRUPT] = {503, "store-corrupt"},
    [AVOW_STORE_SCHEMA] = {503, "store-schema"},  [AVOW_STORE_LOSS] = {503, "store-loss"},
    [AVOW_STORE_MEMORY] = {503, "no-memory"},     [AVOW_STORE_REFUSED] = {409, "would-overrule"},
    [AVOW_STORE_NOT_FOUND] = {404, "not-found"},  [AVOW_STORE_UNCERTAIN] = {503, "uncertain"},
};

unsigned
reply_store_status(avow_store_code code, const char **type)
{
    size_t row = (size_t)code < sizeof store_problems / sizeof *store_problems ? (size_t)code : 0;
    *type = store_problems[row].type;
    return store_problems[row].status;
}

void
reply_store_problem(struct reply *reply, const avow_store_error *error)
{
    const char *type;
    unsigned status = reply_store_status(error->code, &type);
    reply_problem(reply, status, type, "%s", error->text);
    if (status == 503)
        reply_header(reply, "Retry-After", "1");
}
