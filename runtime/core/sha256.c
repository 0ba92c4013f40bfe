#include "runtime/core/sha256.h"

#include "runtime/avow.h"
#include "runtime/core/compiler.h"

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const uint32_t avow_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t
rotate(uint32_t x, unsigned bits)
{
    return x >> bits | x << (32 - bits);
}

static uint32_t
word_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
word_to(uint8_t *p, uint32_t word)
{
    p[0] = (uint8_t)(word >> 24);
    p[1] = (uint8_t)(word >> 16);
    p[2] = (uint8_t)(word >> 8);
    p[3] = (uint8_t)word;
}

/* For speed 16 rounds are written out, so that variables are registers; a build for size keeps the
 * loop, and the variables in memory. Variable `name` (0 for a .. 7 for h) in round i: instead of
 * moving eight values each round, their places turn. */
#define VARIABLE(name) v[((name)-i) & 7]

/* The message schedule lives in a ring of 16 words: a word is replaced when its round has come. */
static inline uint32_t
schedule(uint32_t ring[16], unsigned i)
{
    uint32_t before2 = ring[(i + 14) & 15], before15 = ring[(i + 1) & 15];
    uint32_t low = rotate(before15, 7) ^ rotate(before15, 18) ^ before15 >> 3;
    uint32_t high = rotate(before2, 17) ^ rotate(before2, 19) ^ before2 >> 10;
    return ring[i] += low + high + ring[(i + 9) & 15];
}

/* Not in line: it has several callers, and is long. */
NOINLINE static void
block(uint32_t state[8], const uint8_t bytes[64])
{
    uint32_t ring[16], v[8];
    for (unsigned i = 0; i < 8; i++)
        v[i] = state[i];
    for (unsigned i = 0; i < 16; i++)
        ring[i] = word_at(bytes + 4 * i);
    for (unsigned k = 0; k < 64; k += 16) {
        UNROLL_16
        for (unsigned i = 0; i < 16; i++) {
            uint32_t a = VARIABLE(0), b = VARIABLE(1), c = VARIABLE(2);
            uint32_t e = VARIABLE(4), f = VARIABLE(5), g = VARIABLE(6);
            uint32_t t = VARIABLE(7) + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                         (g ^ (e & (f ^ g))) + avow_sha256_constants[k + i] +
                         (k == 0 ? ring[i] : schedule(ring, i));
            VARIABLE(3) += t;
            VARIABLE(7) =
                t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (((a ^ b) & (b ^ c)) ^ b);
        }
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += v[i];
}

/* The last block or two: the end of the message (what does not fill a block), a 1 bit, zeros, and
 * the length of all of it in bits at the end of a block. */
static void
finish(uint32_t state[8], const uint8_t *bytes, size_t size)
{
    size_t whole = size / 64 * 64;
    for (int left = (int)(size - whole), more = 1; more; left -= 64) {
        uint8_t last[64];
        for (int i = 0; i < 64; i++)
            last[i] = i < left ? bytes[whole + (size_t)i] : i == left ? 0x80 : 0;
        more = left >= 56;
        for (int i = 0; !more && i < 8; i++)
            last[63 - i] = (uint8_t)((uint64_t)size << 3 >> 8 * i);
        block(state, last);
    }
}

static void
begin(uint32_t state[8])
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (unsigned i = 0; i < 8; i++)
        state[i] = first[i];
}

/* The rest of a message of which `at` bytes, whole blocks, are in the state already. */
static void
digest_rest(uint32_t state[8], const uint8_t *bytes, size_t at, size_t size, uint8_t digest[32])
{
    for (; size - at >= 64; at += 64)
        block(state, bytes + at);
    finish(state, bytes, size);
    for (unsigned i = 0; i < 8; i++)
        word_to(digest + 4 * i, state[i]);
}

void
avow_sha256_portable(const void *message, size_t size, uint8_t digest[32])
{
    uint32_t state[8];
    begin(state);
    digest_rest(state, message, 0, size, digest);
}

#if SHA256_HARDWARE

void
avow_sha256_by_hardware(const void *message, size_t size, uint8_t digest[32])
{
    uint32_t state[8];
    begin(state);
    avow_sha256_hardware_blocks(state, message, size / 64);
    digest_rest(state, message, size / 64 * 64, size, digest);
}

/* To ask the processor costs a microsecond or two where a hypervisor answers, as much as some ten
 * blocks; and there is no place to keep the answer. So only what is long asks. */
enum { LONG = 1024 };

void
avow_sha256(const void *message, size_t size, uint8_t digest[32])
{
    if (size >= LONG && avow_sha256_hardware())
        avow_sha256_by_hardware(message, size, digest);
    else
        avow_sha256_portable(message, size, digest);
}

#else

void
avow_sha256(const void *message, size_t size, uint8_t digest[32])
{
    avow_sha256_portable(message, size, digest);
}

#endif
