/* avowd.yaml: what may stand in it. What it means together is judged in config_judge.c. */
#include "runtime/agent/serve/config_judge.h"

#include "runtime/agent/serve/log.h"

#include <stddef.h>

static const char *const bundle_words[] = {"refuse", "accept", NULL};
static const char *const form_words[] = {[LOG_TEXT] = "text", [LOG_JSON] = "json", NULL};
static const char *const level_words[] = {"error", "warning", "info", "debug", NULL};

#define AT(structure, member) .offset = offsetof(struct structure, member)

static const struct setting log_table[] = {
    {.key = "form", .kind = SETTING_WORD, AT(log_settings, form), .words = form_words},
    {.key = "level", .kind = SETTING_WORD, AT(log_settings, level), .words = level_words},
    {0},
};

static const struct setting listener_table[] = {
    {.key = "listen", .kind = SETTING_TEXT, AT(listener_settings, listen), .required = true},
    {.key = "doors", .kind = SETTING_TEXTS, AT(listener_settings, door_names), .required = true},
    {.key = "mode", .kind = SETTING_NUMBER, AT(listener_settings, mode), .least = 0, .most = 777},
    {.key = "group", .kind = SETTING_TEXT, AT(listener_settings, group)},
    {.key = "tls-in-front", .kind = SETTING_YES, AT(listener_settings, tls_in_front)},
    {0},
};

enum { DAY = 86400, MEGA = 1 << 20 };

static const struct setting limit_table[] = {
    {.key = "connections",
     .kind = SETTING_NUMBER,
     AT(limit_settings, connections),
     .least = 8,
     .most = 100000},
    {.key = "per-address",
     .kind = SETTING_NUMBER,
     AT(limit_settings, per_address),
     .least = 0,
     .most = 100000},
    {.key = "body",
     .kind = SETTING_BYTES,
     AT(limit_settings, body),
     .least = 1024,
     .most = 16 * MEGA},
    {.key = "header",
     .kind = SETTING_BYTES,
     AT(limit_settings, header),
     .least = 1024,
     .most = MEGA},
    {.key = "request",
     .kind = SETTING_SECONDS,
     AT(limit_settings, request),
     .least = 1,
     .most = 3600},
    {.key = "idle", .kind = SETTING_SECONDS, AT(limit_settings, idle), .least = 1, .most = DAY},
    {.key = "stop", .kind = SETTING_SECONDS, AT(limit_settings, stop), .least = 1, .most = 3600},
    {.key = "batch", .kind = SETTING_NUMBER, AT(limit_settings, batch), .least = 1, .most = 100000},
    {.key = "writers",
     .kind = SETTING_NUMBER,
     AT(limit_settings, writers),
     .least = 1,
     .most = 256},
    {.key = "waiting",
     .kind = SETTING_NUMBER,
     AT(limit_settings, waiting),
     .least = 1,
     .most = 100000},
    {0},
};

static const struct setting config_table[] = {
    {.key = "store", .kind = SETTING_TEXT, AT(config, store), .required = true},
    {.key = "keys", .kind = SETTING_PATH, AT(config, keys)},
    {.key = "policy", .kind = SETTING_PATH, AT(config, policy), .required = true},
    {.key = "signed-by", .kind = SETTING_PATHS, AT(config, signed_by)},
    {.key = "unsigned", .kind = SETTING_WORD, AT(config, unsigned_bundle), .words = bundle_words},
    {.key = "state", .kind = SETTING_PATH, AT(config, state)},
    {.key = "user", .kind = SETTING_TEXT, AT(config, user)},
    {.key = "log", .kind = SETTING_BLOCK, AT(config, log), .inner = log_table},
    {.key = "http",
     .kind = SETTING_BLOCKS,
     AT(config, http),
     .inner = listener_table,
     .size = sizeof(struct listener_settings)},
    {.key = "tokens", .kind = SETTING_PATH, AT(config, tokens)},
    {.key = "limits", .kind = SETTING_BLOCK, AT(config, limits), .inner = limit_table},
    {.key = "people",
     .kind = SETTING_BLOCK,
     AT(config, people),
     .inner = people_setting_table,
     .notes = true},
    {.key = "mail",
     .kind = SETTING_BLOCK,
     AT(config, mail),
     .inner = mail_setting_table,
     .notes = true},
    {0},
};

avow_store_code
config_read(struct config *config, const char *path, void (*say)(void *context, const char *line),
            void *context, avow_store_error *error)
{
    *config = (struct config){
        .path = path,
        .log = {.form = LOG_TEXT, .level = LOG_INFO_LEVEL},
        .limits = {.connections = 1000,
                   .body = 64 * 1024,
                   .header = 16 * 1024,
                   .request = 10,
                   .idle = 60,
                   .stop = 10,
                   .batch = 1000,
                   .writers = 8,
                   .waiting = 256},
    };
    avow_store_code code =
        settings_read(path, config_table, config, say, context, &config->settings, error);
    return code == AVOW_STORE_OK ? config_judge(config, say, context, error) : code;
}

void
config_free(struct config *config)
{
    settings_free(config->settings);
    *config = (struct config){0};
}
