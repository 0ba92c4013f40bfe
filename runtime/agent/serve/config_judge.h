/* What avowd.yaml means together: judged after it was read. */
#ifndef AVOW_AGENT_CONFIG_JUDGE_H
#define AVOW_AGENT_CONFIG_JUDGE_H

#include "runtime/agent/serve/config.h"

/* Fills what is worked out of the settings (doors, modes, paths) and tells what contradicts itself:
 * AVOW_STORE_INPUT. */
avow_store_code config_judge(struct config *config, void (*say)(void *context, const char *line),
                             void *context, avow_store_error *error);

#endif
