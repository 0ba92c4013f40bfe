#include "runtime/agent/mail/postfix_doctor.h"

#include "runtime/agent/mail/postconf.h"
#include "runtime/agent/mail/postfix_config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct look {
    struct findings *findings;
    const struct mail_settings *mail;
    struct postconf postfix;
    int version;
    char queue[400];
    char milter[512], map[512]; /* where Postfix finds the sockets; "" if it cannot */
    bool asks;                  /* some service does */
};

/* A value of main.cf, "" if it cannot be had; the caller's. */
static char *
value_of(struct look *look, const char *service, const char *name)
{
    avow_store_error error = {0};
    char *text = NULL;
    avow_store_code code =
        service ? postconf_service_value(&look->postfix, service, name, &text, &error)
                : postconf_value(&look->postfix, name, &text, &error);
    if (code != AVOW_STORE_OK)
        find(look->findings, FINDING_BAD, "%s cannot be read: %s", name, error.text);
    return code == AVOW_STORE_OK ? text : strdup("");
}

static bool
value_is(struct look *look, const char *name, const char *wanted)
{
    char *text = value_of(look, NULL, name);
    bool same = text && strcasecmp(text, wanted) == 0;
    free(text);
    return same;
}

/* Lists of milters
 * --------------------------------------------------------------------------------- */

/* The next of a list: words parted by blanks or commas, or whole braces. */
static bool
next_item(const char **at, const char **item, size_t *length)
{
    const char *from = *at + strspn(*at, " \t\r\n,");
    if (*from == '\0')
        return false;
    const char *end = *from == '{' ? strchr(from, '}') : NULL;
    *item = from;
    *length = end ? (size_t)(end + 1 - from) : strcspn(from, " \t\r\n,");
    *at = from + *length;
    return true;
}

static bool
holds(const char *item, size_t length, const char *word)
{
    return word[0] != '\0' && memmem(item, length, word, strlen(word)) != NULL;
}

struct milters {
    bool asks, first, accepts; /* avowd is among them; nothing before it; fails open */
};

static struct milters
read_milters(const struct look *look, const char *list)
{
    struct milters out = {.first = true};
    const char *item;
    size_t length;
    bool before = false;
    while (next_item(&list, &item, &length)) {
        if (!holds(item, length, look->milter)) {
            before = true;
            continue;
        }
        out.asks = true;
        out.first = !before;
        out.accepts = holds(item, length, "default_action") &&
                      !holds(item, length, "default_action=tempfail") &&
                      !holds(item, length, "default_action = tempfail");
        break;
    }
    return out;
}

static void
judge_milters(struct look *look, const char *where, const struct milters *milters)
{
    if (milters->accepts)
        find(
            look->findings, FINDING_BAD,
            "%s: a default_action of its own lets mail through, or refuses it for good, when avowd "
            "does not answer. Write default_action=tempfail.",
            where);
    if (!milters->first)
        find(look->findings, FINDING_BAD,
             "%s: another milter stands before avowd. What signs must come behind it, or its "
             "signature does not cover List-Unsubscribe.",
             where);
    if (!milters->accepts && milters->first)
        find(look->findings, FINDING_OK, "%s: asks avowd, and nothing stands before it.", where);
}

/* main.cf
 * ------------------------------------------------------------------------------------------ */

static void
look_at_default(struct look *look)
{
    if (value_is(look, "milter_default_action", "tempfail"))
        find(look->findings, FINDING_OK, "If a milter does not answer, mail waits.");
    else
        find(look->findings, FINDING_BAD,
             "milter_default_action is not tempfail: when avowd does not answer, mail is not kept "
             "waiting. Set: milter_default_action = tempfail");
}

static void
look_at_sendmail(struct look *look)
{
    char *list = value_of(look, NULL, "non_smtpd_milters");
    struct milters milters = read_milters(look, list ? list : "");
    if (milters.asks)
        judge_milters(look, "non_smtpd_milters", &milters);
    else
        find(look->findings, FINDING_BAD,
             "Mail of sendmail(1) is not asked about: non_smtpd_milters does not have %s.",
             look->milter);
    free(list);
}

static bool
known_name(const struct mail_settings *mail, const char *name)
{
    const struct mail_class_settings *classes = mail->classes.at;
    if (strcmp(name, "*") == 0)
        return true;
    for (size_t length; *name; name += length + (name[length] == '+')) {
        bool known = false;
        length = strcspn(name, "+");
        for (size_t i = 0; i < mail->classes.count; i++)
            known = known || (strlen(classes[i].name) == length &&
                              memcmp(classes[i].name, name, length) == 0);
        if (!known)
            return false;
    }
    return true;
}

static void
judge_map(struct look *look, const char *item, size_t length, bool first)
{
    char prefix[600], name[128];
    int head = snprintf(prefix, sizeof prefix, "socketmap:%s:", look->map);
    snprintf(name, sizeof name, "%.*s", (int)(length - (size_t)head), item + head);
    if (!known_name(look->mail, name))
        find(look->findings, FINDING_BAD,
             "transport_maps asks avowd for '%s', but mail: has no such class: all mail would "
             "wait.",
             name);
    else if (!first)
        find(look->findings, FINDING_BAD,
             "In transport_maps another table stands before avowd's: an address that it has is not "
             "asked about.");
    else
        find(look->findings, FINDING_OK,
             "Delivery asks avowd for '%s'; once in 30 s for one address.", name);
}

static void
look_at_delivery(struct look *look)
{
    char prefix[600];
    char *list = value_of(look, NULL, "transport_maps");
    const char *at = list ? list : "", *item;
    size_t length;
    bool before = false, found = false;
    snprintf(prefix, sizeof prefix, "socketmap:%s:", look->map);
    while (!found && next_item(&at, &item, &length)) {
        found = length > strlen(prefix) && memcmp(item, prefix, strlen(prefix)) == 0;
        if (found)
            judge_map(look, item, length, !before);
        before = true;
    }
    if (!found)
        find(look->findings, FINDING_BAD,
             "What is queued, comes by an alias, or is a blind copy, is not asked about: "
             "transport_maps does not have %s<class>.",
             prefix);
    free(list);
}

static void
look_at_switches(struct look *look)
{
    if (!value_is(look, "enable_original_recipient", "yes"))
        find(look->findings, FINDING_BAD,
             "enable_original_recipient is off: who is refused cannot be taken out of mail of "
             "sendmail(1) by the address that was given.");
    if (!value_is(look, "allow_percent_hack", "no") || !value_is(look, "swap_bangpath", "no"))
        find(look->findings, FINDING_BAD,
             "Mail to joe%%else.example@here goes to joe@else.example, and avowd is asked about "
             "another when it is submitted. Set: allow_percent_hack = no, and swap_bangpath = no");
    if (!value_is(look, "soft_bounce", "no"))
        find(look->findings, FINDING_WARN,
             "soft_bounce is on: refusals are tried again and again. Mend it with: soft_bounce = "
             "no");
    if (!value_is(look, "smtputf8_enable", "yes"))
        find(look->findings, FINDING_WARN,
             "smtputf8_enable is off: nobody can write to an address with letters outside ASCII.");
    if (look->version >= 302 && !value_is(look, "smtpd_milter_maps", ""))
        find(look->findings, FINDING_WARN,
             "smtpd_milter_maps is set: for clients that it names no milter is asked, avowd "
             "neither.");
}

static void
look_at_domain(struct look *look, const char *domain, size_t length)
{
    for (size_t i = 0; i < look->mail->local.count; i++)
        if (strlen(look->mail->local.at[i]) == length &&
            strncasecmp(look->mail->local.at[i], domain, length) == 0)
            return;
    find(look->findings, FINDING_WARN,
         "Mail to %.*s is delivered here (mydestination), and asked about as if it went to those "
         "the policy is about. If it goes to staff, add the domain to mail: local:",
         (int)length, domain);
}

static void
look_at_domains(struct look *look)
{
    char *list = value_of(look, NULL, "mydestination");
    const char *at = list ? list : "", *item;
    size_t length;
    while (next_item(&at, &item, &length))
        if (!memchr(item, ':', length) && !memchr(item, '/', length))
            look_at_domain(look, item, length);
    free(list);
}

/* master.cf
 * ---------------------------------------------------------------------------------------- */

static bool
is_incoming(const char *service)
{
    const char *colon = strrchr(service, ':');
    const char *port = colon ? colon + 1 : service;
    return strcmp(port, "smtp") == 0 || strcmp(port, "25") == 0;
}

static void
look_at_service(struct look *look, const char *name)
{
    char service[200], where[260];
    snprintf(service, sizeof service, "%s/inet", name);
    snprintf(where, sizeof where, "The service %s of master.cf", name);
    char *list = value_of(look, service, "smtpd_milters");
    char *options = value_of(look, service, "receive_override_options");
    struct milters milters = read_milters(look, list ? list : "");
    if (milters.asks) {
        look->asks = true;
        judge_milters(look, where, &milters);
        if (options && strstr(options, "no_milters"))
            find(look->findings, FINDING_BAD,
                 "%s: receive_override_options has no_milters, so avowd is not asked after all.",
                 where);
        if (is_incoming(name))
            find(
                look->findings, FINDING_WARN,
                "%s asks avowd: mail that comes from outside is of no class, and refused. Let only "
                "services of submission ask.",
                where);
    } else if (!is_incoming(name)) {
        find(look->findings, FINDING_WARN,
             "%s does not ask avowd: mail that is submitted there is stopped only at delivery.",
             where);
    }
    free(list);
    free(options);
}

/* Lines of `postconf -M`: name, type, five columns, command. */
static void
look_at_services(struct look *look)
{
    static const char *const all[] = {"-M", NULL};
    avow_store_error error = {0};
    char *lines = NULL, *rest;
    if (postconf_run(&look->postfix, all, &lines, &error) != AVOW_STORE_OK) {
        find(look->findings, FINDING_BAD, "master.cf cannot be read: %s", error.text);
        return;
    }
    for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char name[128], type[16], command[64];
        if (sscanf(line, "%127s %15s %*s %*s %*s %*s %*s %63s", name, type, command) == 3 &&
            strcmp(type, "inet") == 0 && strcmp(command, "smtpd") == 0)
            look_at_service(look, name);
    }
    if (!look->asks)
        find(look->findings, FINDING_BAD,
             "No service of master.cf asks avowd. Take one from 'avowd postfix-config'.");
    free(lines);
}

/* Where the sockets are
 * ---------------------------------------------------------------------------- */

static void
look_at_socket(struct look *look, const char *listen, const char *what, char *out, size_t room)
{
    avow_store_error error = {0};
    struct stat is;
    out[0] = '\0';
    if (!listen) {
        find(look->findings, FINDING_BAD, "mail: has no %s, so Postfix cannot ask.", what);
        return;
    }
    if (postfix_socket(listen, look->queue, out, room, &error) != AVOW_STORE_OK) {
        find(look->findings, FINDING_BAD, "%s", error.text);
        return;
    }
    if (strncmp(listen, "unix:", 5) != 0)
        return;
    if (stat(listen + 5, &is) != 0 || !S_ISSOCK(is.st_mode))
        find(look->findings, FINDING_WARN, "Nobody listens at %s: avowd serve is not running.",
             listen + 5);
    else if (is.st_mode & S_IWOTH)
        find(look->findings, FINDING_WARN,
             "Anybody on this machine can ask at %s. Set mode: 660 and group: under mail:",
             listen + 5);
}

static bool
look_at_version(struct look *look)
{
    avow_store_error error = {0};
    char *version = NULL, *queue = NULL;
    if (postconf_value(&look->postfix, "mail_version", &version, &error) != AVOW_STORE_OK ||
        postconf_value(&look->postfix, "queue_directory", &queue, &error) != AVOW_STORE_OK) {
        find(look->findings, FINDING_BAD, "%s", error.text);
        free(version);
        return false;
    }
    look->version = postconf_version(version);
    snprintf(look->queue, sizeof look->queue, "%s", queue);
    find(look->findings, look->version >= 300 ? FINDING_OK : FINDING_BAD, "Postfix %s%s", version,
         look->version >= 300 ? ", which can be told to wait for one milter."
                              : " is too old: 3.0 is needed.");
    free(version);
    free(queue);
    return look->version >= 300;
}

void
find_postfix(struct findings *findings, const struct mail_settings *mail, const char *folder)
{
    struct look look = {.findings = findings, .mail = mail, .postfix = {folder}};
    if (!look_at_version(&look))
        return;
    look_at_socket(&look, mail->milter, "milter", look.milter, sizeof look.milter);
    look_at_socket(&look, mail->socketmap, "socketmap", look.map, sizeof look.map);
    if (!look.milter[0] || !look.map[0])
        return;
    look_at_default(&look);
    look_at_sendmail(&look);
    look_at_services(&look);
    look_at_delivery(&look);
    look_at_switches(&look);
    look_at_domains(&look);
}
