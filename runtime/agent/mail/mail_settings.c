#include "runtime/agent/mail/mail_settings.h"

#define CLASS(member) offsetof(struct mail_class_settings, member)
#define MAIL(member) offsetof(struct mail_settings, member)

static const char *const unsubscribe_words[] = {"where-possible", "yes", "no", NULL};

static const struct setting class_table[] = {
    {.key = "logins", .kind = SETTING_TEXTS, .offset = CLASS(logins)},
    {.key = "ports", .kind = SETTING_TEXTS, .offset = CLASS(ports)},
    {.key = "senders", .kind = SETTING_TEXTS, .offset = CLASS(senders)},
    {.key = "local", .kind = SETTING_YES, .offset = CLASS(local)},
    {.key = "actor", .kind = SETTING_TEXT, .offset = CLASS(actor)},
    {.key = "person", .kind = SETTING_TEXT, .offset = CLASS(person)},
    {.key = "purpose", .kind = SETTING_TEXT, .offset = CLASS(purpose)},
    {.key = "given", .kind = SETTING_TEXT, .offset = CLASS(given)},
    {.key = "header", .kind = SETTING_YES, .offset = CLASS(header)},
    {.key = "unsubscribe",
     .kind = SETTING_WORD,
     .offset = CLASS(unsubscribe),
     .words = unsubscribe_words},
    {0},
};

static const struct setting exempt_table[] = {
    {.key = "logins", .kind = SETTING_TEXTS, .offset = CLASS(logins)},
    {.key = "ports", .kind = SETTING_TEXTS, .offset = CLASS(ports)},
    {.key = "senders", .kind = SETTING_TEXTS, .offset = CLASS(senders)},
    {.key = "local", .kind = SETTING_YES, .offset = CLASS(local)},
    {.key = "recipients",
     .kind = SETTING_NUMBER,
     .offset = CLASS(recipients),
     .least = 1,
     .most = 1000},
    {0},
};

const struct setting mail_setting_table[] = {
    {.key = "milter", .kind = SETTING_TEXT, .offset = MAIL(milter)},
    {.key = "socketmap", .kind = SETTING_TEXT, .offset = MAIL(socketmap)},
    {.key = "mode", .kind = SETTING_TEXT, .offset = MAIL(mode)},
    {.key = "group", .kind = SETTING_TEXT, .offset = MAIL(group)},
    {.key = "local", .kind = SETTING_TEXTS, .offset = MAIL(local)},
    {.key = "connections",
     .kind = SETTING_NUMBER,
     .offset = MAIL(connections),
     .least = 1,
     .most = 10000},
    {.key = "idle", .kind = SETTING_SECONDS, .offset = MAIL(idle), .least = 1, .most = 86400},
    {.key = "classes",
     .kind = SETTING_NAMED,
     .offset = MAIL(classes),
     .inner = class_table,
     .size = sizeof(struct mail_class_settings)},
    {.key = "exempt",
     .kind = SETTING_NAMED,
     .offset = MAIL(exempt),
     .inner = exempt_table,
     .size = sizeof(struct mail_class_settings)},
    {0},
};
