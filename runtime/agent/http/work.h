/* Threads for what waits, with a queue that has an end. */
#ifndef AVOW_AGENT_WORK_H
#define AVOW_AGENT_WORK_H

#include <stdbool.h>
#include <stddef.h>

struct job {
    struct job *next;
    void (*run)(struct job *job); /* may free what the job lies in */
};

struct work;

/* So many threads; NULL if they cannot be had. At most `waiting` jobs wait for one. */
struct work *work_new(size_t threads, size_t waiting);

/* False: too many wait, or it has ended. */
bool work_add(struct work *work, struct job *job);

/* Ends when every job was run; takes none from then on. */
void work_end(struct work *work);
/* After its end, and when nobody can add anything any more. */
void work_free(struct work *work);

#endif
