/* What the core asks of the C compiler, and does without where it cannot be asked. */
#ifndef AVOW_CORE_COMPILER_H
#define AVOW_CORE_COMPILER_H

#if defined(__GNUC__) || defined(__clang__)
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE
#endif

/* Worth its space wherever it is used, unless the build is for size. */
#if defined(__OPTIMIZE_SIZE__)
#define HOT
#define UNROLL_16
#elif defined(__GNUC__) || defined(__clang__)
#define HOT __attribute__((always_inline)) inline
#define UNROLL_16 _Pragma("GCC unroll 16")
#else
#define HOT inline
#define UNROLL_16
#endif

#endif
