/* Who has been answered lately by which link: so that a link that is posted over and over does not
 * fill the ledger with the same word.
 *
 * It knows tokens, not people: whether somebody is known to the store makes no difference. A token
 * that it has is one whose withdrawal was on disk, and the caller looks whether it still holds. */
#ifndef AVOW_AGENT_REPLAY_GUARD_H
#define AVOW_AGENT_REPLAY_GUARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { GUARD_SLOTS = 1024, GUARD_MARK = 16, GUARD_SALT = 32 };

struct replay_guard {
    pthread_mutex_t lock;
    uint8_t salt[GUARD_SALT];
    uint8_t mark[GUARD_SLOTS][GUARD_MARK]; /* a hash of the token and of what was asked for */
};

void guard_begin(struct replay_guard *guard);
void guard_end(struct replay_guard *guard);

/* What was asked by a token. */
void guard_mark(const struct replay_guard *guard, const char *token, const char *request,
                uint8_t mark[GUARD_MARK]);
bool guard_has(struct replay_guard *guard, const uint8_t mark[GUARD_MARK]);
void guard_add(struct replay_guard *guard, const uint8_t mark[GUARD_MARK]);

#endif
