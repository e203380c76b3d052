#pragma once

// Every source of csrc/simd/levels is compiled once per instruction-set level, with POLYAGAMMA_LEVEL
// naming the level (baseline, v3, v4). Vector loops live there and nowhere else. To keep the output
// bit-identical on all levels such a source uses plain double arithmetic in a fixed order, no libm, and no
// fused multiply-add (the build passes -ffp-contract=off); to keep the linker from mixing levels it puts
// everything it defines into namespace polyagamma::POLYAGAMMA_LEVEL or an anonymous namespace, and the
// headers it shares with the rest of the core use level_namespace.hpp.
#ifndef POLYAGAMMA_LEVEL
#error "compile this source once per instruction-set level, with -DPOLYAGAMMA_LEVEL=<name>"
#endif
