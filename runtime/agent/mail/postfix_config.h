/* The configuration of Postfix for the classes of avowd.yaml. */
#ifndef AVOW_AGENT_POSTFIX_CONFIG_H
#define AVOW_AGENT_POSTFIX_CONFIG_H

#include "runtime/agent/serve/config.h"

#include <stdio.h>

struct postfix_target {
    int version;        /* 307 for 3.7 */
    const char *queue;  /* its queue_directory: its processes may be locked into it */
    const char *class;  /* the one class that this instance sends, or NULL: all */
    const char *signer; /* a milter that signs, such as inet:127.0.0.1:8891, or NULL */
};

/* Where Postfix finds a socket of avowd.yaml: "unix:avow/milter.sock" for
 * unix:/var/spool/postfix/avow/milter.sock, "inet:127.0.0.1:8891" for 127.0.0.1:8891. A UNIX socket
 * must stand in the queue directory: AVOW_STORE_INPUT. */
avow_store_code postfix_socket(const char *listen, const char *queue, char *out, size_t room,
                               avow_store_error *error);

/* The name that the class, or all, have in a socketmap. */
void postfix_map_name(const struct mail_settings *mail, const char *class, char *out, size_t room);

/* Whether the configuration and this Postfix go together; says how not. */
avow_store_code postfix_config_check(const struct mail_settings *mail,
                                     const struct postfix_target *target, avow_store_error *error);

void postfix_print_main(const struct mail_settings *mail, const struct postfix_target *target,
                        FILE *out);
void postfix_print_master(const struct mail_settings *mail, const struct postfix_target *target,
                          FILE *out);

#endif
