/* avowd serve: opens its doors, becomes nobody, waits for signals, and ends in order. */
#ifndef AVOW_AGENT_DAEMON_H
#define AVOW_AGENT_DAEMON_H

#include "runtime/agent/serve/generation.h"
#include "runtime/agent/serve/log.h"
#include "runtime/agent/serve/metrics.h"

/* What every door works with. */
struct daemon {
    struct generations *generations;
    struct log *log;
    struct metrics *metrics;
    const char *config_path;
};

/* A door: opened while there still are rights, run in threads of its own, closed in order. */
struct door_ops {
    const char *name;
    /* Opens sockets; NULL in *state: this door is not wanted. */
    avow_store_code (*open)(struct daemon *, const struct config *, void **state,
                            avow_store_error *);
    /* Begins to serve, after rights were dropped. */
    avow_store_code (*start)(void *state, avow_store_error *);
    /* Takes nothing new, waits for what runs (at most `seconds`), and frees everything. */
    void (*stop)(void *state, long seconds);
};

extern const struct door_ops http_door, milter_door, socketmap_door;

/* Until SIGTERM or SIGINT; SIGHUP, or a policy file that changed, loads anew. Gives an exit status.
 */
int daemon_run(const char *config_path);

/* Judges configuration and policy as a start would, without serving. Gives an exit status. */
int daemon_check(const char *config_path);

#endif
