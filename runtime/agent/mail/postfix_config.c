#include "runtime/agent/mail/postfix_config.h"

#include "runtime/store/fault.h"

#include <ctype.h>
#include <string.h>

enum {
    OLDEST = 300,    /* settings of one milter, UTF-8 in addresses */
    TELLS_PORT = 302 /* the macro {daemon_port} */
};

/* Sockets -----------------------------------------------------------------------------------------
 */

avow_store_code
postfix_socket(const char *listen, const char *queue, char *out, size_t room,
               avow_store_error *error)
{
    size_t length = strlen(queue);
    if (strncmp(listen, "unix:", 5) != 0) {
        snprintf(out, room, "inet:%s", listen);
        return AVOW_STORE_OK;
    }
    const char *path = listen + 5;
    if (strncmp(path, queue, length) != 0 || path[length] != '/')
        return fault(error, AVOW_STORE_INPUT,
                     "The socket %s is outside %s, where Postfix can be locked in: its processes "
                     "would not find it. Put it inside, such as unix:%s/avow/milter.sock.",
                     path, queue, queue);
    snprintf(out, room, "unix:%s", path + length + 1);
    return AVOW_STORE_OK;
}

void
postfix_map_name(const struct mail_settings *mail, const char *class, char *out, size_t room)
{
    const struct mail_class_settings *classes = mail->classes.at;
    if (!class && mail->classes.count == 1)
        class = classes[0].name;
    snprintf(out, room, "%s", class ? class : "*");
}

/* Whether they go together -----------------------------------------------------------------------
 */

static const struct mail_class_settings *
class_named(const struct mail_settings *mail, const char *name)
{
    const struct mail_class_settings *classes = mail->classes.at;
    for (size_t i = 0; i < mail->classes.count; i++)
        if (strcmp(classes[i].name, name) == 0)
            return &classes[i];
    return NULL;
}

avow_store_code
postfix_config_check(const struct mail_settings *mail, const struct postfix_target *target,
                     avow_store_error *error)
{
    char socket[512];
    if (!mail->given || !mail->milter || !mail->socketmap)
        return fault(error, AVOW_STORE_INPUT,
                     "avowd.yaml needs mail: with milter: and socketmap:, for Postfix to ask.");
    if (mail->classes.count == 0)
        return fault(error, AVOW_STORE_INPUT, "mail: has no classes, so all mail is refused.");
    if (target->version < OLDEST)
        return fault(error, AVOW_STORE_INPUT,
                     "Postfix %d.%d cannot say for one milter alone what happens when it does not "
                     "answer. Use 3.0 or later.",
                     target->version / 100, target->version % 100);
    if (target->class && !class_named(mail, target->class))
        return fault(error, AVOW_STORE_INPUT, "mail: has no class '%s'.", target->class);
    avow_store_code code =
        postfix_socket(mail->milter, target->queue, socket, sizeof socket, error);
    if (code == AVOW_STORE_OK)
        code = postfix_socket(mail->socketmap, target->queue, socket, sizeof socket, error);
    return code;
}

/* main.cf
 * ------------------------------------------------------------------------------------------ */

void
postfix_print_main(const struct mail_settings *mail, const struct postfix_target *target, FILE *out)
{
    char milter[512], map[512], name[128];
    postfix_socket(mail->milter, target->queue, milter, sizeof milter, NULL);
    postfix_socket(mail->socketmap, target->queue, map, sizeof map, NULL);
    postfix_map_name(mail, target->class, name, sizeof name);
    fprintf(
        out,
        "# main.cf of Postfix %d.%d, for avowd. `avowd doctor --config=... --postfix=...` looks\n"
        "# whether it is so.\n"
        "\n"
        "# If avowd does not answer, mail waits; it is never sent unasked.\n"
        "milter_default_action = tempfail\n"
        "milter_protocol = 6\n"
        "avow_milter = { %s, default_action=tempfail, connect_timeout=10s,\n"
        "    command_timeout=30s, content_timeout=60s }\n"
        "# What signs comes behind avowd, which adds headers.\n"
        "avow_signer =%s%s\n"
        "\n"
        "# Mail of sendmail(1). Other mail passes the services of master.cf that ask.\n"
        "non_smtpd_milters = $avow_milter $avow_signer\n"
        "smtpd_milters =\n"
        "\n",
        target->version / 100, target->version % 100, milter, target->signer ? " " : "",
        target->signer ? target->signer : "");
    fprintf(
        out,
        "# At delivery: what was queued before somebody said no. Other tables stand behind it.\n"
        "# Postfix asks once in 30 s for an address that it has just asked about.\n"
        "transport_maps = socketmap:%s:%s\n"
        "\n"
        "# A refusal is for good; a recipient is taken out by the name that it was given;\n"
        "# addresses may have letters of any language.\n"
        "soft_bounce = no\n"
        "enable_original_recipient = yes\n"
        "smtputf8_enable = yes\n"
        "# Nobody is written to by another's address: joe%%else.example@here is nobody else's.\n"
        "allow_percent_hack = no\n"
        "swap_bangpath = no\n",
        map, name);
    if (strcmp(name, "*") == 0)
        fputs(
            "\n# Several classes share this instance, so that delivery stops only what all of "
            "them\n"
            "# refuse. With an instance for each class (postmulti(1); --class=NAME prints it) it\n"
            "# stops what that class refuses.\n",
            out);
}

/* master.cf
 * ---------------------------------------------------------------------------------------- */

static bool
is_number(const char *text)
{
    for (const char *at = text; *at; at++)
        if (!isdigit((unsigned char)*at))
            return false;
    return *text != '\0';
}

static void
print_name(const char *name, FILE *out)
{
    fprintf(out,
            "    -o syslog_name=postfix/%s\n"
            "    -o milter_macro_daemon_name=%s\n"
            "    -o smtpd_milters=$avow_milter,$avow_signer\n"
            "    -o rewrite_service_name=avow-rewrite\n",
            name, name);
}

/* A port of this machine, for programs that say by it what their mail is for. */
static void
print_port(const struct mail_class_settings *class, const char *port, FILE *out)
{
    fprintf(out, "127.0.0.1:%s inet n - y - - smtpd\n", port);
    print_name(class->name, out);
    fputs("    -o smtpd_client_restrictions=permit_mynetworks,reject\n"
          "    -o smtpd_relay_restrictions=permit_mynetworks,reject\n",
          out);
}

static void
print_submission(const char *port, FILE *out)
{
    fprintf(out, "%s inet n - y - - smtpd\n", port);
    print_name("submission", out);
    fputs("    -o smtpd_tls_security_level=encrypt\n"
          "    -o smtpd_sasl_auth_enable=yes\n"
          "    -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n",
          out);
}

/* Names of daemons are recognised by milter_macro_daemon_name: there is nothing to open for them.
 */
static bool
print_ports(const struct mail_class_settings *class, int version, FILE *out)
{
    bool submission = class->logins.count > 0 || class->senders.count > 0;
    for (size_t i = 0; i < class->ports.count; i++) {
        const char *port = class->ports.at[i];
        bool open = strcmp(port, "587") == 0 || strcmp(port, "submission") == 0;
        submission = submission || open;
        if (is_number(port) && !open)
            print_port(class, port, out);
        if (is_number(port) && !open && version < TELLS_PORT)
            fprintf(out, "# This Postfix does not tell its port: write '%s' under ports.\n",
                    class->name);
    }
    return submission;
}

void
postfix_print_master(const struct mail_settings *mail, const struct postfix_target *target,
                     FILE *out)
{
    const struct mail_class_settings *classes = mail->classes.at, *exempt = mail->exempt.at;
    bool submission = false;
    fprintf(out,
            "# master.cf of Postfix %d.%d, for avowd: services that ask. Others, such as smtp, "
            "do\n# not: what comes from outside is not asked about.\n\n",
            target->version / 100, target->version % 100);
    for (size_t i = 0; i < mail->classes.count; i++)
        if (!target->class || strcmp(target->class, classes[i].name) == 0)
            submission = print_ports(&classes[i], target->version, out) || submission;
    for (size_t i = 0; i < mail->exempt.count; i++)
        submission = print_ports(&exempt[i], target->version, out) || submission;
    if (submission)
        print_submission("submission", out);
    fputs("# Services that ask do so by the milter alone, and so with its words.\n"
          "avow-rewrite unix - - y - - trivial-rewrite\n"
          "    -o transport_maps=\n",
          out);
}
