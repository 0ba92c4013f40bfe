#include "runtime/agent/serve/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <unistr.h>

enum { LINE_MOST = 4096 };

struct log {
    int fd;
    _Atomic int form, level;
    bool journal; /* standard error goes to systemd's journal */
};

/* A line as it is made; what has no room is cut, and its end always has. */
struct line {
    char text[LINE_MOST];
    size_t length;
    enum log_form form;
};

static const char *const level_names[] = {"error", "warning", "info", "debug"};
static const char level_marks[] = "3467"; /* of sd-daemon(3) */

struct log *
log_new(int fd, enum log_form form, enum log_level level)
{
    struct log *log = calloc(1, sizeof *log);
    if (!log)
        return NULL;
    log->fd = fd;
    log->form = (int)form;
    log->level = (int)level;
    log->journal = getenv("JOURNAL_STREAM") != NULL;
    return log;
}

void
log_free(struct log *log)
{
    free(log);
}

void
log_change(struct log *log, enum log_form form, enum log_level level)
{
    log->form = (int)form;
    log->level = (int)level;
}

static void
put(struct line *line, const char *bytes, size_t length)
{
    size_t room = sizeof line->text - 8 - line->length; /* for the end */
    if (length > room)
        length = room;
    memcpy(line->text + line->length, bytes, length);
    line->length += length;
}

static void
put_word(struct line *line, const char *word)
{
    put(line, word, strlen(word));
}

/* A value: nothing in it ends the line, steers a terminal or breaks the JSON. Letters of any
 * language are kept, unless bytes among them are none. */
static void
put_value(struct line *line, const char *value)
{
    bool letters = u8_check((const uint8_t *)value, strlen(value)) == NULL;
    put(line, "\"", 1);
    for (const unsigned char *at = (const unsigned char *)value; *at; at++) {
        char escaped[8];
        if (*at == '"' || *at == '\\')
            put(line, (char[]){'\\', (char)*at}, 2);
        else if (*at < 0x20 || *at == 0x7f)
            put(line, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", *at));
        else if (*at >= 0x80 && !letters)
            put(line, "?", 1);
        else
            put(line, (const char *)at, 1);
    }
    put(line, "\"", 1);
}

static void
put_pair(struct line *line, const char *name, const char *value)
{
    if (line->form == LOG_JSON) {
        put_word(line, line->length > 1 && line->text[line->length - 1] != '{' ? ",\"" : "\"");
        put_word(line, name);
        put_word(line, "\":");
        put_value(line, value);
        return;
    }
    put_word(line, " ");
    put_word(line, name);
    put_word(line, "=");
    put_value(line, value);
}

static void
put_time(char text[40])
{
    struct timespec now;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    size_t length = strftime(text, 40, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + length, 40 - length, ".%03ldZ", now.tv_nsec / 1000000);
}

static void
begin(const struct log *log, struct line *line, enum log_level level, const char *event)
{
    char now[40];
    put_time(now);
    line->length = 0;
    line->form = (enum log_form)log->form;
    if (line->form == LOG_JSON) {
        put_word(line, "{");
        put_pair(line, "time", now);
        put_pair(line, "level", level_names[level]);
        put_pair(line, "event", event);
        return;
    }
    if (log->journal) { /* which has the time itself */
        put(line, (char[]){'<', level_marks[level], '>'}, 3);
    } else {
        put_word(line, now);
        put_word(line, " ");
        put_word(line, level_names[level]);
        put_word(line, " ");
    }
    put_word(line, event);
}

void
log_line(struct log *log, enum log_level level, const char *event, ...)
{
    if ((int)level > log->level)
        return;
    struct line line;
    begin(log, &line, level, event);
    va_list arguments;
    va_start(arguments, event);
    for (const char *name; (name = va_arg(arguments, const char *));) {
        const char *value = va_arg(arguments, const char *);
        if (value)
            put_pair(&line, name, value);
    }
    va_end(arguments);
    if (line.form == LOG_JSON) {
        /* A value that was cut has lost its quotation mark; its line is closed all the same. */
        if (line.text[line.length - 1] != '"')
            line.text[line.length++] = '"';
        line.text[line.length++] = '}';
    }
    line.text[line.length++] = '\n';
    ssize_t written = write(log->fd, line.text, line.length);
    (void)written; /* whoever reads the log has gone: there is nobody to tell */
}

const char *
log_address(const avow_identity_text *who, char text[64])
{
    static const char *const kinds[AVOW_IDENTITY_KINDS] = {"nobody",
                                                           "email:", "phone:", "id:", "record:"};
    unsigned kind = who->kind < AVOW_IDENTITY_KINDS ? who->kind : 0;
    const char *at = memchr(who->text ? who->text : "", '@', who->length);
    int first = who->length > 0 && (unsigned char)who->text[0] < 0x80 && who->text[0] > ' ';
    if (kind == AVOW_IDENTITY_NONE)
        snprintf(text, 64, "nobody");
    else if (kind == AVOW_IDENTITY_EMAIL && at && at + 1 < who->text + who->length)
        snprintf(text, 64, "email:%.*s***@%c***", first, who->text,
                 (unsigned char)at[1] < 0x80 && at[1] > ' ' ? at[1] : '*');
    else if (kind == AVOW_IDENTITY_PHONE && who->length > 4)
        snprintf(text, 64, "phone:%.3s***", who->text);
    else
        snprintf(text, 64, "%s***", kinds[kind]);
    return text;
}
