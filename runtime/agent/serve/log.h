/* Lines about what happens, to standard error: JSON or text, one line each, written whole.
 *
 * Nobody is named: addresses of people must not be given to these functions but through
 * log_address, which masks them; what comes from outside is escaped. */
#ifndef AVOW_AGENT_LOG_H
#define AVOW_AGENT_LOG_H

#include "runtime/avow_store.h"

enum log_level { LOG_ERROR_LEVEL, LOG_WARNING_LEVEL, LOG_INFO_LEVEL, LOG_DEBUG_LEVEL };
enum log_form { LOG_TEXT, LOG_JSON };

struct log; /* any thread */

struct log *log_new(int fd, enum log_form form, enum log_level level);
void log_free(struct log *);
void log_change(struct log *, enum log_form form, enum log_level level);

/* A line: what happened (a fixed text), then pairs of a name and a text, ended by NULL. With JSON:
 * {"time":"...","level":"info","event":"...","name":"text"}. Under systemd (JOURNAL_STREAM) text
 * has the <N> of sd-daemon(3) before it. */
void log_line(struct log *, enum log_level level, const char *event, ...) __attribute__((sentinel));

/* "j***@e***.com" and the like: enough to recognise, not to learn. */
const char *log_address(const avow_identity_text *who, char text[64]);

#endif
