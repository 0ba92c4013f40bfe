#include "runtime/agent/mail/mail.h"

#include "runtime/agent/mail/mail_settings.h"
#include "runtime/agent/serve/daemon.h"
#include "runtime/store/fault.h"

const struct setting mail_setting_table[] = {
    {.key = "milter", .kind = SETTING_TEXT, .offset = offsetof(struct mail_settings, milter)},
    {.key = "socketmap", .kind = SETTING_TEXT, .offset = offsetof(struct mail_settings, socketmap)},
    {0},
};

avow_store_code
mail_new(const struct generation *generation, struct mail **out, avow_store_error *error)
{
    *out = NULL;
    if (!generation->config.mail.given)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_USAGE,
                 "%s: this avowd has no doors for mail. Leave 'mail:' out.",
                 settings_where(generation->config.settings, &generation->config.mail));
}

void
mail_free(struct mail *mail)
{
    (void)mail;
}

static avow_store_code
not_wanted(struct daemon *daemon, const struct config *config, void **state,
           avow_store_error *error)
{
    (void)daemon;
    (void)config;
    (void)error;
    *state = NULL;
    return AVOW_STORE_OK;
}

const struct door_ops milter_door = {.name = "milter", .open = not_wanted};
const struct door_ops socketmap_door = {.name = "socketmap", .open = not_wanted};
