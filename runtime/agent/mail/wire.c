#include "runtime/agent/mail/wire.h"

#include "runtime/agent/mail/wire_listen.h"
#include "runtime/store/fault.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct wire {
    struct daemon *daemon;
    wire_serve *serve;
    struct wire_socket socket;
    int closing; /* an eventfd: readable once the door is closed */
    int silence; /* milliseconds */
    size_t most;
    bool running;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    struct wire_link *links;
    size_t count;
};

struct wire_link {
    struct wire *wire;
    struct wire_link *next, *before;
    int fd;
};

enum { STACK = 1 << 20 }; /* address space; only what is used is memory */

/* One connection ---------------------------------------------------------------------------------
 */

size_t
wire_read(struct wire_link *link, char *bytes, size_t room, bool idle)
{
    struct pollfd wait[2] = {{.fd = link->fd, .events = POLLIN},
                             {.fd = idle ? link->wire->closing : -1, .events = POLLIN}};
    for (;;) {
        ssize_t got = recv(link->fd, bytes, room, MSG_DONTWAIT);
        if (got >= 0)
            return (size_t)got;
        if (errno != EAGAIN && errno != EINTR)
            return 0;
        int ready = poll(wait, 2, link->wire->silence);
        if (ready == 0 || (ready < 0 && errno != EINTR) || (ready > 0 && wait[1].revents))
            return 0;
    }
}

bool
wire_write(struct wire_link *link, const char *bytes, size_t length)
{
    struct pollfd wait = {.fd = link->fd, .events = POLLOUT};
    while (length > 0) {
        ssize_t put = send(link->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put > 0) {
            bytes += put;
            length -= (size_t)put;
        } else if (put < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        } else if (poll(&wait, 1, link->wire->silence) == 0) {
            return false;
        }
    }
    return true;
}

static void *
run_link(void *context)
{
    struct wire_link *link = context;
    struct wire *wire = link->wire;
    wire->serve(link, wire->daemon);
    pthread_mutex_lock(&wire->lock);
    close(link->fd);
    if (link->next)
        link->next->before = link->before;
    if (link->before)
        link->before->next = link->next;
    else
        wire->links = link->next;
    wire->count--;
    free(link);
    pthread_cond_signal(&wire->ended);
    pthread_mutex_unlock(&wire->lock);
    return NULL;
}

/* Starting ---------------------------------------------------------------------------------------
 */

/* Signals are the main thread's. */
static bool
start_thread(pthread_t *thread, bool detached, void *(*run)(void *), void *context)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_attr_setdetachstate(&attributes,
                                detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, &attributes, run, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

static bool
add_link(struct wire *wire, int fd)
{
    pthread_t thread;
    struct wire_link *link = calloc(1, sizeof *link);
    if (!link)
        return false;
    pthread_mutex_lock(&wire->lock);
    bool room = wire->count < wire->most;
    *link = (struct wire_link){.wire = wire, .next = wire->links, .fd = fd};
    if (room) {
        if (wire->links)
            wire->links->before = link;
        wire->links = link;
        wire->count++;
        room = start_thread(&thread, true, run_link, link);
        if (!room) {
            wire->links = link->next;
            if (wire->links)
                wire->links->before = NULL;
            wire->count--;
        }
    }
    pthread_mutex_unlock(&wire->lock);
    if (!room)
        free(link);
    return room;
}

static void *
run_acceptor(void *context)
{
    struct wire *wire = context;
    struct pollfd wait[2] = {{.fd = wire->socket.fd, .events = POLLIN},
                             {.fd = wire->closing, .events = POLLIN}};
    enum { AGAIN_NANOSECONDS = 50000000 };
    for (;;) {
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            continue;
        if (wait[1].revents)
            return NULL;
        int fd = accept4(wire->socket.fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0 && !add_link(wire, fd)) {
            close(fd);
            log_line(wire->daemon->log, LOG_WARNING_LEVEL, "too many connections of a mail server",
                     NULL);
        }
        /* Out of descriptors: Postfix waits in the queue of the socket meanwhile. */
        if (fd < 0 && errno != EINTR && errno != EAGAIN && errno != ECONNABORTED)
            nanosleep(&(struct timespec){.tv_nsec = AGAIN_NANOSECONDS}, NULL);
    }
}

static void
free_wire(struct wire *wire)
{
    wire_socket_close(&wire->socket);
    if (wire->closing >= 0)
        close(wire->closing);
    pthread_cond_destroy(&wire->ended);
    pthread_mutex_destroy(&wire->lock);
    free(wire);
}

static bool
make_locks(struct wire *wire)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    bool made = pthread_cond_init(&wire->ended, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return made && pthread_mutex_init(&wire->lock, NULL) == 0;
}

avow_store_code
wire_open(const char *listen, const struct mail_settings *settings, struct daemon *daemon,
          wire_serve *serve, struct wire **out, avow_store_error *error)
{
    struct wire *wire = calloc(1, sizeof *wire);
    if (!wire || !make_locks(wire)) {
        free(wire);
        return fault_memory(error);
    }
    wire->daemon = daemon;
    wire->serve = serve;
    wire->socket.fd = -1;
    wire->most = (size_t)(settings->connections ? settings->connections : MAIL_CONNECTIONS);
    wire->silence = 1000 * (int)(settings->idle ? settings->idle : MAIL_IDLE);
    wire->closing = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    avow_store_code code = AVOW_STORE_OK;
    if (wire->closing < 0)
        code = fault(error, AVOW_STORE_IO, "No more files can be opened: %s.", strerror(errno));
    else
        code = wire_socket_open(listen, settings, &wire->socket, error);
    if (code == AVOW_STORE_OK)
        *out = wire;
    else
        free_wire(wire);
    return code;
}

avow_store_code
wire_start(struct wire *wire, avow_store_error *error)
{
    wire->running = start_thread(&wire->acceptor, false, run_acceptor, wire);
    return wire->running ? AVOW_STORE_OK
                         : fault(error, AVOW_STORE_MEMORY, "No thread can be started.");
}

/* Stopping ---------------------------------------------------------------------------------------
 */

static void
wait_for_links(struct wire *wire, long seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&wire->lock);
    while (wire->count > 0)
        if (pthread_cond_timedwait(&wire->ended, &wire->lock, &until) == ETIMEDOUT)
            break;
    for (struct wire_link *link = wire->links; link; link = link->next)
        shutdown(link->fd, SHUT_RDWR);
    while (wire->count > 0)
        pthread_cond_wait(&wire->ended, &wire->lock);
    pthread_mutex_unlock(&wire->lock);
}

void
wire_stop(struct wire *wire, long seconds)
{
    uint64_t one = 1;
    if (wire->running) {
        while (write(wire->closing, &one, sizeof one) < 0 && errno == EINTR)
            continue;
        pthread_join(wire->acceptor, NULL);
        wait_for_links(wire, seconds);
    }
    free_wire(wire);
}
