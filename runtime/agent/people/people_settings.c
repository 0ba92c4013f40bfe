#include "runtime/agent/people/people_settings.h"

#include <stddef.h>

#define AT(member) offsetof(struct people_settings, member)

static const struct setting renamed[] = {
    {.key = "now",
     .kind = SETTING_TEXT,
     .offset = offsetof(struct renamed_settings, now),
     .required = true},
    {0},
};

const struct setting people_setting_table[] = {
    {.key = "address", .kind = SETTING_TEXT, .offset = AT(address), .required = true},
    {.key = "page", .kind = SETTING_TEXT, .offset = AT(page)},
    {.key = "person", .kind = SETTING_TEXT, .offset = AT(person)},
    {.key = "no-link", .kind = SETTING_TEXTS, .offset = AT(no_link)},
    {.key = "renamed",
     .kind = SETTING_NAMED,
     .offset = AT(renamed),
     .inner = renamed,
     .size = sizeof(struct renamed_settings)},
    {.key = "fresh",
     .kind = SETTING_SECONDS,
     .offset = AT(fresh),
     .least = FRESH_LEAST,
     .most = FRESH_MOST},
    {0},
};
