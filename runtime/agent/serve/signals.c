#include "runtime/agent/serve/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* A handler is given nothing but its signal's number, so where it writes to has to stand here. */
static volatile sig_atomic_t pipe_end = -1;

static void
handle(int number)
{
    int kept = errno;
    char byte = number == SIGHUP ? 'h' : 'e';
    if (pipe_end >= 0 && write(pipe_end, &byte, 1) < 0) {
        /* The pipe is full of signals that nobody has read yet: one more says nothing new. */
    }
    errno = kept;
}

static void
ours(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

void
signals_block(void)
{
    sigset_t set;
    ours(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void
signals_open(void)
{
    sigset_t set;
    ours(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

bool
signals_begin(struct signals *signals)
{
    int ends[2];
    *signals = (struct signals){-1, -1, false, false};
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    signals->read_end = ends[0];
    signals->write_end = ends[1];
    pipe_end = ends[1];
    signals_block();
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(SIGHUP, &action, NULL) == 0 && sigaction(SIGTERM, &action, NULL) == 0 &&
           sigaction(SIGINT, &action, NULL) == 0;
}

void
signals_wait(struct signals *signals, int milliseconds)
{
    struct pollfd wait = {.fd = signals->read_end, .events = POLLIN};
    char bytes[64];
    poll(&wait, 1, milliseconds);
    for (ssize_t got; (got = read(signals->read_end, bytes, sizeof bytes)) > 0;) {
        for (ssize_t i = 0; i < got; i++) {
            signals->hang_up |= bytes[i] == 'h';
            signals->end |= bytes[i] == 'e';
        }
    }
}

void
signals_end(struct signals *signals)
{
    pipe_end = -1;
    if (signals->read_end >= 0) {
        close(signals->read_end);
        close(signals->write_end);
    }
    signals->read_end = signals->write_end = -1;
}
