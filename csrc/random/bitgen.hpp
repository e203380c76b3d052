#pragma once

#include <cstdint>

namespace polyagamma {

// The caller's generator. Same layout as NumPy's public `bitgen_t` (numpy/random/bitgen.h), so that a
// pointer to one is a pointer to the other and the core needs no NumPy header.
struct BitGen {
    void* state;
    std::uint64_t (*next_uint64)(void* state);
    std::uint32_t (*next_uint32)(void* state);
    double (*next_double)(void* state);
    std::uint64_t (*next_raw)(void* state);
};

}  // namespace polyagamma
