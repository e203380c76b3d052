#pragma once

#include <cstddef>

#include "random/bitgen.hpp"
#include "random/normal.hpp"

namespace polyagamma {

// n independent standard normals, from 2 ceil(n/2) words.
inline void fill_normals(BitGen& bitgen, double* normals, std::size_t n) {
    for (std::size_t j = 0; j < n; j += 2) {
        const std::uint64_t radius = bitgen.next_uint64(bitgen.state);
        const NormalPair pair = normal_pair(radius, bitgen.next_uint64(bitgen.state));
        normals[j] = pair.first;
        if (j + 1 < n) normals[j + 1] = pair.second;
    }
}

}  // namespace polyagamma
