#pragma once

// Headers whose inline code is compiled into the level sources as well as into the rest of the core wrap it
// in
//     namespace polyagamma {
//     inline namespace POLYAGAMMA_INLINE_LEVEL { ... }
// so that each instruction-set level gets symbols of its own: otherwise the linker would keep one copy of an
// inline function, perhaps the one compiled for a processor that this machine does not have. For the same
// reason such code calls nothing of the standard library that is not a compiler builtin (memcpy, sqrt).
#ifdef POLYAGAMMA_LEVEL
#define POLYAGAMMA_INLINE_LEVEL POLYAGAMMA_LEVEL
#else
#define POLYAGAMMA_INLINE_LEVEL common
#endif
