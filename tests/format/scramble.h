/* Policies laid out as nobody should: for the formatter, which must see through it. */
#ifndef AVOW_TESTS_SCRAMBLE_H
#define AVOW_TESTS_SCRAMBLE_H

#include "compiler/base/buffer.h"
#include "tests/equivalence/generate.h"

/* The same policy with other line ends and breaks, blanks, quotation marks, large and small
 * letters, and commas and full stops where they are free. If asked, with empty lines, and with
 * comments everywhere, each of which holds "c" and a number: from 1, in their order. Gives their
 * number. */
unsigned scramble(struct random *random, struct text policy, bool comments, struct buffer *out);

#endif
