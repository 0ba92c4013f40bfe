/* SHA-256 (FIPS 180-4), of the core and of the compiler: one implementation, so that the hash in a
 * page and the hash a service verifies cannot differ. Freestanding. */
#ifndef AVOW_CORE_SHA256_H
#define AVOW_CORE_SHA256_H

#include "runtime/core/compiler.h"

#include <stddef.h>
#include <stdint.h>

/* Whether there is a way of its own for processors that have instructions for SHA-256. */
#if QUICK && defined(__x86_64__) && defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define SHA256_HARDWARE 1
#endif
#endif
#ifndef SHA256_HARDWARE
#define SHA256_HARDWARE 0
#endif

/* Writes the digest of size bytes. bytes may be NULL if size is 0. */
void avow_sha256(const void *bytes, size_t size, uint8_t digest[32]);

/* What avow_sha256 chooses from; for it, and for tests that hold both equal. */
void avow_sha256_portable(const void *bytes, size_t size, uint8_t digest[32]);

/* One constant a round. */
extern const uint32_t avow_sha256_constants[64];

#if SHA256_HARDWARE
/* Whether this processor has the instructions; without them the others must not be called. */
int avow_sha256_hardware(void);
void avow_sha256_by_hardware(const void *bytes, size_t size, uint8_t digest[32]);

/* Takes count blocks of 64 bytes into the state. */
void avow_sha256_hardware_blocks(uint32_t state[8], const uint8_t *bytes, size_t count);
#endif

#endif
