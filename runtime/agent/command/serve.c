/* avowd serve: enforces the policy at the doors that a configuration names. */
#include "runtime/agent/command.h"
#include "runtime/agent/serve/daemon.h"

enum { CONFIG, CHECK };

static const struct flag flags[] = {
    {"config", "FILE",
     "what to serve, and where: see avowd.yaml(5); by default\n"
     "/etc/avowd/avowd.yaml"},
    {"check", NULL, "only judge the configuration and its policy"},
    {0},
};

static int
run(const struct call *call)
{
    const char *config = call->flag[CONFIG] ? call->flag[CONFIG] : "/etc/avowd/avowd.yaml";
    if (call->place.store || call->place.policy || call->place.keys)
        return wrong_use(call, "the configuration says which store, policy and keys to use; leave "
                               "--store, --policy and --keys out");
    return call->flag[CHECK] ? daemon_check(config) : daemon_run(config);
}

const struct command serve_command = {
    .name = "serve",
    .summary = "answer and record over HTTP, and stand in the way of mail",
    .forms = "[OPTION]...",
    .about =
        "Serves until SIGTERM. SIGHUP, or a policy file that changed, loads configuration and\n"
        "policy anew; what is bad is refused, and the last good goes on.\n",
    .examples = "  avowd serve --config=/etc/avowd/avowd.yaml\n",
    .status = "Exit status: 0 stopped as it was told; 1 with --check, the last good policy would\n"
              "serve; 2 wrong use, or it cannot serve; 3 the store is busy: try again.\n",
    .flags = flags,
    .least = 0,
    .most = 0,
    .wanted = "serve takes no operand; name the configuration with --config=FILE",
    .run = run,
};
