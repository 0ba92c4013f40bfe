/* Signals that a daemon is told things with.
 *
 * The main thread never blocks them and every other thread does: the kernel then always gives them
 * to the main thread, also where a library has a thread of its own that waits for them. */
#ifndef AVOW_AGENT_SIGNALS_H
#define AVOW_AGENT_SIGNALS_H

#include <stdbool.h>

struct signals {
    int read_end, write_end; /* of a pipe that the handlers write to */
    bool hang_up, end;       /* what came since it was last asked */
};

/* Installs the handlers, blocked until signals_open. False with errno. Once in a process. */
bool signals_begin(struct signals *signals);

/* For the threads that are begun between the two: they inherit the mask. */
void signals_block(void);
void signals_open(void);

/* Waits for at most so many milliseconds, and notes what came. */
void signals_wait(struct signals *signals, int milliseconds);

void signals_end(struct signals *signals);

#endif
