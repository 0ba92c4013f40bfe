/* Counters and times for Prometheus (text format 0.0.4). Any thread; no locks on the way in. */
#ifndef AVOW_AGENT_METRICS_H
#define AVOW_AGENT_METRICS_H

#include "runtime/store/emit.h"

/* Add a row here and in the tables of metrics.c: name, help, and what its labels can be. */
enum counter {
    COUNT_REQUESTS,        /* avowd_http_requests_total{route,code} */
    COUNT_DECISIONS,       /* avowd_decisions_total{door,verdict,reason} */
    COUNT_RECORDS,         /* avowd_records_total{door,result} */
    COUNT_RELOADS,         /* avowd_reloads_total{result} */
    COUNT_MAIL_RECIPIENTS, /* avowd_mail_recipients_total{door,result} */
    COUNTERS
};

/* What labels can be; a new word gets its text in metrics.c. */
enum metric_door { METRIC_HTTP, METRIC_PEOPLE, METRIC_MILTER, METRIC_SOCKETMAP, METRIC_DOORS };
enum metric_result { METRIC_DONE, METRIC_REFUSED, METRIC_FAILED, METRIC_RESULTS };

enum timing { TIME_HTTP, TIME_RECORD, TIME_MILTER, TIME_SOCKETMAP, TIMINGS };

struct metrics;
struct metrics *metrics_new(void);
void metrics_free(struct metrics *);

/* Labels are numbers of the few words that metrics.c lists for the counter, 0 where it has none. A
 * number that it does not list counts as the last. */
void metrics_count(struct metrics *, enum counter counter, unsigned first, unsigned second,
                   unsigned third);
/* The label of an HTTP status, and of a route by its path. */
unsigned metrics_code(unsigned status);
unsigned metrics_route(const char *path);
void metrics_time(struct metrics *, enum timing timing, uint64_t nanoseconds);
/* Now by the monotonic clock, in nanoseconds: differences are what metrics_time takes. */
uint64_t metrics_now(void);

/* Everything, as /metrics shows it; gauges are given by the caller. */
void metrics_write(struct metrics *, struct emit *out);

#endif
