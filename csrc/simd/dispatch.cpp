// The only place that knows which instruction-set levels exist and which one this processor runs.
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "simd/loops.hpp"

#if defined(_MSC_VER) && !defined(__clang__)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace polyagamma {

namespace baseline {
extern const Loops table;
}
namespace v3 {
extern const Loops table;
}
namespace v4 {
extern const Loops table;
}

namespace {

#if defined(POLYAGAMMA_HAVE_V3) || defined(POLYAGAMMA_HAVE_V4)
#if defined(_MSC_VER) && !defined(__clang__)
// CPUID leaf 7 and XCR0: AVX2 with the ymm state saved by the system; AVX-512 F, DQ, CD, BW, VL with zmm.
bool system_saves(unsigned long long mask) {
    int leaf1[4];
    __cpuid(leaf1, 1);
    const bool osxsave = (leaf1[2] >> 27) & 1;
    return osxsave && (_xgetbv(0) & mask) == mask;
}
int leaf7_ebx() {
    int leaf7[4];
    __cpuidex(leaf7, 7, 0);
    return leaf7[1];
}
bool has_v3() {
    return system_saves(0x6) && ((leaf7_ebx() >> 5) & 1);
}
bool has_v4() {
    const int needed = (1 << 16) | (1 << 17) | (1 << 28) | (1 << 30) | static_cast<int>(1u << 31);
    return has_v3() && system_saves(0xe6) && (leaf7_ebx() & needed) == needed;
}
#else
bool has_v3() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
bool has_v4() {
    return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}
#endif
#endif

bool is(const char* name, const char* level) {
    return std::strcmp(name, level) == 0;
}

const Loops& choose() {
    const char* asked = std::getenv("POLYAGAMMA_LEVEL");
    if (asked != nullptr && *asked != '\0') {
        const Loops* found = find_loops(asked);
        return found != nullptr ? *found : baseline::table;
    }
    for (const char* level : {"v4", "v3"}) {
        if (const Loops* found = find_loops(level)) return *found;
    }
    return baseline::table;
}

}  // namespace

const Loops* find_loops(const char* level) {
#ifdef POLYAGAMMA_HAVE_V4
    if (is(level, "v4") && has_v4()) return &v4::table;
#endif
#ifdef POLYAGAMMA_HAVE_V3
    if (is(level, "v3") && has_v3()) return &v3::table;
#endif
    return is(level, "baseline") ? &baseline::table : nullptr;
}

const Loops& loops() {
    static const Loops& chosen = choose();
    return chosen;
}

}  // namespace polyagamma
