#include "runtime/agent/http/crowd.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { TICK_MILLISECONDS = 250, MUST_GO_AFTER = 1000 };

struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t end;
    struct member *first;
    size_t count, most;
    int64_t request, idle; /* milliseconds */
    bool ending;
    pthread_t thread;
};

static int64_t
now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Its thread of the library notices, and closes it. */
static void
send_away(struct member *member)
{
    shutdown(member->file, SHUT_RDWR);
    member->until = INT64_MAX;
    member->since = 0;
}

/* The one for whom we have waited longest, and long enough; NULL if there is none. */
static struct member *
longest(const struct crowd *crowd, int64_t now)
{
    struct member *found = NULL;
    for (struct member *member = crowd->first; member; member = member->next)
        if (member->since && now - member->since > MUST_GO_AFTER &&
            (!found || member->since < found->since))
            found = member;
    return found;
}

static void
sweep(struct crowd *crowd, int64_t now)
{
    for (struct member *member = crowd->first; member; member = member->next)
        if (member->until < now)
            send_away(member);
    /* An eighth is kept free. Few go at once: each is found by a walk. */
    size_t full = crowd->most - crowd->most / 8;
    for (size_t over = crowd->count > full ? crowd->count - full : 0, i = 0; i < over && i < 64;
         i++) {
        struct member *member = longest(crowd, now);
        if (!member)
            break;
        send_away(member);
    }
}

static void *
thread(void *context)
{
    struct crowd *crowd = context;
    pthread_mutex_lock(&crowd->lock);
    while (!crowd->ending) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MILLISECONDS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&crowd->end, &crowd->lock, &until);
        sweep(crowd, now_milliseconds());
    }
    pthread_mutex_unlock(&crowd->lock);
    return NULL;
}

struct crowd *
crowd_new(size_t most, long request, long idle)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    if (!crowd)
        return NULL;
    crowd->most = most;
    crowd->request = (int64_t)request * 1000;
    crowd->idle = (int64_t)idle * 1000;
    pthread_condattr_t steady; /* a clock that is set back must not keep the sweeper asleep */
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&crowd->lock, NULL);
    pthread_cond_init(&crowd->end, &steady);
    pthread_condattr_destroy(&steady);
    if (pthread_create(&crowd->thread, NULL, thread, crowd) == 0)
        return crowd;
    free(crowd);
    return NULL;
}

void
crowd_free(struct crowd *crowd)
{
    if (!crowd)
        return;
    pthread_mutex_lock(&crowd->lock);
    crowd->ending = true;
    pthread_cond_broadcast(&crowd->end);
    pthread_mutex_unlock(&crowd->lock);
    pthread_join(crowd->thread, NULL);
    pthread_cond_destroy(&crowd->end);
    pthread_mutex_destroy(&crowd->lock);
    free(crowd);
}

struct member *
crowd_enter(struct crowd *crowd, int file)
{
    struct member *member = calloc(1, sizeof *member);
    if (!member)
        return NULL;
    member->file = file;
    crowd_silent(crowd, member);
    pthread_mutex_lock(&crowd->lock);
    member->next = crowd->first;
    if (crowd->first)
        crowd->first->before = member;
    crowd->first = member;
    crowd->count++;
    pthread_mutex_unlock(&crowd->lock);
    return member;
}

void
crowd_leave(struct crowd *crowd, struct member *member)
{
    pthread_mutex_lock(&crowd->lock);
    if (member->before)
        member->before->next = member->next;
    else
        crowd->first = member->next;
    if (member->next)
        member->next->before = member->before;
    crowd->count--;
    pthread_mutex_unlock(&crowd->lock);
    free(member);
}

void
crowd_asks(const struct crowd *crowd, struct member *member)
{
    int64_t now = now_milliseconds();
    atomic_store_explicit(&member->until, now + crowd->request, memory_order_relaxed);
    atomic_store_explicit(&member->since, now, memory_order_relaxed);
}

void
crowd_waits(struct member *member)
{
    atomic_store_explicit(&member->until, INT64_MAX, memory_order_relaxed);
    atomic_store_explicit(&member->since, 0, memory_order_relaxed);
}

void
crowd_silent(const struct crowd *crowd, struct member *member)
{
    int64_t now = now_milliseconds();
    atomic_store_explicit(&member->until, now + crowd->idle, memory_order_relaxed);
    atomic_store_explicit(&member->since, now, memory_order_relaxed);
}

size_t
crowd_count(struct crowd *crowd)
{
    pthread_mutex_lock(&crowd->lock);
    size_t count = crowd->count;
    pthread_mutex_unlock(&crowd->lock);
    return count;
}
