#include "runtime/agent/serve/config_judge.h"

#include "runtime/agent/place.h"
#include "runtime/store/fault.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

struct judge {
    struct config *config;
    void (*say)(void *context, const char *line);
    void *context;
    size_t mistakes;
};

#define WRONG(judge, value, ...)                                                                   \
    ((judge)->mistakes++, settings_wrong((judge)->config->settings, value, (judge)->say,           \
                                         (judge)->context, __VA_ARGS__))

/* Where to listen ---------------------------------------------------------------------------- */

static bool
is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, host, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool
is_address(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

static bool
take_address(const char *listen, struct listen_place *place)
{
    const char *colon = strrchr(listen, ':');
    if (!colon || colon[1] < '0' || colon[1] > '9')
        return false;
    const char *host = listen;
    size_t length = (size_t)(colon - listen);
    bool brackets = length >= 2 && host[0] == '[' && host[length - 1] == ']';
    if (brackets) {
        host++;
        length -= 2;
    }
    char *end;
    long port = strtol(colon + 1, &end, 10);
    if (*end || port > 65535 || length >= sizeof place->host)
        return false;
    memcpy(place->host, host, length);
    place->host[length] = '\0';
    place->port = (int)port;
    place->loopback = is_loopback(place->host);
    return is_address(place->host) && brackets == (strchr(place->host, ':') != NULL);
}

bool
listen_place(const char *listen, struct listen_place *place)
{
    *place = (struct listen_place){0};
    if (strncmp(listen, "unix:", 5) == 0) {
        place->kind = LISTEN_UNIX;
        place->name = listen + 5;
        return place->name[0] != '\0';
    }
    if (strncmp(listen, "systemd:", 8) == 0) {
        place->kind = LISTEN_SYSTEMD;
        place->name = listen + 8;
        return place->name[0] != '\0';
    }
    place->kind = LISTEN_ADDRESS;
    return take_address(listen, place);
}

/* Listeners ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum door door;
} doors[] = {
    {"api", DOOR_API}, {"people", DOOR_PEOPLE}, {"health", DOOR_HEALTH}, {"metrics", DOOR_METRICS}};

static void
judge_doors(struct judge *judge, struct listener_settings *listener)
{
    for (size_t i = 0; i < listener->door_names.count; i++) {
        unsigned door = 0;
        for (size_t j = 0; j < sizeof doors / sizeof *doors; j++)
            if (strcmp(listener->door_names.at[i], doors[j].name) == 0)
                door = doors[j].door;
        listener->doors |= door;
        if (!door)
            WRONG(judge, &listener->door_names,
                  "there is no door '%s'; there are api, people, health and metrics.",
                  listener->door_names.at[i]);
    }
    if (listener->door_names.count == 0)
        WRONG(judge, &listener->door_names,
              "nothing can be reached here. Name doors of api, people, health and metrics.");
    if ((listener->doors & DOOR_PEOPLE) && !judge->config->people.given)
        WRONG(judge, &listener->door_names,
              "the door 'people' needs to know its links: add 'people:' with an address.");
}

/* 660, written as chmod takes it, as the number that it is. */
static void
judge_mode(struct judge *judge, struct listener_settings *listener)
{
    long written = listener->mode, mode = 0;
    for (long place = 1; written > 0; written /= 10, place *= 8) {
        if (written % 10 > 7) {
            WRONG(judge, &listener->mode, "'mode' has the digits 0 to 7, as chmod takes it: 660.");
            return;
        }
        mode += written % 10 * place;
    }
    listener->mode = listener->mode ? mode : 0660;
}

/* A path that does not begin with '/' is relative to the file's folder. */
static const char *
whole(struct config *config, const char *prefix, const char *path)
{
    const char *folder = settings_folder(config->settings);
    if (path[0] == '/' || !folder)
        return NULL;
    size_t size = strlen(prefix) + strlen(folder) + strlen(path) + 2;
    char *text = settings_allocate(config->settings, size);
    if (text)
        snprintf(text, size, "%s%s/%s", prefix, folder, path);
    return text;
}

static void
judge_unix(struct judge *judge, struct listener_settings *listener)
{
    const char *path = whole(judge->config, "unix:", listener->listen + 5);
    if (path)
        listener->listen = path;
    if (strlen(listener->listen + 5) >= sizeof((struct sockaddr_un){0}).sun_path)
        WRONG(judge, &listener->listen,
              "the name of this socket is longer than a UNIX socket's can be. Shorten it.");
}

static void
judge_place(struct judge *judge, struct listener_settings *listener)
{
    struct listen_place place;
    if (!listen_place(listener->listen, &place)) {
        WRONG(
            judge, &listener->listen,
            "'%s' is no place to listen: write unix:PATH, systemd:NAME, or a numeric address with "
            "its port, as in 127.0.0.1:8025 or [::1]:8025.",
            listener->listen);
        return;
    }
    if (place.kind == LISTEN_UNIX)
        judge_unix(judge, listener);
    else if (listener->mode || listener->group)
        WRONG(judge, listener, "'mode' and 'group' belong to a UNIX socket. Leave them out here.");
    if (place.kind == LISTEN_ADDRESS && !place.loopback && !listener->tls_in_front)
        WRONG(
            judge, &listener->listen,
            "%s can be reached from other machines, and avowd itself does not encrypt: what people "
            "ask for would be readable on the way. Listen on loopback or a UNIX socket, or say "
            "'tls-in-front: yes' if a proxy before it does.",
            listener->listen);
    judge_mode(judge, listener);
}

/* Who may ask: the permissions of the socket say it, or tokens do. */
static void
judge_tokens(struct judge *judge, struct listener_settings *listener)
{
    struct listen_place place;
    bool known = listen_place(listener->listen, &place);
    if (!known || !(listener->doors & DOOR_API) || judge->config->tokens)
        return;
    if (place.kind != LISTEN_UNIX)
        WRONG(judge, &listener->door_names,
              "the door 'api' would be open to every program here. Add 'tokens: FILE' (see avowd "
              "token --help), or let it listen on a UNIX socket.");
    else if (listener->mode & 07)
        WRONG(
            judge, &listener->mode,
            "the door 'api' would be open to every user of this machine. Use a mode that ends with "
            "0, or add 'tokens: FILE' (see avowd token --help).");
}

static void
judge_listeners(struct judge *judge)
{
    struct config *config = judge->config;
    struct listener_settings *listeners = config->http.at;
    for (size_t i = 0; i < config->http.count; i++) {
        judge_place(judge, &listeners[i]);
        judge_doors(judge, &listeners[i]);
        judge_tokens(judge, &listeners[i]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(listeners[i].listen, listeners[j].listen) == 0)
                WRONG(judge, &listeners[i].listen,
                      "two doors listen at %s. Write one, with all its doors.",
                      listeners[i].listen);
    }
    if (config->http.count == 0 && !config->mail.given)
        WRONG(judge, config, "there is nothing to serve. Add 'http:', 'mail:' or both.");
}

/* The rest ----------------------------------------------------------------------------------- */

static void
judge_store(struct judge *judge)
{
    struct config *config = judge->config;
    avow_store_error error = {0};
    if (place_check(config->store, &error) != AVOW_STORE_OK) {
        WRONG(judge, &config->store, "%s", error.text);
        return;
    }
    if (strncmp(config->store, "sqlite:", 7) != 0) {
        if (!config->keys)
            WRONG(judge, &config->store,
                  "a store in PostgreSQL needs 'keys: FOLDER': without its keys it knows nobody.");
        return;
    }
    const char *path = whole(config, "sqlite:", config->store + 7);
    if (path)
        config->store = path;
}

static void
judge_signature(struct judge *judge)
{
    struct config *config = judge->config;
    if (config->signed_by.count == 0 && !config->unsigned_bundle)
        WRONG(judge, &config->policy,
              "who may give this avowd a policy? Name the public key with 'signed-by: FILE' (avow "
              "sign makes one), or write 'unsigned: accept' to obey any.");
    if (config->signed_by.count > 0 && config->unsigned_bundle)
        WRONG(judge, &config->unsigned_bundle,
              "'unsigned: accept' makes 'signed-by' mean nothing. Keep one of them.");
}

/* Of systemd's folders, parted by colons, the first; NULL if there is none. */
static const char *
first_folder(const struct config *config, const char *folders)
{
    size_t length = folders ? strcspn(folders, ":") : 0;
    char *first = length > 0 ? settings_allocate(config->settings, length + 1) : NULL;
    return first ? memcpy(first, folders, length) : NULL;
}

avow_store_code
config_judge(struct config *config, void (*say)(void *context, const char *line), void *context,
             avow_store_error *error)
{
    struct judge judge = {config, say, context, 0};
    if (!config->state)
        config->state = first_folder(config, getenv("STATE_DIRECTORY"));
    judge_store(&judge);
    judge_signature(&judge);
    judge_listeners(&judge);
    if (judge.mistakes == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT, "The configuration %s has %s.", config->path,
                 judge.mistakes == 1 ? "a mistake" : "mistakes");
}
