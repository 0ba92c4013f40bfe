/* Connections of a mail server: one listening socket, one thread for each connection, all bounded.
 *
 * Postfix has a few dozen processes that each keep a connection, so that threads that mostly wait
 * are the plainest way. */
#ifndef AVOW_AGENT_WIRE_H
#define AVOW_AGENT_WIRE_H

#include "runtime/agent/serve/daemon.h"

struct wire;
struct wire_link; /* one connection */

/* Serves one connection until it ends; called in a thread of its own. */
typedef void wire_serve(struct wire_link *, struct daemon *daemon);

/* Opens a socket: unix:PATH (then with the mode and the group of the settings) or ADDRESS:PORT on
 * loopback. A socket that a dead process left is taken away; one that lives is an error. */
avow_store_code wire_open(const char *listen, const struct mail_settings *settings,
                          struct daemon *daemon, wire_serve *serve, struct wire **out,
                          avow_store_error *error);

avow_store_code wire_start(struct wire *, avow_store_error *error);

/* Takes no more connections, ends those that are idle, waits `seconds` for the others, and ends
 * them. */
void wire_stop(struct wire *, long seconds);

/* Waits for bytes, at most as long as a connection may be silent. What ends it gives 0: the other
 * side, an error, too long a silence, or, if `idle`, that the door is closed. */
size_t wire_read(struct wire_link *, char *bytes, size_t room, bool idle);
bool wire_write(struct wire_link *, const char *bytes, size_t length);

#endif
