/* avowd postfix-config: main.cf and master.cf for the classes of avowd.yaml. */
#include "runtime/agent/mail/postfix_config.h"
#include "runtime/agent/command.h"
#include "runtime/agent/mail/postconf.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG, POSTFIX, VERSION, CLASS, SIGNER, ONLY };

static const struct flag flags[] = {
    {"config", "FILE", "avowd.yaml; by default /etc/avowd/avowd.yaml"},
    {"postfix", "DIR", "folder of the main.cf that is meant, to read version and\nqueue_directory"},
    {"release", "V", "write for this release of Postfix, such as 3.7, and ask none"},
    {"class", "NAME", "for an instance of Postfix that sends this class alone"},
    {"signer", "MILTER", "what signs with DKIM, such as inet:127.0.0.1:8891"},
    {"only", "FILE", "main.cf or master.cf"},
    {0},
};

static void
say_line(void *context, const char *line)
{
    const struct call *call = context;
    complain(call, "%s", line);
}

static int
failed(const struct call *call, const avow_store_error *error)
{
    complain(call, "%s", error->text);
    return EXIT_USE;
}

/* Version and queue directory: as they were given, or as Postfix says. Both are the caller's. */
static avow_store_code
ask_postfix(const struct call *call, char **version, char **queue, avow_store_error *error)
{
    const struct postconf postfix = {call->flag[POSTFIX]};
    const char *const defaults[] = {"-d", "-h", "mail_version", NULL};
    const char *const queues[] = {"-d", "-x", "-h", "queue_directory", NULL};
    if (call->flag[VERSION]) {
        *version = strdup(call->flag[VERSION]);
        *queue = strdup("/var/spool/postfix");
        return AVOW_STORE_OK;
    }
    if (postfix.folder) {
        avow_store_code code = postconf_value(&postfix, "mail_version", version, error);
        return code == AVOW_STORE_OK ? postconf_value(&postfix, "queue_directory", queue, error)
                                     : code;
    }
    avow_store_code code = postconf_run(&postfix, defaults, version, error);
    if (code == AVOW_STORE_OK && postconf_value(&postfix, "queue_directory", queue, NULL) != code)
        code = postconf_run(&postfix, queues, queue, error); /* there is no main.cf yet */
    return code;
}

static int
print(const struct call *call, const struct config *config, const struct postfix_target *target)
{
    avow_store_error error = {0};
    const char *only = call->flag[ONLY];
    if (postfix_config_check(&config->mail, target, &error) != AVOW_STORE_OK)
        return failed(call, &error);
    if (!only || strcmp(only, "main.cf") == 0)
        postfix_print_main(&config->mail, target, stdout);
    if (!only)
        putchar('\n');
    if (!only || strcmp(only, "master.cf") == 0)
        postfix_print_master(&config->mail, target, stdout);
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    struct config config;
    avow_store_error error = {0};
    char *version = NULL, *queue = NULL;
    const char *only = call->flag[ONLY];
    if (only && strcmp(only, "main.cf") != 0 && strcmp(only, "master.cf") != 0)
        return wrong_use(call, "--only is main.cf or master.cf, not '%s'", only);
    const char *path = call->flag[CONFIG] ? call->flag[CONFIG] : "/etc/avowd/avowd.yaml";
    int status = EXIT_USE;
    if (config_read(&config, path, say_line, (void *)(uintptr_t)call, &error) != AVOW_STORE_OK) {
        failed(call, &error);
    } else if (ask_postfix(call, &version, &queue, &error) != AVOW_STORE_OK) {
        failed(call, &error);
    } else {
        struct postfix_target target = {.version = version ? postconf_version(version) : 0,
                                        .queue = queue ? queue : "",
                                        .class = call->flag[CLASS],
                                        .signer = call->flag[SIGNER]};
        status = target.version ? print(call, &config, &target)
                                : wrong_use(call, "'%s' is no version of Postfix", version);
    }
    free(version);
    free(queue);
    config_free(&config);
    return status;
}

const struct command postfix_config_command = {
    .name = "postfix-config",
    .summary = "main.cf and master.cf that let Postfix ask before it sends",
    .forms = "[--config=FILE]",
    .about = "Prints what Postfix must be told, for the classes of mail in avowd.yaml: that it "
             "asks when\n"
             "mail is submitted, by SMTP or sendmail(1), and again when it delivers; and that mail "
             "waits\n"
             "when avowd does not answer. 'avowd doctor --postfix=DIR' looks whether it is so.\n",
    .examples = "  avowd postfix-config --only=main.cf >> /etc/postfix/main.cf\n"
                "  avowd postfix-config --only=master.cf >> /etc/postfix/master.cf\n",
    .status = "Exit status: 0 printed; 2 wrong use, or what cannot be read.\n",
    .flags = flags,
    .least = 0,
    .most = 0,
    .wanted = "no words are needed",
    .run = run,
};
