#include "runtime/agent/people/people.h"

#include "runtime/agent/people/people_settings.h"
#include "runtime/store/fault.h"

const struct setting people_setting_table[] = {
    {.key = "address",
     .kind = SETTING_TEXT,
     .offset = offsetof(struct people_settings, address),
     .required = true},
    {.key = "person", .kind = SETTING_TEXT, .offset = offsetof(struct people_settings, person)},
    {0},
};

avow_store_code
people_new(const struct generation *generation, struct people **out, avow_store_error *error)
{
    *out = NULL;
    if (!generation->config.people.given)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_USAGE,
                 "%s: this avowd has no links and preference page. Leave 'people:' out.",
                 settings_where(generation->config.settings, &generation->config.people));
}

void
people_free(struct people *people)
{
    (void)people;
}
