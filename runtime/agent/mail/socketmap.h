/* The socketmap: what Postfix looks up when it delivers.
 *
 * A look-up is "NAME KEY". NAME is a class of mail, several with '+' between them, or '*' for all:
 * of several, only what every one refuses is stopped. "access/NAME" answers in the form of an
 * access(5) table instead of a transport(5) table. */
#ifndef AVOW_AGENT_SOCKETMAP_H
#define AVOW_AGENT_SOCKETMAP_H

#include "runtime/agent/mail/mail.h"
#include "runtime/agent/serve/daemon.h"

enum { SOCKETMAP_REQUEST = 4096, SOCKETMAP_REPLY = SMTP_SENTENCE + 64 };

/* Answers one look-up, without its frame: "NOTFOUND ", "OK error:5.7.1 ...", "TEMP ...". Gives the
 * length of the answer. */
size_t socketmap_answer(struct daemon *daemon, const char *request, size_t length,
                        char out[SOCKETMAP_REPLY]);

#endif
