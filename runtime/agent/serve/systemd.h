/* What systemd and a service say to each other, as sd_notify(3) and sd_listen_fds(3) document it.
 */
#ifndef AVOW_AGENT_SYSTEMD_H
#define AVOW_AGENT_SYSTEMD_H

#include <stdbool.h>

/* Tells the service manager, if there is one: lines such as "READY=1". */
void systemd_notify(const char *lines);

/* "RELOADING=1", with the time that belongs to it. */
void systemd_notify_reloading(void);

/* A socket that was passed to us under this name, or -1. Each is given once. */
int systemd_socket(const char *name);

#endif
