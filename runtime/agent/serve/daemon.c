#include "runtime/agent/serve/daemon.h"

#include "runtime/agent/command.h"
#include "runtime/agent/serve/rights.h"
#include "runtime/agent/serve/signals.h"
#include "runtime/agent/serve/systemd.h"
#include "runtime/agent/serve/watch.h"
#include "runtime/store/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct door_ops *const doors[] = {&http_door, &milter_door, &socketmap_door};

enum { DOORS = sizeof doors / sizeof *doors, TICK_MILLISECONDS = 500 };

/* All that a run of the daemon has. */
struct run {
    struct daemon daemon;
    struct config config; /* as it was read at the start: what doors were opened by */
    struct signals signals;
    struct watch watch;
    void *door[DOORS]; /* NULL: not wanted, or not open */
    char told[512];    /* the trouble that was told last */
};

/* Messages before there is a log. */
static void
say_plain(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "avowd serve: %s\n", line);
}

static void
say_log(void *context, const char *line)
{
    struct log *log = context;
    log_line(log, LOG_WARNING_LEVEL, "configuration", "problem", line, NULL);
}

static int
failed(const avow_store_error *error)
{
    say_plain(NULL, error->text);
    return error->code == AVOW_STORE_BUSY ? EXIT_AGAIN : EXIT_USE;
}

/* Starting ----------------------------------------------------------------------------------- */

static avow_store_code
open_doors(struct run *run, avow_store_error *error)
{
    for (size_t i = 0; i < DOORS; i++) {
        avow_store_code code = doors[i]->open(&run->daemon, &run->config, &run->door[i], error);
        if (code != AVOW_STORE_OK)
            return code;
    }
    return AVOW_STORE_OK;
}

static avow_store_code
start_doors(struct run *run, avow_store_error *error)
{
    for (size_t i = 0; i < DOORS; i++) {
        avow_store_code code = run->door[i] ? doors[i]->start(run->door[i], error) : AVOW_STORE_OK;
        if (code != AVOW_STORE_OK)
            return code;
    }
    return AVOW_STORE_OK;
}

static void
stop_doors(struct run *run)
{
    for (size_t i = DOORS; i-- > 0;)
        if (run->door[i])
            doors[i]->stop(run->door[i], run->config.limits.stop);
}

/* Tells of a trouble once, and when it is over. */
static void
tell_trouble(struct run *run)
{
    char trouble[512];
    bool is = generations_trouble(run->daemon.generations, trouble);
    if (strcmp(trouble, run->told) == 0)
        return;
    memcpy(run->told, trouble, sizeof run->told);
    log_line(run->daemon.log, is ? LOG_ERROR_LEVEL : LOG_INFO_LEVEL,
             is ? "the last good policy or configuration goes on" : "all is in force as configured",
             "problem", is ? trouble : NULL, NULL);
}

static void
tell_in_force(struct run *run, const char *event)
{
    struct generation *generation = generation_hold(run->daemon.generations);
    avow_identity identity = avow_identify(generation->table);
    char policy[128], content[65], number[24];
    snprintf(policy, sizeof policy, "%.*s", (int)identity.policy.length, identity.policy.data);
    for (size_t i = 0; i < 32; i++)
        snprintf(content + 2 * i, 3, "%02x", identity.content[i]);
    snprintf(number, sizeof number, "%llu", (unsigned long long)generation->number);
    log_line(run->daemon.log, LOG_INFO_LEVEL, event, "policy", policy, "content", content,
             "generation", number, NULL);
    generation_release(generation);
}

static avow_store_code
load(struct run *run, void (*say)(void *context, const char *line), void *context,
     avow_store_error *error)
{
    struct generation *before = generation_hold(run->daemon.generations);
    watch_loading(&run->watch, before ? &before->config : &run->config);
    if (before)
        generation_release(before);
    avow_store_code code =
        generations_load(run->daemon.generations, run->daemon.config_path, say, context, error);
    struct generation *now = generation_hold(run->daemon.generations);
    if (now) {
        watch_loaded(&run->watch, &now->config);
        log_change(run->daemon.log, (enum log_form)now->config.log.form,
                   (enum log_level)now->config.log.level);
        generation_release(now);
    }
    char trouble[512];
    bool kept = generations_trouble(run->daemon.generations, trouble);
    metrics_count(run->daemon.metrics, COUNT_RELOADS,
                  code != AVOW_STORE_OK ? METRIC_FAILED
                  : kept                ? METRIC_REFUSED
                                        : METRIC_DONE,
                  0, 0);
    return code;
}

static avow_store_code
start(struct run *run, avow_store_error *error)
{
    run->daemon.metrics = metrics_new();
    run->daemon.generations = generations_new();
    run->daemon.log = log_new(STDERR_FILENO, (enum log_form)run->config.log.form,
                              (enum log_level)run->config.log.level);
    if (!run->daemon.metrics || !run->daemon.generations || !run->daemon.log)
        return fault_memory(error);
    if (!signals_begin(&run->signals))
        return fault(error, AVOW_STORE_IO, "avowd cannot begin: %s.", strerror(errno));
    avow_store_code code = rights_limit(&run->config, error);
    if (code == AVOW_STORE_OK)
        code = open_doors(run, error);
    if (code == AVOW_STORE_OK)
        code = rights_drop(&run->config, error);
    if (code == AVOW_STORE_OK)
        code = load(run, say_plain, NULL, error);
    return code == AVOW_STORE_OK ? start_doors(run, error) : code;
}

/* Running ------------------------------------------------------------------------------------ */

static void
reload(struct run *run)
{
    avow_store_error error = {0};
    systemd_notify_reloading();
    if (load(run, say_log, run->daemon.log, &error) == AVOW_STORE_OK)
        tell_in_force(run, "in force");
    tell_trouble(run);
    systemd_notify(run->told[0] ? "READY=1\nSTATUS=The last good policy or configuration goes on; "
                                  "see the log."
                                : "READY=1\nSTATUS=Serving.");
}

static bool
needs_reload(struct run *run)
{
    bool asked = run->signals.hang_up;
    run->signals.hang_up = false;
    char trouble[512];
    bool is = generations_trouble(run->daemon.generations, trouble);
    struct generation *now = generation_hold(run->daemon.generations);
    bool changed = watch_changed(&run->watch, &now->config, is);
    generation_release(now);
    return asked || changed;
}

static void
serve(struct run *run)
{
    tell_in_force(run, "serving");
    tell_trouble(run);
    systemd_notify(run->told[0] ? "READY=1\nSTATUS=The last good policy goes on; see the log."
                                : "READY=1\nSTATUS=Serving.");
    while (!run->signals.end) {
        signals_wait(&run->signals, TICK_MILLISECONDS);
        if (!run->signals.end && needs_reload(run))
            reload(run);
    }
    systemd_notify("STOPPING=1");
    log_line(run->daemon.log, LOG_INFO_LEVEL, "stopping", NULL);
}

static void
release(struct run *run)
{
    stop_doors(run);
    signals_end(&run->signals);
    generations_free(run->daemon.generations);
    metrics_free(run->daemon.metrics);
    log_free(run->daemon.log);
    config_free(&run->config);
}

int
daemon_run(const char *config_path)
{
    avow_store_error error = {0};
    struct run run = {.daemon.config_path = config_path,
                      .signals = {.read_end = -1, .write_end = -1}};
    if (config_read(&run.config, config_path, say_plain, NULL, &error) != AVOW_STORE_OK) {
        config_free(&run.config);
        return failed(&error);
    }
    avow_store_code code = start(&run, &error);
    int status = code == AVOW_STORE_OK ? EXIT_FINE : failed(&error);
    signals_open();
    if (code == AVOW_STORE_OK)
        serve(&run);
    release(&run);
    return status;
}

int
daemon_check(const char *config_path)
{
    avow_store_error error = {0};
    char trouble[512];
    struct generations *generations = generations_new();
    if (!generations)
        return EXIT_USE;
    avow_store_code code = generations_load(generations, config_path, say_plain, NULL, &error);
    int status = code == AVOW_STORE_OK ? EXIT_FINE : failed(&error);
    if (code == AVOW_STORE_OK && generations_trouble(generations, trouble)) {
        say_plain(NULL, trouble);
        status = EXIT_NO;
    }
    generations_free(generations);
    return status;
}
