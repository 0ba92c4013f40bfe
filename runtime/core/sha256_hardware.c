/* SHA-256 by the instructions that x86-64 processors have for it (SHA extensions, since 2016). The
 * compilers' header for them needs a C library, so this takes what stands behind it. */
#include "runtime/core/sha256.h"

#if SHA256_HARDWARE

typedef uint32_t words __attribute__((vector_size(16)));
typedef int32_t signed_words __attribute__((vector_size(16)));
typedef char octets __attribute__((vector_size(16)));
typedef char octets_anywhere __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint32_t constants __attribute__((vector_size(16), aligned(4), may_alias));

struct leaf {
    uint32_t a, b, c, d;
};

static struct leaf
cpuid(uint32_t number)
{
    struct leaf leaf = {number, 0, 0, 0};
    __asm__("cpuid" : "+a"(leaf.a), "=b"(leaf.b), "+c"(leaf.c), "=d"(leaf.d));
    return leaf;
}

/* Each that has them has SSE 4.1 too, and a system for x86-64 keeps the registers. */
int
avow_sha256_hardware(void)
{
    enum { EXTENSIONS = 7, SHA = 29 };
    return cpuid(0).a >= EXTENSIONS && (cpuid(EXTENSIONS).b >> SHA & 1) != 0;
}

/* Four words of the message, from big-endian bytes. */
#define LOADED(bytes)                                                                              \
    (words) __builtin_shufflevector((octets) * (const octets_anywhere *)(bytes), (octets){0}, 3,   \
                                    2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)

#define SIGNED(x) ((signed_words)(x))
#define SCHEDULE_1(x, y) ((words)__builtin_ia32_sha256msg1(SIGNED(x), SIGNED(y)))
#define SCHEDULE_2(x, y) ((words)__builtin_ia32_sha256msg2(SIGNED(x), SIGNED(y)))
#define TWO_ROUNDS(x, y, z) ((words)__builtin_ia32_sha256rnds2(SIGNED(x), SIGNED(y), SIGNED(z)))

/* The instructions want the variables a, b, e, f in one register and c, d, g, h in the other. */
__attribute__((target("sha,sse4.1"))) void
avow_sha256_hardware_blocks(uint32_t state[8], const uint8_t *bytes, size_t count)
{
    words abef = {state[5], state[4], state[1], state[0]};
    words cdgh = {state[7], state[6], state[3], state[2]};
    for (; count > 0; count--, bytes += 64) {
        words abef_before = abef, cdgh_before = cdgh, w[4];
        UNROLL_16
        for (unsigned i = 0; i < 16; i++) { /* four rounds each */
            words *now = &w[i & 3], last = w[(i + 3) & 3];
            if (i < 4) {
                *now = LOADED(bytes + 16 * i);
            } else {
                *now = SCHEDULE_1(*now, w[(i + 1) & 3]) +
                       __builtin_shufflevector(w[(i + 2) & 3], last, 1, 2, 3, 4);
                *now = SCHEDULE_2(*now, last);
            }
            words added = *now + *(const constants *)&avow_sha256_constants[4 * i];
            cdgh = TWO_ROUNDS(cdgh, abef, added);
            added = __builtin_shufflevector(added, added, 2, 3, 2, 3);
            abef = TWO_ROUNDS(abef, cdgh, added);
        }
        abef += abef_before;
        cdgh += cdgh_before;
    }
    for (unsigned i = 0; i < 2; i++) {
        state[1 - i] = abef[2 + i];
        state[5 - i] = abef[i];
        state[3 - i] = cdgh[2 + i];
        state[7 - i] = cdgh[i];
    }
}

#else
typedef int sha256_hardware_is_empty; /* a file of C has a declaration */
#endif
