/* What the core asks of the C compiler, and does without where it cannot be asked. */
#ifndef AVOW_CORE_COMPILER_H
#define AVOW_CORE_COMPILER_H

#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE
#endif

/* QUICK: whether the build shall have ways of its own for what is asked most often. HOT: worth its
 * space wherever it is used. */
#if defined(__OPTIMIZE_SIZE__)
#define QUICK 0
#define HOT
#define UNROLL_16
#elif defined(__GNUC__) || defined(__clang__)
#define QUICK 1
#define HOT __attribute__((always_inline)) inline
#define UNROLL_16 _Pragma("GCC unroll 16")
#else
#define QUICK 1
#define HOT inline
#define UNROLL_16
#endif

/* The number of the lowest bit that is set; one is. */
static inline uint32_t
lowest_bit(uint32_t bits)
{
#if defined(__GNUC__) || defined(__clang__)
    return (uint32_t)__builtin_ctz(bits);
#else
    uint32_t number = 0;
    while ((bits >> number & 1) == 0)
        number++;
    return number;
#endif
}

#endif
