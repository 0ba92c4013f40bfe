#include "runtime/agent/http/work.h"

#include <pthread.h>
#include <stdlib.h>

struct work {
    pthread_mutex_t lock;
    pthread_cond_t something;
    struct job *first, **last;
    size_t waiting, most, threads;
    bool ending;
    pthread_t thread[];
};

static struct job *
take(struct work *work)
{
    pthread_mutex_lock(&work->lock);
    while (!work->first && !work->ending)
        pthread_cond_wait(&work->something, &work->lock);
    struct job *job = work->first;
    if (job) {
        work->first = job->next;
        work->waiting--;
        if (!work->first)
            work->last = &work->first;
    }
    pthread_mutex_unlock(&work->lock);
    return job;
}

static void *
thread(void *context)
{
    struct job *job;
    while ((job = take(context)))
        job->run(job);
    return NULL;
}

struct work *
work_new(size_t threads, size_t waiting)
{
    struct work *work = calloc(1, sizeof *work + threads * sizeof work->thread[0]);
    if (!work)
        return NULL;
    pthread_mutex_init(&work->lock, NULL);
    pthread_cond_init(&work->something, NULL);
    work->last = &work->first;
    work->most = waiting;
    for (; work->threads < threads; work->threads++) {
        if (pthread_create(&work->thread[work->threads], NULL, thread, work) != 0) {
            work_end(work);
            work_free(work);
            return NULL;
        }
    }
    return work;
}

bool
work_add(struct work *work, struct job *job)
{
    pthread_mutex_lock(&work->lock);
    bool room = work->waiting < work->most && !work->ending;
    if (room) {
        job->next = NULL;
        *work->last = job;
        work->last = &job->next;
        work->waiting++;
        pthread_cond_signal(&work->something);
    }
    pthread_mutex_unlock(&work->lock);
    return room;
}

void
work_end(struct work *work)
{
    if (!work)
        return;
    pthread_mutex_lock(&work->lock);
    work->ending = true;
    pthread_cond_broadcast(&work->something);
    pthread_mutex_unlock(&work->lock);
    for (size_t i = 0; i < work->threads; i++)
        pthread_join(work->thread[i], NULL);
}

void
work_free(struct work *work)
{
    if (!work)
        return;
    pthread_cond_destroy(&work->something);
    pthread_mutex_destroy(&work->lock);
    free(work);
}
