/* SHA-256 (FIPS 180-4), of the core and of the compiler: one implementation, so that the hash in a
 * page and the hash a service verifies cannot differ. Freestanding. */
#ifndef AVOW_CORE_SHA256_H
#define AVOW_CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Writes the digest of size bytes. bytes may be NULL if size is 0. */
void avow_sha256(const void *bytes, size_t size, uint8_t digest[32]);

#endif
