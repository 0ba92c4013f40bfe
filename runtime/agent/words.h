/* What people write on a command line, and read there. */
#ifndef AVOW_AGENT_WORDS_H
#define AVOW_AGENT_WORDS_H

#include "runtime/agent/session.h"

/* An address: joe@shop.example, +49 30 1234567, id:TEXT. AVOW_STORE_INPUT with how to mend it. */
avow_store_code words_address(const char *text, avow_identity_text *out, avow_store_error *error);

/* A record of data, NAMESPACE:ID; NULL is none. */
avow_identity_text words_record(const char *text);

/* An instant: 2026-03-07T10:00:00Z, with +01:00 in place of Z, with a blank in place of T, without
 * seconds or with parts of them; or @SECONDS since 1970. Microseconds. AVOW_STORE_INPUT for
 * anything else: a time without its zone says nothing certain. */
avow_store_code words_time(const char *text, int64_t *out, avow_store_error *error);

enum { TIME_TEXT = 32 };

/* Seconds since 1970 as 2026-03-07T10:00:00Z. */
const char *words_of_time(int64_t seconds, char text[TIME_TEXT]);

/* Who says so: person, staff, import; AVOW_STORE_INPUT for another word. NULL: the person. */
avow_store_code words_source(const char *text, avow_source *out, avow_store_error *error);

/* Facts, and states that the store does not keep: STATE,no:STATE. NULL: nothing is given. */
avow_store_code words_given(const avow_table *table, const char *text, avow_states *out,
                            avow_store_error *error);

/* The point of VERB OBJECT TARGET; the actor may be NULL, for us. AVOW_STORE_INPUT names the word
 * that the policy does not have. */
avow_store_code words_point(const avow_table *table, const char *actor, char *const words[3],
                            avow_point *out, avow_store_error *error);

/* "allowed", "forbidden", "unstated" or "refused". */
const char *words_of_verdict(unsigned verdict);

/* Why states are unknown, as a sentence; NULL for AVOW_STORE_KNOWN. */
const char *words_of_reason(avow_store_reason reason);

/* To standard output, a text that may be anybody's: nothing in it steers the terminal. */
void words_show(const char *text);

#endif
