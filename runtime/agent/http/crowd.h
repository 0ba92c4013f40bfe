/* Everybody who is connected, and until when each may take.
 *
 * The library ends a connection on which nothing happens; one that sends a byte now and then it
 * keeps for ever. Here each has an instant by which its request, or its silence between two, must
 * be over, and a thread that shuts down what is late. When there is hardly room for others, those
 * for whom we have waited longest have to go: between two requests, or in the midst of one. */
#ifndef AVOW_AGENT_CROWD_H
#define AVOW_AGENT_CROWD_H

#include <stddef.h>
#include <stdint.h>

struct crowd;

struct member {
    struct member *next, *before;
    int file;
    _Atomic int64_t until; /* milliseconds, monotonic */
    _Atomic int64_t since; /* the same: what it does now; 0: it waits for us */
};

/* `most` connections at once; seconds for a request, and for silence. */
struct crowd *crowd_new(size_t most, long request, long idle);
void crowd_free(struct crowd *crowd);

/* Somebody comes, with this socket; NULL if there is no memory. */
struct member *crowd_enter(struct crowd *crowd, int file);
void crowd_leave(struct crowd *crowd, struct member *member);

/* A request begins; it waits for us, and so cannot be late; its reply was sent. */
void crowd_asks(const struct crowd *crowd, struct member *member);
void crowd_waits(struct member *member);
void crowd_silent(const struct crowd *crowd, struct member *member);

size_t crowd_count(struct crowd *crowd);

#endif
