#include "runtime/agent/mail/socketmap.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static size_t answer(char out[SOCKETMAP_REPLY], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static size_t
answer(char out[SOCKETMAP_REPLY], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(out, SOCKETMAP_REPLY, format, arguments);
    va_end(arguments);
    return (size_t)length < SOCKETMAP_REPLY ? (size_t)length : SOCKETMAP_REPLY - 1;
}

/* Of the classes that a name means, the next behind *at; NULL at the end, or if there is no such
 * class, which sets *wrong. */
static const struct mail_class *
next_class(const struct mail *mail, const char *name, size_t length, size_t *at, bool *wrong)
{
    if (length == 1 && name[0] == '*')
        return mail_class_at(mail, (*at)++);
    if (*at > length)
        return NULL;
    const char *from = name + *at;
    const char *plus = memchr(from, '+', length - *at);
    size_t size = plus ? (size_t)(plus - from) : length - *at;
    const struct mail_class *class = mail_class_named(mail, from, size);
    *wrong = !class || class->exempt;
    *at += size + 1;
    return *wrong ? NULL : class;
}

struct lookup {
    const char *name, *key;
    size_t name_length, key_length;
    bool access;
};

static bool
is_name(const struct mail *mail, const struct lookup *lookup)
{
    bool wrong = false;
    size_t at = 0, count = 0;
    while (next_class(mail, lookup->name, lookup->name_length, &at, &wrong))
        count++;
    return count > 0 && !wrong;
}

/* Where each message names its purpose, only what is refused whatever it is for. */
static void
judge_class(const struct generation *generation, const struct mail_class *class,
            const struct lookup *lookup, struct mail_judgement *out)
{
    const avow_table *table = generation->table;
    bool any = class->settings->header;
    uint32_t count = any ? avow_count(table, AVOW_PURPOSE) : 1;
    for (uint32_t i = 0; i < count; i++) {
        avow_id purpose = any ? avow_first(table, AVOW_PURPOSE) + i : class->point.target;
        mail_judge(generation, class, purpose, lookup->key, lookup->key_length, false, out);
        if (out->verdict == MAIL_PASS || out->verdict == MAIL_LATER)
            return;
    }
}

/* The first judgement that lets it pass, or the last one. */
static void
judge_all(const struct generation *generation, const struct lookup *lookup,
          struct mail_judgement *out)
{
    const struct mail_class *class;
    bool wrong;
    size_t at = 0;
    while ((class = next_class(generation->mail, lookup->name, lookup->name_length, &at, &wrong))) {
        judge_class(generation, class, lookup, out);
        if (out->verdict == MAIL_PASS || out->verdict == MAIL_LATER)
            return;
    }
}

/* "error:5.7.1 Why" for transport(5), "550 5.7.1 Why" for access(5). */
static size_t
say(const struct lookup *lookup, const struct mail_judgement *judgement, char out[SOCKETMAP_REPLY])
{
    switch (judgement->verdict) {
    case MAIL_PASS:
        return answer(out, "NOTFOUND ");
    case MAIL_LATER:
        return answer(out, "TEMP %s", judgement->sentence);
    default:
        return answer(out, lookup->access ? "OK 550 %s %s" : "OK error:%s %s", judgement->status,
                      judgement->sentence);
    }
}

/* What is no address of somebody: a domain, ".domain", "*", "user@", "@domain". */
static bool
is_somebody(const struct lookup *lookup)
{
    const char *at = memrchr(lookup->key, '@', lookup->key_length);
    return at && at > lookup->key && at < lookup->key + lookup->key_length - 1;
}

static bool
read_lookup(const char *request, size_t length, struct lookup *out)
{
    static const char access[] = "access/";
    const char *blank = memchr(request, ' ', length);
    if (!blank || memchr(request, '\0', length))
        return false;
    *out = (struct lookup){.name = request,
                           .name_length = (size_t)(blank - request),
                           .key = blank + 1,
                           .key_length = length - (size_t)(blank - request) - 1};
    size_t prefix = sizeof access - 1;
    if (out->name_length > prefix && memcmp(out->name, access, prefix) == 0) {
        out->access = true;
        out->name += prefix;
        out->name_length -= prefix;
    }
    return true;
}

static void
note(struct daemon *daemon, const struct lookup *lookup, const struct mail_judgement *judgement)
{
    char mask[64], name[64];
    static const enum metric_result results[] = {[MAIL_PASS] = METRIC_DONE,
                                                 [MAIL_REFUSED] = METRIC_REFUSED,
                                                 [MAIL_ADDRESS] = METRIC_REFUSED,
                                                 [MAIL_LATER] = METRIC_FAILED};
    metrics_count(daemon->metrics, COUNT_MAIL_RECIPIENTS, METRIC_SOCKETMAP,
                  results[judgement->verdict], 0);
    if (judgement->verdict == MAIL_PASS)
        return;
    snprintf(name, sizeof name, "%.*s", (int)lookup->name_length, lookup->name);
    log_address(&(avow_identity_text){AVOW_IDENTITY_EMAIL, lookup->key, lookup->key_length}, mask);
    log_line(daemon->log, LOG_INFO_LEVEL, "delivery stopped", "class", name, "recipient", mask,
             "clause", judgement->clause, "why", judgement->sentence, NULL);
}

static size_t
look_up(struct daemon *daemon, const struct generation *generation, const struct lookup *lookup,
        char out[SOCKETMAP_REPLY])
{
    struct mail_judgement judgement = {.verdict = MAIL_LATER};
    if (!generation->mail)
        return answer(out, "TEMP no classes of mail are configured");
    if (!is_somebody(lookup) || mail_is_local(generation->mail, lookup->key, lookup->key_length))
        return answer(out, "NOTFOUND ");
    if (!is_name(generation->mail, lookup)) {
        log_line(daemon->log, LOG_WARNING_LEVEL, "look-up of no class", NULL);
        return answer(out, "TEMP avowd.yaml has no class of mail of this name");
    }
    judge_all(generation, lookup, &judgement);
    note(daemon, lookup, &judgement);
    return say(lookup, &judgement, out);
}

size_t
socketmap_answer(struct daemon *daemon, const char *request, size_t length,
                 char out[SOCKETMAP_REPLY])
{
    struct lookup lookup;
    if (!read_lookup(request, length, &lookup))
        return answer(out, "PERM a look-up is a name, a blank and a key");
    struct generation *generation = generation_hold(daemon->generations);
    if (!generation)
        return answer(out, "TEMP nothing is in force");
    size_t count = look_up(daemon, generation, &lookup, out);
    generation_release(generation);
    return count;
}
