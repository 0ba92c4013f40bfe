/* avowd.yaml: everything that avowd serve is told.
 *
 *     store: sqlite:/var/lib/avowd/consent.db     # or postgresql://HOST/DATABASE
 *     keys: /etc/avowd/keys                       # folder; for SQLite the database's own by
 * default policy: /var/lib/avowd/shop.avow signed-by: /etc/avowd/publisher.pub         # public
 * keys; or  unsigned: accept state: /var/lib/avowd                       # the last good policy is
 * kept here user: avowd                                 # becomes this user once its doors are open
 *     log: {form: json, level: info}
 *     http:
 *       - listen: unix:/run/avowd/http.sock       # or 127.0.0.1:8025, or systemd:NAME
 *         mode: 660
 *         doors: [api, health, metrics]
 *       - listen: 127.0.0.1:8026
 *         doors: [people, health]
 *     tokens: /etc/avowd/tokens                   # bearer tokens and what they are for
 *     limits: {connections: 1000, body: 64k, request: 10s, idle: 60s}
 *     people: {...}                               # unsubscribe and preferences: people/people.h
 *     mail: {...}                                 # Postfix: mail/mail.h
 */
#ifndef AVOW_AGENT_CONFIG_H
#define AVOW_AGENT_CONFIG_H

#include "runtime/agent/mail/mail_settings.h"
#include "runtime/agent/people/people_settings.h"
#include "runtime/agent/serve/settings.h"

/* Doors of the HTTP server; a listener has a set of them, as bits. */
enum door { DOOR_API = 1, DOOR_PEOPLE = 2, DOOR_HEALTH = 4, DOOR_METRICS = 8 };

struct listener_settings {
    const char *listen; /* unix:PATH, ADDRESS:PORT, systemd:NAME */
    struct texts door_names;
    unsigned doors;
    long mode;         /* of a UNIX socket, after config_read; 0: 0660 */
    const char *group; /* of a UNIX socket, or NULL */
    bool tls_in_front; /* declared: needed for any address but loopback */
};

struct limit_settings {
    long connections, per_address; /* at once */
    long body, header;             /* bytes */
    long request, idle;            /* seconds: for one whole request; for silence between two */
    long stop;                     /* seconds: for what still runs when avowd is to end */
    long batch;                    /* questions in one */
    long writers, waiting;         /* requests that may wait for the disk at once; for a writer */
};

struct log_settings {
    int form, level; /* enum log_form, enum log_level */
};

struct config {
    struct settings *settings; /* the memory of all this */
    const char *path;
    const char *store, *keys, *policy, *state, *user, *tokens;
    struct texts signed_by;
    int unsigned_bundle; /* 0 refuse, 1 accept */
    struct log_settings log;
    struct blocks http; /* of struct listener_settings */
    struct limit_settings limits;
    struct people_settings people;
    struct mail_settings mail;
};

/* Where a listener listens, taken apart. */
struct listen_place {
    enum { LISTEN_UNIX, LISTEN_ADDRESS, LISTEN_SYSTEMD } kind;
    const char *name; /* path or name of systemd's; of unix:PATH relative to the file's folder */
    char host[64];    /* of an address, without brackets */
    int port;
    bool loopback; /* of an address */
};

/* False if it is none of the three. */
bool listen_place(const char *listen, struct listen_place *place);

/* Reads and judges the file; each mistake is told by say. The caller frees it in any case. */
avow_store_code config_read(struct config *config, const char *path,
                            void (*say)(void *context, const char *line), void *context,
                            avow_store_error *error);
void config_free(struct config *config);

#endif
