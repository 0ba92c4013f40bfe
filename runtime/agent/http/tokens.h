/* Bearer tokens, from a file with the right permissions. */
#ifndef AVOW_AGENT_TOKENS_H
#define AVOW_AGENT_TOKENS_H

#include "runtime/avow_store.h"

/* Lines of the file: NAME SCOPE[,SCOPE] HASH, where HASH is the hexadecimal BLAKE2b-256 of the
 * token (`avowd token NAME SCOPES` makes a token, shows it once, and prints the line). */
struct tokens;

avow_store_code tokens_read(const char *path, struct tokens **out, avow_store_error *error);
void tokens_free(struct tokens *);

/* The scopes of a token, 0 if it is none; *name is whose it is, for the log. In constant time. */
unsigned tokens_scopes(const struct tokens *, const char *token, size_t length, const char **name);

/* Scopes out of "ask,record"; 0 if one of them is none. */
unsigned tokens_scope_list(const char *text);

/* What the file keeps of a token. */
void tokens_hash(const char *token, size_t length, uint8_t hash[32]);

#endif
