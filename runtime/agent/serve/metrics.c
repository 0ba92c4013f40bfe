#include "runtime/agent/serve/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LABELS = 3, CELLS_MOST = 512, BUCKETS = 17 };

/* A label and the words it can be, ended by NULL. */
struct label {
    const char *name;
    const char *const *words;
};

static const char *const routes[] = {
    "/v1/ask", "/v1/ask/batch", "/v1/record", "/v1/show", "/v1/due", "/v1/link", "/healthz",
    "/readyz", "/metrics",      "/u/",        "/p/",      "other",   NULL};
static const char *const codes[] = {"200", "204", "400", "401", "403", "404", "405",   "409", "413",
                                    "415", "422", "429", "431", "500", "503", "other", NULL};
static const char *const door_words[] = {"http", "people", "milter", "socketmap", NULL};
static const char *const verdicts[] = {"refused", "unstated", "forbidden", "allowed", NULL};
static const char *const reasons[] = {"known",     "pending",   "spelling", "no-subject",
                                      "unsettled", "untrusted", "failed",   NULL};
static const char *const results[] = {"done", "refused", "failed", NULL};

/* In the order of enum counter. */
static const struct kind {
    const char *name, *help;
    struct label labels[LABELS];
} kinds[COUNTERS] = {
    [COUNT_REQUESTS] = {"avowd_http_requests_total",
                        "HTTP requests by what was asked and the status of the answer.",
                        {{"route", routes}, {"code", codes}}},
    [COUNT_DECISIONS] = {"avowd_decisions_total",
                         "Questions that were decided, by who asked, the verdict, and why states "
                         "were unknown.",
                         {{"door", door_words}, {"verdict", verdicts}, {"reason", reasons}}},
    [COUNT_RECORDS] = {"avowd_records_total",
                       "Requests and events of people that were to be recorded.",
                       {{"door", door_words}, {"result", results}}},
    [COUNT_RELOADS] = {"avowd_reloads_total",
                       "Configurations and policies that were to come into force.",
                       {{"result", results}}},
    [COUNT_MAIL_RECIPIENTS] = {"avowd_mail_recipients_total",
                               "Recipients of mail that were let through, refused, or put off.",
                               {{"door", door_words}, {"result", results}}},
};

static const char *const timing_names[TIMINGS] = {[TIME_HTTP] = "avowd_http_seconds",
                                                  [TIME_RECORD] = "avowd_record_seconds",
                                                  [TIME_MILTER] = "avowd_milter_seconds",
                                                  [TIME_SOCKETMAP] = "avowd_socketmap_seconds"};

struct times {
    _Atomic uint64_t bucket[BUCKETS + 1], count, nanoseconds;
};

struct metrics {
    _Atomic uint64_t cell[COUNTERS][CELLS_MOST];
    struct times times[TIMINGS];
};

struct metrics *
metrics_new(void)
{
    return calloc(1, sizeof(struct metrics));
}

void
metrics_free(struct metrics *metrics)
{
    free(metrics);
}

static unsigned
words_of(const struct label *label)
{
    unsigned count = 0;
    while (label->words && label->words[count])
        count++;
    return count ? count : 1;
}

void
metrics_count(struct metrics *metrics, enum counter counter, unsigned first, unsigned second,
              unsigned third)
{
    const unsigned given[LABELS] = {first, second, third};
    unsigned cell = 0;
    for (size_t i = 0; i < LABELS; i++) {
        unsigned count = words_of(&kinds[counter].labels[i]);
        cell = cell * count + (given[i] < count ? given[i] : count - 1);
    }
    atomic_fetch_add_explicit(&metrics->cell[counter][cell], 1, memory_order_relaxed);
}

unsigned
metrics_code(unsigned status)
{
    unsigned i = 0;
    for (; codes[i + 1]; i++) {
        const char *code = codes[i];
        if ((unsigned)((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0') == status)
            break;
    }
    return i;
}

unsigned
metrics_route(const char *path)
{
    unsigned i = 0;
    while (routes[i + 1] && strcmp(routes[i], path) != 0)
        i++;
    return i;
}

/* Times: buckets of 50 microseconds, 100, 200, ... doubled, up to some 3 seconds. */
static uint64_t
edge(unsigned bucket)
{
    return UINT64_C(50000) << bucket;
}

uint64_t
metrics_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void
metrics_time(struct metrics *metrics, enum timing timing, uint64_t nanoseconds)
{
    struct times *times = &metrics->times[timing];
    unsigned bucket = 0;
    while (bucket < BUCKETS && nanoseconds > edge(bucket))
        bucket++;
    atomic_fetch_add_explicit(&times->bucket[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&times->count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&times->nanoseconds, nanoseconds, memory_order_relaxed);
}

/* Writing ------------------------------------------------------------------------------------ */

static void __attribute__((format(printf, 2, 3))) print(struct emit *out, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    emit_raw(out, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
}

static void
write_labels(struct emit *out, const struct kind *kind, unsigned cell)
{
    const char *words[LABELS] = {0};
    for (size_t i = LABELS; i-- > 0;) {
        unsigned count = words_of(&kind->labels[i]);
        words[i] = kind->labels[i].words ? kind->labels[i].words[cell % count] : NULL;
        cell /= count;
    }
    for (size_t i = 0; i < LABELS && words[i]; i++)
        print(out, "%s%s=\"%s\"", i ? "," : "{", kind->labels[i].name, words[i]);
    print(out, "}");
}

/* Cells that never counted are left out where there are many. */
static void
write_counter(struct metrics *metrics, enum counter counter, struct emit *out)
{
    const struct kind *kind = &kinds[counter];
    unsigned cells = 1;
    for (size_t i = 0; i < LABELS; i++)
        cells *= words_of(&kind->labels[i]);
    print(out, "# HELP %s %s\n# TYPE %s counter\n", kind->name, kind->help, kind->name);
    for (unsigned cell = 0; cell < cells; cell++) {
        uint64_t count = metrics->cell[counter][cell];
        if (count == 0 && kind->labels[1].words)
            continue;
        print(out, "%s", kind->name);
        write_labels(out, kind, cell);
        print(out, " %" PRIu64 "\n", count);
    }
}

static void
write_times(const struct times *times, const char *name, struct emit *out)
{
    uint64_t count = 0;
    print(out, "# HELP %s How long it took, in seconds.\n# TYPE %s histogram\n", name, name);
    for (unsigned bucket = 0; bucket <= BUCKETS; bucket++) {
        count += times->bucket[bucket];
        if (bucket < BUCKETS)
            print(out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)edge(bucket) / 1e9,
                  count);
    }
    print(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum %.9f\n%s_count %" PRIu64 "\n", name,
          count, name, (double)times->nanoseconds / 1e9, name, count);
}

void
metrics_write(struct metrics *metrics, struct emit *out)
{
    for (unsigned counter = 0; counter < COUNTERS; counter++)
        write_counter(metrics, (enum counter)counter, out);
    for (unsigned timing = 0; timing < TIMINGS; timing++)
        write_times(&metrics->times[timing], timing_names[timing], out);
}
