/* Sentences as a mail server can say them.
 *
 * A reply of SMTP has lines of 512 bytes at most, and no sign outside ASCII unless the client has
 * asked for internationalised mail (RFC 6531). */
#ifndef AVOW_AGENT_SMTP_TEXT_H
#define AVOW_AGENT_SMTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { SMTP_SENTENCE = 1024, SMTP_REPLY = 3072 };

/* A text on one line, in `out` of `room` bytes: control characters become blanks, runs of blanks
 * one. Unless `utf8`, letters lose their marks, quotation marks and dashes become plain, and what
 * then has no ASCII becomes '?'. A text that is too long ends with "..." behind a whole word.
 * False if more than a quarter of it cannot be said. */
bool smtp_sentence(const char *text, size_t length, bool utf8, char *out, size_t room);

/* A reply as the milter protocol takes it: "550 5.7.1 text", in several lines if need be
 * ("550-5.7.1
 * ..."), with every '%' twice. `code` and `status` are "550" and "5.7.1". */
void smtp_reply(const char *code, const char *status, const char *sentence, char out[SMTP_REPLY]);

#endif
