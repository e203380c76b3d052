#pragma once

#include <cstddef>

#include "random/block_stream.hpp"
#include "simd/level_namespace.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_INLINE_LEVEL {

// Method 1 for a batch: out[i] is the sum of as many draws of PG(1, z[i]) as there are rounds r with i <
// active[r]. `active` does not increase and active[0] = n ≤ kBlock; 0 ≤ z[i] ≤ kStripMaxZ. z and out do not
// overlap.
void fill_strips(BlockStream& stream, const double* z, std::size_t n, const std::size_t* active,
                 std::size_t rounds, double* out);

}  // namespace POLYAGAMMA_INLINE_LEVEL
}  // namespace polyagamma
