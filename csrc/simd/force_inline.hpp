#pragma once

// For the functions that vector loops call: a loop with a call left in it is not vectorised, and whether a
// compiler inlines a long function on its own depends on how many callers the source happens to have.
#if defined(_MSC_VER) && !defined(__clang__)
#define POLYAGAMMA_FORCE_INLINE __forceinline
#else
#define POLYAGAMMA_FORCE_INLINE inline __attribute__((always_inline))
#endif
