#include "runtime/agent/people/replay_guard.h"

#include <sodium.h>
#include <string.h>

void
guard_begin(struct replay_guard *guard)
{
    pthread_mutex_init(&guard->lock, NULL);
    randombytes_buf(guard->salt, sizeof guard->salt);
    memset(guard->mark, 0, sizeof guard->mark);
}

void
guard_end(struct replay_guard *guard)
{
    pthread_mutex_destroy(&guard->lock);
}

void
guard_mark(const struct replay_guard *guard, const char *token, const char *request,
           uint8_t mark[GUARD_MARK])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, guard->salt, sizeof guard->salt, GUARD_MARK);
    crypto_generichash_update(&state, (const uint8_t *)token, strlen(token) + 1);
    crypto_generichash_update(&state, (const uint8_t *)request, strlen(request));
    crypto_generichash_final(&state, mark, GUARD_MARK);
}

static uint8_t *
slot_of(struct replay_guard *guard, const uint8_t mark[GUARD_MARK])
{
    return guard->mark[(mark[0] | mark[1] << 8) % GUARD_SLOTS];
}

bool
guard_has(struct replay_guard *guard, const uint8_t mark[GUARD_MARK])
{
    pthread_mutex_lock(&guard->lock);
    bool has = memcmp(slot_of(guard, mark), mark, GUARD_MARK) == 0;
    pthread_mutex_unlock(&guard->lock);
    return has;
}

void
guard_add(struct replay_guard *guard, const uint8_t mark[GUARD_MARK])
{
    pthread_mutex_lock(&guard->lock);
    memcpy(slot_of(guard, mark), mark, GUARD_MARK);
    pthread_mutex_unlock(&guard->lock);
}
