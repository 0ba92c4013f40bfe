/* avowd rollback: an older policy, or another, on purpose. */
#include "runtime/agent/command.h"
#include "runtime/agent/serve/config.h"
#include "runtime/agent/serve/policy.h"
#include "runtime/agent/serve/rights.h"
#include "runtime/store/fault.h"

#include <time.h>

enum { CONFIG };

static const struct flag flags[] = {
    {"config", "FILE", "that avowd serve was started with; by default\n/etc/avowd/avowd.yaml"},
    {0},
};

static void
say(void *context, const char *line)
{
    complain(context, "%s", line);
}

/* Without user: it may be root who calls, and then the file is that user's too. */
static avow_store_code
roll_back(const struct config *config, avow_store_error *error)
{
    struct bundle bundle = {0};
    char path[4096];
    int64_t now = time(NULL);
    if (!policy_kept_path(config, path))
        return fault(error, AVOW_STORE_USAGE,
                     "The configuration has no 'state:', so nothing is kept, and the policy that "
                     "is configured is obeyed after a start.");
    avow_store_code code = config->user ? rights_drop(config, error) : AVOW_STORE_OK;
    if (code == AVOW_STORE_OK)
        code = policy_load(config, config->policy, now, &bundle, error);
    if (code == AVOW_STORE_OK)
        code = policy_keep(config, bundle.table, now, error);
    if (code == AVOW_STORE_OK)
        printf("%s is the last good policy now; avowd serve obeys it within seconds\n",
               config->policy);
    bundle_free(&bundle);
    return code;
}

static int
run(const struct call *call)
{
    struct config config;
    struct call mine = *call;
    avow_store_error error = {0};
    const char *path = call->flag[CONFIG] ? call->flag[CONFIG] : "/etc/avowd/avowd.yaml";
    avow_store_code code = config_read(&config, path, say, &mine, &error);
    if (code == AVOW_STORE_OK)
        code = roll_back(&config, &error);
    config_free(&config);
    return code == AVOW_STORE_OK ? EXIT_FINE : store_failed(call, &error);
}

const struct command rollback_command = {
    .name = "rollback",
    .summary = "obey an older policy, on purpose",
    .forms = "[OPTION]...",
    .about =
        "avowd serve never takes a policy that is older than the one in force, or another, by\n"
        "itself. Put the policy in place of the one that is configured, then say with this\n"
        "command that it is meant. It must be whole, in force, and signed as configured.\n",
    .examples = "  cp shop-2026-03.avow /etc/avowd/shop.avow && avowd rollback\n",
    .status =
        "Exit status: 0 done; 2 wrong use, or the policy or its folder is not as it must be.\n",
    .flags = flags,
    .least = 0,
    .most = 0,
    .wanted = "rollback takes no operand; put the policy where the configuration says, and name "
              "that with --config=FILE",
    .run = run,
};
