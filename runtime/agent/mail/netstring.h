/* Netstrings: "5:hello,". */
#ifndef AVOW_AGENT_NETSTRING_H
#define AVOW_AGENT_NETSTRING_H

#include <stddef.h>

enum netstring_found { NETSTRING_WHOLE, NETSTRING_PART, NETSTRING_BAD };

/* The first netstring of `length` bytes, of at most `most` bytes of text: where its text is, and
 * how many bytes it takes with its frame. */
enum netstring_found netstring_find(const char *bytes, size_t length, size_t most,
                                    const char **text, size_t *text_length, size_t *whole);

#endif
